"""How much work a JSON Schema can make, counted before it is used.

Owns that count. Twenty definitions that each refer twice to the next are a short schema, yet
a check follows a million paths through it.
"""

from __future__ import annotations

from typing import Any


def unfolded_size(schema: Any) -> int:
    """Subschemas there would be with every local `$ref` written out; recursion counts once."""
    return _size(schema, schema, {}, frozenset())


def _size(schema: Any, root: Any, known: dict[str, int], inside: frozenset[str]) -> int:
    if isinstance(schema, list):
        return sum(_size(item, root, known, inside) for item in schema)
    if not isinstance(schema, dict):
        return 0
    size = 1
    for key, value in schema.items():
        if key in ("$defs", "definitions"):
            continue
        if key == "$ref" and isinstance(value, str) and value not in inside:
            if value not in known:
                target = _target(value, root)
                known[value] = _size(target, root, known, inside | {value})
            size += known[value]
        else:
            size += _size(value, root, known, inside)
    return size


def _target(reference: str, root: Any) -> Any:
    """What a reference such as `#/$defs/City` points at; None where there is no such place."""
    if not reference.startswith("#/"):
        return None
    place = root
    for step in reference[2:].split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(place, dict) or name not in place:
            return None
        place = place[name]
    return place
