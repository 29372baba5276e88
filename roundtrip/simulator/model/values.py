"""Fills one tool's parameters from one text.

Owns in what order they are filled, and which way of finding a value is for which parameter. Does
not look at earlier results (`chains.py`), and leaves a required value out rather than inventing
one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from roundtrip.simulator.model.choices import (
    find_boolean,
    find_choice,
    find_choices,
    find_example,
)
from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.exact import (
    clock_numbers,
    find_date,
    find_email,
    find_expression,
    find_literal,
    find_time,
    find_url,
    holds_numbers,
    is_expression,
    number_list,
    wants_address,
    wants_date,
    wants_time,
    wants_url,
)
from roundtrip.simulator.model.free_text import (
    find_free_text,
    is_free_text,
)
from roundtrip.simulator.model.identifiers import find_identifier
from roundtrip.simulator.model.measures import find_measure, is_measure
from roundtrip.simulator.model.mentions import Mention, Reading
from roundtrip.simulator.model.naming import assign_names
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.quantities import assign_numbers
from roundtrip.simulator.model.settings import find_setting
from roundtrip.simulator.model.slots import Filled, Finder, TextInUse
from roundtrip.simulator.model.statements import find_statement, is_statement
from roundtrip.simulator.model.tickers import find_ticker, wants_ticker
from roundtrip.simulator.model.unsaid import unsaid
from roundtrip.simulator.model.zodiac import find_sign, wants_sign
from roundtrip.simulator.model.zones import find_zone, wants_zone


@dataclass(frozen=True, slots=True)
class Filling:
    """What a text gives to one tool."""

    values: Mapping[str, Filled]
    missing: tuple[Parameter, ...]
    """Required parameters the text does not give."""

    spans: tuple[tuple[int, int], ...] = ()
    """The parts of the text that became values."""

    @property
    def arguments(self) -> dict[str, Any]:
        return {name: filled.value for name, filled in self.values.items()}


def fill(
    profile: Profile,
    reading: Reading,
    entities: frozenset[str] = frozenset(),
    *,
    is_part: bool = False,
) -> Filling:
    """The tool's arguments as far as the text gives them.

    `entities`: stems of what the offered tools' identifiers identify, so that "order 5018" is
    not taken for a customer's number. `is_part`: whether the text is cut out of a longer one.
    """
    about, name = profile.tool.description or "", profile.name_stems
    text = TextInUse(reading, entities, profile.weights.keys(), name, about, is_part)
    values = _fill_all(profile.parameters, text)
    in_order = {p.name: values[p.name] for p in profile.parameters if p.name in values}
    missing = tuple(p for p in profile.parameters if p.required and p.name not in values)
    return Filling(in_order, missing, tuple(text.taken))


def is_known_by_form(profile: Profile) -> bool:
    """Whether the tool wants what a text can hold without its words: arithmetic, a conversion."""
    return any(
        is_expression(parameter) or is_measure(parameter) or is_statement(parameter)
        for parameter in profile.parameters
    )


def _fill_all(parameters: Sequence[Parameter], text: TextInUse) -> dict[str, Filled]:
    """What is recognised by its form goes first, then names, then what takes any words."""
    values: dict[str, Filled] = clock_numbers(parameters, text)
    for parameter in parameters:
        literal = parameter.type in ("array", "object") and find_literal(parameter, text)
        if literal:
            values[parameter.name] = literal
    left = [one for one in parameters if one.name not in values]
    loose = _loose_numbers(left, text)
    for name, number in assign_numbers(left, loose, is_part=text.is_part).items():
        span = Mention("number", number.start, number.end, number.value)
        values[name] = Filled(number.value, number.reason, span, number.alternatives)
        text.taken.append((number.start, number.end))
    open_ = [one for one in parameters if one.name not in values]
    for parameter in sorted(open_, key=lambda one: (_turn(one), not one.required)):
        finder = _by_form(parameter)
        if finder and (filled := _suited(parameter, finder(parameter, text))):
            values[parameter.name] = filled
    named = [one for one in open_ if one.name not in values and _is_named(one)]
    for parameter, filled in _names(named, text):
        values[parameter.name] = filled
    # What is made of other values comes after them.
    for parameter in sorted(open_, key=lambda one: "subject" in one.name_words):
        if parameter.name in values:
            continue
        if filled := _last(parameter, parameters, text, values):
            values[parameter.name] = filled
    return values


def _suited(parameter: Parameter, filled: Filled | None) -> Filled | None:
    return filled if filled and (filled.firm or parameter.required) else None


def _turn(parameter: Parameter) -> int:
    if parameter.choices or parameter.is_identifier or parameter.type == "boolean":
        return 0
    return 1 if parameter.type != "string" and parameter.type != "any" else 2


@lru_cache(4096)
def _by_form(parameter: Parameter) -> Finder | None:
    """The finder for what can be told by its form; None for names and for any words."""
    if is_measure(parameter):
        return find_measure
    if parameter.choices:
        return find_choice
    if parameter.is_identifier:
        return find_identifier
    match parameter.type:
        case "integer" | "number":
            return find_setting
        case "boolean":
            return find_boolean
        case "array":
            return _find_list
        case "string" | "any":
            return _text_by_form(parameter)
    return None


def _text_by_form(parameter: Parameter) -> Finder | None:
    if is_expression(parameter):
        return find_expression
    if is_statement(parameter):
        return find_statement
    if wants_address(parameter):
        return find_email
    if wants_url(parameter):
        return find_url
    if wants_zone(parameter):
        return find_zone
    if wants_ticker(parameter):
        return find_ticker
    if wants_sign(parameter):
        return find_sign
    if wants_date(parameter):
        return find_date
    if wants_time(parameter):
        return find_time
    return None if is_free_text(parameter) else find_example


def _find_list(parameter: Parameter, text: TextInUse) -> Filled | None:
    item = parameter.item
    if item is None or item.type in ("array", "object"):
        return None
    if holds_numbers(parameter):
        numbers = number_list(text.free("number"), text.reading.text)
        if not numbers or (len(numbers) < 2 and not parameter.required):
            return None
        text.taken.extend((number.start, number.end) for number in numbers)
        return Filled([number.value for number in numbers], "the numbers in the text")
    finder = find_choices if item.choices else _by_form(item)
    return _listed(parameter, finder(item, text)) if finder else None


def _listed(parameter: Parameter, one: Filled | None) -> Filled | None:
    if one is None:
        return None
    firm = one.firm and (parameter.required or len(one.alternatives) > 1)
    return Filled(list(one.alternatives) or [one.value], one.reason, one.mention, firm=firm)


@lru_cache(4096)
def _is_named(parameter: Parameter) -> bool:
    """Whether it may have a name or phrase of the text."""
    if parameter.type == "array":
        return parameter.item is not None and _is_named(parameter.item)
    if parameter.choices or parameter.is_identifier or is_free_text(parameter):
        return False
    if parameter.type not in ("string", "any") or is_measure(parameter):
        return False
    exact = _text_by_form(parameter)
    return exact is find_example or (exact is find_email and not _is_only_address(parameter))


def _is_only_address(parameter: Parameter) -> bool:
    return not set(parameter.name_words) & {"name", "or"}


def _names(parameters: Sequence[Parameter], text: TextInUse) -> list[tuple[Parameter, Filled]]:
    given = assign_names(parameters, text)
    found = []
    for parameter in parameters:
        filled = given.get(parameter.name)
        if parameter.type == "array":
            filled = _listed(parameter, filled)
        if filled := _suited(parameter, filled):
            found.append((parameter, filled))
    return found


def _last(
    parameter: Parameter,
    parameters: Sequence[Parameter],
    text: TextInUse,
    values: Mapping[str, Filled],
) -> Filled | None:
    """What is made of members, what takes any words, and what nobody has to say."""
    if parameter.type == "object":
        filled = _suited(parameter, _object(parameter, text))
    elif is_free_text(parameter):
        filled = _suited(parameter, find_free_text(parameter, text))
    else:
        filled = None
    return filled or unsaid(parameter, parameters, text, values)


def _object(parameter: Parameter, text: TextInUse) -> Filled | None:
    members = _fill_all(parameter.members, text)
    if not members or any(m.required and m.name not in members for m in parameter.members):
        return None
    value = {one.name: members[one.name].value for one in parameter.members if one.name in members}
    return Filled(value, "; ".join(filled.reason for filled in members.values()))


def _loose_numbers(parameters: Sequence[Parameter], text: TextInUse) -> Reading:
    """The numbers that are nobody's, without those of a list if one is wanted."""
    reading = text.reading
    numbers = [n for n in reading.numbers if not any(a <= n.start < b for a, b in text.taken)]
    if any(holds_numbers(parameter) for parameter in parameters):
        listed = number_list(text.free("number"), reading.text)
        spans = [(number.start, number.end) for number in listed]
        numbers = [n for n in numbers if not any(a <= n.start < b for a, b in spans)]
    return replace(reading, numbers=tuple(numbers))
