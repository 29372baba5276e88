"""Units of measurement, at their exact factors."""

from __future__ import annotations

import math
from difflib import get_close_matches

OPTIONAL = ("convert_units",)
"""Functions that are offered once a person adds them in Settings."""

_UNITS: dict[str, dict[str, float]] = {
    "length": {
        "mm": 0.001, "cm": 0.01, "m": 1, "km": 1000,
        "in": 0.0254, "ft": 0.3048, "yd": 0.9144, "mi": 1609.344, "nmi": 1852,
    },
    "area": {
        "cm2": 0.0001, "m2": 1, "km2": 1e6, "hectare": 1e4,
        "sqft": 0.09290304, "acre": 4046.8564224, "sqmi": 2589988.110336,
    },
    "volume": {
        "ml": 0.001, "cl": 0.01, "l": 1, "m3": 1000,
        "tsp": 0.00492892159375, "tbsp": 0.01478676478125, "floz": 0.0295735295625,
        "cup": 0.2365882365, "pint": 0.473176473, "quart": 0.946352946, "gallon": 3.785411784,
    },
    "mass": {
        "mg": 1e-6, "g": 0.001, "kg": 1, "t": 1000,
        "oz": 0.028349523125, "lb": 0.45359237, "stone": 6.35029318,
    },
    "speed": {"m/s": 1, "km/h": 1 / 3.6, "mph": 0.44704, "knot": 1852 / 3600},
    "time": {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "day": 86400, "week": 604800},
    "data": {
        "bit": 0.125, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
        "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40,
    },
    "energy": {"J": 1, "kJ": 1000, "cal": 4.184, "kcal": 4184, "Wh": 3600, "kWh": 3.6e6},
    "pressure": {
        "Pa": 1, "hPa": 100, "kPa": 1000, "bar": 1e5, "psi": 6894.757293168, "atm": 101325,
    },
    "temperature": {"C": 1, "F": 5 / 9, "K": 1},
}  # fmt: skip
"""Each kind's units, in one of them; US customary where countries differ."""

_ZERO_K = {"C": 273.15, "F": 459.67 * 5 / 9, "K": 0}
"""Kelvin at 0 of each unit of temperature."""

_WORDS = {
    "mm": "millimeter millimetre", "cm": "centimeter centimetre", "m": "meter metre",
    "km": "kilometer kilometre", "in": "inch inches", "ft": "foot feet", "yd": "yard",
    "mi": "mile", "hectare": "ha", "ml": "milliliter millilitre", "l": "liter litre",
    "g": "gram", "kg": "kilogram kilo", "t": "tonne", "oz": "ounce", "lb": "pound",
    "km/h": "kmh kph", "mph": "mi/h", "knot": "kn kt", "s": "second sec", "min": "minute",
    "h": "hour hr", "B": "byte", "kB": "kilobyte", "MB": "megabyte", "GB": "gigabyte",
    "TB": "terabyte", "J": "joule", "cal": "calorie", "kcal": "kilocalorie", "Pa": "pascal",
    "C": "celsius °C", "F": "fahrenheit °F", "K": "kelvin", "tsp": "teaspoon",
    "tbsp": "tablespoon", "sqft": "ft2", "cm2": "cm²", "m2": "m²", "km2": "km²", "m3": "m³",
}  # fmt: skip


def convert_units(value: float, from_unit: str, to_unit: str) -> dict[str, float | str]:
    """Convert a measured value from one unit to another of the same kind.

    Use it for length, area, volume, mass, speed, time, data, energy, pressure and temperature:
    miles in km, pounds in kg, Fahrenheit in Celsius. Not for money. It gives the converted
    value and both units as it understood them.

    Args:
        value: The number to convert, e.g. 26.2.
        from_unit: The unit of the value, e.g. "mi", "lb" or "F".
        to_unit: The unit wanted, e.g. "km", "kg" or "C".
    """
    kind, source = _found(from_unit)
    other_kind, target = _found(to_unit)
    if kind != other_kind:
        raise ValueError(
            f"{source} is a unit of {kind} and {target} one of {other_kind}; "
            f"units of {kind} are: {', '.join(_UNITS[kind])}"
        )
    factors = _UNITS[kind]
    converted = value * (factors[source] / factors[target])
    if kind == "temperature":
        kelvin = value * factors[source] + _ZERO_K[source]
        if kelvin < -1e-9:
            raise ValueError(f"{value} {source} is below absolute zero")
        converted = (kelvin - _ZERO_K[target]) / factors[target]
    if not math.isfinite(converted):
        raise ValueError(f"{value} {source} is too large to convert to {target}")
    # Twelve digits are more than any measurement has, and hide what binary fractions add.
    shown = float(f"{converted:.12g}")
    if kind == "temperature":
        shown = round(shown, 9)
    return {"value": value, "from_unit": source, "converted": shown, "to_unit": target}


def _found(spelled: str) -> tuple[str, str]:
    """The kind of a unit and the unit as the tables spell it."""
    exact, folded = _spellings()
    wanted = spelled.strip()
    loose = wanted.casefold().removeprefix("°").strip()
    unit = exact.get(wanted) or folded.get(loose) or folded.get(loose.removesuffix("s"))
    if unit is None:
        near = sorted({folded[word] for word in get_close_matches(loose, folded, n=3, cutoff=0.7)})
        hint = f"did you mean {' or '.join(near)}?" if near else _every_unit()
        raise ValueError(f'there is no unit "{spelled}"; {hint}')
    return next(kind for kind, units in _UNITS.items() if unit in units), unit


def _spellings() -> tuple[dict[str, str], dict[str, str]]:
    """Each unit by its spellings: as they are, and without case where that leaves one meaning."""
    exact = {unit: unit for units in _UNITS.values() for unit in units}
    for unit, words in _WORDS.items():
        exact |= dict.fromkeys(words.split(), unit)
    folded: dict[str, str] = {}
    for word, unit in exact.items():
        folded.setdefault(word.casefold(), unit)
    return exact, folded


def _every_unit() -> str:
    return "; ".join(f"{kind}: {', '.join(units)}" for kind, units in _UNITS.items())
