"""Where schemas stand inside a schema, and how such a place is written as a path.

Owns the keywords that hold schemas, walking them, and the limit on how deep a schema may nest.
Knows no wire.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from roundtrip.conversation import Change

SINGLE = (
    "items",
    "additionalItems",
    "unevaluatedItems",
    "contains",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "contentSchema",
    "not",
    "if",
    "then",
    "else",
)
LISTS = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
"""`items` holds a list up to draft 2019-09."""

MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")

DEFINITIONS = ("$defs", "definitions")

DEPTH_LIMIT = 64
"""Levels of JSON. Deeper ones would end the program that writes or reads them."""


def beside(where: str, *steps: str | int) -> str:
    """A path with more steps: `properties.age.anyOf[0]`."""
    for step in steps:
        if isinstance(step, int):
            where += f"[{step}]"
        else:
            where += f".{step}" if where else step
    return where


def under(prefix: str, changes: Iterable[Change]) -> list[Change]:
    """The same changes with their paths below another, e.g. `tools[0].input_schema`."""
    return [
        Change(where=f"{prefix}.{change.where}" if change.where else prefix, what=change.what)
        for change in changes
    ]


def subschemas(schema: dict[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value that stands where a schema belongs, one level down, with its steps."""
    for keyword, value in schema.items():
        if keyword in MAPS and isinstance(value, dict):
            yield from (((keyword, name), inner) for name, inner in value.items())
        elif keyword in LISTS and isinstance(value, list):
            yield from (((keyword, n), inner) for n, inner in enumerate(value))
        elif keyword in SINGLE:
            yield (keyword,), value


def rewritten(
    schema: dict[str, Any], rewrite: Callable[[tuple[str | int, ...], Any], Any]
) -> dict[str, Any]:
    """A copy with each value of `subschemas` replaced by `rewrite(steps, value)`."""
    copy: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in MAPS and isinstance(value, dict):
            copy[keyword] = {name: rewrite((keyword, name), v) for name, v in value.items()}
        elif keyword in LISTS and isinstance(value, list):
            copy[keyword] = [rewrite((keyword, n), v) for n, v in enumerate(value)]
        elif keyword in SINGLE:
            copy[keyword] = rewrite((keyword,), value)
        else:
            copy[keyword] = value
    return copy


def shallow_copy(
    value: Any, changes: list[Change], where: str = "", levels: int = DEPTH_LIMIT - 1
) -> Any:
    """A copy of JSON down to the limit; what lies deeper is left out and listed."""
    if not isinstance(value, dict | list):
        return value
    if levels == 0:
        what = f"left out: nested deeper than {DEPTH_LIMIT} levels"
        changes.append(Change(where=where, what=what))
        return type(value)()
    if isinstance(value, list):
        return [
            shallow_copy(item, changes, beside(where, n), levels - 1)
            for n, item in enumerate(value)
        ]
    return {
        key: shallow_copy(item, changes, beside(where, key), levels - 1)
        for key, item in value.items()
    }


def depth(value: Any) -> int:
    """Levels of JSON: 1 for an object or list that holds none."""
    levels, layer = 0, [value]
    while layer := [item for item in layer if isinstance(item, dict | list)]:
        levels += 1
        layer = [v for item in layer for v in (item.values() if isinstance(item, dict) else item)]
    return levels
