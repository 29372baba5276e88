"""Arithmetic told as a story: shares of a bill, so many in each, so much a month.

Owns the turns that make an expression out of such a story. Plain arithmetic is in
`arithmetic.py`; nothing is computed in either.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_N = r"(\d{1,40}(?:\.\d{1,40})?)"
_NOUN = r"([a-z]{3,20})"
_ASKED = re.compile(r"\?|\b(?:how (?:much|many)|what|total|altogether|calculate)\b", re.I)
_SHARED = re.compile(r"\b(?:each|per person|per head|apiece|evenly|equally|split|share)\b", re.I)
_PEOPLE = re.compile(
    rf"\b{_N}\s+(?:people|persons|friends|of us|ways|kids|children|guests|colleagues)\b", re.I
)
_SUM = re.compile(
    rf"\b(?:bill|total|cost|costs|price|sum|rent|pay|paid|check|amount)\b[^\d.?!]{{0,24}}{_N}", re.I
)
_RATE = re.compile(rf"{_N}[^\d.?!]{{0,16}}\b(?:an?|per|each|every)\s+(hour|day|week|month)\b", re.I)
_OVER = re.compile(
    r"\b(?:in|for|per|over|a|an)\s+(?:an?\s+|one\s+|the\s+|whole\s+)*(day|week|month|year)\b", re.I
)
_TIMES = {
    ("day", "week"): 7, ("day", "year"): 365, ("week", "year"): 52, ("month", "year"): 12,
    ("hour", "day"): 24,
}  # fmt: skip
_IN_EACH = re.compile(
    rf"{_N}\s+{_NOUN}\s+(?:in|per|on|to)\s+(?:an?|each|every|one)\s+{_NOUN}\b.*?{_N}\s+{_NOUN}",
    re.I | re.S,
)
_AT_EACH = re.compile(
    rf"{_N}\s+(?:[a-z]+\s+){{1,3}}(?:at|for|which cost|costing|that cost)\s+{_N}"
    rf"(?:\s+(?:dollars?|euros?|pounds?|usd|eur))?\s+(?:each|apiece|a piece|per)\b",
    re.I,
)


def expressions_told(text: str) -> tuple[str, ...]:
    """What a story comes to, e.g. `186.20 / 7`; nothing where no number is asked for.

    `text`: with numbers in digits, without thousands separators and currency signs.
    """
    if not _ASKED.search(text):
        return ()
    stories: tuple[Callable[[str], str | None], ...] = (_in_each, _at_each, _shared, _over_time)
    return tuple(found for story in stories if (found := story(text)))[:1]


def _shared(text: str) -> str | None:
    """ "7 people, the bill is 186.20, how much for each": 186.20 / 7."""
    people, total = _PEOPLE.search(text), _SUM.search(text)
    if not (people and total and _SHARED.search(text)):
        return None
    return f"{total[1]} / {people[1]}"


def _over_time(text: str) -> str | None:
    """ "2450 a month, how much in a year": 2450 * 12."""
    rate = _RATE.search(text)
    if not rate:
        return None
    for over in _OVER.finditer(text, rate.end()):
        if times := _TIMES.get((rate[2].lower(), over[1].lower())):
            return f"{rate[1]} * {times}"
    return None


def _in_each(text: str) -> str | None:
    """ "24 bottles in a crate, 18 crates": 24 * 18."""
    found = _IN_EACH.search(text)
    if not found or not _is_same(found[3], found[5]):
        return None
    return f"{found[1]} * {found[4]}"


def _at_each(text: str) -> str | None:
    """ "3 tickets at 12.50 each": 3 * 12.50."""
    found = _AT_EACH.search(text)
    return f"{found[1]} * {found[2]}" if found else None


def _is_same(one: str, many: str) -> bool:
    return many.lower().startswith(one.lower()[:-1]) and len(many) - len(one) in (0, 1, 2)
