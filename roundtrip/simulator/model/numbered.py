"""Closed lists that count: quarters, grades, levels ("Q1" to "Q4").

Owns which of them "the third quarter", "quarter two", "last quarter" or "from July to September"
means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from roundtrip.simulator.model.mentions import Mention
from roundtrip.simulator.model.parameters import Parameter

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_CARDINALS = ("one", "two", "three", "four", "five", "six")
_ENDINGS = ("st", "nd", "rd", "th", "th", "th")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]*"
_SPAN = re.compile(rf"\b(?:between|from)?\s*({_MONTH})\s+(?:and|to|until|through|-)\s+({_MONTH})\b")


def numbered(parameter: Parameter, low: str, today: date) -> list[Mention]:
    """The choices a text in lower case counts out; none where they carry no numbers."""
    by_number = {digit: one for one in parameter.choices if (digit := _digit(one)) is not None}
    if len(by_number) < 2 or len(by_number) != len(parameter.choices):
        return []
    named = "|".join(re.escape(word) for word in parameter.name_words)
    found = [*_counted(named, low), *_final(named, low, max(by_number))]
    if "quarter" in parameter.name_words:
        found += [*_relative(low, today), *_months(low)]
    return [Mention("choice", s, e, by_number[n]) for s, e, n in found if n in by_number]


def _digit(choice: Any) -> int | None:
    found = re.fullmatch(r"\D{0,12}(\d)", str(choice))
    return int(found[1]) if found else None


def _counted(named: str, low: str) -> Iterator[tuple[int, int, int]]:
    for number, words in enumerate(zip(_ORDINALS, _CARDINALS, _ENDINGS, strict=True), 1):
        ordinal, cardinal, ending = words
        spelled = (
            rf"(?:{ordinal}|{number}{ending})\s+(?:{named})|(?:{named})\s+(?:{cardinal}|{number})"
        )
        for at in re.finditer(rf"\b(?:{spelled})\b", low):
            yield *at.span(), number


def _final(named: str, low: str, highest: int) -> Iterator[tuple[int, int, int]]:
    """The final one; "the last quarter of the year", but not "last quarter", which is over."""
    for at in re.finditer(rf"\bfinal\s+(?:{named})\b|\blast\s+(?:{named})\s+of\b", low):
        yield *at.span(), highest


def _relative(low: str, today: date) -> Iterator[tuple[int, int, int]]:
    now = (today.month - 1) // 3
    for at in re.finditer(r"\b(this|current|last|previous|past|next)\s+quarter\b(?!\s+of)", low):
        step = {"this": 0, "current": 0, "next": 1}.get(at[1], -1)
        yield *at.span(), (now + step) % 4 + 1


def _months(low: str) -> Iterator[tuple[int, int, int]]:
    for at in _SPAN.finditer(low):
        first, last = _MONTHS.index(at[1][:3]), _MONTHS.index(at[2][:3])
        if first % 3 == 0 and last == first + 2:
            yield *at.span(), first // 3 + 1
