"""Which name, quotation or phrase of a text is for which parameter.

Owns the pairing of all of them with all text parameters at once, best pair first: by the words
around a name, by what kind of name it is, and by what the parameter wishes for. Numbers are paired
in `quantities.py`, values of closed lists found in `choices.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

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
    Sort,
    direction,
    own_words,
    sort_of,
    wants_city_and_state,
)
from roundtrip.simulator.model.words import content_stems, stem, tokens, words_in

CALLED = "what the text calls by that name"
DIRECTED = "the place after a direction"
PLACED = "a place the text names"
NAMED = "a name in the text"
LEFT = "what is left of the text"

_KIND = {"quote": 1.3, "name": 1.0, "phrase": 0.3, "identifier": 0.4, "number": -0.7, "date": -2.0}
_ENOUGH = {True: 0.25, False: 2.4}
"""A required parameter takes what nobody else wants; an optional one wants a sign."""

_LINKS = words_in("is are of to as named called titled entitled a an the name by with for like")
_PLACE_WORDS = words_in("in at for near around of to from within about visiting over across")
_STANDING = words_in("in at near around within")
_FROM = words_in("from leaving between departing of")
_TO = words_in("to towards into and reaching toward until")
_MAKERS = words_in("author artist composer director painter sculptor writer designer architect")
_COMPANY_SHAPE = re.compile(
    r"\b(?:inc|llc|ltd|corp|corporation|company|co|gmbh|plc|group|bank|airlines|motors)\b\.?$", re.I
)
_PERSON_SHAPE = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+)?[A-Z][\w'’.-]+(?:\s[A-Z][\w'’.-]*){1,3}$"
)
_AUXILIARIES = [(word,) for word in words_in("did does has have is was will who")]
_SENTENCE = 4
"""Words in quotation marks that are more than a name."""

_POINTING = [(word,) for word in words_in("of for by find up called named from customer to")]
_VAGUE = re.compile(
    r"^(?:same|different|available|certain|specific|new|possible|whole|entire|(?:includ|offer"
    r"|perform|regard|concern|involv|us|happen|start|contain)ing)$"
)


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
    fits = [[_fit(mention, one, text) for mention in free] for one in parameters]
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
    apart = any(_wanted_region(one) for one in parameters)
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


def _wanted_region(parameter: Parameter) -> str | None:
    words = set(parameter.name_words)
    return next((one for one in ("state", "country") if one in words), None)


def _fit(mention: Mention, parameter: Parameter, text: TextInUse) -> tuple[float, str]:
    """How well the mention suits the parameter, and why."""
    wished = sort_of(parameter)
    before, after = around(text.reading.text, mention.start, mention.end)
    score, reason = _KIND.get(mention.kind, 0.0), NAMED if mention.kind != "phrase" else LEFT
    if mention.kind in ("number", "identifier") and wished in ("place", "person", "company"):
        score -= 1.5
    own = own_words(parameter)
    heard = next((word for word in before if word not in _LINKS), "")
    if before and stem(heard) in own:
        score, reason = score + 4.0, CALLED
    elif after and stem(after[0]) in own:
        score, reason = score + 2.5, CALLED
    elif own & set(content_stems(str(mention.value))) and mention.kind == "name":
        score, reason = score + 1.8, CALLED  # "Premier League" is a league.
    if own and _is_asked_for(parameter, text.reading.text):
        score -= 2.0
    described = _described(parameter)
    score += 0.5 * sum(stem(word) in described for word in (heard, *after[:1]) if word)
    if wished == "place":
        gain, why = _as_place(mention, parameter, before)
        score, reason = score + gain, why or reason
    else:
        score += _as_thing(mention, wished, parameter, before)
    value = str(mention.value)
    if mention.kind == "phrase" and wished in ("place", "person"):
        score -= (
            0.0
            if _is_pointed_at(mention, wished, reason, before) or _is_all_there_is(mention, text)
            else 0.8
        )
    if mention.kind == "phrase" and _VAGUE.search(value.lower()):
        score -= 0.6
    if mention.kind == "name" and set(content_stems(value)) <= text.vocabulary:
        score -= 1.0
    return score, reason


def _is_asked_for(parameter: Parameter, text: str) -> bool:
    """ "Which city does she live in?": the city is what is to be found out."""
    return any(
        re.search(rf"\b(?:which|what) {word}\b", text, re.I) for word in parameter.name_words
    )


def _is_pointed_at(mention: Mention, wished: Sort, reason: str, before: tuple[str, ...]) -> bool:
    """Whether the words before small letters say that a name comes: "orders of ada lovelace"."""
    if reason not in (LEFT, NAMED) or before[:1] in _POINTING:
        return True
    # "when did ramanujan order", "grace hopper wants to know"
    subject = before[:1] in _AUXILIARIES or (mention.start == 0 and " " in str(mention.value))
    return wished == "person" and subject


def _is_all_there_is(mention: Mention, text: TextInUse) -> bool:
    """ "ada lovelace orders": where little is said, what is left is the name."""
    if text.is_part:
        return False
    return len(text.reading.text.split()) <= 2 + len(str(mention.value).split())


@lru_cache(2048)
def _described(parameter: Parameter) -> frozenset[str]:
    return frozenset(content_stems(parameter.description.split(". ")[0])[:8])


def _as_place(
    mention: Mention, parameter: Parameter, before: tuple[str, ...]
) -> tuple[float, str | None]:
    score, reason = 0.0, None
    ahead = next((word for word in before if word not in ("the", "a", "an")), "")
    way = direction(parameter)
    if way and ahead in (_FROM if way == "from" else _TO):
        score, reason = 2.5, DIRECTED
    elif way and ahead in (_TO if way == "from" else _FROM):
        score -= 1.5
    elif ahead in _PLACE_WORDS:
        score, reason = 2.0, PLACED
    kinds = kinds_of(str(mention.value).split(", ")[0])
    if kinds:
        score, reason = score + 1.2, reason or PLACED
    elif score <= 0 and mention.kind == "name" and _PERSON_SHAPE.fullmatch(str(mention.value)):
        score -= 0.9  # Two names and no "in" before them: more likely a person.
    asked = _wanted_region(parameter) or ("city" if "city" in parameter.name_words else None)
    if asked and kinds:
        score += 1.0 if asked in kinds else -2.0
    elif asked in ("state", "country"):
        score -= 1.2
    return score, reason


def _as_thing(
    mention: Mention, wished: Sort, parameter: Parameter, before: tuple[str, ...]
) -> float:
    value, ahead = str(mention.value), before[0] if before else ""
    score = 0.0
    if kinds_of(value.split(", ")[0]):
        score -= 0.7 if wished == "thing" else 1.6
    if wished == "span" and mention.kind == "number" and _looks_like_a_year(mention):
        score += 3.0
    if mention.kind == "quote" and len(value.split()) >= _SENTENCE:
        score -= 1.2
    elif ahead in _STANDING and mention.kind == "name":
        score -= 0.5
    if _COMPANY_SHAPE.search(value):
        score += 2.0 if wished == "company" else -0.6
    elif mention.kind == "name" and _PERSON_SHAPE.fullmatch(value):
        score += 0.8 if wished == "person" else 0.0
    if wished == "person" and ahead == "by" and set(parameter.name_words) & _MAKERS:
        score += 2.0
    if wished in ("company", "person") and ahead in ("of", "for", "at", "by", "against"):
        score += 0.6
    return score


def _looks_like_a_year(mention: Mention) -> bool:
    return isinstance(mention.value, int) and 1500 <= mention.value <= 2100


@lru_cache(4096)
def around(text: str, start: int, end: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words before a span, nearest first, and those after it, within its sentence part."""
    before = re.split(r"[.!?;]\s", text[max(0, start - 60) : start])[-1]
    after = re.split(r"[.!?;](?:\s|$)", text[end : end + 40])[0]
    return tuple(reversed(tokens(before)[-4:])), tokens(after)[:3]


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
    asked = _wanted_region(parameter)
    if asked == "country":
        return country_of(city)
    known = region_of(city) if asked == "state" else None
    return known if known and "state" in kinds_of(known) else None
