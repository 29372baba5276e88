"""Where a schema says what an API does not take, strict mode or not.

Owns finding it, by the dialects that schemas are brought into before they are sent
(`wires/schema/dialect.py`): what `adapt` gives breaks no rule here. How an API words what it finds
is its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import jsonschema_rs

from roundtrip.tools.checks import too_much
from roundtrip.wires.schema.dialect import Dialect
from roundtrip.wires.schema.keywords import LOOKS_AROUND, types_of
from roundtrip.wires.schema.places import DEPTH_LIMIT, subschemas
from roundtrip.wires.schema.references import ROOT, References

Rule = Literal[
    "keyword",
    "format",
    "bound",
    "pattern",
    "untyped",
    "open",
    "not required",
    "not listed",
    "no items",
    "no properties",
    "beside reference",
    "lost reference",
    "recursion",
    "too deep",
    "too many values",
]

_HOLDING = """
allOf anyOf oneOf not if then else const enum format pattern properties patternProperties
additionalProperties unevaluatedProperties propertyNames required dependentRequired dependentSchemas
minProperties maxProperties items additionalItems prefixItems unevaluatedItems contains minContains
maxContains minItems maxItems uniqueItems minLength maxLength minimum maximum exclusiveMinimum
exclusiveMaximum multipleOf contentEncoding contentSchema $ref $dynamicRef $recursiveRef
"""
HOLDING = frozenset(_HOLDING.split())
"""Keywords that hold a value to something. Others describe, and no API minds those."""


@dataclass(frozen=True)
class Broken:
    """One thing that is not taken."""

    rule: Rule
    context: tuple[str, ...]
    """The steps to the schema it stands in, e.g. `("properties", "unit")`."""

    schema: dict[str, Any]
    name: str = ""
    """The keyword, property, format or reference at fault."""


def no_schema(schema: dict[str, Any]) -> str | None:
    """What in it is not JSON Schema of 2020, in the words of the validators; None where all is, and
    of a schema too deep to be looked into."""
    if too_much(schema):
        return None
    told = {name: value for name, value in schema.items() if name != "$schema"}
    try:
        jsonschema_rs.meta.validate(told)
    except jsonschema_rs.ValidationError as error:
        if error.kind.name == "anyOf":
            return f"{error.instance!r} is not valid under any of the given schemas"
        return error.message
    except ValueError as error:
        return str(error)
    return None


def broken_rules(root: dict[str, Any], dialect: Dialect) -> Iterator[Broken]:
    """From the outside in."""
    references = References(root)
    yield from _in_schema(root, (), dialect, references)
    if dialect.objects_deep is not None and _levels(root) > dialect.objects_deep:
        yield Broken("too deep", (), root)
    if dialect.enum_values is not None and _values(root) > dialect.enum_values:
        yield Broken("too many values", (), root)


def _in_schema(
    schema: Any, context: tuple[str, ...], dialect: Dialect, references: References
) -> Iterator[Broken]:
    if not isinstance(schema, dict) or len(context) > DEPTH_LIMIT:
        return
    if dialect.keywords is not None:
        yield from _keywords(schema, context, dialect)
    yield from _shape(schema, context, dialect)
    if dialect.lone_references:
        yield from _reference(schema, context, dialect, references)
    for steps, inner in subschemas(schema):
        yield from _in_schema(inner, (*context, *map(str, steps)), dialect, references)


def _shape(schema: dict[str, Any], context: tuple[str, ...], dialect: Dialect) -> Iterator[Broken]:
    kinds = types_of(schema)
    if dialect.shapes_listed and "array" in kinds and "items" not in schema:
        yield Broken("no items", context, schema)
    listed = not context or dialect.closed  # further in, an object may be free
    if dialect.shapes_listed and listed and "object" in kinds and "properties" not in schema:
        yield Broken("no properties", context, schema)
    if not dialect.closed:
        return
    if not kinds and "$ref" not in schema and not schema.get("anyOf"):
        yield Broken("untyped", context, schema)
    if "object" in kinds:
        yield from _object(schema, context, dialect)


def _object(schema: dict[str, Any], context: tuple[str, ...], dialect: Dialect) -> Iterator[Broken]:
    if schema.get("additionalProperties") is not False:
        yield Broken("open", context, schema)
    if not dialect.all_required:
        return
    properties, required = schema.get("properties"), schema.get("required")
    names = properties if isinstance(properties, dict) else {}
    listed = required if isinstance(required, list) else []
    for name in names:
        if name not in listed:
            yield Broken("not required", context, schema, name)
    for name in listed:
        if name not in names:
            yield Broken("not listed", context, schema, str(name))


def _keywords(
    schema: dict[str, Any], context: tuple[str, ...], dialect: Dialect
) -> Iterator[Broken]:
    taken = dialect.keywords or frozenset()
    for keyword, value in schema.items():
        if keyword in HOLDING and keyword not in taken:
            yield Broken("keyword", context, schema, keyword)
        elif keyword in (dialect.bounds or {}) and _is_above(value, dialect.bounds, keyword):
            yield Broken("bound", context, schema, keyword)
        elif keyword == "format" and dialect.formats is not None and value not in dialect.formats:
            yield Broken("format", context, schema, str(value))
        elif keyword == "pattern" and dialect.simple_patterns and _looks_around(value):
            yield Broken("pattern", context, schema, str(value))


def _is_above(value: Any, bounds: dict[str, int] | None, keyword: str) -> bool:
    return isinstance(value, int | float) and value > (bounds or {})[keyword]


def _looks_around(pattern: Any) -> bool:
    return isinstance(pattern, str) and LOOKS_AROUND.search(pattern) is not None


def _reference(
    schema: dict[str, Any], context: tuple[str, ...], dialect: Dialect, references: References
) -> Iterator[Broken]:
    told = schema.get("$ref")
    if not isinstance(told, str):
        return
    beside = [name for name in schema if name not in ("$ref", "$defs", "definitions")]
    if beside:
        yield Broken("beside reference", context, schema, ", ".join(f"'{name}'" for name in beside))
    if references.target(told) is None:
        yield Broken("lost reference", context, schema, told)
    elif dialect.recursion == "none" and (told == ROOT or references.recursive(told)):
        yield Broken("recursion", context, schema, told)


def _levels(schema: Any, depth: int = 0) -> int:
    """How many objects stand inside each other."""
    if not isinstance(schema, dict) or depth > DEPTH_LIMIT:
        return 0
    own = 1 if "object" in types_of(schema) else 0
    return own + max((_levels(inner, depth + 1) for _, inner in subschemas(schema)), default=0)


def _values(schema: Any, depth: int = 0) -> int:
    if not isinstance(schema, dict) or depth > DEPTH_LIMIT:
        return 0
    listed = schema.get("enum")
    own = len(listed) if isinstance(listed, list) else 0
    return own + sum(_values(inner, depth + 1) for _, inner in subschemas(schema))
