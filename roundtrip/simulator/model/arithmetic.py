"""Arithmetic in plain English, written as an expression a calculator can run.

Owns the turns of phrase ("17 % of 2,340", "the square root of 144"). Computes nothing: the
model asks, the tool calculates.
"""

from __future__ import annotations

import ast
import re

from roundtrip.simulator.model.numbers import find_numbers
from roundtrip.simulator.model.word_problems import expressions_told

_N = r"(\d{1,40}(?:\.\d{1,40})?)"  # bounded: a long row of digits is tried from each of them
_LIST = rf"{_N}(?:(?:,| and|, and)\s*{_N})+"
_REWRITES: tuple[tuple[str, str], ...] = (
    (r"×", "*"),
    (r"÷", "/"),
    (r"−", "-"),
    (r"\^", "**"),
    (r"(?<=\d)\s*x\s*(?=\d)", " * "),
    (rf"{_N}\s?(?:%|percent|per cent)\s+of\s+{_N}", r"\2 * \1 / 100"),
    (rf"{_N}\s?(?:%|percent)\s+off\s+(?:of\s+)?{_N}", r"\2 * (100 - \1) / 100"),
    (rf"{_N}\s+(?:plus|\+)\s+(?:a\s+)?{_N}\s?(?:%|percent)(?!\s*\d)", r"\1 * (100 + \2) / 100"),
    (rf"{_N}\s+(?:minus|less)\s+{_N}\s?(?:%|percent)(?!\s*\d)", r"\1 * (100 - \2) / 100"),
    (rf"(?:increase|raise)\s+{_N}\s+by\s+{_N}\s?(?:%|percent)", r"\1 * (100 + \2) / 100"),
    (rf"(?:decrease|reduce|lower)\s+{_N}\s+by\s+{_N}\s?(?:%|percent)", r"\1 * (100 - \2) / 100"),
    (rf"(?:tip|tax)\s+of\s+{_N}\s?(?:%|percent)\s+(?:on|for)\s+(?:an?\s+)?{_N}", r"\2 * \1 / 100"),
    (
        rf"{_N}(?:\s+[a-z]+){{0,4}}\s+(?:is|are|at|with|and|but)\s+(?:is\s+)?{_N}\s?(?:%|percent)\s+(?:off|discount|cheaper|reduced)",
        r"\1 * (100 - \2) / 100",
    ),
    (rf"remainder\s+(?:of|when)\s+{_N}\s+(?:is\s+)?(?:divided by|over|by|/)\s+{_N}", r"\1 % \2"),
    (rf"(?:take|deduct)\s+{_N}\s+(?:away\s+)?from\s+{_N}", r"\2 - \1"),
    (rf"{_N}\s?(?:%|percent)\s+(?:tip|tax|discount)\s+(?:on|for|of)\s+{_N}", r"\2 * \1 / 100"),
    (rf"(?:square root of|root of|sqrt of)\s+{_N}", r"sqrt(\1)"),
    (rf"{_N}\s+squared", r"\1 ** 2"),
    (rf"{_N}\s+cubed", r"\1 ** 3"),
    (rf"{_N}\s+(?:raised\s+)?to\s+the\s+(?:power\s+of\s+)?{_N}(?:th power)?", r"\1 ** \2"),
    (rf"half of\s+{_N}", r"\1 / 2"),
    (rf"a third of\s+{_N}", r"\1 / 3"),
    (rf"a quarter of\s+{_N}", r"\1 / 4"),
    (rf"(?:double|twice)\s+{_N}", r"2 * \1"),
    (rf"(?:product of|multiply)\s+{_N}\s+(?:and|by|with)\s+{_N}", r"\1 * \2"),
    (rf"(?:difference between)\s+{_N}\s+and\s+{_N}", r"\1 - \2"),
    (rf"subtract\s+{_N}\s+from\s+{_N}", r"\2 - \1"),
    (rf"(?:divide|split|share)\s+{_N}(?:\s\w+)?\s+(?:by|between|among|in)\s+{_N}", r"\1 / \2"),
    (rf"(\d\)?)\s*,?\s*(?:(?:and|then)\s+)+(?:add|plus)\s+{_N}", r"\1 + \2"),
    (rf"(\d\)?)\s*,?\s*(?:(?:and|then)\s+)+(?:subtract|minus|take away)\s+{_N}", r"\1 - \2"),
    (r"\bmultiplied by\b|\btimes\b", "*"),
    (r"\bdivided by\b|(?<=\d)\s+over\s+(?=\d)", "/"),
    (r"\bplus\b", "+"),
    (r"\bminus\b", "-"),
    (r"\b(?:mod|modulo)\b", "%"),
)
_COMPILED = tuple((re.compile(pattern, re.I), put) for pattern, put in _REWRITES)
_SUM = re.compile(rf"\b(?:sum of|add|add up|total of)\s+({_LIST})", re.I)
_AVERAGE = re.compile(rf"\b(?:average|mean)\s+of\s+({_LIST})", re.I)
_ENUMERATOR = re.compile(r"(?:^|(?<=\s))\d[.)]\s+(?=\d)")
_DECIMAL_COMMA = re.compile(r"(?<![\d,.])(\d+),(\d{1,2})(?![\d,])")
_RUN = re.compile(r"(?:(?:sqrt|abs|round|min|max)(?=\()|[\d.]+|\*\*|//|[-+*/%(),\s])+")
_ALLOWED = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Constant,
    ast.Call,
    ast.Name,
    ast.Load,
    ast.operator,
    ast.unaryop,
)


