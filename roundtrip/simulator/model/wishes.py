"""What kind of name a text parameter wishes for: a place, a person, a company, or some thing.

Owns reading that out of its name and the first words about it. Which name of a text it gets is
decided in `naming.py`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from roundtrip.simulator.model.descriptions import examples_in
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.words import plain, stem, tokens, words_in

Sort = Literal["place", "person", "company", "span", "thing"]

_PLACE = words_in(
    """
    city town place location country state region destination origin area address venue
    departure arrival county capital airport district province where loc
    """
)
_PERSON = words_in(
    """
    person people customer user player author artist actor actress director composer painter
    lawyer attorney judge patient student teacher employee president leader king scientist
    discoverer inventor recipient sender username fullname celebrity athlete musician singer guest
    owner contact client member host defendant plaintiff individual architect sculptor
    """
)
_COMPANY = words_in(
    """
    company brand firm organization organisation employer business vendor manufacturer store shop
    supplier corporation bank retailer airline publisher chain provider carrier
    """
)
_SPAN = words_in("duration period timeframe timespan interval season year years span time_period")
_NAME_ONLY = words_in("name full first last or email mail")
_SOURCE = words_in("origin from source departure start starting pickup begin base initial")
_TARGET = words_in("destination to target arrival end ending dropoff final")


@lru_cache(2048)
def sort_of(parameter: Parameter) -> Sort:
    """By its name first, then by the first words of its description."""
    named = set(parameter.name_words)
    first = tokens(parameter.description)[:8]
    if named & _PLACE and not named & {"id", "code", "zip"}:
        return "place"
    if named & _COMPANY:
        return "company"
    if named & _PERSON:
        return "person"
    if named & _SPAN:
        return "span"
    if set(first) & {"city", "location", "country"} and named <= _NAME_ONLY:
        return "place"
    if named <= _NAME_ONLY and (set(first) & _PERSON or first[:2] == ("full", "name")):
        return "person"
    if named <= _NAME_ONLY and set(first) & _COMPANY:
        return "company"
    if set(first) & {"city", "location", "country"}:
        return "place"
    return "thing"


def own_words(parameter: Parameter) -> frozenset[str]:
    """Stems of the words that call the parameter, in its name."""
    dull = {"name", "or", "of", "the", "id", "to", "in", "for", "by", "and", "type", "value"}
    return frozenset(stem(w) for w in parameter.name_words if w not in dull and len(w) > 2)


def direction(parameter: Parameter) -> Literal["from", "to"] | None:
    """Which end of a way it is: `origin`, `destination_city`."""
    words = set(parameter.name_words)
    if words & _SOURCE:
        return "from"
    return "to" if words & _TARGET else None


@lru_cache(2048)
def wants_city_and_state(parameter: Parameter) -> bool:
    """Whether an example of it is a city with its region: "e.g. San Francisco, CA"."""
    about = parameter.description
    return ", " in " ".join(examples_in(about)) or _pair(about)


def _pair(about: str) -> bool:
    low = plain(about)
    return any(said in low for said in ("city, state", "city and state", "city, country"))
