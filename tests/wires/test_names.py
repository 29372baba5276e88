"""What another API has no word for or refuses about a tool is listed: its name, its free text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import Conversation, Message, Options, ToolCall, ToolDefinition
from roundtrip.wires.names import NAMES
from roundtrip.wires.recode import recode
from roundtrip.wires.wire import WIRES, WireRequest, wire_named

FREE: dict[str, Any] = {
    "openai-chat": {
        "model": "m",
        "messages": [
            {"role": "user", "content": "2 + 2?"},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "c", "type": "custom", "custom": {"name": "math", "input": "2 + 2"}}
                ],
            },
            {"role": "tool", "tool_call_id": "c", "content": "4"},
        ],
        "tools": [{"type": "custom", "custom": {"name": "math"}}],
    },
    "openai-responses": {
        "model": "m",
        "input": [
            {"role": "user", "content": "2 + 2?"},
            {"type": "custom_tool_call", "call_id": "c", "name": "math", "input": "2 + 2"},
            {"type": "custom_tool_call_output", "call_id": "c", "output": "4"},
        ],
        "tools": [{"type": "custom", "name": "math"}],
    },
}
"""A tool that takes free text, and what was said with it."""


def changes_of(wire: str, conversation: Conversation, *tools: ToolDefinition) -> dict[str, str]:
    sent, changes = wire_named(wire).encode_request(conversation, tools, Options(model="m"))
    for tool in tools:
        assert json.dumps(tool.name, ensure_ascii=False).encode() in sent.body
    return {change.where: change.what for change in changes}


@pytest.mark.parametrize(
    ("name", "refusing"),
    [
        ("get_weather-2", set()),
        ("2nd", {"gemini"}),
        ("maps.find:best", {"anthropic", "openai-chat", "openai-responses"}),
        ("n" * 65, {"openai-chat", "openai-responses", "gemini"}),
        ("n" * 129, set(WIRES)),
        ("get weather", set(WIRES)),
        ("wetter_für", set(WIRES)),
        ("now\n", set(WIRES)),
        ("", set(WIRES)),
    ],
)
def test_a_name_that_an_api_refuses_is_listed_and_leaves_as_it_is(
    name: str, refusing: set[str]
) -> None:
    for wire in WIRES:
        listed = changes_of(wire, Conversation(), ToolDefinition(name=name))
        assert ("tools[0].name" in listed) == (wire in refusing)
        assert NAMES[wire].takes(name) == (wire not in refusing)


def test_the_same_name_is_listed_once_and_that_of_a_tool_that_is_gone_where_it_was_called() -> None:
    calls = [ToolCall(id=f"c{n}", name=name, arguments={}) for n, name in enumerate("a!!?")]
    said = Conversation(messages=(Message(role="assistant", parts=tuple(calls)),))
    listed = changes_of("openai-chat", said, ToolDefinition(name="?"))
    names = [where for where in listed if where.endswith(".name")]
    assert names == ["tools[0].name", "messages[0].parts[1].name"]


@pytest.mark.parametrize("target", WIRES)
@pytest.mark.parametrize("source", FREE)
def test_a_tool_that_takes_free_text_is_listed_as_the_function_it_becomes(
    source: str, target: str
) -> None:
    request = WireRequest("POST", "", (), json.dumps(FREE[source]).encode())
    sent, changes = recode(request, source, target)
    listed = {change.where: change.what for change in changes}
    assert ("tools[0]" in listed) == (source != target)
    if source != target:
        assert listed["tools[0]"].startswith("offered as a function of one text")
    if target in ("anthropic", "gemini"):
        assert b'{"input":"2 + 2"}' in sent.body
        assert "free text" in listed["messages[1].parts[0].arguments"]


@pytest.mark.parametrize("wire", ["anthropic", "gemini"])
def test_of_arguments_that_could_not_be_taken_the_reason_is_said(wire: str) -> None:
    deep = "[" * 70 + "]" * 70
    call = ToolCall(
        id="c",
        name="now",
        arguments=None,
        arguments_text=f'{{"a":{deep}}}',
        arguments_error="nested deeper than 64 levels",
    )
    said = Conversation(messages=(Message(role="assistant", parts=(call,)),))
    listed = changes_of(wire, said)["messages[0].parts[0].arguments"]
    assert "nested deeper than 64 levels" in listed and "object" not in listed
