"""Requests of the `anthropic` wire: built by us, edited, and told by other wires."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    OUTPUT_TOKENS,
    Change,
    Conversation,
    Message,
    Native,
    Opaque,
    Options,
    Part,
    ProviderStep,
    ProviderTool,
    Text,
    Thinking,
    ThinkingOption,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
)
from roundtrip.wires.wire import Tools, WireError, WireRequest
from tests.first_complaint import first_complaint
from tests.wires.anthropic_traffic import WIRE, body_of, decoded, encoded, request_of

TOOL = ToolDefinition(name="get_weather", description="Weather.", input_schema={"type": "object"})
OTHERS = Native(wire="gemini", value={"thoughtSignature": "c2ln"})


def sent(
    *messages: Message, tools: Tools = (), system: tuple[Text, ...] = (), **options: Any
) -> tuple[Any, tuple[Change, ...]]:
    """The body that is sent, and the changes, with a cap chosen unless told otherwise."""
    chosen = Options(**{"model": "claude-x", "stream": False, "max_output_tokens": 9} | options)
    conversation = Conversation(system=system, messages=messages)
    request, changes = WIRE.encode_request(conversation, tools, chosen)
    return json.loads(request.body), changes


def user(*parts: Part) -> Message:
    return Message(role="user", parts=parts)


def model(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


HELLO = user(Text(text="Hello"))
CALL = ToolCall(id="toolu_1", name="get_weather", arguments={"city": "Tokyo"})


def test_a_question_is_sent_as_plainly_as_the_guide_shows_it() -> None:
    body, changes = sent(HELLO, system=(Text(text="Be brief."),), tools=(TOOL,), stream=True)
    assert changes == ()
    assert body == {
        "model": "claude-x",
        "max_tokens": 9,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "Hello"}],
        "tools": [
            {"name": "get_weather", "description": "Weather.", "input_schema": {"type": "object"}}
        ],
        "stream": True,
    }


def test_results_go_back_before_words_and_errors_are_marked() -> None:
    result = ToolResult(
        call_id="toolu_1", name="get_weather", content=(Text(text="no such city"),), is_error=True
    )
    body, changes = sent(HELLO, model(CALL), user(Text(text="Well?"), result))
    assert changes == ()
    assert body["messages"][1]["content"] == [
        {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Tokyo"}}
    ]
    assert body["messages"][2]["content"] == [
        {
            "type": "tool_result",
            "tool_use_id": "toolu_1",
            "content": "no such city",
            "is_error": True,
        },
        {"type": "text", "text": "Well?"},
    ]


@pytest.mark.parametrize(
    ("options", "field", "expected"),
    [
        ({"tool_choice": ToolChoice(mode="any")}, "tool_choice", {"type": "any"}),
        ({"tool_choice": ToolChoice(mode="none")}, "tool_choice", {"type": "none"}),
        (
            {"tool_choice": ToolChoice(mode="tool", name="get_weather")},
            "tool_choice",
            {"type": "tool", "name": "get_weather"},
        ),
        (
            {"parallel_tool_calls": False},
            "tool_choice",
            {"type": "auto", "disable_parallel_tool_use": True},
        ),
        ({"temperature": 0.5}, "temperature", 0.5),
        ({"thinking": ThinkingOption(mode="adaptive")}, "thinking", {"type": "adaptive"}),
        ({"thinking": ThinkingOption(mode="off")}, "thinking", {"type": "disabled"}),
        (
            {
                "thinking": ThinkingOption(mode="budget", budget_tokens=2000),
                "max_output_tokens": 3000,
            },
            "thinking",
            {"type": "enabled", "budget_tokens": 2000},
        ),
    ],
)
def test_every_option_has_its_field(options: Any, field: str, expected: Any) -> None:
    body, changes = sent(HELLO, tools=(TOOL,), **options)
    assert body[field] == expected
    assert changes == ()
    read = decoded(body)[2]
    assert all(getattr(read, name) is not None for name in options)


def test_a_cap_nobody_chose_is_listed_and_leaves_room_for_thinking() -> None:
    body, changes = sent(HELLO, max_output_tokens=None)
    assert body["max_tokens"] == OUTPUT_TOKENS
    assert [change.where for change in changes] == ["options.max_output_tokens"]
    thinking = ThinkingOption(mode="budget", budget_tokens=5000)
    body, _ = sent(HELLO, max_output_tokens=None, thinking=thinking)
    assert body["max_tokens"] > 5000


def test_a_tool_choice_without_tools_is_left_out_and_listed() -> None:
    body, changes = sent(HELLO, tool_choice=ToolChoice(mode="any"))
    assert "tool_choice" not in body
    assert [change.where for change in changes] == ["options.tool_choice"]


def test_texts_without_words_and_messages_without_parts_are_not_sent() -> None:
    body, changes = sent(HELLO, model(Text(text=" \n")), user(Text(text=""), Text(text="Again")))
    assert body["messages"] == [
        {"role": "user", "content": "Hello"},
        {"role": "user", "content": "Again"},
    ]
    where = [change.where for change in changes]
    assert where == ["messages[1].parts[0]", "messages[1]", "messages[2].parts[0]"]


def test_what_another_provider_signed_or_ran_is_left_out_and_listed() -> None:
    parts = (
        Thinking(text="Hm.", signed=True, native=OTHERS),
        ProviderStep(name="google_search", is_result=False, native=OTHERS),
        Opaque(label="inlineData", native=OTHERS),
        Thinking(text="unsigned"),
        Text(text="Hello", native=OTHERS),
    )
    body, changes = sent(
        HELLO, model(*parts), tools=(TOOL, ProviderTool(name="google_search", native=OTHERS))
    )
    assert body["messages"][1] == {"role": "assistant", "content": "Hello"}
    assert [tool["name"] for tool in body["tools"]] == ["get_weather"]
    assert [change.where for change in changes] == [
        *(f"messages[1].parts[{n}]" for n in range(4)),
        "tools[1]",
    ]
    assert "gemini" in changes[0].what and "google_search" in changes[1].what


def test_signed_thinking_goes_back_verbatim_until_it_is_edited() -> None:
    block = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    hidden = {"type": "redacted_thinking", "data": "b3BhcXVl"}
    answer = {"type": "text", "text": "Hi."}
    told = {
        "model": "claude-x",
        "max_tokens": 9,
        "messages": [{"role": "assistant", "content": [block, hidden, answer]}],
    }
    conversation, tools, options = decoded(told)
    thinking, redacted, text = conversation.messages[0].parts
    other_words = text.model_copy(update={"text": "Hello."})

    def after(*parts: Part) -> tuple[list[Any], tuple[Change, ...]]:
        message = conversation.messages[0].model_copy(update={"parts": parts})
        edited = conversation.model_copy(update={"messages": (message,)})
        request, changes = WIRE.encode_request(edited, tools, options)
        return json.loads(request.body)["messages"][0]["content"], changes

    content, changes = after(thinking, redacted, other_words)
    assert content == [block, hidden, {"type": "text", "text": "Hello."}] and changes == ()
    other_thought = thinking.model_copy(update={"text": "Hm!"})
    content, changes = after(other_thought, redacted, text)
    assert content == [hidden, answer]
    assert "signature" in changes[0].what


def test_an_edit_keeps_what_stands_beside_it() -> None:
    told = {
        "messages": [
            {
                "content": [
                    {"cache_control": {"type": "ephemeral"}, "text": "Hi", "type": "text"},
                    {"type": "tool_result", "tool_use_id": "t", "is_error": False, "content": "1"},
                ],
                "role": "user",
            }
        ],
        "metadata": {"user_id": "u"},
        "max_tokens": 9,
        "model": "claude-x",
    }
    conversation, tools, options = decoded(told)
    text, result = conversation.messages[0].parts
    edited = conversation.messages[0].model_copy(
        update={
            "parts": (
                text.model_copy(update={"text": "Ho"}),
                result.model_copy(update={"content": (Text(text="2"),)}),
            )
        }
    )
    body = encoded(conversation.model_copy(update={"messages": (edited,)}), tools, options)
    expected = json.dumps(told).replace('"Hi"', '"Ho"').replace('"1"', '"2"')
    assert json.dumps(body) == expected


def test_a_reply_goes_back_as_it_came_but_without_what_the_api_refuses_to_hear() -> None:
    reply = body_of(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-x",
            "content": [
                {"type": "text", "text": "", "citations": None},
                {"type": "tool_use", "id": "toolu_1", "name": "now", "input": {}, "caller": "x"},
            ],
            "stop_reason": "tool_use",
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
    )
    body, changes = sent(HELLO, reply.message)
    assert body["messages"][1]["content"] == [
        {"type": "tool_use", "id": "toolu_1", "name": "now", "input": {}, "caller": "x"}
    ]
    assert [change.where for change in changes] == ["messages[1].parts[0]"]


@pytest.mark.parametrize("words", ["", "Sunny."])
def test_an_answer_that_was_cut_off_in_a_thought_goes_back_without_it(words: str) -> None:
    text = [{"type": "text", "text": words}] if words else []
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
    decoder = WIRE.reply_decoder()
    said = {"type": "message", "role": "assistant", "stop_reason": "max_tokens"}
    decoder.feed(json.dumps(said | {"content": [thought, *text, thought]}))
    reply = decoder.finish().message
    body, changes = sent(HELLO, reply, HELLO)
    [*answers] = [one["content"] for one in body["messages"] if one["role"] == "assistant"]
    assert answers == ([[thought, *text]] if words else [])
    assert any("ends with a thought" in change.what for change in changes)
    assert first_complaint("anthropic", body | {"model": "sim-large"}) is None


def test_arguments_that_did_not_parse_go_back_as_the_text_they_are() -> None:
    broken = ToolCall(
        id="toolu_1",
        name="get_weather",
        arguments=None,
        arguments_text='{"city": "Tok',
        arguments_error="Unterminated string",
    )
    body, changes = sent(HELLO, model(broken))
    assert body["messages"][1]["content"][0]["input"] == {"INVALID_JSON": '{"city": "Tok'}
    assert [change.where for change in changes] == ["messages[1].parts[0].arguments"]
    (read,) = decoded(body)[0].messages[1].calls
    assert read.arguments is None and read.arguments_text == '{"city": "Tok'
    assert "line 1 column" in (read.arguments_error or "")


def test_calls_without_ids_and_with_unfit_ones_are_linked_to_their_results() -> None:
    named = [ToolCall(id=None, name=name, arguments={}) for name in ("weather", "time", "weather")]
    results = [
        ToolResult(call_id=None, name=name, content=(Text(text=text),))
        for name, text in [("time", "b"), ("weather", "a"), ("weather", "c")]
    ]
    kimi = ToolCall(id="functions.now:0", name="now", arguments={})
    answer = ToolResult(call_id="functions.now:0", content=(Text(text="d"),))
    body, changes = sent(HELLO, model(*named, kimi), user(*results, answer))
    calls, back = (message["content"] for message in body["messages"][1:])
    names = {call["id"]: call["name"] for call in calls}
    assert len(names) == 4 and all(name.replace("_", "").isalnum() for name in names)
    answered = [(names[result["tool_use_id"]], result["content"]) for result in back]
    assert answered == [("time", "b"), ("weather", "a"), ("weather", "c"), ("now", "d")]
    assert back[1]["tool_use_id"] == calls[0]["id"] and back[2]["tool_use_id"] == calls[2]["id"]
    assert all(".id" in change.where or ".call_id" in change.where for change in changes)


def test_results_learn_the_name_of_the_call_they_answer() -> None:
    result = ToolResult(call_id="toolu_1", content=(Text(text="1"),))
    body, _ = sent(HELLO, model(CALL), user(result))
    assert decoded(body)[0].messages[2].results[0].name == "get_weather"


def test_betas_travel_and_keys_do_not() -> None:
    body = {"model": "claude-x", "max_tokens": 9, "messages": []}
    headers = [("Anthropic-Beta", "a,b"), ("x-api-key", "secret"), ("anthropic-beta", "c")]
    values = WIRE.decode_request(request_of(body, "/v1/messages?beta=true", headers))
    request, _ = WIRE.encode_request(*values)
    assert request.path == "/v1/messages?beta=true"
    assert request.headers == (("Anthropic-Beta", "a,b"), ("anthropic-beta", "c"))
    assert "secret" not in values[2].model_dump_json()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"model": "m", "max_tokens": 1}, "messages: Field required"),
        ({"max_tokens": 1, "messages": []}, "model: Field required"),
        ({"model": "m", "messages": {}}, "messages: Input should be a valid list"),
        ({"model": "m", "messages": [{"role": "user"}]}, "messages.0.content: Field required"),
        ({"model": "m", "max_tokens": True, "messages": []}, "max_tokens: Input should be a"),
        (
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "messages.0.content.0.text.text: Field required",
        ),
        (
            {"model": "m", "messages": [{"role": "tool", "content": ""}]},
            "messages.0.role: Input should be 'user', 'assistant' or 'system'",
        ),
        (
            {"model": "m", "messages": [], "tools": [{"name": "x"}]},
            "tools.0.custom.input_schema: Field required",
        ),
        (
            {"model": "m", "messages": [], "tool_choice": {"type": "required"}},
            "tool_choice: Input tag 'required' found using 'type'",
        ),
        ([], "body: Input should be a valid dictionary"),
    ],
)
def test_an_unreadable_request_is_refused_in_the_apis_words(body: Any, message: str) -> None:
    with pytest.raises(WireError) as refused:
        decoded(body)
    assert refused.value.kind == "bad_request"
    assert refused.value.message.startswith(message)


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"model": NaN}', b"[" * 100_000])
def test_a_body_that_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(WireError) as refused:
        WIRE.decode_request(WireRequest("POST", "/v1/messages", (), body))
    assert refused.value.kind == "bad_request"


@pytest.mark.parametrize(
    "block",
    [
        r'{"type":"tool_use","id":"t","name":"n","input":{"a":"\ud83d"}}',
        r'{"type":"text","text":"\ud83d"}',
    ],
)
def test_half_a_surrogate_pair_is_sent_as_it_was_written(block: str) -> None:
    head = '{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":['
    body = head + block + "]}]}"
    request = WireRequest("POST", "/v1/messages", (), body.encode())
    assert WIRE.encode_request(*WIRE.decode_request(request))[0].body == body.encode()


def test_a_temperature_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(WireError) as refused:
        decoded({"model": "m", "messages": [], "temperature": 10**400})
    assert refused.value.kind == "bad_request"
