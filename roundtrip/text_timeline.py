"""The timeline for a terminal: each row as lines of plain text.

Owns alignment, wrapping and what becomes of characters a terminal would obey instead of show.
What a row says is `steps.py`'s; when it is printed, and its colours, are the command line's.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from roundtrip.conversation import Usage
from roundtrip.events import Cost
from roundtrip.step import Phase, Step

LANES: dict[Phase, str] = {
    "define": "app",
    "ask": "app → model",
    "stop": "model → app",
    "run": "app ⇄ tools",
    "return": "app → model",
    "answer": "model → app",
    "error": "app",
}
"""Who hands what to whom. Nothing ever goes from the model to the tools."""

HEAD = len("999  answer  model → app  ")
"""Columns before a row's line: number, phase and lanes."""

NARROW_HEAD = len("999  answer  ")
NARROW = 72
"""Below as many columns the lanes are left out."""

LEAST_TEXT = 20
"""Columns for words, however narrow the terminal says it is."""

# Characters that join letters or emoji; they steer nothing.
_JOINERS = frozenset("\u200c\u200d")


def lines(step: Step, width: int, request: Step | None = None) -> list[str]:
    """The row in lines of at most `width` columns, as far as words can be broken.

    `request`: the row of the request this one replies to, whose input tokens are told with it.
    """
    head = HEAD if width >= NARROW else NARROW_HEAD
    room = max(LEAST_TEXT, width - head)
    number = "" if step.number is None else str(step.number)
    start = f"{number:>3}  {step.phase:<6}  "
    if head == HEAD:
        start += f"{LANES[step.phase]:<11}  "
    words = wrapped(one_line(step.text), room) or [""]
    for more in (figures(step, request), step.note):
        words += wrapped(one_line(more), room) if more else []
    for change in _changes(step):
        words += wrapped(one_line(change), room)
    return [(start if place == 0 else " " * head) + line for place, line in enumerate(words)]


def figures(step: Step, request: Step | None = None) -> str:
    """A row's stop signal, tokens, cost and time, as far as there are any."""
    said = [_stop(step), _error(step)]
    if step.tokens_estimated is not None:
        said.append(f"about {step.tokens_estimated:,} tokens in every request (estimated)")
    if step.phase in ("stop", "answer"):
        said += [*_input(request.usage if request else None), *_output(step.usage)]
        said.append(money(step.cost) if step.cost else None)
    said.append(f"{step.elapsed_s:.2f} s" if step.elapsed_s is not None else None)
    said.append("in parallel" if step.parallel else None)
    return " · ".join(filter(None, said))


def _changes(step: Step) -> list[str]:
    """What the wire could not say; what it could not before either only as a number."""
    new = [change for change in step.changes if not change.before]
    said = [f"changed for this wire: {change.place}: {change.what}" for change in new]
    before = len(step.changes) - len(new)
    said += [f"changed for this wire: {before} as in the request before"] if before else []
    return said


def money(cost: Cost) -> str:
    """US dollars; a price nobody knows is not 0."""
    if cost.usd is None:
        return "cost unknown"
    return f"${cost.usd:.6f}" + (" (notional)" if cost.notional else "")


def _stop(step: Step) -> str | None:
    if step.stop is None:
        return None
    provider = step.stop.provider or "none came"
    return f"{step.stop_field or 'stop'}: {provider} = {step.stop.signal}"


def _error(step: Step) -> str | None:
    if step.failure is None:
        return step.error_kind
    failure = step.failure
    status = None if failure.status is None else f"HTTP {failure.status}"
    return " · ".join(filter(None, (failure.kind, status, failure.provider)))


def _input(usage: Usage | None) -> list[str]:
    if usage is None or usage.input is None:
        return ["tokens in unknown"]
    told = [f"{usage.input:,} in"]
    told += [f"{usage.cache_read:,} from cache"] if usage.cache_read else []
    return told + ([f"{usage.cache_write:,} to cache"] if usage.cache_write else [])


def _output(usage: Usage | None) -> list[str]:
    if usage is None or usage.output is None:
        return ["tokens out unknown"]
    reasoning = f" ({usage.reasoning:,} reasoning)" if usage.reasoning else ""
    return [f"{usage.output:,} out{reasoning}"]


def one_line(text: str) -> str:
    """The text in one line, with nothing in it that a terminal would obey."""
    return "".join(_shown(char) for char in text.replace("\r\n", "\n"))


def block(text: str) -> str:
    """The text with its lines and tabs, and nothing else in it that a terminal would obey."""
    kept = text.replace("\r\n", "\n")
    return "".join(char if char in "\n\t" else _shown(char) for char in kept)


def _shown(char: str) -> str:
    category = unicodedata.category(char)
    if category not in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in _JOINERS:
        return char
    code = ord(char)
    if char == "\n":
        return " ↵ "
    if code < 0x20:
        return chr(0x2400 + code)  # the pictures Unicode has for them: ␛ for escape
    return f"<U+{code:04X}>"


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` columns, broken between words where there are any."""
    found: list[str] = []
    line, taken = "", 0
    for piece in re.findall(r"\s*\S+", text):
        room = columns(piece)
        if taken + room <= width:
            line, taken = line + piece, taken + room
            continue
        if line:
            found.append(line)
        *whole, line = _broken(piece.lstrip(), width)
        found += whole
        taken = columns(line)
    return [*found, line] if line else found


def _broken(word: str, width: int) -> list[str]:
    """The word in pieces of at most `width` columns, each of at least one character."""
    pieces: list[str] = []
    start = taken = 0
    for place, char in enumerate(word):
        room = _columns_of(char)
        if taken + room > width and place > start:
            pieces.append(word[start:place])
            start, taken = place, 0
        taken += room
    return [*pieces, word[start:]]


def columns(text: str) -> int:
    """How many columns a terminal gives the text."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(char) for char in text)


@cache
def _columns_of(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
