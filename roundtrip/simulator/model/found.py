"""Values that earlier results hold for a parameter, and which of several is meant.

Owns searching results by key, and the words that choose ("the latest", "the cheapest", "all").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roundtrip.simulator.model.exact import wants_address
from roundtrip.simulator.model.history import Outcome
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.words import content_stems, is_plural, stem, tokens

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LATEST = re.compile(r"\b(?:last|latest|newest|most recent|recent)\b", re.I)
_FIRST = re.compile(r"\b(?:first|oldest|earliest)\b", re.I)
_MOST = re.compile(r"\b(?:most expensive|biggest|largest|highest|priciest)\b", re.I)
_LEAST = re.compile(r"\b(?:cheapest|least expensive|smallest|lowest)\b", re.I)
_ALL = re.compile(r"\b(?:all|every|each|both)\b", re.I)
_MONEY = re.compile(r"total|price|amount|cost|usd|eur|value")
_MOST_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A value under a fitting key, with the record it stands in."""

    value: Any
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The values meant; several mean one call each. `ambiguous`: nobody said which."""

    values: tuple[Any, ...]
    reason: str
    ambiguous: bool = False
    which: str = "one"
    """The word that chose: "latest", "highest"; "one" when it was not by order."""


def find_values(parameter: Parameter, entity: Sequence[str], outcome: Outcome) -> list[Found]:
    """Everything in one result that fits the parameter by its key, each value once."""
    if outcome.error is not None:
        return []
    if isinstance(outcome.data, str):
        return _in_words(parameter, outcome.data)
    best: dict[str, tuple[int, Found]] = {}
    for key, value, record, around in _entries(outcome.data, tokens(outcome.call.name)):
        fit = _key_fit(parameter, entity, key, around)
        if fit and isinstance(value, str | int | float) and not isinstance(value, bool):
            kept = best.get(str(value))
            if kept is None or fit > kept[0] or len(record) > len(kept[1].record):
                best[str(value)] = (fit, Found(value, record))
    strongest = max((fit for fit, _ in best.values()), default=0)
    return [found for fit, found in best.values() if fit == strongest]


def _entries(
    data: Any, around: Sequence[str]
) -> Iterator[tuple[str, Any, Mapping[str, Any], Sequence[str]]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield key, value, data, around
            yield from _entries(value, tokens(key))
    elif isinstance(data, list):
        for item in data:
            yield from _entries(item, around)


def _key_fit(parameter: Parameter, entity: Sequence[str], key: str, around: Sequence[str]) -> int:
    words = tokens(key)
    if words == parameter.name_words or (wants_address(parameter) and "email" in words):
        return 3
    if not parameter.is_identifier:
        return 0
    nouns = [stem(word) for word in words if word not in ("id", "number", "key")]
    if len(nouns) < len(words) and nouns == list(entity):
        return 2
    stands_for = {stem(word) for word in around}
    return 1 if words == ("id",) and set(entity) <= stands_for else 0


def _in_words(parameter: Parameter, text: str) -> list[Found]:
    name = r"[\s_-]?".join(re.escape(word) for word in parameter.name_words)
    found = re.search(rf"\b{name}\b\W+(?:is\W+)?([\w-]*\d[\w-]*)", text, re.I)
    return [Found(found[1], {})] if found else []


def choose(
    found: Sequence[Found], entity: Sequence[str], question: str, *, careful: bool
) -> Chosen:
    """The values the question means. `careful`: where nothing says which, ask back."""
    if len(found) == 1:
        return Chosen((found[0].value,), "from the result")
    if _LATEST.search(question):
        return _extreme(found, _date_key(found), True, "latest")
    if _FIRST.search(question):
        return _extreme(found, _date_key(found), False, "earliest")
    if _MOST.search(question):
        return _extreme(found, _amount_key(found), True, "highest")
    if _LEAST.search(question):
        return _extreme(found, _amount_key(found), False, "lowest")
    called = [one for one in found if set(tokens(str(one.value))) <= set(tokens(question))]
    named = called or [one for one in found if _is_named(one, question)]
    if named and len(named) < len(found):
        return choose(named, entity, question, careful=careful)
    if _ALL.search(question) or _is_plural_of(entity, question):
        values = tuple(one.value for one in found[:_MOST_AT_ONCE])
        return Chosen(values, "each one in the result")
    if careful or _date_key(found) is None:
        return Chosen(tuple(one.value for one in found), "several would fit", ambiguous=True)
    return _extreme(found, _date_key(found), True, "latest")


def _extreme(found: Sequence[Found], key: str | None, most: bool, which: str) -> Chosen:
    if key is None:
        reason = f"the {which} in the result, by its order"
        return Chosen((found[-1 if most else 0].value,), reason, which=which)
    pick = max if most else min
    value = pick(found, key=lambda one: one.record[key]).value
    return Chosen((value,), f"the {which} in the result by {key}", which=which)


def _date_key(found: Sequence[Found]) -> str | None:
    return _common_key(found, lambda key, v: isinstance(v, str) and bool(_ISO_DATE.match(v)))


def _amount_key(found: Sequence[Found]) -> str | None:
    money = _common_key(found, lambda key, v: _is_number(v) and bool(_MONEY.search(key)))
    return money or _common_key(found, lambda key, v: _is_number(v))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _common_key(found: Sequence[Found], fits: Any) -> str | None:
    return next(
        (
            key
            for key in found[0].record
            if all(key in one.record and fits(key, one.record[key]) for one in found)
        ),
        None,
    )


def _is_named(one: Found, question: str) -> bool:
    """Whether the question says one of the record's own words: "the keyboard order"."""
    if re.match(r"\W*(?:has|have|is|are|was|were|did|does|do)\b", question, re.I):
        return False  # "Have they shipped?" asks for the status, it does not choose by it.
    said = set(content_stems(question))
    texts = [value for value in one.record.values() if isinstance(value, str)]
    return any(said & set(content_stems(text)) for text in texts)


def _is_plural_of(entity: Sequence[str], question: str) -> bool:
    return any(is_plural(word) and stem(word) in entity for word in tokens(question))
