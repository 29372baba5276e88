"""Which number is for which parameter.

Owns the pairing of all numbers with all numeric parameters at once, best pair first, by the
words around them, their units, and the parameter's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from roundtrip.simulator.model.measures import is_measure
from roundtrip.simulator.model.mentions import Mention, Reading, coordinated
from roundtrip.simulator.model.numbers import Number, converted
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.synonyms import related
from roundtrip.simulator.model.words import content_stems, stem, tokens, words_in

_MONEY = re.compile(
    r"price|cost|amount|budget|principal|money|salary|value|invest|loan|payment|revenue|income|fee"
)
_SHARE = re.compile(r"rate|percent|ratio|interest|probab|yield|discount|tax|tip|growth|share")
_TIME = re.compile(r"time|duration|period|year|month|week|day|hour|minute|second|long|age|term")
_LENGTH = re.compile(r"distance|length|height|width|radius|side|depth|size|base|mile|meter|km")
_TIME_UNITS = words_in("second minute hour day week month year")
_LENGTH_UNITS = words_in("mm cm m meter metre km kilometer mile foot feet inch")
_SMALLEST_FIT = {True: -0.6, False: 1.2}
"""A required parameter takes a number nobody else wants; an optional one wants a sign."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A number for a parameter, in its unit and type."""

    start: int
    end: int
    value: int | float
    reason: str
    alternatives: tuple[int | float, ...]


def assign_numbers(parameters: Sequence[Parameter], reading: Reading) -> dict[str, Assigned]:
    """A number for each numeric parameter that gets one. Ties go by reading order."""
    numeric = [
        one
        for one in parameters
        if one.type in ("integer", "number") and not one.choices and not one.is_identifier
    ]
    # Where the unit is an argument of its own, it says nothing about the number.
    unitless = any(map(is_measure, parameters))
    pairs = [
        (-round(_fit(number, parameter, reading, unitless), 1), index, place, number, parameter)
        for place, parameter in enumerate(numeric)
        for index, number in enumerate(reading.numbers)
    ]
    given: dict[str, Assigned] = {}
    used: set[int] = set()
    for cost, index, _, number, parameter in sorted(pairs, key=lambda pair: pair[:3]):
        if parameter.name in given or index in used or -cost < _SMALLEST_FIT[parameter.required]:
            continue
        listed = _listed(number, reading) if len(numeric) == 1 else (number,)
        used.update(i for i, one in enumerate(reading.numbers) if one in listed)
        values = tuple(_suited(one, parameter) for one in listed)
        said = reading.text[number.start : number.end].strip()
        given[parameter.name] = Assigned(
            number.start, number.end, values[0], f'the number "{said}"', values[1:] and values
        )
    return given


def _listed(number: Number, reading: Reading) -> tuple[Number, ...]:
    candidates = [Mention("number", one.start, one.end, one) for one in reading.numbers]
    chosen = candidates[reading.numbers.index(number)]
    return tuple(mention.value for mention in coordinated(reading.text, candidates, chosen))


def _fit(number: Number, parameter: Parameter, reading: Reading, unitless: bool) -> float:
    names = [stem(word) for word in parameter.name_words if len(word) > 1]
    described = set(content_stems(parameter.description))
    about = f"{parameter.name} {parameter.description}".lower().replace("_", " ")
    before = [stem(word) for word in tokens(reading.before(number.start))][-6:]
    after = [stem(word) for word in tokens(reading.after(number.end))][:3]
    fit = 0.0
    said = re.escape(parameter.name.lower().replace("_", " "))
    if re.search(rf"\b{said}\s*(?:=|:|is|as|of)?\s*$", reading.before(number.start)):
        fit += 4
    for distance, word in enumerate(reversed(before)):
        fit += _nearness(word, names, described) / (1 + 0.4 * distance)
    for distance, word in enumerate(after):
        fit += 0.9 * _nearness(word, names, described) / (1 + 0.6 * distance)
    return fit + (0.0 if unitless else _unit_fit(number, about)) + _year_fit(number, parameter)


def _nearness(word: str, names: Sequence[str], described: set[str]) -> float:
    if word in names:
        return 3.0
    if related(word) & set(names):
        return 1.2
    return 1.0 if word in described else 0.0


def _unit_fit(number: Number, about: str) -> float:
    if number.spelled and number.value == 1:
        return -1.0
    for units, words in (
        ({"%"}, _SHARE),
        ({"usd", "eur", "gbp", "jpy", "dollar", "euro"}, _MONEY),
        (_TIME_UNITS, _TIME),
        (_LENGTH_UNITS, _LENGTH),
    ):
        if number.unit in units:
            return 1.4 if words.search(about) else -1.0
    return 0.0


def _year_fit(number: Number, parameter: Parameter) -> float:
    wants = "year" in parameter.name_words
    looks = isinstance(number.value, int) and 1000 <= number.value <= 2100 and not number.unit
    if wants:
        return 2.0 if looks else -1.5
    return 0.0


def _suited(number: Number, parameter: Parameter) -> int | float:
    about = f"{parameter.name} {parameter.description}".lower().replace("_", " ")
    value = number.value
    named = re.search(r"\bin (?:the )?([a-z]+)", about)
    if named:
        in_unit = converted(value, number.unit, named[1].removesuffix("s"))
        value = value if in_unit is None else in_unit
    if number.unit == "%" and re.search(r"decimal|fraction|between 0 and 1|0 to 1", about):
        value = round(value / 100, 8)
    return round(value) if parameter.type == "integer" else value
