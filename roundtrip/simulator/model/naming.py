"""Which name, quotation or phrase of a text is for which parameter.

Owns the pairing of all of them with all text parameters at once, best pair first: by the words
around a name, by what kind of name it is, and by what the parameter wishes for. Numbers are paired
in `quantities.py`, values of closed lists found in `choices.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from roundtrip.simulator.model.fits import LEFT, NAMED, fit, seen_in, wanted_region
from roundtrip.simulator.model.mentions import Mention, coordinated
from roundtrip.simulator.model.pairing import REQUIRED, paired
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.places import (
    code_of,
    country_of,
    english_name,
    kinds_of,
    region_of,
)
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.wishes import (
    direction,
    own_words,
    sort_of,
    wants_city_and_state,
)

_ENOUGH = {True: 0.25, False: 2.4}
"""A required parameter takes what nobody else wants; an optional one wants a sign."""


@dataclass(frozen=True, slots=True)
class _Pair:
    score: float
    reason: str
    mention: Mention
    place: int
    """Of the parameter, in the order of the schema."""


def assign_names(parameters: Sequence[Parameter], text: TextInUse) -> dict[str, Filled]:
    """A value for each text parameter that gets one; what is given away is taken in the text."""
    free = _apart(parameters, text.free("quote", "name", "phrase", "identifier", "number"))
    if not free or not parameters:
        return {}
    seen = [seen_in(text, mention) for mention in free]
    fits = [[fit(one, parameter, text) for one in seen] for parameter in parameters]
    gains = [
        [_gain(score, one) for score, _ in row] for one, row in zip(parameters, fits, strict=True)
    ]
    pairs = [_Pair(*fits[place][find], free[find], place) for place, find in paired(gains).items()]
    given: dict[int, _Pair] = {}
    for pair in sorted(pairs, key=lambda p: (-p.score, p.place)):
        if not _is_listed_beside_another(pair, given, free, text, parameters):
            given[pair.place] = pair
    text.taken.extend((pair.mention.start, pair.mention.end) for pair in given.values())
    return {
        parameters[place].name: _filled(parameters[place], given[place], free, text)
        for place in sorted(given)
    }


def _gain(score: float, parameter: Parameter) -> float:
    gain = score - _ENOUGH[parameter.required]
    return gain + REQUIRED if parameter.required and gain > 0 else gain


def _is_listed_beside_another(
    pair: _Pair,
    given: dict[int, _Pair],
    free: Sequence[Mention],
    text: TextInUse,
    parameters: Sequence[Parameter],
) -> bool:
    """Whether it stands in a list of which another parameter has one: "Paris and Rome" are two
    places, unless the tool wants two of them."""
    wished = sort_of(parameters[pair.place])
    for place, other in given.items():
        if other.mention in coordinated(text.reading.text, free, pair.mention):
            alike = sort_of(parameters[place]) == wished and _alike(
                parameters[place], parameters[pair.place]
            )
            if not alike:
                return True
    return False


def _alike(one: Parameter, other: Parameter) -> bool:
    """`team_a` and `team_b`, `origin` and `destination`, `city1` and `city2`."""
    if direction(one) or direction(other):
        return True
    return bool(own_words(one) & own_words(other)) or not (own_words(one) and own_words(other))


def _apart(parameters: Sequence[Parameter], free: Sequence[Mention]) -> list[Mention]:
    """With "Sydney, Australia" as two mentions where city and country are asked for apart."""
    apart = any(wanted_region(one) for one in parameters)
    found: list[Mention] = []
    for mention in free:
        city, comma, region = str(mention.value).partition(", ")
        if apart and comma and mention.kind == "name":
            here = mention.start + len(city)
            found.append(replace(mention, end=here, value=city))
            found.append(replace(mention, start=mention.end - len(region), value=region))
        else:
            found.append(mention)
    return found


def _filled(parameter: Parameter, pair: _Pair, free: Sequence[Mention], text: TextInUse) -> Filled:
    spans = [(span) for span in text.taken if span != (pair.mention.start, pair.mention.end)]
    still = [one for one in free if one == pair.mention or not one.overlaps(spans)]
    still = [one for one in still if one.kind == pair.mention.kind]
    listed = coordinated(text.reading.text, still, pair.mention)
    text.taken.extend((one.start, one.end) for one in listed)
    values = tuple(dict.fromkeys(_spelled(parameter, one) for one in listed))
    firm = pair.mention.kind != "phrase" or pair.reason not in (LEFT, NAMED)
    return Filled(values[0], pair.reason, listed[0], values if len(values) > 1 else (), firm=firm)


def _spelled(parameter: Parameter, mention: Mention) -> str:
    """As the parameter wants it: a place or person typed in lower case is written as names are."""
    value = str(mention.value)
    if mention.kind == "quote":
        return value
    wished = sort_of(parameter)
    if wished == "place":
        value = english_name(_as_name(value))
        city, _, region = value.partition(", ")
        if "city" in parameter.name_words and not wants_city_and_state(parameter):
            return city
        if not region and wants_city_and_state(parameter) and (known := region_of(city)):
            return f"{city}, {code_of(known) or known}"
        return value
    if wished == "person" and mention.kind == "phrase":
        return _as_name(value)
    return value


def _as_name(value: str) -> str:
    return value if value != value.lower() else value.title()


def region_for(parameter: Parameter, city: str) -> str | None:
    """The state or country the parameter asks for, of a city that is in the table of places."""
    asked = wanted_region(parameter)
    if asked == "country":
        return country_of(city)
    known = region_of(city) if asked == "state" else None
    return known if known and "state" in kinds_of(known) else None
