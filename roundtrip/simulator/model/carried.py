"""Numbers of a result that are converted or calculated with next: "and what is that in euros?".

Owns which number of a result is meant, and the expression made of it. Nothing is computed: a tool
does that. Whether a question wants it at all is asked in `goals.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roundtrip.simulator.model.exact import is_expression
from roundtrip.simulator.model.history import Outcome
from roundtrip.simulator.model.measures import is_measure, is_money, is_source, is_unit
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.synonyms import related
from roundtrip.simulator.model.words import content_stems, stem, tokens

_N = r"(\d+(?:\.\d+)?)"
_SHARE = re.compile(rf"{_N}\s?(?:%|percent)\s+(?:of|off)\b", re.I)
_SUM = re.compile(r"\b(?:add (?:up|them|together)|add the|sum|altogether|combined)\b", re.I)
_DOUBLE = re.compile(r"\b(?:double|twice)\b", re.I)
_HALF = re.compile(r"\b(?:halve|half)\b", re.I)
_FURTHER = re.compile(
    rf"^\W*(?:(?:and|now|then|ok|okay|please)\W+)*"
    rf"(plus|minus|times|multiplied by|divided by|add|subtract)\s+{_N}",
    re.I,
)
_SIGNS = {"plus": "+", "add": "+", "minus": "-", "subtract": "-", "divided by": "/"}
_MEANT = ("total", "price", "amount", "value", "temp", "temperature", "cost", "result", "revenue")
"""Of several numbers of a result, the one meant where the question names none of them."""

Carried = Mapping[str, tuple[Any, str]]
"""For a parameter by name: its value, and why."""


@dataclass(frozen=True, slots=True)
class _Figure:
    key: str
    value: int | float


def calculates_further(question: str) -> bool:
    """Whether the question wants something done with a number it does not say."""
    patterns = (_SHARE, _SUM, _DOUBLE, _HALF, _FURTHER)
    return any(pattern.search(question) for pattern in patterns)


def carried(
    parameters: Sequence[Parameter],
    missing: Sequence[Parameter],
    question: str,
    outcomes: Sequence[Outcome],
    target: str | None,
) -> Carried:
    """Values for missing parameters out of the numbers of results; those that are none are left.

    `target`: the unit or currency that is wanted.
    """
    good = [one for one in outcomes if one.error is None]
    expression = next((one for one in missing if is_expression(one)), None)
    if expression is not None:
        written = _expression(question, good)
        return {expression.name: (written, "calculated with what was found")} if written else {}
    source = next((one for one in parameters if is_measure(one) and is_source(one)), None)
    number = next((one for one in missing if one.type in ("integer", "number")), None)
    if source is None or number is None:
        return {}
    return _measured(source, number, question, good, target)


def _measured(
    source: Parameter,
    number: Parameter,
    question: str,
    outcomes: Sequence[Outcome],
    target: str | None,
) -> Carried:
    """A number whose key says its unit or currency: `total_usd`, `temp_c`."""
    for outcome in reversed(outcomes):
        told = [
            (figure, unit)
            for figure in _figures(outcome.data)
            if (unit := _unit_of(figure.key, is_money(source))) and unit != target
        ]
        if told:
            figures = [figure for figure, _ in told]
            chosen = _meant(figures, question)
            unit = dict(zip([f.key for f in figures], [u for _, u in told], strict=True))[
                chosen.key
            ]
            reason = f"{chosen.key} in the result of {outcome.call.name}"
            return {number.name: (chosen.value, reason), source.name: (unit, reason)}
    return {}


def _unit_of(key: str, money: bool) -> str | None:
    last = tokens(key)[-1] if "_" in key and tokens(key) else ""
    spelled = last.upper() if money or len(last) == 1 else last
    return spelled if is_unit(spelled, money) else None


def _expression(question: str, outcomes: Sequence[Outcome]) -> str | None:
    """What the question does with the numbers found, as an expression."""
    numbers = [
        str(_meant(figures, question).value)
        for outcome in outcomes
        if (figures := _figures(outcome.data))
    ]
    if not numbers:
        return None
    last = numbers[-1]
    if share := _SHARE.search(question):
        return f"{last} * {share[1]} / 100"
    if further := _FURTHER.search(question):
        return f"{last} {_SIGNS.get(further[1].lower(), '*')} {further[2]}"
    if _SUM.search(question) and len(numbers) > 1:
        return " + ".join(numbers)
    if _DOUBLE.search(question):
        return f"2 * {last}"
    return f"{last} / 2" if _HALF.search(question) else None


def _figures(data: Any) -> list[_Figure]:
    if _is_number(data):
        return [_Figure("result", data)]
    if not isinstance(data, Mapping):
        return []
    return [_Figure(key, value) for key, value in data.items() if _is_number(value)]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _meant(figures: Sequence[_Figure], question: str) -> _Figure:
    asked = set(content_stems(question))

    def fits(figure: _Figure) -> tuple[int, int]:
        words = [stem(word) for word in tokens(figure.key)]
        named = any(word in asked for word in words)
        alike = any(related(word) & asked for word in words)
        usual = [place for place, word in enumerate(_MEANT) if stem(word) in words]
        return 2 * named + alike, -min(usual, default=len(_MEANT))

    return max(figures, key=fits)
