"""Requests of the `openai-chat` wire: built by us, and told by other wires."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    Native,
    Opaque,
    ProviderStep,
    ProviderTool,
    Text,
    Thinking,
    ThinkingOption,
    ToolCall,
    ToolChoice,
    ToolResult,
    bare,
)
from tests.wires.openai_chat_built import CALL, CITY, HELLO, TOOL, model, sent, user
from tests.wires.openai_chat_traffic import body_of, decoded
from tests.wires.traffic import changed

OTHERS = Native(wire="gemini", value={"thoughtSignature": "c2ln"})
SUNNY = ToolResult(call_id="call_1", name="get_weather", content=(Text(text="sunny"),))


def test_a_question_is_sent_as_plainly_as_the_guide_shows_it() -> None:
    body, changes = sent(HELLO, system=(Text(text="Be brief."),), tools=(TOOL,), stream=True)
    assert changes == ()
    assert body == {
        "model": "gpt-x",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello"},
        ],
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "get_weather",
                    "description": "Weather.",
                    "parameters": CITY,
                },
            }
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_each_result_is_a_message_and_words_come_after_them() -> None:
    other = changed(CALL, id="call_2")
    rainy = changed(SUNNY, call_id="call_2", content=(Text(text="rain"), Text(text="cold")))
    body, changes = sent(HELLO, model(CALL, other), user(Text(text="And?"), SUNNY, rainy))
    assert changes == ()
    asked = [
        {
            "id": call_id,
            "type": "function",
            "function": {"name": "get_weather", "arguments": '{"city":"Tokyo"}'},
        }
        for call_id in ("call_1", "call_2")
    ]
    parts = [{"type": "text", "text": "rain"}, {"type": "text", "text": "cold"}]
    assert body["messages"][1:] == [
        {"role": "assistant", "content": None, "tool_calls": asked},
        {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
        {"role": "tool", "tool_call_id": "call_2", "content": parts},
        {"role": "user", "content": "And?"},
    ]
    read = decoded(body)[0].messages
    assert [len(message.parts) for message in read] == [1, 2, 2, 1]
    assert [result.name for result in read[2].results] == ["get_weather"] * 2


def test_a_failure_is_told_in_words_and_not_guessed_back() -> None:
    failed = changed(SUNNY, content=(Text(text="no such city"),), is_error=True)
    body, changes = sent(HELLO, model(CALL), user(failed))
    assert body["messages"][2]["content"] == "Error: no such city"
    assert [change.where for change in changes] == ["messages[2].parts[0].is_error"]
    (result,) = decoded(body)[0].messages[2].results
    assert not result.is_error and result.text == "Error: no such city"
    body, _ = sent(HELLO, model(CALL), user(changed(failed, content=())))
    assert body["messages"][2]["content"] == "Error"


@pytest.mark.parametrize(
    ("options", "field", "expected"),
    [
        ({"tool_choice": ToolChoice(mode="any")}, "tool_choice", "required"),
        ({"tool_choice": ToolChoice(mode="none")}, "tool_choice", "none"),
        ({"tool_choice": ToolChoice(mode="auto")}, "tool_choice", "auto"),
        (
            {"tool_choice": ToolChoice(mode="tool", name="get_weather")},
            "tool_choice",
            {"type": "function", "function": {"name": "get_weather"}},
        ),
        ({"parallel_tool_calls": False}, "parallel_tool_calls", False),
        ({"temperature": 0.5}, "temperature", 0.5),
        ({"max_output_tokens": 9}, "max_completion_tokens", 9),
        ({"thinking": ThinkingOption(mode="off")}, "reasoning_effort", "none"),
    ],
)
def test_every_option_has_its_field(options: Any, field: str, expected: Any) -> None:
    body, changes = sent(HELLO, tools=(TOOL,), **options)
    assert body[field] == expected
    assert changes == ()
    read = bare(decoded(body)[2])
    assert all(getattr(read, name) == value for name, value in options.items())


@pytest.mark.parametrize(("budget", "effort"), [(1024, "low"), (5000, "medium"), (32000, "high")])
def test_a_thinking_budget_becomes_an_effort_and_that_is_listed(budget: int, effort: str) -> None:
    thinking = ThinkingOption(mode="budget", budget_tokens=budget)
    body, changes = sent(HELLO, thinking=thinking)
    assert body["reasoning_effort"] == effort
    assert [change.where for change in changes] == ["options.thinking.budget_tokens"]


@pytest.mark.parametrize("model", ["llama3.2", "qwen3:8b", "mistralai/mistral-small"])
def test_a_model_of_another_server_is_told_its_cap_in_the_word_all_servers_know(
    model: str,
) -> None:
    body, _ = sent(HELLO, model=model, max_output_tokens=9)
    assert body["max_tokens"] == 9 and "max_completion_tokens" not in body


@pytest.mark.parametrize(
    ("option", "value"),
    [("tool_choice", ToolChoice(mode="any")), ("parallel_tool_calls", True)],
)
def test_what_the_api_takes_only_with_tools_is_left_out_without_and_listed(
    option: str, value: Any
) -> None:
    body, changes = sent(HELLO, **{option: value})
    assert option not in body
    assert [change.where for change in changes] == [f"options.{option}"]


def test_a_definition_of_another_wire_is_put_into_this_apis_dialect_and_listed() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    tool = changed(TOOL, input_schema=schema, strict=True)
    body, changes = sent(HELLO, tools=(tool,))
    said = body["tools"][0]["function"]
    assert said["strict"] is True and said["parameters"]["additionalProperties"] is False
    assert changes and all(change.where.startswith("tools[0].input_schema") for change in changes)


def test_what_another_provider_signed_or_ran_is_left_out_and_listed() -> None:
    parts = (
        Thinking(text="Hm.", signed=True, native=OTHERS),
        ProviderStep(name="google_search", is_result=False, native=OTHERS),
        Opaque(label="inlineData", native=OTHERS),
        Thinking(text="unsigned"),
        Text(text="Hello"),
    )
    body, changes = sent(
        HELLO, model(*parts), tools=(TOOL, ProviderTool(name="google_search", native=OTHERS))
    )
    assert body["messages"][1] == {"role": "assistant", "content": "Hello"}
    assert [tool["function"]["name"] for tool in body["tools"]] == ["get_weather"]
    where = sorted(change.where for change in changes)
    assert where == [*(f"messages[1].parts[{n}]" for n in range(4)), "tools[1]"]


def test_a_message_with_nothing_to_say_here_is_left_out_and_listed() -> None:
    body, changes = sent(HELLO, model(Thinking(text="Hm.")), HELLO)
    assert [message["role"] for message in body["messages"]] == ["user", "user"]
    assert [change.where for change in changes] == ["messages[1].parts[0]", "messages[1]"]


def test_words_after_a_call_come_before_it_and_that_is_listed() -> None:
    body, changes = sent(HELLO, model(CALL, Text(text="One moment.")), user(SUNNY))
    assert body["messages"][1]["content"] == "One moment."
    assert [change.where for change in changes] == ["messages[1].parts[1]"]


def test_a_refusal_goes_back_in_its_own_field_whoever_said_it() -> None:
    said = {"type": "refusal", "refusal": "No."}
    for wire in ("openai-chat", "openai-responses"):
        refused = Opaque(label="refusal", native=Native(wire=wire, value=said))
        body, changes = sent(HELLO, model(refused), HELLO)
        assert body["messages"][1] == {"role": "assistant", "content": None, "refusal": "No."}
        assert changes == ()


ANSWER: Any = {
    "role": "assistant",
    "content": "",
    "reasoning_content": "Hm.",
    "tool_calls": [
        {
            "function": {"arguments": "", "name": "get_weather"},
            "id": "call_1",
            "type": "function",
            "extra_content": {"google": {"thought_signature": "c2ln"}},
        }
    ],
    "refusal": None,
    "annotations": [],
}


def reply_with(message: Any, reason: str = "tool_calls") -> Any:
    choice = {"index": 0, "message": message, "finish_reason": reason}
    return body_of({"id": "1", "object": "chat.completion", "model": "m", "choices": [choice]})


def test_a_reply_goes_back_as_it_came_but_without_what_the_api_refuses_to_hear() -> None:
    body, changes = sent(HELLO, reply_with(ANSWER).message, user(SUNNY))
    expected = json.dumps(ANSWER).replace('"arguments": ""', '"arguments": "{}"')
    assert json.dumps(body["messages"][1]) == expected and changes == ()
    body, _ = sent(HELLO, reply_with({"content": "Hi", "tool_calls": []}, "stop").message)
    assert body["messages"][1] == {"content": "Hi"}
    spoken = {"role": "assistant", "content": None, "audio": {"id": "audio_1", "data": "UklGRg"}}
    body, _ = sent(HELLO, reply_with(spoken | {"content": "Hi"}).message)
    assert body["messages"][1]["audio"] == {"id": "audio_1"}


def test_an_edited_answer_changes_there_only_and_signed_reasoning_is_dropped_if_it_was_edited() -> (
    None
):
    details = [{"type": "reasoning.text", "text": "Hm.", "signature": "c2ln", "index": 0}]
    plain = ANSWER | {"content": "Hi"}
    signed = plain | {"reasoning_details": details}
    for answer in (plain, signed):
        message = reply_with(answer).message
        thinking, text, call = message.parts
        body, _ = sent(HELLO, changed(message, parts=(thinking, changed(text, text="Ho"), call)))
        said = json.dumps(answer).replace('"Hi"', '"Ho"').replace('ents": ""', 'ents": "{}"')
        assert json.dumps(body["messages"][1]) == said
        other = changed(message, parts=(changed(thinking, text="Well."), text, call))
        body, changes = sent(HELLO, other)
        if answer is plain:
            assert body["messages"][1]["reasoning_content"] == "Well." and changes == ()
        else:
            assert not {"reasoning_content", "reasoning_details"} & body["messages"][1].keys()
            assert [change.where for change in changes] == ["messages[1].parts[0]"]


def test_broken_arguments_go_back_as_the_text_they_are() -> None:
    broken = ToolCall(
        id="call_1",
        name="get_weather",
        arguments=None,
        arguments_text='{"city": "Tok',
        arguments_error="Unterminated string",
    )
    body, changes = sent(HELLO, model(broken))
    assert body["messages"][1]["tool_calls"][0]["function"]["arguments"] == '{"city": "Tok'
    assert changes == ()
    (read,) = decoded(body)[0].messages[1].calls
    assert read.arguments is None and read.arguments_text == '{"city": "Tok'


def test_calls_without_ids_are_linked_to_their_results() -> None:
    named = [ToolCall(id=None, name=name, arguments={}) for name in ("weather", "time", "weather")]
    results = [
        ToolResult(call_id=None, name=name, content=(Text(text=text),))
        for name, text in [("time", "b"), ("weather", "a"), ("weather", "c")]
    ]
    body, changes = sent(HELLO, model(*named), user(*results))
    calls, *back = body["messages"][1:]
    ids = [call["id"] for call in calls["tool_calls"]]
    assert len(set(ids)) == 3
    assert [result["tool_call_id"] for result in back] == [ids[1], ids[0], ids[2]]
    assert all(".id" in change.where or ".call_id" in change.where for change in changes)
