"""Keys and values of a result in plain words: `temp_c: -2` is "−2 °C".

Owns labels, units and numbers. Which field is said, and in what order, is in `answer.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roundtrip.simulator.model.words import stem, tokens, words_in

_UNITS = {
    "c": "°C",
    "celsius": "°C",
    "f": "°F",
    "fahrenheit": "°F",
    "km": "km",
    "kmh": "km/h",
    "kph": "km/h",
    "mph": "mph",
    "mm": "mm",
    "cm": "cm",
    "kg": "kg",
    "lb": "lb",
    "ms": "ms",
    "s": "s",
    "seconds": "s",
    "minutes": "min",
    "min": "min",
    "hours": "h",
    "hpa": "hPa",
    "pct": "%",
    "percent": "%",
    "usd": "USD",
    "eur": "EUR",
    "gbp": "GBP",
    "jpy": "JPY",
}
_MONEY = frozenset({"USD", "EUR", "GBP"})
_SELF_EXPLAINING = words_in("sky status state condition conditions weather summary result")
_ADVICE = frozenset({"wear", "bring", "pack", "take", "avoid", "try", "visit", "do", "use"})
_CODES = words_in("id year zip code port phone number tracking")
_MOST_ITEMS = 6


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a record, ready to be said."""

    key: str
    label: str
    value: Any
    said: str
    """The value in words, with its unit."""

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(word) for word in tokens(self.key))

    @property
    def phrase(self) -> str:
        """The value with as much of its label as it needs."""
        words = tokens(self.key)
        explains_itself = words[-1:] and words[-1] in _SELF_EXPLAINING
        is_degree = self.said.endswith(("°C", "°F"))
        if explains_itself or is_degree:
            return self.said
        told = isinstance(self.value, str) and " " in self.said and self.said.islower()
        return f"{self.label}{':' if told and not self.is_advice else ''} {self.said}"

    @property
    def is_advice(self) -> bool:
        """Whether the key is a thing to do: `wear`, `bring`."""
        return self.key.lower() in _ADVICE


def fields(record: Mapping[str, Any], prefix: str = "") -> Iterator[Field]:
    """The record's values in its own order; inner records come flattened, empty values not."""
    for key, value in record.items():
        if value is None or value == [] or value == {}:
            continue
        if isinstance(value, Mapping):
            yield from fields(value, f"{prefix}{label(key)} ")
            continue
        yield Field(key, f"{prefix}{label(key)}", value, said(value, key))


def label(key: str) -> str:
    """`total_usd` gives "total", `orderedOn` gives "ordered on"."""
    words = tokens(key)
    kept = words[:-1] if len(words) > 1 and words[-1] in _UNITS else words
    return " ".join(kept) or key


def said(value: Any, key: str = "") -> str:
    """A value in words. Numbers keep every digit; nothing is rounded."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, tokens(key))
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return _inner(value)
    if isinstance(value, Sequence):
        more = f" and {len(value) - _MOST_ITEMS} more" if len(value) > _MOST_ITEMS else ""
        return (
            joined([said(item, key) for item in value[:_MOST_ITEMS]], last=", " if more else "")
            + more
        )
    return str(value)


def _number(value: float, words: Sequence[str]) -> str:
    unit = _UNITS.get(words[-1]) if words and (len(words) > 1 or len(words[-1]) > 2) else None
    if unit in _MONEY:
        has_cents = isinstance(value, float) and round(value, 2) == value
        digits = f"{value:,.2f}" if has_cents else f"{value:,}"
    elif isinstance(value, int) and (abs(value) < 10_000 or _CODES & set(words)):
        digits = str(value)
    else:
        digits = f"{value:,}" if abs(value) < 1e15 else repr(value)
    digits = re.sub(r"^-(?=\d)", "−", digits)
    return f"{digits} {unit}" if unit else digits


def _inner(record: Mapping[str, Any]) -> str:
    told = [one for one in fields(record) if not isinstance(one.value, list)]
    if not told:
        return "nothing"
    first, *rest = told
    details = ", ".join(one.phrase for one in rest)
    return f"{first.said} ({details})" if details else first.said


def joined(items: Sequence[str], last: str = "") -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])}{last or ' and '}{items[-1]}"
