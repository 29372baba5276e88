"""The schema dialect of Gemini's `parameters` (a part of OpenAPI 3.0) as JSON Schema.

Owns that one direction. A schema that is JSON Schema already comes back as it was, so it may
be given either. The other direction is a wire's (`wires/schema.py`).
"""

from __future__ import annotations

from typing import Any

_TYPES = ("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL")
"""In the order of their numbers, from 1, which may stand for them."""

_COUNTS = frozenset(
    {"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"}
)
"""int64 values, which this dialect may write as text (protocol buffers' JSON)."""


def to_json_schema(schema: Any) -> Any:
    """The same schema in JSON Schema's words: lower-case types, `nullable` as a type."""
    if isinstance(schema, list):
        return [to_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    said: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "type" and isinstance(value, str) and value in _TYPES:
            said[key] = value.lower()
        elif key == "type" and type(value) is int and 1 <= value <= len(_TYPES):
            said[key] = _TYPES[value - 1].lower()
        elif key in ("properties", "$defs") and isinstance(value, dict):
            said[key] = {name: to_json_schema(inner) for name, inner in value.items()}
        elif key in ("items", "anyOf", "additionalProperties"):
            said[key] = to_json_schema(value)
        elif key in _COUNTS and isinstance(value, str) and value.isdecimal():
            said[key] = int(value)
        elif key not in ("nullable", "propertyOrdering") and (key, value) != ("format", "enum"):
            said[key] = value
    return _nullable(said) if schema.get("nullable") is True else said


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "enum" in schema and None not in schema["enum"]:
        schema = schema | {"enum": [*schema["enum"], None]}
    if isinstance(schema.get("type"), str):
        return schema | {"type": [schema["type"], "null"]}
    if "anyOf" in schema:
        return schema | {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    return schema
