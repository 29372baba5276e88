"""What a keyword asks for, in words a model can follow when the keyword itself cannot be sent.

Owns the wording and how it is added to a description. Does not decide what is said so.
"""

from __future__ import annotations

import json
from typing import Any

LONGEST = 400
"""Characters one keyword may take up in a description; it is repeated with every request."""

_WORDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minProperties": "at least {} properties",
    "maxProperties": "at most {} properties",
    "pattern": "matches the pattern {}",
    "format": "in the format {}",
    "default": "{} when not given",
    "enum": "one of {}",
    "const": "always {}",
    "examples": "for example {}",
    "example": "for example {}",
    "not": "must not fit {}",
    "allOf": "must also fit {}",
    "propertyNames": "property names must fit {}",
    "contains": "at least one item fits {}",
    "anyOf": "must also fit one of {}",
    "oneOf": "must also fit exactly one of {}",
    "dependentRequired": "what is needed beside what: {}",
    "dependentSchemas": "what must fit beside what: {}",
    "patternProperties": "property names that match, and what their values must fit: {}",
    "if": "if it fits {}",
    "then": "then it must fit {}",
    "else": "else it must fit {}",
    "": "{}",
}
"""A keyword that is not here tells a model nothing it could follow."""

_PLAIN = ("pattern", "format")
"""Their values are names and read better without quotation marks."""


def in_words(keyword: str, value: Any) -> str:
    """One keyword as a phrase, e.g. `at least 1`; empty where it says nothing."""
    if keyword not in _WORDS and keyword != "uniqueItems":
        return ""
    if keyword == "uniqueItems":
        return "no item twice" if value is True else ""
    if keyword in ("enum", "examples") and isinstance(value, list):
        shown = ", ".join(_shown(item) for item in value)
    elif keyword in _PLAIN and isinstance(value, str):
        shown = value
    else:
        shown = _shown(value)
    if len(shown) > LONGEST:
        shown = f"{shown[:LONGEST]} …"
    return _WORDS[keyword].replace("{}", shown, 1)


def described(schema: dict[str, Any], phrases: list[str]) -> dict[str, Any]:
    """The schema with the phrases at the end of its description: `… (at least 1; at most 10)`."""
    said = "; ".join(phrase for phrase in phrases if phrase)
    if not said:
        return schema
    description = schema.get("description")
    if isinstance(description, str) and description:
        return schema | {"description": f"{description} ({said})"}
    return schema | {"description": said[0].upper() + said[1:]}


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
