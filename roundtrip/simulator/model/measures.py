"""What a text converts: from which unit or currency, and to which.

Owns the units and currencies a text names, and which of them is the source. The number itself is
found in `numbers.py` and given away in `quantities.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from roundtrip.simulator.model.descriptions import examples_in
from roundtrip.simulator.model.mentions import Mention
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import plain, words_in

CONVERSION = "the unit the text converts to"
SOURCE = "the unit beside the number"

_MEASURES = words_in("unit units currency currencies scale")
_FROM = words_in("from source base original input")
_TO = words_in("to target into destination desired output")

_NATIONS = {
    "us": "USD", "american": "USD", "united states": "USD", "canadian": "CAD", "australian": "AUD",
    "british": "GBP", "japanese": "JPY", "swiss": "CHF", "swedish": "SEK", "norwegian": "NOK",
    "danish": "DKK", "czech": "CZK", "polish": "PLN", "chinese": "CNY", "indian": "INR",
    "brazilian": "BRL", "korean": "KRW", "mexican": "MXN", "hong kong": "HKD",
    "singapore": "SGD", "new zealand": "NZD", "turkish": "TRY", "russian": "RUB",
}  # fmt: skip
_MONIES = {
    "dollar": "USD", "buck": "USD", "euro": "EUR", "pound": "GBP", "sterling": "GBP",
    "pound sterling": "GBP", "yen": "JPY", "franc": "CHF", "rupee": "INR", "yuan": "CNY",
    "renminbi": "CNY", "won": "KRW", "zloty": "PLN", "real": "BRL", "reais": "BRL",
    "krona": "SEK", "kronor": "SEK", "krone": "NOK", "kroner": "NOK", "koruna": "CZK",
    "peso": "MXN", "lira": "TRY", "ruble": "RUB", "rouble": "RUB",
}  # fmt: skip
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_CODES = frozenset([*_NATIONS.values(), *_MONIES.values(), "EUR", "ZAR", "THB", "ILS", "AED"])
_MONEY = re.compile(
    rf"(?P<sign>[{''.join(map(re.escape, _SIGNS))}])|(?<!\w)(?:"
    rf"(?P<nation>{'|'.join(sorted(_NATIONS, key=len, reverse=True))})[\s-]+)?"
    rf"(?P<money>{'|'.join(sorted(_MONIES, key=len, reverse=True))})s?(?!\w)"
    rf"|(?<!\w)(?P<code>{'|'.join(sorted(_CODES))})(?!\w)",
    re.I,
)
_UNITS = words_in(
    """
    mm cm m km inch inche ft foot feet yd yard mi mile meter metre kilometer kilometre centimeter
    centimetre millimeter millimetre nmi mg g kg t oz lb gram kilogram kilo ounce pound stone tonne
    ton milligram ml cl l liter litre milliliter millilitre gallon pint quart cup tsp tbsp teaspoon
    tablespoon c f k celsius fahrenheit kelvin °c °f mph km/h kmh kph m/s knot s sec second minute
    min h hr hour day week acre hectare byte kilobyte megabyte gigabyte terabyte kb mb gb tb kib
    mib gib tib bit j kj joule cal kcal wh kwh calorie kilocalorie bar psi pa hpa kpa pascal atm
    floz sqft sqmi m2 km2 cm2 ft2 in
    """
)
_SPELLED_SMALL = words_in("m g t c f k l s h j in min cup stone day bar second minute")
"""Units that are other words too: they count beside a number, or where nothing else can be meant.
"""
_UNIT = re.compile(r"(?<![A-Za-z])°?[A-Za-z]+(?:/[a-z]+|[23²³](?!\d))?(?![A-Za-z])")
_AHEAD = re.compile(r"(?:\b(?:to|into|in|as|how many|how much|is that in)|=)\s*(?:the\s+)?$", re.I)
_NUMBER = re.compile(
    r"(?:\d[\d.,]*|\b(?:an?|one|two|three|four|five|six|ten|dozen))[\s-]*(?:degrees?\s+)?$", re.I
)
_AFTER_FROM = re.compile(r"\bfrom\s+(?:the\s+)?$", re.I)
_ONE = re.compile(r"\b(?:an?|one)\s+$", re.I)


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit or currency as the text names it."""

    start: int
    end: int
    value: str
    """A currency's code, a unit as it is spelled."""

    counted: bool
    """Whether a number stands beside it."""


def is_measure(parameter: Parameter) -> bool:
    """Whether it wants a unit or currency, by its name: `from_unit`, `target_currency`."""
    words = set(parameter.name_words)
    return parameter.type == "string" and bool(words & _MEASURES) and bool(words & (_FROM | _TO))


