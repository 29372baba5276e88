"""Dates and times of day in plain English, against a clock the caller sets.

Owns finding them and writing them as ISO 8601. Says nothing about which parameter wants one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = rf"(?:{'|'.join(_DAYS)})"
_HOLIDAYS = {
    r"christmas\ eve": (12, 24),
    r"christmas(?:\ day)?|x-?mas": (12, 25),
    r"new\ year's\ eve": (12, 31),
    r"new\ year(?:'s(?:\ day)?)?": (1, 1),
    r"valentine'?s?(?:\ day)?": (2, 14),
    r"hall?oween": (10, 31),
    r"boxing\ day": (12, 26),
}
_AHEAD = re.compile(r"\b(?:until|till|til|left|next|upcoming|coming|count\w*\ ?down)\b", re.I)
"""What is counted down to lies ahead: then a day that is over this year is next year's."""

_DATE = re.compile(
    rf"""\b(?:
        (?P<iso>\d{{4}}-\d{{2}}-\d{{2}})
      | (?P<year_first>\d{{4}}[/.]\d{{1,2}}[/.]\d{{1,2}})
      | (?P<slashed>\d{{1,2}}(?P<sign>[/.-])\d{{1,2}}(?P=sign)\d{{4}})
      | (?:(?P<year3>\d{{4}}),?\ )?(?P<month>{_MONTH})(?:\.\ ?|\ )(?P<day>\d{{1,2}})
        (?:st|nd|rd|th)?(?![:\d])(?:,?\ (?:in\ |of\ )?(?P<year>\d{{4}}))?\b
      | (?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\ (?:of\ )?
        (?P<month2>{_MONTH})\b(?:,?\ (?P<year2>\d{{4}}))?
      | (?P<relative>day\ after\ tomorrow|today|tonight|tomorrow|yesterday)
      | (?P<which>next|this|last|coming|on|for|until|by|till)\ (?P<weekday>{_DAY})
      | (?P<holiday>{"|".join(_HOLIDAYS)})
      | in\ (?P<ahead>\d{{1,3}})\ (?P<unit>day|week)s?
    )\b""",
    re.I | re.X,
)
_TIME = re.compile(r"\b(?:(\d{1,2}):(\d{2})\s?([ap]\.?m\.?)?|(\d{1,2})\s?([ap]\.?m\b\.?))", re.I)
_RELATIVE = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1, "day after tomorrow": 2}


def find_dates(text: str, today: date) -> Iterator[tuple[int, int, str]]:
    """Each date as start, end and ISO form; impossible ones (31 February) are left out.

    A month and day without a year is of the year that another date of the text names, else of
    this year. `8/5/2025` is read the American way unless
    its first number cannot be a month; `8.5.2025` has its day first.
    """
    all_found = list(_DATE.finditer(text))
    this_year = int(next(filter(None, map(_year_said, all_found)), today.year))
    for found in all_found:
        try:
            day = _date(found, today, this_year)
        except ValueError:
            continue
        over = not _year_said(found) and day < today and _is_of_the_year(found)
        if over and (found["holiday"] or _AHEAD.search(text)):
            day = day.replace(year=day.year + 1)
        yield found.start(), found.end(), day.isoformat()


def _year_said(found: re.Match[str]) -> str | None:
    return found["year"] or found["year2"] or found["year3"]


def _is_of_the_year(found: re.Match[str]) -> bool:
    """Whether the year is ours to say."""
    return bool(found["month"] or found["month2"] or found["holiday"])


def _date(found: re.Match[str], today: date, this_year: int) -> date:
    if found["iso"]:
        return date.fromisoformat(found["iso"])
    if found["year_first"]:
        return date(*map(int, re.split(r"[/.]", found["year_first"])))
    if found["slashed"]:
        first, second, year = map(int, found["slashed"].split(found["sign"]))
        if found["sign"] == "." and second <= 12:
            first, second = second, first  # 24.12.2026 has its day first wherever it is written.
        month, day = (first, second) if first <= 12 else (second, first)
        return date(year, month, day)
    if found["relative"]:
        return today + timedelta(days=_RELATIVE[found["relative"].lower()])
    if found["weekday"]:
        ahead = (_DAYS.index(found["weekday"].lower()) - today.weekday()) % 7 or 7
        return today + timedelta(days=ahead - (7 if found["which"].lower() == "last" else 0))
    if found["ahead"]:
        days = int(found["ahead"]) * (7 if found["unit"].lower() == "week" else 1)
        return today + timedelta(days=days)
    if found["holiday"]:
        spelled = found["holiday"].lower()
        month, day = next(on for name, on in _HOLIDAYS.items() if re.fullmatch(name, spelled))
        return date(this_year, month, day)
    month = _MONTHS.index((found["month"] or found["month2"])[:3].lower()) + 1
    year = int(found["year"] or found["year2"] or found["year3"] or this_year)
    return date(year, month, int(found["day"] or found["day2"]))


def find_times(text: str) -> Iterator[tuple[int, int, str]]:
    """Each time of day as start, end and `HH:MM`."""
    for found in _TIME.finditer(text):
        hour, minute = int(found[1] or found[4]), int(found[2] or 0)
        half = (found[3] or found[5] or "").lower()[:1]
        if half:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour < 24 and minute < 60:
            yield found.start(), found.end(), f"{hour:02}:{minute:02}"
