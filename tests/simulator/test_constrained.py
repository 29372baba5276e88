"""For a strict tool the decision tells what the schema lets stand at each place, and what not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.conversation import ToolCall, ToolDefinition
from roundtrip.simulator.constrained import KINDS, MOST_PLACES, continuations, with_continuations
from roundtrip.simulator.decision_header import HEADER
from roundtrip.simulator.model import Continuation, Decision, Response
from tests.simulator.speakers import SPEAKERS
from tests.wires.schemas import tool_schemas

SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"enum": ["celsius", "fahrenheit"]},
        "days": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "hours": {"type": "array", "items": {"$ref": "#/$defs/Hour"}},
    },
    "required": ["city", "unit", "days", "hours"],
    "additionalProperties": False,
    "$defs": {"Hour": {"type": "number"}},
}
ARGUMENTS = {"city": "Tokyo", "unit": "celsius", "days": None, "hours": [6]}


def seen(schema: dict[str, Any], arguments: dict[str, Any]) -> list[Continuation]:
    tool = ToolDefinition(name="forecast", input_schema=schema, strict=True)
    return continuations(tool, ToolCall(id=None, name="forecast", arguments=arguments))


def at(place: str, of: str) -> Continuation:
    return next(one for one in seen(SCHEMA, ARGUMENTS) if (one.place, one.of) == (place, of))


@pytest.mark.parametrize(
    ("place", "allowed", "masked"),
    [
        ("", {"an object"}, {"a text", "a number", "true or false", "null", "a list"}),
        ("city", {"a text"}, {"a number", "true or false", "null", "an object", "a list"}),
        (
            "unit",
            {'"celsius"', '"fahrenheit"'},
            {"any other text", "a number", "true or false", "null", "an object", "a list"},
        ),
        (
            "days",
            {"a whole number", "null"},
            {"a text", "true or false", "an object", "a list"},
        ),
        ("hours[0]", {"a number"}, {"a text", "true or false", "null", "an object", "a list"}),
    ],
)
def test_a_value_is_held_to_its_schema(place: str, allowed: set[str], masked: set[str]) -> None:
    told = at(place, "value")
    assert set(told.allowed) == allowed
    assert set(told.masked) == masked


def test_no_other_name_is_let_in_and_no_end_before_all_is_said() -> None:
    names = [one for one in seen(SCHEMA, ARGUMENTS) if one.of == "name"]
    assert [json.loads(one.chosen) for one in names] == list(ARGUMENTS)
    assert [len(one.allowed) for one in names] == [4, 3, 2, 1]
    assert all(set(one.masked) == {"any other name", "}"} for one in names)
    end = at("", "end")
    assert (end.chosen, end.allowed, end.masked) == ("}", ("}",), ("one more name",))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(tool_schemas(), st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_any_schema_beside_any_arguments_is_told_and_every_part_is_there(
    schema: dict[str, Any], arguments: dict[str, Any]
) -> None:
    told = seen(schema, arguments)
    assert told[0].place == ""
    assert sum(one.of == "name" for one in told) >= len(arguments)
    assert all(one.allowed for one in told)
    assert all(not set(one.allowed) & set(one.masked) for one in told)


@given(st.integers(0, 3 * MOST_PLACES))
def test_a_long_list_is_told_in_part(length: int) -> None:
    tool = ToolDefinition(name="forecast", input_schema=SCHEMA, strict=True)
    arguments = ARGUMENTS | {"hours": [1] * length}
    decision = Decision(outcome="calls", question="", threshold=1, why="")
    call = ToolCall(id=None, name="forecast", arguments=arguments)
    response = with_continuations(Response(text="", calls=(call,), decision=decision), [tool])
    assert len(response.decision.constrained) == min(MOST_PLACES, 11 + length)
    assert response.calls == (call,)


def test_what_is_not_strict_is_not_constrained() -> None:
    tool = ToolDefinition(name="forecast", input_schema=SCHEMA)
    decision = Decision(outcome="calls", question="", threshold=1, why="")
    call = ToolCall(id=None, name="forecast", arguments=ARGUMENTS)
    response = Response(text="", calls=(call,), decision=decision)
    assert with_continuations(response, [tool]) == response


@pytest.mark.parametrize("wire", [name for name in SPEAKERS if name != "gemini"])
def test_a_strict_call_carries_it_over_the_wire(simulator: str, wire: str) -> None:
    heard: dict[str, Any] = {}
    api = SPEAKERS[wire]
    client = api.client(simulator, hook=lambda response: heard.update(response.headers))
    asked = api.asking("What is the weather in Tokyo?")
    for tool in asked["tools"]:
        function = tool.get("function", tool)
        function["strict"] = True
        schema = function.get("parameters") or function["input_schema"]
        schema |= {"additionalProperties": False, "required": list(schema["properties"])}
    api.whole(client, asked)
    decision = Decision.model_validate_json(heard[HEADER])
    places = {(one.place, one.of): one for one in decision.constrained}
    assert places["city", "value"].chosen == '"Tokyo"'
    assert places["city", "value"].allowed == (KINDS["string"],)
