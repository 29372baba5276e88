"""Which number is for which parameter.

Owns the pairing of all numbers with all numeric parameters at once, by the words around them,
their units, and the parameter's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from roundtrip.simulator.model.measures import is_measure
from roundtrip.simulator.model.mentions import Mention, Reading, coordinated
from roundtrip.simulator.model.numbers import Number, converted
from roundtrip.simulator.model.pairing import REQUIRED, paired
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.synonyms import related
from roundtrip.simulator.model.words import content_stems, stem, tokens, words_in

_UNITS_ABOUT = (
    ({"%"}, r"rate|percent|ratio|interest|probab|yield|discount|tax|tip|growth|share|level|return"),
    (
        {"usd", "eur", "gbp", "jpy", "dollar", "euro"},
        r"price|cost|amount|budget|principal|money|salary|value|invest|loan|payment|revenue|income"
        r"|fee|capital|cash|spend|earn|asset|liabilit|worth|wage",
    ),
    (
        words_in("second minute hour day week month year night"),
        r"time|duration|period|year|month|week|day|hour|minute|second|long|age|term|night",
    ),
    (
        words_in("mm cm m meter metre km kilometer mile foot feet inch ft"),
        r"distance|length|height|width|radius|side|depth|size|base|mile|meter|km|diameter|feet|inch",
    ),
    (words_in("kg g gram kilogram lb lbs pound"), r"mass|weight|load"),
    (words_in("degree celsius fahrenheit kelvin °c °f"), r"temp|degree|celsius|kelvin|angle"),
    (words_in("hz hertz khz"), r"freq"),
)
_COMPILED_UNITS = tuple((units, re.compile(about)) for units, about in _UNITS_ABOUT)
_TIME = re.compile(r"\b(?:days?|weeks?|months?|years?|duration|period|time ?frame)\b")
_NO_PERIOD = 9.0
"""What a stretch of time said without a number ("the next week") loses for anything else."""

_SMALLEST_FIT = {True: -0.6, False: 1.2}
"""A required parameter takes a number nobody else wants; an optional one wants a sign."""

_DULL = words_in("of the num number numbers value in per for to a")
_LOWEST = words_in("start from min minimum lower begin")
_HIGHEST = words_in("end to max maximum upper until")
_COUNTED = words_in("day week month year hour minute second night time mile meter inche degree")
"""What is measured, where a number before it is no mere count of what follows."""

_FROM = words_in("from between")
_UP_TO = words_in("to and until through")


@dataclass(frozen=True, slots=True)
class Assigned:
    """A number for a parameter, in its unit and type."""

    start: int
    end: int
    value: int | float
    reason: str
    alternatives: tuple[int | float, ...]


def assign_numbers(
    parameters: Sequence[Parameter], reading: Reading, *, is_part: bool = False
) -> dict[str, Assigned]:
    """A number for each numeric parameter that gets one. Ties go by reading order.

    `is_part`: whether the text is cut out of a longer one.
    """
    numeric = [
        one
        for one in parameters
        if one.type in ("integer", "number") and not one.choices and not one.is_identifier
    ]
    if not numeric or not reading.numbers:
        return {}
    # Where the unit is an argument of its own, it says nothing about the number.
    unitless = any(map(is_measure, parameters))
    numbers = [n for n in reading.numbers if not _only_counts(n, reading, is_part)]
    gains = [[_gain(number, one, reading, unitless) for number in numbers] for one in numeric]
    pairs = paired(gains)
    taken = {numbers[index] for index in pairs.values()}
    given: dict[str, Assigned] = {}
    for place, index in sorted(pairs.items()):
        number, parameter = numbers[index], numeric[place]
        listed = _listed(number, numbers, reading, taken)
        values = tuple(_suited(one, parameter) for one in listed)
        said = reading.text[number.start : number.end].strip()
        given[parameter.name] = Assigned(
            listed[0].start,
            listed[-1].end,
            values[0],
            f'the number "{said}"',
            values if len(values) > 1 else (),
        )
    return given


def _only_counts(number: Number, reading: Reading, is_part: bool) -> bool:
    """ "two numbers: 40 and 50": the first says how many follow."""
    if not number.spelled or not (is_part or number.value <= len(reading.numbers)):
        return False
    nouns = [word.strip(":,.?") for word in reading.after(number.end, 32).split()[:4]]
    plural = (word for word in nouns if len(word) > 3 and word.endswith("s"))
    return next(plural, "days").removesuffix("s") not in _COUNTED


def _listed(
    number: Number, numbers: Sequence[Number], reading: Reading, taken: set[Number]
) -> tuple[Number, ...]:
    """The numbers of the same unit side by side with this one that no other parameter has."""
    free = [one for one in numbers if one == number or one not in taken]
    candidates = [Mention("number", one.start, _end_of_unit(one, reading), one) for one in free]
    chosen = candidates[free.index(number)]
    listed = [mention.value for mention in coordinated(reading.text, candidates, chosen)]
    units = _units_of(listed)
    place = listed.index(number)
    first = last = place
    while first > 0 and units[first - 1] == units[place]:
        first -= 1
    while last + 1 < len(listed) and units[last + 1] == units[place]:
        last += 1
    return tuple(listed[first : last + 1])


def _end_of_unit(number: Number, reading: Reading) -> int:
    """Where the number ends together with the unit written after it."""
    beside = re.match(r"\s*(?:%|[A-Za-z°]+)", reading.text[number.end :])
    return number.end + beside.end() if number.unit and beside else number.end


def _units_of(listed: Sequence[Number]) -> list[str]:
    """The unit of each; in "10, 20 and 30 years" it stands once, beside the last."""
    units: list[str] = []
    after = ""
    for number in reversed(listed):
        after = number.unit or after
        units.append(after)
    return units[::-1]


def _gain(number: Number, parameter: Parameter, reading: Reading, unitless: bool) -> float:
    fit = _fit(number, parameter, reading, unitless) - _SMALLEST_FIT[parameter.required]
    return fit + REQUIRED if parameter.required and fit > 0 else fit


def _fit(number: Number, parameter: Parameter, reading: Reading, unitless: bool) -> float:
    names, described, about = _words(parameter)
    before = [stem(word) for word in tokens(reading.before(number.start))][-6:]
    after = [stem(word) for word in tokens(reading.after(number.end))][:3]
    fit = 0.0
    if _said(parameter.name).search(reading.before(number.start)):
        fit += 4
    for distance, word in enumerate(reversed(before)):
        fit += _nearness(word, names, described) / (1 + 0.4 * distance)
    for distance, word in enumerate(after):
        fit += 0.9 * _nearness(word, names, described) / (1 + 0.6 * distance)
    fit += _direction(parameter, before[-1] if before else "")
    if parameter.type == "integer" and number.value != int(number.value):
        fit -= 1.0
    return fit + (0.0 if unitless else _unit_fit(number, about)) + _year_fit(number, parameter)


@lru_cache(2048)
def _words(parameter: Parameter) -> tuple[tuple[str, ...], frozenset[str], str]:
    """Stems of its name, stems of its description, and both as they are written."""
    spoken = [word for word in parameter.name_words if len(word) > 1 and word not in _DULL]
    names = tuple(stem(word) for word in spoken or parameter.name_words)
    about = f"{parameter.name} {parameter.description}".lower().replace("_", " ")
    return names, frozenset(content_stems(parameter.description)), about


@lru_cache(2048)
def _said(name: str) -> re.Pattern[str]:
    spoken = re.escape(name.lower().replace("_", " "))
    return re.compile(rf"\b{spoken}\s*(?:=|:|is|as|of)?\s*$")


def _nearness(word: str, names: Sequence[str], described: frozenset[str]) -> float:
    if word in names:
        return 3.0
    if related(word) & set(names):
        return 1.2
    return 1.0 if word in described else 0.0


def _direction(parameter: Parameter, ahead: str) -> float:
    """ "from 50 to 150": the first is the lower end."""
    words = set(parameter.name_words)
    if words & _LOWEST:
        return 1.2 if ahead in _FROM else -0.6 if ahead in _UP_TO else 0.0
    if words & _HIGHEST:
        return 1.2 if ahead in _UP_TO else -0.6 if ahead in _FROM else 0.0
    return 0.0


def _unit_fit(number: Number, about: str) -> float:
    if number.spelled and number.value == 1:
        return -1.0
    if number.is_period and not _TIME.search(about):
        return -_NO_PERIOD
    for units, words in _COMPILED_UNITS:
        if number.unit in units:
            return 1.4 if words.search(about) else -1.0
    return 0.0


def _year_fit(number: Number, parameter: Parameter) -> float:
    looks = isinstance(number.value, int) and 1000 <= number.value <= 2100 and not number.unit
    if "year" in parameter.name_words:
        return 2.0 if looks else -1.5
    return 0.0


def _suited(number: Number, parameter: Parameter) -> int | float:
    about = _words(parameter)[2]
    value = number.value
    named = [*re.findall(r"\bin (?:the )?([a-z]+)", about), *parameter.name_words]
    for unit in named[:4]:
        in_unit = converted(value, number.unit, unit.removesuffix("s"))
        if in_unit is not None:
            value = in_unit
            break
    if number.unit == "%" and _is_fraction(parameter, about):
        value = round(value / 100, 8)
    return round(value) if parameter.type == "integer" else value


def _is_fraction(parameter: Parameter, about: str) -> bool:
    """Whether 5 % is 0.05 to it: it says so, or takes a decimal and does not speak of percent."""
    if re.search(r"decimal|fraction|between 0 and 1|0 to 1", about):
        return True
    return parameter.type == "number" and not re.search(r"percent|%", about)
