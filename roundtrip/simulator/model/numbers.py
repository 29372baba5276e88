"""Numbers in plain English: digits, thousands, number words, with the unit beside them.

Owns finding and converting them. Arithmetic between them is in `arithmetic.py`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from roundtrip.simulator.model.words import FUNCTION_WORDS

_UP_TO_TWENTY = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty
"""
_WORDS = {word: number for number, word in enumerate(_UP_TO_TWENTY.split())} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "eighty": 80,
    "ninety": 90,
    "dozen": 12,
    "twice": 2,
}
_SCALES = {"hundred": 10**2, "thousand": 10**3, "k": 10**3, "million": 10**6, "billion": 10**9}
"""`k` is a thousand of money or of nothing named; after a temperature it is kelvin."""

_SPELLED_SCALES = ("hundred", "thousand", "million", "billion")
_SPELLED = rf"(?:{'|'.join([*_WORDS, *_SPELLED_SCALES])})"
"""One word of a number in words; "a hundred" has no number word before it."""

_CURRENCIES = {"$": "usd", "€": "eur", "£": "gbp", "¥": "jpy"}
_NUMBER = re.compile(
    rf"""(?<![\w.])(?P<minus>[-−])?(?P<currency>[$€£¥])?
        (?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)
        (?:[eE](?P<exponent>[-+]?\d{{1,3}})\b)?
        (?:\s?(?P<scale>(?-i:k)|(?<=[$€£¥]\d)K|(?<=[$€£¥]\d\d)K|(?<=[$€£¥]\d\d\d)K
            |{"|".join(name for name in _SCALES if name != "k")})\b)?
        (?:\s?(?P<pi>pi|π)\b)?
        (?:(?:st|nd|rd|th)\b)?
        (?:\s?(?P<percent>%|percent\b)|[\s-]?(?P<unit>[A-Za-z°]+))?
      | \b(?P<word>{_SPELLED}(?:[\s-]+(?:and\s+)?{_SPELLED})*)\b
        (?:[\s-](?P<word_unit>[A-Za-z]+))?""",
    re.I | re.X,
)

_PERIOD = re.compile(
    r"\b(?:next|past|last|coming|upcoming|previous)\s+(day|week|month|year|decade|century)\b", re.I
)
_LONG_PERIODS = {"decade": (10, "year"), "century": (100, "year")}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_METRES = {
    "mm": 0.001,
    "cm": 0.01,
    "m": 1,
    "meter": 1,
    "metre": 1,
    "km": 1000,
    "kilometer": 1000,
    "kilometre": 1000,
    "mile": 1609.344,
    "foot": 0.3048,
    "feet": 0.3048,
    "inch": 0.0254,
}
_GRAMS = {"g": 1, "gram": 1, "kg": 1000, "kilogram": 1000, "pound": 453.59237, "lb": 453.59237}
_SCALES_OF_UNITS = (_SECONDS, _METRES, _GRAMS)


@dataclass(frozen=True, slots=True)
class Number:
    start: int
    end: int
    value: int | float
    unit: str
    """In the singular and lower case; `%`, a currency's code, the noun after it, or empty."""

    spelled: bool
    """Whether it was written as a word: "one" is often no number."""

    is_period: bool = False
    """Whether it is a stretch of time said without a number: "the next week" is one week."""


def find_numbers(text: str) -> Iterator[Number]:
    """Each number with its unit; 1,200 and "two hundred" are read, ordinals lose their ending."""
    for found in _NUMBER.finditer(text):
        if found["word"]:
            value: int | float = _in_words(found["word"])
            unit, end = found["word_unit"], found.end("word")
        else:
            value = _digits(found)
            unit = "%" if found["percent"] else found["unit"]
            end = found.start("unit") if found["unit"] else found.end()
            end -= len(text[found.start() : end]) - len(text[found.start() : end].rstrip(" -"))
        currency = _CURRENCIES.get(found["currency"] or "")
        yield Number(found.start(), end, value, currency or _singular(unit), bool(found["word"]))


def find_periods(text: str) -> Iterator[Number]:
    """ "the next month", "over the past decade"."""
    for found in _PERIOD.finditer(text):
        many, unit = _LONG_PERIODS.get(found[1].lower(), (1, found[1].lower()))
        yield Number(found.start(), found.end(), many, unit, False, is_period=True)


def _in_words(spelled: str) -> int:
    """ "three hundred and twelve" is 312, "two thousand five" 2005."""
    whole = group = 0
    for word in re.split(r"[\s-]+", spelled.lower()):
        if word in _WORDS:
            group += _WORDS[word]
        elif word == "hundred":
            group = max(group, 1) * 100
        elif word in _SCALES:
            whole, group = whole + max(group, 1) * _SCALES[word], 0
    return whole + group


def _digits(found: re.Match[str]) -> int | float:
    digits = found["digits"].replace(",", "")
    value: int | float = float(digits) if "." in digits else int(digits)
    if found["exponent"]:
        value = float(f"{digits}e{found['exponent']}")
    if found["scale"]:
        value = value * _SCALES[found["scale"].lower()]
        value = int(value) if value == int(value) else value
    if found["pi"]:
        value = round(value * math.pi, 4)
    return -value if found["minus"] else value


def _singular(unit: str | None) -> str:
    low = (unit or "").lower()
    if low in FUNCTION_WORDS:
        return ""  # "from 1871 to 1945" is not 1871 tos.
    return low[:-1] if len(low) > 2 and low.endswith("s") and not low.endswith("ss") else low


def converted(value: int | float, unit: str, wanted: str) -> int | float | None:
    """The value in another unit of its kind, or None when either unit is not known to be one."""
    for scale in _SCALES_OF_UNITS:
        if unit in scale and wanted in scale:
            exact = round(value * scale[unit] / scale[wanted], 6)
            return int(exact) if exact == int(exact) else exact
    return None
