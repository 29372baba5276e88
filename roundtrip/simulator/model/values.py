"""Fills one tool's parameters from one text.

Owns which mention goes to which parameter and why. Does not look at earlier results
(`chains.py`), and leaves a required value out rather than inventing one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from roundtrip.simulator.model.arithmetic import find_expressions
from roundtrip.simulator.model.choices import find_boolean, find_choice
from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.free_text import free_text, is_free_text
from roundtrip.simulator.model.measures import find_measure, is_measure
from roundtrip.simulator.model.mentions import Kind, Mention, Reading, coordinated
from roundtrip.simulator.model.names import find_identifier, find_name, find_place, is_place
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.quantities import assign_numbers
from roundtrip.simulator.model.slots import Filled, Finder, TextInUse
from roundtrip.simulator.model.statements import find_statement, is_statement
from roundtrip.simulator.model.words import tokens, words_in

_EXPRESSION = words_in("expression formula equation calculation")
_DATE = words_in("date day deadline birthday when checkin checkout")
_LATER = words_in("end to until return checkout out due arrival")

ARITHMETIC = "the arithmetic in the text"
_BRACKETS = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Filling:
    """What a text gives to one tool."""

    values: Mapping[str, Filled]
    missing: tuple[Parameter, ...]
    """Required parameters the text does not give."""

    @property
    def arguments(self) -> dict[str, Any]:
        return {name: filled.value for name, filled in self.values.items()}


def fill(profile: Profile, reading: Reading, entities: frozenset[str] = frozenset()) -> Filling:
    """The tool's arguments as far as the text gives them.

    `entities`: stems of what the offered tools' identifiers identify, so that "order 5018" is
    not taken for a customer's number.
    """
    context = TextInUse(reading, entities)
    order = sorted(profile.parameters, key=lambda one: (_turn(one), not one.required))
    values: dict[str, Filled] = {}
    for name, number in assign_numbers(
        profile.parameters, _loose_numbers(profile, reading)
    ).items():
        span = Mention("number", number.start, number.end, number.value)
        values[name] = Filled(number.value, number.reason, span, number.alternatives)
        context.taken.append((number.start, number.end))
    for parameter in order:
        if parameter.name not in values and (filled := _fill_one(parameter, context)):
            values[parameter.name] = filled
    in_order = {p.name: values[p.name] for p in profile.parameters if p.name in values}
    missing = tuple(p for p in profile.parameters if p.required and p.name not in values)
    return Filling(in_order, missing)


def is_known_by_form(profile: Profile) -> bool:
    """Whether the tool wants what a text can hold without its words: arithmetic, a conversion."""
    return any(
        set(parameter.name_words) & _EXPRESSION or is_measure(parameter) or is_statement(parameter)
        for parameter in profile.parameters
    )


def _loose_numbers(profile: Profile, reading: Reading) -> Reading:
    """Without the numbers of a list: `[1, 2, 3]`, or listed side by side, if one is wanted."""
    if not any(_holds_numbers(parameter) for parameter in profile.parameters):
        return reading
    listed = _number_list(reading.of("number"), reading.text)
    spans = [(number.start, number.end) for number in listed]
    loose = [n for n in reading.numbers if not any(a <= n.start < b for a, b in spans)]
    return replace(reading, numbers=tuple(loose))


def _number_list(numbers: Sequence[Mention], text: str) -> tuple[Mention, ...]:
    """The longest run of numbers in brackets or side by side."""
    runs = []
    for bracket in _BRACKETS.finditer(text):
        runs.append(tuple(n for n in numbers if bracket.start() < n.start < bracket.end()))
    if not any(runs):
        runs = [coordinated(text, numbers, number) for number in numbers]
    return max(runs, key=len, default=())


def _turn(parameter: Parameter) -> int:
    """What is recognised by its form goes first, what takes any words goes last."""
    if parameter.choices or parameter.is_identifier or parameter.type == "boolean":
        return 0
    if parameter.type != "string" and parameter.type != "any":
        return 1
    if is_free_text(parameter):
        return 3
    return 2


def _fill_one(parameter: Parameter, text: TextInUse) -> Filled | None:
    filled = _finder(parameter)(parameter, text)
    if filled and (filled.firm or parameter.required):
        return filled
    if parameter.required and parameter.default is not None:
        return Filled(parameter.default, "the default of its schema", firm=False)
    return None


def _finder(parameter: Parameter) -> Finder:
    if is_measure(parameter):
        return find_measure
    if parameter.choices:
        return find_choice
    if parameter.is_identifier:
        return find_identifier
    match parameter.type:
        case "boolean":
            return find_boolean
        case "integer" | "number":
            return _no_number_left
        case "array":
            return _list
        case "object":
            return _object
    words = set(parameter.name_words)
    if words & _EXPRESSION:
        return _expression
    if is_statement(parameter):
        return find_statement
    if "email" in words or "mail" in words or _is_address(parameter):
        return _email_or_name if words & {"name", "or"} else _email
    if words & {"url", "uri", "link"} or parameter.format in ("uri", "url"):
        return _url
    if parameter.format.startswith("date") or words & _DATE:
        return _date
    if parameter.format == "time" or "time" in words:
        return _time
    if is_free_text(parameter):
        return _free_text
    return find_place if is_place(parameter) else find_name


def _is_address(parameter: Parameter) -> bool:
    """Whether the first words about it, or its format, say that it is an email address."""
    first = tokens(parameter.description)[:3]
    return parameter.format == "email" or first in (
        ("email", "address", "of"),
        ("email", "address"),
    )


def _no_number_left(parameter: Parameter, text: TextInUse) -> Filled | None:
    return None


def _holds_numbers(parameter: Parameter) -> bool:
    return bool(parameter.item and parameter.item.type in ("integer", "number"))


def _list(parameter: Parameter, text: TextInUse) -> Filled | None:
    if _holds_numbers(parameter):
        numbers = _number_list(text.free("number"), text.reading.text)
        if not numbers or (len(numbers) < 2 and not parameter.required):
            return None
        text.taken.extend((number.start, number.end) for number in numbers)
        return Filled([number.value for number in numbers], "the numbers in the text")
    if parameter.item is None or parameter.item.type == "array":
        return None
    one = _fill_one(parameter.item, text)
    if one is None:
        return None
    firm = one.firm and (parameter.required or len(one.alternatives) > 1)
    return Filled(list(one.alternatives) or [one.value], one.reason, one.mention, firm=firm)


def _object(parameter: Parameter, text: TextInUse) -> Filled | None:
    members = {m.name: filled for m in parameter.members if (filled := _fill_one(m, text))}
    if not members or any(m.required and m.name not in members for m in parameter.members):
        return None
    value = {name: filled.value for name, filled in members.items()}
    return Filled(value, "; ".join(filled.reason for filled in members.values()))


def _expression(parameter: Parameter, text: TextInUse) -> Filled | None:
    without = text.reading.text
    for mention in text.reading.of("identifier", "date", "email", "url"):
        without = (
            without[: mention.start] + "?" * (mention.end - mention.start) + without[mention.end :]
        )
    found = find_expressions(without)
    listed = found if len(found) > 1 else ()
    return Filled(found[0], ARITHMETIC, None, listed) if found else None


def _email(parameter: Parameter, text: TextInUse) -> Filled | None:
    return _first(text, ("email",), "an e-mail address")


def _email_or_name(parameter: Parameter, text: TextInUse) -> Filled | None:
    return _email(parameter, text) or find_name(parameter, text)


def _url(parameter: Parameter, text: TextInUse) -> Filled | None:
    return _first(text, ("url",), "a web address")


def _date(parameter: Parameter, text: TextInUse) -> Filled | None:
    free = text.free("date")
    late = set(parameter.name_words) & _LATER
    if not free:
        return None
    chosen = free[-1] if late and len(free) > 1 else free[0]
    text.taken.append((chosen.start, chosen.end))
    return Filled(
        chosen.value, f'the date "{text.reading.text[chosen.start : chosen.end]}"', chosen
    )


def _time(parameter: Parameter, text: TextInUse) -> Filled | None:
    return _first(text, ("time",), "a time of day")


def _first(text: TextInUse, kinds: tuple[Kind, ...], reason: str) -> Filled | None:
    free = text.free(*kinds)
    return text.take(free[0], free, reason) if free else None


def _free_text(parameter: Parameter, text: TextInUse) -> Filled | None:
    found = free_text(parameter, text.reading, text.taken)
    if found and found.span:
        text.taken.append(found.span)
    return Filled(found.value, found.reason, firm=found.firm) if found else None
