"""Schemas in each wire's part of JSON Schema: what is kept, what is said, and that nothing is lost
without a word."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.tools.checks import problems, schema_problem
from roundtrip.wires.schema import adapt, without_stand_ins
from roundtrip.wires.schema.places import depth
from tests.wires.schemas import DIALECTS, any_json, lost, tool_schemas, untold

WEATHER = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "description": "Where", "minLength": 2},
        "days": {"type": "integer", "minimum": 1, "maximum": 14, "default": 3},
        "units": {"enum": ["metric", "imperial"]},
    },
    "required": ["city"],
}

TREE = {
    "type": "object",
    "properties": {"root": {"$ref": "#/$defs/Node"}},
    "required": ["root"],
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {
                "value": {"type": "integer", "minimum": 0},
                "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
            },
            "required": ["value", "children"],
        }
    },
}


def adapted(schema: dict[str, Any], wire: str, strict: bool = False) -> dict[str, Any]:
    return adapt(schema, wire, strict=strict)[0]


def told(schema: dict[str, Any], wire: str, strict: bool = False) -> dict[str, str]:
    return {change.where: change.what for change in adapt(schema, wire, strict=strict)[1]}


@pytest.mark.parametrize("wire", ["anthropic", "openai-chat", "openai-responses"])
def test_without_strict_an_object_schema_goes_out_as_it_is(wire: str) -> None:
    assert adapt(WEATHER, wire, strict=False) == (WEATHER, ())


def test_strict_openai_requires_every_property_and_takes_null_for_not_given() -> None:
    schema = adapted(WEATHER, "openai-responses", strict=True)
    assert schema["required"] == ["city", "days", "units"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["city"]["type"] == "string"
    assert schema["properties"]["days"]["type"] == ["integer", "null"]
    assert schema["properties"]["units"] == {
        "type": ["string", "null"],
        "enum": ["metric", "imperial", None],
    }


def test_strict_openai_keeps_bounds_and_says_a_default() -> None:
    days = adapted(WEATHER, "openai-chat", strict=True)["properties"]["days"]
    assert days["minimum"] == 1
    assert days["description"] == "3 when not given"
    assert "properties.days.default" in told(WEATHER, "openai-chat", strict=True)


def test_strict_anthropic_says_bounds_in_the_description_and_keeps_optional_ones_optional() -> None:
    schema = adapted(WEATHER, "anthropic", strict=True)
    assert schema["required"] == ["city"]
    assert schema["properties"]["city"]["description"] == "Where (at least 2 characters)"
    assert schema["properties"]["days"] == {
        "type": "integer",
        "default": 3,
        "description": "At least 1; at most 14",
    }
    places = told(WEATHER, "anthropic", strict=True)
    assert {"properties.days.minimum", "properties.days.maximum"} <= places.keys()


def test_gemini_has_no_rewriting_of_its_own_for_strict() -> None:
    assert adapt(WEATHER, "gemini", strict=True) == adapt(WEATHER, "gemini", strict=False)


def test_gemini_gets_exclusive_bounds_of_integers_as_inclusive_ones() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "exclusiveMinimum": 0}}}
    assert adapted(schema, "gemini")["properties"]["n"] == {"type": "integer", "minimum": 1}


def test_gemini_gets_the_exclusive_bound_of_a_number_as_the_nearest_and_in_words() -> None:
    schema = {"type": "object", "properties": {"x": {"type": "number", "exclusiveMaximum": 1}}}
    assert adapted(schema, "gemini")["properties"]["x"] == {
        "type": "number",
        "maximum": 1,
        "description": "Less than 1",
    }


def test_gemini_gets_a_const_as_an_enum_of_one() -> None:
    schema = {"type": "object", "properties": {"kind": {"const": "circle"}}}
    kind = adapted(schema, "gemini")["properties"]["kind"]
    assert kind == {"type": "string", "enum": ["circle"]}


def test_gemini_need_not_fill_a_property_that_would_never_end() -> None:
    node = adapted(TREE, "gemini")["$defs"]["Node"]
    assert node["required"] == ["value"]
    assert adapted(TREE, "gemini")["required"] == ["root"]
    assert "children" in told(TREE, "gemini")["$defs.Node.required"]


def test_strict_openai_keeps_a_recursive_definition() -> None:
    schema = adapted(TREE, "openai-chat", strict=True)
    assert schema["$defs"]["Node"]["properties"]["children"]["items"] == {"$ref": "#/$defs/Node"}


def test_strict_anthropic_gets_a_recursive_definition_written_out() -> None:
    schema, changes = adapt(TREE, "anthropic", strict=True)
    assert "$ref" not in json.dumps(schema)
    tree = {"root": {"value": 1, "children": [{"value": 2, "children": []}]}}
    assert not problems(tree, schema)
    assert any("leads to itself" in change.what for change in changes)


@pytest.mark.parametrize(("wire", "strict"), DIALECTS)
@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#"},
        {"$ref": "#/$defs/A", "$defs": {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}},
        {"allOf": [{"$ref": "#"}]},
        {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]},
        {"properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}, "required": ["a", "b"]},
        {"type": "object", "properties": {"a": {"$ref": "#/properties/a"}}},
        {"type": "object", "properties": {"a": {"$ref": "https://example.com/schema.json"}}},
        {
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/0"}},
            "$defs": {
                str(n): {"anyOf": [{"$ref": f"#/$defs/{n + 1}"}, {"$ref": f"#/$defs/{n + 1}"}]}
                for n in range(60)
            }
            | {"60": {"type": "string"}},
        },
        {
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/0"}},
            "$defs": {
                str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}, {"$ref": f"#/$defs/{n + 1}"}]}
                for n in range(60)
            }
            | {"60": {"type": "string"}},
        },
        {
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/0"}},
            "$defs": {
                str(n): {
                    "type": "object",
                    "properties": {str(m): {"$ref": f"#/$defs/{m}"} for m in range(20)},
                }
                for n in range(20)
            },
        },
    ],
)
def test_references_that_go_round_in_circles_come_to_an_end(
    schema: dict[str, Any], wire: str, strict: bool
) -> None:
    result, _ = adapt(schema, wire, strict=strict)
    assert result["type"] == "object"
    assert adapt(result, wire, strict=strict) == (result, ())


@pytest.mark.parametrize(("wire", "strict"), DIALECTS)
def test_a_schema_nested_without_end_is_cut_and_listed(wire: str, strict: bool) -> None:
    schema: dict[str, Any] = {}
    for _ in range(100_000):
        schema = {"type": "object", "properties": {"a": schema}}
    result, changes = adapt(schema, wire, strict=strict)
    assert depth(result) <= 64
    assert changes
    while schema:  # taken apart by hand: Python's own way down would end the process
        schema = schema["properties"].pop("a")


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
@pytest.mark.parametrize("wire", ["anthropic", "openai-chat"])
def test_forms_at_the_root_become_one_object_that_says_them(wire: str, keyword: str) -> None:
    forms = [
        {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]},
        {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    ]
    schema = adapted({keyword: forms}, wire)
    assert schema["properties"] == {"id": {"type": "integer"}, "name": {"type": "string"}}
    assert keyword not in schema
    assert "required" not in schema
    assert "(1) with id; (2) with name" in schema["description"]
    assert keyword in told({keyword: forms}, wire)


def test_an_intersection_is_joined_where_it_can_be() -> None:
    schema = {
        "type": "object",
        "properties": {
            "n": {"allOf": [{"type": "number", "minimum": 1}, {"minimum": 5, "maximum": 9}]}
        },
        "required": ["n"],
    }
    joined = adapted(schema, "openai-chat", strict=True)["properties"]["n"]
    assert joined == {"type": "number", "minimum": 5, "maximum": 9}


def test_a_map_of_free_names_cannot_be_strict_and_the_change_says_so() -> None:
    schema = {
        "type": "object",
        "properties": {"labels": {"type": "object", "additionalProperties": {"type": "string"}}},
    }
    where = "properties.labels.additionalProperties"
    assert "nothing but {}" in told(schema, "openai-chat", strict=True)[where]


def test_one_required_circle_of_a_list_is_left_out_where_it_is_optional() -> None:
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}, "v": {"type": "string"}}}
    deepest = adapted(schema, "anthropic", strict=True)
    while "next" in deepest["properties"]:
        deepest = deepest["properties"]["next"]
    assert deepest["properties"] == {"v": {"type": "string"}}


def test_objects_beyond_ten_levels_are_left_out_for_strict_openai() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    for _ in range(12):
        schema = {"type": "object", "properties": {"inner": schema}}
    level, result = 0, adapted(schema, "openai-chat", strict=True)
    while result:
        level, result = level + 1, result["properties"].get("inner")
    assert level == 10


def test_an_enum_of_more_than_a_thousand_values_is_said_for_strict_openai() -> None:
    schema = {"type": "object", "properties": {"n": {"enum": list(range(1001))}}}
    n = adapted(schema, "openai-chat", strict=True)["properties"]["n"]
    assert "enum" not in n
    assert n["description"].startswith("One of 0, 1, 2")


def test_nulls_that_stand_for_not_given_are_taken_out_and_others_stay() -> None:
    schema = {
        "type": "object",
        "properties": {
            "a": {"type": "string"},
            "b": {"type": ["string", "null"]},
            "c": {"type": "array", "items": {"type": "object", "properties": {"d": {"const": 1}}}},
        },
        "required": ["b"],
    }
    sent = {"a": None, "b": None, "c": [{"d": None}, {"d": 1}], "e": None}
    assert without_stand_ins(sent, schema) == {"b": None, "c": [{}, {"d": 1}], "e": None}


@pytest.mark.parametrize(("wire", "strict"), DIALECTS)
@given(schema=st.dictionaries(st.text(max_size=5), any_json, max_size=4))
def test_whatever_is_given_is_adapted_to_an_object(
    wire: str, strict: bool, schema: dict[str, Any]
) -> None:
    result, _ = adapt(schema, wire, strict=strict)
    assert result["type"] == "object"


@given(schema=tool_schemas(), strict=st.booleans())
def test_both_wires_of_one_provider_get_the_same(schema: dict[str, Any], strict: bool) -> None:
    chat = adapt(schema, "openai-chat", strict=strict)
    assert chat == adapt(schema, "openai-responses", strict=strict)


@pytest.mark.parametrize(("wire", "strict"), [*DIALECTS[:4], DIALECTS[-1]])
@given(schema=tool_schemas())
def test_adapting_again_changes_nothing_and_the_given_schema_stays(
    wire: str, strict: bool, schema: dict[str, Any]
) -> None:
    before = json.dumps(schema)
    result, changes = adapt(schema, wire, strict=strict)
    assert json.dumps(schema) == before
    assert schema_problem(result) is None
    assert adapt(result, wire, strict=strict) == (result, ())
    if result == schema:
        assert not changes


@pytest.mark.parametrize(("wire", "strict"), DIALECTS)
@given(schema=tool_schemas())
def test_every_difference_is_told_and_every_change_is_one(
    wire: str, strict: bool, schema: dict[str, Any]
) -> None:
    result, changes = adapt(schema, wire, strict=strict)
    assert not lost(schema, result, changes)
    assert not untold(schema, result, changes)
