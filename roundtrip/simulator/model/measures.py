"""What a text converts: from which unit or currency, and to which.

Owns the unit beside a number and the one it is wanted in. The number itself is found in
`numbers.py` and given away in `quantities.py`.
"""

from __future__ import annotations

import re

from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import FUNCTION_WORDS, words_in

CONVERSION = "the unit the text converts to"

_MEASURES = words_in("unit units currency currencies scale")
_FROM = words_in("from source base original input")
_TO = words_in("to target into destination desired output")

_CURRENCIES = {
    "dollar": "USD", "buck": "USD", "euro": "EUR", "pound": "GBP", "sterling": "GBP",
    "yen": "JPY", "franc": "CHF", "rupee": "INR", "yuan": "CNY", "won": "KRW", "zloty": "PLN",
    "real": "BRL",
}  # fmt: skip
_UNITS = words_in(
    """
    mm cm m km in inch inche ft foot feet yd yard mi mile meter metre kilometer kilometre
    centimeter centimetre millimeter millimetre nmi mg g kg t oz lb gram kilogram kilo ounce pound
    stone tonne ton ml cl l liter litre milliliter gallon pint quart cup tsp tbsp teaspoon
    tablespoon c f k celsius fahrenheit kelvin °c °f mph km/h kmh kph m/s knot s second minute min
    h hour day week acre hectare byte kb mb gb tb kib mib gib tib bit j kj cal kcal wh kwh joule
    calorie bar psi pa hpa kpa atm
    """
)
_SPELLED = r"(?:degrees?\s+)?([A-Za-z°]+(?:/[a-z]+)?\d?)"
_BESIDE = re.compile(rf"\s*-?{_SPELLED}")
_WANTED = (
    re.compile(rf"\bhow (?:many|much)\s+{_SPELLED}", re.I),
    re.compile(rf"\b(?:to|into|in|as)\s+(?:the\s+)?{_SPELLED}", re.I),
)


def is_measure(parameter: Parameter) -> bool:
    """Whether it wants a unit or currency, by its name: `from_unit`, `target_currency`."""
    words = set(parameter.name_words)
    return parameter.type == "string" and bool(words & _MEASURES) and bool(words & (_FROM | _TO))


def find_measure(parameter: Parameter, text: TextInUse) -> Filled | None:
    """The unit beside the number, or the one the number is wanted in."""
    if set(parameter.name_words) & _FROM:
        found = _beside_the_number(text)
        reason = "the unit beside the number"
    else:
        found = _wanted(text)
        reason = CONVERSION
    if found is None:
        return None
    value = _as_allowed(parameter, found)
    if value is None:
        return None
    known = bool(parameter.choices) or _singular(found) in _UNITS
    return Filled(value, reason, firm=known)


def _beside_the_number(text: TextInUse) -> str | None:
    for number in text.reading.numbers:
        if number.unit.upper() in _CURRENCIES.values():
            return number.unit
        beside = _BESIDE.match(text.reading.text, number.end)
        if beside and beside[1].lower() not in FUNCTION_WORDS:
            return beside[1]
    return None


def _wanted(text: TextInUse) -> str | None:
    for pattern in _WANTED:
        for found in reversed(list(pattern.finditer(text.reading.text))):
            if found[1].lower() not in FUNCTION_WORDS:
                return found[1]
    return None


def _as_allowed(parameter: Parameter, spelled: str) -> str | None:
    """As the parameter takes it: one of its choices, a currency's code, or as it stands."""
    code = _CURRENCIES.get(_singular(spelled), spelled)
    if parameter.choices:
        return next((one for one in parameter.choices if str(one).lower() == code.lower()), None)
    return code.upper() if "currency" in parameter.name_words else spelled


def _singular(word: str) -> str:
    low = word.lower()
    return low[:-1] if len(low) > 3 and low.endswith("s") else low
