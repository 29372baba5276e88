"""Several schemas that must all fit, as one.

Owns joining `allOf` and what stands beside a `$ref`, where that says the same as before. Does not
guess: schemas that cannot be joined without losing something are left to the caller.
"""

from __future__ import annotations

from typing import Any

_LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LOOSE: tuple[Any, ...] = (None, True, {})
"""What `additionalProperties` may be and close nothing."""

ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "example", "deprecated", "readOnly"}
    | {"writeOnly", "$comment"}
)
"""Keywords that tell of a value and forbid none."""

_TOGETHER = ({"if", "then", "else"}, {"contains", "minContains", "maxContains"})
"""Keywords that mean something only with each other."""


def merged(first: Any, second: Any) -> dict[str, Any] | None:
    """One schema that takes what both take; annotations of the first win. None: not sayable."""
    if first is True or second is True:
        both = second if first is True else first
        return {} if both is True else both if isinstance(both, dict) else None
    if not isinstance(first, dict) or not isinstance(second, dict):
        return None
    for group in _TOGETHER:
        if group & first.keys() and group & second.keys():
            return None
    if not _closes_nothing_of(first, second) or not _closes_nothing_of(second, first):
        return None
    joined = dict(first)
    for keyword, value in second.items():
        if keyword not in first or first[keyword] == value:
            joined[keyword] = value
            continue
        both = _both(keyword, first[keyword], value)
        if both is None:
            return None
        joined[keyword] = both
    return joined


def _closes_nothing_of(closing: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether all the other schema's properties are free of what the first says of further ones."""
    if closing.get("unevaluatedProperties") not in _LOOSE:
        return False
    patterns = closing.get("patternProperties") or other.get("patternProperties")
    if closing.get("additionalProperties") in _LOOSE and not patterns:
        return True
    if closing.get("additionalProperties") == other.get("additionalProperties") and not patterns:
        return _names(closing) == _names(other)
    return not patterns and _names(other) <= _names(closing)


def _names(schema: dict[str, Any]) -> set[str]:
    properties = schema.get("properties")
    return set(properties) if isinstance(properties, dict) else set()


def _both(keyword: str, first: Any, second: Any) -> Any:
    """One value for both of a keyword's values; None: there is none."""
    if keyword == "description" and isinstance(first, str) and isinstance(second, str):
        return first if second in first else f"{first} {second}".strip()
    if keyword in ANNOTATIONS:
        return first
    if keyword in _LEAST + _MOST:
        if not isinstance(first, int | float) or not isinstance(second, int | float):
            return None
        return max(first, second) if keyword in _LEAST else min(first, second)
    if keyword == "additionalProperties":
        return second if first in _LOOSE else first if second in _LOOSE else None
    if keyword in ("items", "not") and not isinstance(first, list) and not isinstance(second, list):
        return {"anyOf": [first, second]} if keyword == "not" else {"allOf": [first, second]}
    if isinstance(first, list) and isinstance(second, list):
        if keyword == "required":
            return first + [name for name in second if name not in first]
        if keyword == "enum":
            return [value for value in first if value in second] or None
        if keyword == "allOf":
            return first + second
    if keyword == "type":
        return _type_of_both(first, second)
    if keyword in ("properties", "$defs") and isinstance(first, dict) and isinstance(second, dict):
        if keyword == "$defs":
            return None
        beside = {
            name: {"allOf": [first[name], inner]}
            if name in first and first[name] != inner
            else inner
            for name, inner in second.items()
        }
        return first | beside
    return None


def _type_of_both(first: Any, second: Any) -> Any:
    names = [first] if isinstance(first, str) else first
    others = [second] if isinstance(second, str) else second
    if not isinstance(names, list) or not isinstance(others, list):
        return None
    both = [name for name in names if name in others]
    for whole, number in ((names, others), (others, names)):
        if "integer" in whole and "number" in number and "integer" not in both:
            both.append("integer")
    return both[0] if len(both) == 1 else both or None
