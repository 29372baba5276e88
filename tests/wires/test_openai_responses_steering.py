"""How requests of the `openai-responses` wire steer the reply: tools, choice, options, headers."""

from __future__ import annotations

from typing import Any

import pytest

from roundtrip.conversation import (
    Text,
    ThinkingOption,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
    bare,
)
from roundtrip.wires.recode import recode
from tests.wires.openai_responses_built import HELLO, TOOL, asking, model, sent, user
from tests.wires.openai_responses_traffic import WIRE, decoded, encoded, request_of
from tests.wires.traffic import differences


@pytest.mark.parametrize(
    ("options", "field", "expected"),
    [
        ({"tool_choice": ToolChoice(mode="any")}, "tool_choice", "required"),
        ({"tool_choice": ToolChoice(mode="auto")}, "tool_choice", "auto"),
        ({"tool_choice": ToolChoice(mode="none")}, "tool_choice", "none"),
        (
            {"tool_choice": ToolChoice(mode="tool", name="get_weather")},
            "tool_choice",
            {"type": "function", "name": "get_weather"},
        ),
        ({"parallel_tool_calls": False}, "parallel_tool_calls", False),
        ({"max_output_tokens": 100}, "max_output_tokens", 100),
        ({"temperature": 0.5}, "temperature", 0.5),
        ({"thinking": ThinkingOption(mode="off")}, "reasoning", {"effort": "none"}),
        ({"thinking": ThinkingOption(mode="adaptive")}, "reasoning", {"summary": "auto"}),
    ],
)
def test_every_option_has_its_field(options: Any, field: str, expected: Any) -> None:
    body, changes = sent(HELLO, tools=(TOOL,), **options)
    assert body[field] == expected
    assert changes == ()
    read = bare(decoded(body)[2])
    assert {name: getattr(read, name) for name in options} == options


@pytest.mark.parametrize(
    ("budget", "effort"), [(1024, "low"), (4000, "medium"), (20_000, "high"), (None, "medium")]
)
def test_a_budget_becomes_an_effort_and_is_listed(budget: int | None, effort: str) -> None:
    thinking = ThinkingOption(mode="budget", budget_tokens=budget)
    body, changes = sent(HELLO, thinking=thinking)
    assert body["reasoning"] == {"effort": effort, "summary": "auto"}
    assert [change.where for change in changes] == ["options.thinking.budget_tokens"]


def test_an_effort_comes_back_as_it_was_and_is_a_loss_elsewhere() -> None:
    body = asking(
        {"role": "user", "content": "Hi"}, reasoning={"effort": "high", "summary": "detailed"}
    )
    conversation, tools, options = decoded(body)
    assert options.thinking is not None and options.thinking.mode == "adaptive"
    assert encoded(conversation, tools, options) == body
    off = options.thinking.model_copy(update={"mode": "off"})
    switched = options.model_copy(update={"thinking": off})
    assert encoded(conversation, tools, switched)["reasoning"] == {
        "effort": "none",
        "summary": "detailed",
    }
    _, changes = recode(request_of(body), "openai-responses", "anthropic")
    assert "options.thinking.effort" in [change.where for change in changes]


def test_a_choice_that_needs_tools_is_left_out_without_them_and_listed() -> None:
    body, changes = sent(HELLO, tool_choice=ToolChoice(mode="any"))
    assert "tool_choice" not in body
    assert [change.where for change in changes] == ["options.tool_choice"]


def test_a_choice_among_some_tools_keeps_which_ones() -> None:
    some = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "a"}]}
    body = asking({"role": "user", "content": "Hi"}, tool_choice=some)
    conversation, tools, options = decoded(body)
    assert options.tool_choice is not None and options.tool_choice.mode == "auto"
    assert encoded(conversation, tools, options) == body
    must = options.tool_choice.model_copy(update={"mode": "any"})
    changed = encoded(conversation, tools, options.model_copy(update={"tool_choice": must}))
    assert differences(changed, body) == [".tool_choice.mode"]
    none = options.tool_choice.model_copy(update={"mode": "none"})
    changed = encoded(conversation, tools, options.model_copy(update={"tool_choice": none}))
    assert changed["tool_choice"] == "none"


def test_a_choice_of_the_providers_own_tool_comes_back_as_it_stood() -> None:
    body = asking(
        {"role": "user", "content": "Hi"},
        tools=[{"type": "web_search"}],
        tool_choice={"type": "web_search"},
    )
    conversation, tools, options = decoded(body)
    assert options.tool_choice is None
    assert [tool.name for tool in tools] == ["web_search"]
    assert encoded(conversation, tools, options) == body


def test_free_text_tools_are_definitions_calls_and_results_like_others() -> None:
    custom = {"type": "custom", "name": "run_sql", "description": "Runs it.", "format": {"a": 1}}
    body = asking(
        {"role": "user", "content": "Hi"},
        {"type": "custom_tool_call", "call_id": "c", "name": "run_sql", "input": "select 1"},
        {"type": "custom_tool_call_output", "call_id": "c", "output": "1"},
        tools=[custom],
        tool_choice={"type": "custom", "name": "run_sql"},
    )
    conversation, tools, options = decoded(body)
    (call,) = conversation.messages[1].calls
    assert (call.arguments, call.arguments_text, call.arguments_error) == (None, "select 1", None)
    assert conversation.messages[2].results[0].name == "run_sql"
    (tool,) = tools
    assert isinstance(tool, ToolDefinition) and tool.input_schema["required"] == ["input"]
    assert encoded(conversation, tools, options) == body
    other = tool.model_copy(update={"description": "Another one."})
    assert differences(encoded(conversation, (other,), options), body) == [".tools.0.description"]


def test_a_free_text_call_without_its_native_is_one_still_and_so_is_its_result() -> None:
    call = ToolCall(id="c", name="run_sql", arguments=None, arguments_text="select 1")
    result = ToolResult(call_id="c", content=(Text(text="1"),))
    body, changes = sent(HELLO, model(call), user(result))
    assert changes == ()
    assert [item.get("type") for item in body["input"]] == [
        None,
        "custom_tool_call",
        "custom_tool_call_output",
    ]


def test_a_definition_is_brought_into_this_apis_dialect_and_changes_are_listed() -> None:
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "allOf": [{}]}
    tool = ToolDefinition(name="t", input_schema=schema, strict=True)
    body, changes = sent(HELLO, tools=(tool,))
    (written,) = body["tools"]
    assert written["strict"] is True
    assert written["parameters"]["additionalProperties"] is False
    assert written["parameters"]["required"] == ["age"]
    assert changes and all(change.where.startswith("tools[0].input_schema") for change in changes)


def test_betas_travel_and_keys_do_not() -> None:
    headers = [("OpenAI-Beta", "a"), ("Authorization", "Bearer secret")]
    values = WIRE.decode_request(request_of(asking(), "/v1/responses", headers))
    request, _ = WIRE.encode_request(*values)
    assert (request.path, request.headers) == ("/v1/responses", (("OpenAI-Beta", "a"),))
    assert "secret" not in values[2].model_dump_json()
