"""Values that are told by their form: dates, times, addresses, arithmetic, lists of numbers.

Owns recognising which parameter wants one, and handing it out. Their forms are in `dates.py`,
`arithmetic.py` and `mentions.py`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from roundtrip.simulator.model.arithmetic import find_expressions
from roundtrip.simulator.model.descriptions import date_form
from roundtrip.simulator.model.mentions import Kind, Mention, coordinated
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import tokens, words_in

ARITHMETIC = "the arithmetic in the text"

_EXPRESSION = words_in("expression formula equation calculation")
_DATE = words_in("date day deadline birthday when checkin checkout dob")
_LATER = words_in("end to until return checkout out due arrival")
_VAGUE_TIME = re.compile(
    r"\b(?:next|this|last|coming) (?:week|weekend|month|year|spring|summer|autumn|winter)\b", re.I
)
_STAY = re.compile(r"\b(\d{1,3})[\s-](night|day|week)s?\b", re.I)
_BRACKETS = re.compile(r"\[[^\[\]]*\]")


def is_expression(parameter: Parameter) -> bool:
    return bool(set(parameter.name_words) & _EXPRESSION)


def find_expression(parameter: Parameter, text: TextInUse) -> Filled | None:
    without = text.reading.text
    for mention in text.reading.of("identifier", "date", "email", "url"):
        without = (
            without[: mention.start] + "?" * (mention.end - mention.start) + without[mention.end :]
        )
    found = find_expressions(without)
    listed = found if len(found) > 1 else ()
    return Filled(found[0], ARITHMETIC, None, listed) if found else None


def wants_address(parameter: Parameter) -> bool:
    """Whether its name, its format or the first words about it say that it is an email address."""
    words, first = set(parameter.name_words), tokens(parameter.description)[:3]
    return (
        bool(words & {"email", "mail"})
        or parameter.format == "email"
        or first in (("email", "address", "of"), ("email", "address"))
    )


def find_email(parameter: Parameter, text: TextInUse) -> Filled | None:
    return _first(text, ("email",), "an e-mail address")


def wants_url(parameter: Parameter) -> bool:
    words = set(parameter.name_words)
    return bool(words & {"url", "uri", "link"}) or parameter.format in ("uri", "url")


def find_url(parameter: Parameter, text: TextInUse) -> Filled | None:
    return _first(text, ("url",), "a web address")


def wants_date(parameter: Parameter) -> bool:
    return parameter.format.startswith("date") or bool(set(parameter.name_words) & _DATE)


def find_date(parameter: Parameter, text: TextInUse) -> Filled | None:
    """A date, written as the parameter's description asks for, else as ISO 8601."""
    free = text.free("date")
    late = set(parameter.name_words) & _LATER
    if not free:
        return _after_a_stay(parameter, text) if late else _vaguely(parameter, text)
    chosen = free[-1] if late and len(free) > 1 else free[0]
    listed = (chosen,) if late else coordinated(text.reading.text, free, chosen)
    text.taken.extend((one.start, one.end) for one in listed)
    spelled = text.reading.text[chosen.start : chosen.end]
    values = tuple(_written(str(one.value), parameter) for one in listed)
    alternatives = values if len(values) > 1 else ()
    return Filled(values[0], f'the date "{spelled}"', chosen, alternatives)


def _vaguely(parameter: Parameter, text: TextInUse) -> Filled | None:
    """ "next month", where a text may say a time and the parameter names no form for it."""
    found = _VAGUE_TIME.search(text.reading.text)
    if not found or date_form(parameter.description) or parameter.format:
        return None
    return Filled(found.group(), "the time the text names", firm=False)


def _after_a_stay(parameter: Parameter, text: TextInUse) -> Filled | None:
    """ "3 nights from 1 June" ends on 4 June."""
    stay, dates = _STAY.search(text.reading.text), text.reading.of("date")
    if not stay or not dates:
        return None
    days = int(stay[1]) * (7 if stay[2].lower() == "week" else 1)
    end = date.fromisoformat(str(dates[0].value)) + timedelta(days=days)
    spelled = text.reading.text[dates[0].start : dates[0].end]
    return Filled(_written(end.isoformat(), parameter), f"{stay.group()} after {spelled}")


def _written(iso: str, parameter: Parameter) -> str:
    form = date_form(parameter.description)
    return date.fromisoformat(iso).strftime(form) if form else iso


def wants_time(parameter: Parameter) -> bool:
    return parameter.format == "time" or "time" in parameter.name_words


def find_time(parameter: Parameter, text: TextInUse) -> Filled | None:
    return _first(text, ("time",), "a time of day")


def _first(text: TextInUse, kinds: tuple[Kind, ...], reason: str) -> Filled | None:
    free = text.free(*kinds)
    return text.take(free[0], free, reason) if free else None


def holds_numbers(parameter: Parameter) -> bool:
    return bool(parameter.item and parameter.item.type in ("integer", "number"))


def number_list(numbers: Sequence[Mention], text: str) -> tuple[Mention, ...]:
    """The longest run of numbers in brackets or side by side."""
    runs = []
    for bracket in _BRACKETS.finditer(text):
        runs.append(tuple(n for n in numbers if bracket.start() < n.start < bracket.end()))
    if not any(runs):
        runs = [coordinated(text, numbers, number) for number in numbers]
    return max(runs, key=len, default=())


def find_literal(parameter: Parameter, text: TextInUse) -> Filled | None:
    """A list or an object as somebody writes it down: `[[10, 20], [30, 40]]`, `{'math': 90}`."""
    wanted = dict if parameter.type == "object" else list
    for start, end in _brackets(text.reading.text, "{" if wanted is dict else "["):
        if any(start < b and a < end for a, b in text.taken):
            continue
        try:
            value = ast.literal_eval(text.reading.text[start:end])
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
        if isinstance(value, wanted) and value and _fits(parameter, value):
            text.taken.append((start, end))
            mention = Mention("literal", start, end, value)
            return Filled(value, "as it is written in the text", mention)
    return None


def _fits(parameter: Parameter, value: Any) -> bool:
    """Whether the values are JSON, and lists within a list are what is wanted."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    nested = parameter.item is not None and parameter.item.type in ("array", "object")
    return parameter.type == "object" or nested == isinstance(value[0], list | dict)


def _brackets(text: str, opening: str) -> Iterator[tuple[int, int]]:
    """Each stretch from an opening bracket to the one that closes it."""
    closing = {"[": "]", "{": "}"}[opening]
    depth, start = 0, 0
    for place, sign in enumerate(text):
        if sign == opening:
            start = place if depth == 0 else start
            depth += 1
        elif sign == closing and depth:
            depth -= 1
            if depth == 0:
                yield start, place + 1


def clock_numbers(parameters: Sequence[Parameter], text: TextInUse) -> dict[str, Filled]:
    """Hour and minute of a time of day, for parameters that want them as numbers."""
    times = text.free("time")
    named = {
        one.name: unit
        for one in parameters
        if one.type in ("integer", "number")
        for unit in ("hour", "minute")
        if {unit, f"{unit}s"} & set(one.name_words[:1])
    }
    if not times or len(set(named.values())) != 2:
        return {}
    hour, minute = map(int, str(times[0].value).split(":"))
    text.taken.append((times[0].start, times[0].end))
    spelled = text.reading.text[times[0].start : times[0].end]
    values = {"hour": hour, "minute": minute}
    return {n: Filled(values[unit], f'the time "{spelled}"') for n, unit in named.items()}
