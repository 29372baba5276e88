"""Parameters that want a time zone: the zone a text names, or that of a place it names.

Owns the way from a place to its zone, by the names of the time zone database. What time it is
there, only a tool can say.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from zoneinfo import available_timezones

from roundtrip.simulator.model.descriptions import examples_in
from roundtrip.simulator.model.mentions import Mention, coordinated
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.places import country_of, english_name, region_of
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import plain, words_in

_ZONE = re.compile(r"\b[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_+-]+\d*){1,2}\b|\b(?:UTC|GMT)\b")
_NAMES = words_in("timezone zone tz")
_OF_REGION = {
    "California": "America/Los_Angeles", "Washington": "America/Los_Angeles",
    "Oregon": "America/Los_Angeles", "Nevada": "America/Los_Angeles", "Arizona": "America/Phoenix",
    "Colorado": "America/Denver", "Utah": "America/Denver", "New Mexico": "America/Denver",
    "Illinois": "America/Chicago", "Texas": "America/Chicago", "Minnesota": "America/Chicago",
    "Wisconsin": "America/Chicago", "Missouri": "America/Chicago", "Louisiana": "America/Chicago",
    "Tennessee": "America/Chicago", "Oklahoma": "America/Chicago", "Nebraska": "America/Chicago",
    "Hawaii": "Pacific/Honolulu", "Alaska": "America/Anchorage", "Ontario": "America/Toronto",
    "Quebec": "America/Toronto", "British Columbia": "America/Vancouver",
    "Alberta": "America/Edmonton",
}  # fmt: skip
_OF_COUNTRY = {
    "USA": "America/New_York", "Germany": "Europe/Berlin", "France": "Europe/Paris",
    "United Kingdom": "Europe/London", "Spain": "Europe/Madrid", "Italy": "Europe/Rome",
    "Switzerland": "Europe/Zurich", "Austria": "Europe/Vienna", "Netherlands": "Europe/Amsterdam",
    "Portugal": "Europe/Lisbon", "Poland": "Europe/Warsaw", "Turkey": "Europe/Istanbul",
    "Israel": "Asia/Jerusalem", "India": "Asia/Kolkata", "China": "Asia/Shanghai",
    "Japan": "Asia/Tokyo", "South Korea": "Asia/Seoul", "Pakistan": "Asia/Karachi",
    "Vietnam": "Asia/Ho_Chi_Minh", "Thailand": "Asia/Bangkok", "Brazil": "America/Sao_Paulo",
    "Russia": "Europe/Moscow", "South Africa": "Africa/Johannesburg", "Egypt": "Africa/Cairo",
    "United Arab Emirates": "Asia/Dubai", "Saudi Arabia": "Asia/Riyadh", "Ukraine": "Europe/Kyiv",
    "Australia": "Australia/Sydney", "New Zealand": "Pacific/Auckland",
    "Belgium": "Europe/Brussels",
    "Sweden": "Europe/Stockholm", "Ireland": "Europe/Dublin", "Scotland": "Europe/London",
    "England": "Europe/London", "Mexico": "America/Mexico_City",
}  # fmt: skip
"""The zone of a country with one, and of the others that in which most people live."""


def wants_zone(parameter: Parameter) -> bool:
    """Whether it wants a zone by its database name, as an example of it shows."""
    named = set(parameter.name_words) & _NAMES or {"time", "zone"} <= set(parameter.name_words)
    return bool(named) and any("/" in example for example in examples_in(parameter.description))


def find_zone(parameter: Parameter, text: TextInUse) -> Filled | None:
    """The zones the text names, else those of the places it names."""
    named = [m for m in _named(text.reading.text) if not m.overlaps(text.taken)]
    if named:
        return text.take(named[0], named, "a time zone the text names")
    places = [
        Mention(place.kind, place.start, place.end, zone)
        for place in text.free("name", "phrase", "quote")
        if (zone := zone_of(str(place.value)))
    ]
    if not places:
        return None
    listed = coordinated(text.reading.text, places, places[0])
    spelled = text.reading.text[places[0].start : places[0].end]
    text.taken.extend((one.start, one.end) for one in listed)
    values = tuple(dict.fromkeys(str(one.value) for one in listed))
    reason = f"the time zone of {spelled}"
    return Filled(values[0], reason, listed[0], values if len(values) > 1 else ())


def _named(text: str) -> list[Mention]:
    return [
        Mention("name", *found.span(), found.group())
        for found in _ZONE.finditer(text)
        if found.group() in _zones().values()
    ]


@lru_cache(512)
def zone_of(place: str) -> str | None:
    """`Asia/Tokyo` for Tokyo; None where neither the database nor the table of places knows it."""
    name = english_name(place.split(", ")[0]).strip()
    key = plain(name).replace(" ", "_").replace("saint", "st")
    region = region_of(name)
    return (
        _zones().get(key)
        or _OF_COUNTRY.get(name.title())
        or (_OF_REGION.get(region) if region else None)
        or _OF_COUNTRY.get(country_of(name) or "")
    )


@cache
def _zones() -> dict[str, str]:
    """Each zone by the city in its name, in lower case; and the few without a region."""
    names = sorted(available_timezones())
    zones = {name.rpartition("/")[2].lower(): name for name in names if _is_of_region(name)}
    return zones | {"utc": "UTC", "gmt": "GMT"}


def _is_of_region(name: str) -> bool:
    return name.partition("/")[0] in (
        "Africa", "America", "Asia", "Australia", "Europe", "Pacific", "Atlantic", "Indian",
    )  # fmt: skip
