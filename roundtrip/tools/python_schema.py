"""Tidies the JSON Schema pydantic writes for a signature, so that people and models can read it.

Owns the rewriting, which never changes what the schema allows. Knows nothing of functions,
and adapts nothing to a provider (`wires/schema.py`).
"""

from __future__ import annotations

from typing import Any

_OF_NAMES = frozenset({"properties", "$defs", "patternProperties", "dependentSchemas"})
"""Keywords that hold schemas under names of their owner's choosing."""

_OF_DATA = frozenset({"default", "enum", "const", "examples"})
"""Keywords that hold plain data, where nothing is a keyword."""


_FIRST = ("type", "description")
_LAST = ("required", "additionalProperties", "$defs")
"""Where people look for a keyword; pydantic sorts by letter."""


def tidy_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without titles, and with every `$ref` that is not recursive written out."""
    definitions = schema.get("$defs", {})
    tidied = _tidy({key: value for key, value in schema.items() if key != "$defs"}, definitions, ())
    kept: dict[str, Any] = {}
    wanted = _references(tidied)
    while wanted:
        name = wanted.pop()
        if name not in kept:
            # A definition may be reached from itself only: it stays as it is, by name.
            kept[name] = _tidy(definitions[name], definitions, (name,))
            wanted |= _references(kept[name])
    tidied.setdefault("properties", {})
    tidied.pop("description", None)  # the description of the tool says it already
    return _ordered(tidied | ({"$defs": dict(sorted(kept.items()))} if kept else {}))


def _tidy(schema: Any, definitions: dict[str, Any], inside: tuple[str, ...]) -> Any:
    """`inside`: the definitions being written out, outermost first."""
    if isinstance(schema, list):
        return [_tidy(item, definitions, inside) for item in schema]
    if not isinstance(schema, dict):
        return schema
    name = _name_of(schema.get("$ref"))
    if name in definitions and name not in inside and not _recursive(name, definitions):
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _tidy(definitions[name] | beside, definitions, (*inside, name))
    tidied: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _OF_DATA:
            tidied[key] = value
        elif key in _OF_NAMES:
            tidied[key] = {own: _tidy(item, definitions, inside) for own, item in value.items()}
        elif key != "title":
            tidied[key] = _tidy(value, definitions, inside)
    return _ordered(tidied)


def _ordered(schema: dict[str, Any]) -> dict[str, Any]:
    middle = [key for key in schema if key not in (*_FIRST, *_LAST)]
    return {key: schema[key] for key in (*_FIRST, *middle, *_LAST) if key in schema}


def _recursive(name: str, definitions: dict[str, Any]) -> bool:
    seen: set[str] = set()
    wanted = _references(definitions[name])
    while wanted:
        reached = wanted.pop()
        if reached == name:
            return True
        if reached not in seen and reached in definitions:
            seen.add(reached)
            wanted |= _references(definitions[reached])
    return False


def _references(schema: Any) -> set[str]:
    """Names of the definitions a schema refers to, however deep."""
    if isinstance(schema, list):
        return {name for item in schema for name in _references(item)}
    if not isinstance(schema, dict):
        return set()
    here = {name for name in (_name_of(schema.get("$ref")),) if name}
    return here.union(*(_references(v) for key, v in schema.items() if key not in _OF_DATA))


def _name_of(reference: Any) -> str | None:
    prefix = "#/$defs/"
    is_local = isinstance(reference, str) and reference.startswith(prefix)
    return reference.removeprefix(prefix) if is_local else None