def find_measure(parameter: Parameter, text: TextInUse) -> Filled | None:
    """The unit beside the number, or the one the number is wanted in; of several, each."""
    found = measures_in(text.reading.text, is_money(parameter))
    source = _source(found, text.reading.text)
    text.taken.extend((one.start, one.end) for one in found)
    if is_source(parameter):
        return _filled(parameter, [source] if source else [], SOURCE)
    targets = [one for one in found if source is None or one.value != source.value]
    named = [one for one in targets if _AHEAD.search(text.reading.text[: one.start])]
    return _filled(parameter, named or targets[:1], CONVERSION)


def measures_in(text: str, money: bool) -> tuple[Measure, ...]:
    """The currencies, or else the units, that the text names, in reading order."""
    return tuple(_monies(text) if money else _units(text))


def counts_one(text: str, money: bool) -> bool:
    """Whether what is converted is one of its kind: a rate, or "a week"."""
    found = measures_in(text, money)
    source = _source(found, text)
    if source is None or len({one.value for one in found}) < 2:
        return False
    return bool(_ONE.search(text[: source.start])) or (money and not any(o.counted for o in found))


@lru_cache(256)
def _monies_of(text: str) -> tuple[Measure, ...]:
    found = []
    for at in _MONEY.finditer(text):
        if at["sign"]:
            value, counted = _SIGNS[at["sign"]], bool(re.match(r"\s?\d", text[at.end() :]))
        elif at["code"]:
            if at["code"].lower() in ("try",) and at["code"] != "TRY":
                continue
            value, counted = at["code"].upper(), _has_number(text, at.start())
        else:
            nation = _NATIONS.get(plain(at["nation"])) if at["nation"] else None
            value, counted = nation or _MONIES[plain(at["money"])], _has_number(text, at.start())
        found.append(Measure(*at.span(), value, counted))
    return tuple(found)


def _monies(text: str) -> Iterator[Measure]:
    yield from _monies_of(text)


@lru_cache(256)
def _units_of(text: str) -> tuple[Measure, ...]:
    found = []
    for at in _UNIT.finditer(text):
        low = at.group().lower()
        counted = _has_number(text, at.start())
        if not {low, _singular(low)} & _UNITS or (low == "in" and not _is_inches(text, at)):
            continue
        said = counted or _AHEAD.search(text[: at.start()]) or low.startswith("°")
        if _singular(low) in _SPELLED_SMALL and not said:
            continue
        found.append(Measure(*at.span(), at.group(), counted))
    return tuple(found)


def _units(text: str) -> Iterator[Measure]:
    yield from _units_of(text)


def _is_inches(text: str, at: re.Match[str]) -> bool:
    """ "40 in to cm", but not "5 litres in gallons"."""
    return _has_number(text, at.start()) and bool(re.match(r"\s+(?:to|into)\b", text[at.end() :]))


def _has_number(text: str, start: int) -> bool:
    return bool(_NUMBER.search(text[max(0, start - 24) : start]))


def _source(found: Sequence[Measure], text: str) -> Measure | None:
    """What is converted: it has the number, or "from" before it, or comes first of two."""
    counted = [one for one in found if one.counted and not _is_asked_of(one, text)]
    from_ = [one for one in found if _AFTER_FROM.search(text[: one.start])]
    if counted or from_:
        return (counted or from_)[0]
    asked = [one for one in found if _AHEAD.search(text[: one.start])]
    rest = [one for one in found if one not in asked]
    return rest[0] if asked and rest else found[0] if len(found) > 1 and not asked else None


def _is_asked_of(one: Measure, text: str) -> bool:
    return bool(re.search(r"\bhow (?:many|much)\s+$", text[: one.start], re.I))


def _filled(parameter: Parameter, found: Sequence[Measure], reason: str) -> Filled | None:
    allowed = [(one, _as_allowed(parameter, one.value)) for one in found]
    named = [(one, value) for one, value in allowed if value is not None]
    if not named:
        return None
    first = named[0][0]
    mention = Mention("measure", first.start, first.end, first.value)
    distinct = tuple(dict.fromkeys(value for _, value in named))
    return Filled(distinct[0], reason, mention, distinct if len(distinct) > 1 else ())


def is_source(parameter: Parameter) -> bool:
    """Whether it is what is converted from."""
    return bool(set(parameter.name_words) & _FROM)


def is_unit(spelled: str, money: bool) -> bool:
    """Whether this is a currency's code, or else a unit's name."""
    return spelled in _CODES if money else spelled.lower() in _UNITS


def is_money(parameter: Parameter) -> bool:
    """Whether it wants a currency, not a unit."""
    if "unit" in parameter.name_words or "units" in parameter.name_words:
        return False
    examples = (parameter.choices or examples_in(parameter.description))[:3]
    return "currency" in parameter.name_words or any(str(one) in _CODES for one in examples)


def _as_allowed(parameter: Parameter, spelled: str) -> str | None:
    """As the parameter takes it: one of its choices, or as it stands."""
    if parameter.choices:
        return next((one for one in parameter.choices if str(one).lower() == spelled.lower()), None)
    return spelled


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
