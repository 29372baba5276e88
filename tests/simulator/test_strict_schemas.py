"""Strict mode forbids what it forbids, and nothing of what this app would send."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from roundtrip.simulator.anthropic.tools import definition_rules
from roundtrip.simulator.openai.schemas import schema_rules
from roundtrip.wires.schema import adapt
from tests.wires.schemas import tool_schemas

WIRES = ("anthropic", "openai-chat", "openai-responses")


def complaints(wire: str, schema: dict[str, Any], *, strict: bool) -> list[str]:
    if wire == "anthropic":
        tool = {"name": "f", "input_schema": schema, "strict": strict}
        return list(definition_rules({"tools": [tool]}))
    return list(schema_rules(schema, strict=strict))


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("strict", [False, True])
@given(schema=tool_schemas())
def test_a_schema_brought_into_the_dialect_breaks_no_rule(wire, strict, schema):
    adapted, _ = adapt(schema, wire, strict=strict)

    assert complaints(wire, adapted, strict=strict) == []


def closed(**properties: Any) -> dict[str, Any]:
    """An object with these properties, as strict mode wants one."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


TEXT = {"type": "string"}
PLACES = {"$defs": {"Node": closed(b=TEXT)}}
NODE = closed(next={"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]})
FORBIDDEN: list[tuple[dict[str, Any], str | None, str | None]] = [
    ({"type": "object", "properties": {"a": TEXT}}, "to be false", "explicitly set to false"),
    (closed(a=closed(b=TEXT) | {"additionalProperties": True}), "to be false", "explicitly set"),
    (closed(a=TEXT) | {"required": []}, "Missing 'a'.", None),
    (closed(a=TEXT) | {"required": ["a", "b"]}, "Extra required key 'b' supplied.", None),
    (closed(a={"oneOf": [TEXT]}), "'oneOf' is not permitted.", "'oneOf' is not supported"),
    (closed(a=TEXT | {"not": {"const": "x"}}), "'not' is not permitted.", "'not' is not supported"),
    (closed(a={}), "schema must have a 'type' key.", "Schema type is not specified"),
    (
        closed(a=TEXT | {"format": "color"}),
        "In context=('properties', 'a'), 'color' is not a valid format.",
        "For 'string' type, format 'color' is not supported",
    ),
    (closed(a=TEXT | {"pattern": "^(?=x)"}), "looks around", "the pattern '^(?=x)' is not"),
    (closed(a={"type": "array"}), "array schema missing items.", None),
    (
        closed(a={"$ref": "#/$defs/Node", "description": "x"})
        | {"$defs": {"Node": closed(b=TEXT)}},
        "$ref cannot have keywords {'description'}.",
        "$ref cannot stand beside 'description'",
    ),
    (closed(a={"$ref": "#/$defs/Gone"}), "'#/$defs/Gone' which was not found", "was not found"),
    (closed(a={"type": "integer", "minimum": 1}), None, "property 'minimum' is not supported"),
    (
        closed(a={"type": "array", "items": TEXT, "minItems": 2}),
        None,
        "For 'array' type, 'minItems' values other than 0 or 1 are not supported",
    ),
    (NODE | {"$defs": {"Node": NODE}}, None, "Circular reference detected"),
    (closed(a={"type": "string", "enum": [str(n) for n in range(1001)]}), "more than 1000", None),
]


@pytest.mark.parametrize(("schema", "openai", "anthropic"), FORBIDDEN)
def test_what_strict_mode_forbids_is_refused_in_the_apis_words(schema, openai, anthropic):
    """An API for which there are no words here takes it."""
    for wire, words in zip(WIRES, (anthropic, openai, openai), strict=True):
        said = complaints(wire, schema, strict=True)
        if words is None:
            assert said == [], wire
        else:
            assert words in said[0], wire


def test_objects_may_be_nested_ten_levels_deep_in_openais_strict_mode():
    deep = TEXT
    for _ in range(10):
        deep = closed(a=deep)

    assert complaints("openai-chat", deep, strict=True) == []
    assert "10 levels" in complaints("openai-chat", closed(a=deep), strict=True)[0]


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("schema", "openai", "anthropic"),
    [
        (
            closed(a={"type": "str"}),
            "'str' is not valid under any of the given schemas.",
            "tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft",
        ),
        (
            closed(a=TEXT) | {"anyOf": [TEXT]},
            "not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.",
            "input_schema does not support oneOf, allOf, or anyOf at the top level",
        ),
    ],
)
def test_what_is_no_schema_of_arguments_is_refused_strict_or_not(schema, openai, anthropic, strict):
    for wire, words in zip(WIRES, (anthropic, openai, openai), strict=True):
        assert words in complaints(wire, schema, strict=strict)[0]


@pytest.mark.parametrize("wire", WIRES)
def test_without_strict_mode_a_schema_may_be_as_it_is(wire):
    free = {"type": "object", "properties": {"a": {"oneOf": [TEXT]}, "b": {"type": "object"}}}

    assert complaints(wire, free, strict=False) == []