def find_expressions(text: str) -> tuple[str, ...]:
    """The arithmetic in the text, e.g. `2340 * 17 / 100`, in reading order and each once."""
    plain = _plain_numbers(_number_words_as_digits(text))
    rewritten = _AVERAGE.sub(_averaged, _SUM.sub(_summed, plain))
    for pattern, put in _COMPILED:
        rewritten = pattern.sub(put, rewritten)
    runs = (_trimmed(run.group()) for run in _RUN.finditer(rewritten))
    found = tuple(dict.fromkeys(run for run in runs if _is_arithmetic(run)))
    return found or expressions_told(plain)


def _plain_numbers(text: str) -> str:
    """Without separators, currency signs and the numbers of a list; `9,5` and `1.200` as they are
    written where a comma stands before decimals."""
    text = _ENUMERATOR.sub("; ", text)
    if _DECIMAL_COMMA.search(text):
        text = re.sub(r"(?<![\d.])(\d{1,3})\.(\d{3})(?![\d.])", r"\1\2", text)
        text = _DECIMAL_COMMA.sub(r"\1.\2", text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    return re.sub(r"[$€£]\s?(?=\d)|(?<=\d)\s?[€£$]", "", text)


def _number_words_as_digits(text: str) -> str:
    for number in reversed([number for number in find_numbers(text) if number.spelled]):
        text = f"{text[: number.start]}{number.value}{text[number.end :]}"
    return text


def _summed(found: re.Match[str]) -> str:
    return " + ".join(re.findall(_N, found[1]))


def _averaged(found: re.Match[str]) -> str:
    numbers = re.findall(_N, found[1])
    return f"({' + '.join(numbers)}) / {len(numbers)}"


def _trimmed(run: str) -> str:
    """Without what belongs to the sentence: a full stop, a comma, a bracket left open."""
    run = run.strip().strip(",").rstrip(".+-*/% ,").strip()
    if run.count("(") < run.count(")"):
        run = run.rstrip(")").rstrip()
    if run.count("(") > run.count(")"):
        run = run.rstrip("( ").lstrip("(").lstrip()
    return run


def _is_arithmetic(run: str) -> bool:
    if not any(symbol in run for symbol in "+-*/%(") or len(run) > 300:
        return False
    try:
        tree = ast.parse(run, mode="eval")
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return False
    nodes = list(ast.walk(tree))
    acts = any(isinstance(node, ast.BinOp | ast.Call) for node in nodes)
    return acts and all(isinstance(node, _ALLOWED) for node in nodes)
