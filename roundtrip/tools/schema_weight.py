"""How much work it is to hold arguments to a JSON Schema, counted before it is done.

Owns that count. Twenty definitions that each refer twice to the next are a short schema, yet
a check follows a million paths through it; one that refers to itself twice does so for every
level of the arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

MOST_STEPS = 100_000
"""Of one check. When all of them fail it takes some 2 s; a list of 5,000 points needs half."""

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
_SAME_VALUE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else")
_EVERY_VALUE = ("additionalProperties", "unevaluatedProperties")
_EVERY_ITEM = ("items", "additionalItems", "unevaluatedItems", "contains")


class TooMuchWork(ValueError):
    """A check that would take longer than it may, or whose length cannot be told."""


def count_steps(schema: Any, value: Any) -> int:
    """How often a subschema meets a value when every branch is followed. Raises TooMuchWork."""
    return _Count(schema).steps(schema, value)


class _Count:
    def __init__(self, root: Any) -> None:
        self._root = root
        self._known: dict[tuple[int, int], int] = {}
        """Steps of a subschema and a value by their identities; 0 while being counted."""

    def steps(self, schema: Any, value: Any) -> int:
        if not isinstance(schema, dict):
            return 1
        if schema is not self._root and isinstance(schema.get("$id"), str):
            raise TooMuchWork("it holds another schema with an $id of its own")
        key = (id(schema), id(value))
        if key not in self._known:
            # A subschema that meets the same value again on its own path ends there.
            self._known[key] = 0
            total = 1
            for inner, its_value in self._next(schema, value):
                total += self.steps(inner, its_value)
                if total > MOST_STEPS or len(self._known) > MOST_STEPS:
                    raise TooMuchWork("its branches are more than a check can follow")
            self._known[key] = total
        return self._known[key]

    def _next(self, schema: dict[str, Any], value: Any) -> Iterator[tuple[Any, Any]]:
        """The subschemas of a schema, each with the value it would be held to."""
        for keyword in _REFERENCES:
            if keyword in schema:
                yield self._target(schema[keyword]), value
        for keyword in _SAME_VALUE:
            if keyword in schema:
                inner = schema[keyword]
                branches = inner if isinstance(inner, list) else [inner]
                yield from ((branch, value) for branch in branches)
        for keyword in ("dependentSchemas", "dependencies"):
            if isinstance(schema.get(keyword), dict):
                yield from ((each, value) for each in schema[keyword].values())
        if isinstance(value, dict):
            yield from _of_properties(schema, value)
        elif isinstance(value, list):
            yield from _of_items(schema, value)

    def _target(self, reference: Any) -> Any:
        """What `#` or `#/$defs/City` points at. Other references have no count."""
        if reference == "#":
            return self._root
        place = self._root
        if not isinstance(reference, str) or not reference.startswith("#/"):
            raise TooMuchWork(f"the reference {str(reference)[:80]} is not of the form #/$defs/…")
        for step in reference[2:].split("/"):
            if place is not self._root and "$id" in place:
                # Below it the library follows references from there, not from the root.
                raise TooMuchWork(f"the reference {reference[:80]} crosses an $id")
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(place, list) and name.isdecimal() and int(name) < len(place):
                place = place[int(name)]
            elif isinstance(place, dict) and name in place:
                place = place[name]
            else:
                raise TooMuchWork(f"the reference {reference[:80]} leads nowhere")
        return place


def _of_properties(schema: dict[str, Any], value: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    named = schema.get("properties")
    if isinstance(named, dict):
        yield from ((named[name], value[name]) for name in named if name in value)
    patterns = schema.get("patternProperties")
    if isinstance(patterns, dict):
        yield from ((each, inner) for each in patterns.values() for inner in value.values())
    for keyword in _EVERY_VALUE:
        if isinstance(schema.get(keyword), dict):
            yield from ((schema[keyword], inner) for inner in value.values())
    if isinstance(schema.get("propertyNames"), dict):
        yield from ((schema["propertyNames"], name) for name in value)


def _of_items(schema: dict[str, Any], value: list[Any]) -> Iterator[tuple[Any, Any]]:
    for keyword in ("prefixItems", "items"):
        if isinstance(schema.get(keyword), list):
            yield from zip(schema[keyword], value, strict=False)
    for keyword in _EVERY_ITEM:
        if isinstance(schema.get(keyword), dict):
            yield from ((schema[keyword], inner) for inner in value)
