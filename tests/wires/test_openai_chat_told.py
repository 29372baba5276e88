"""Requests of the `openai-chat` wire as others spell them: read, edited and told again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import Text, ToolChoice, ToolResult
from roundtrip.wires.wire import WireError, WireRequest, wire_named
from tests.wires.openai_chat_built import CITY, TOOL, told, user
from tests.wires.openai_chat_traffic import WIRE, decoded, encoded
from tests.wires.traffic import changed


@pytest.mark.parametrize("effort", ["minimal", "low", "high", "xhigh"])
def test_an_effort_comes_back_as_it_was_and_is_listed_where_another_wire_drops_it(
    effort: str,
) -> None:
    body = told({"role": "user", "content": "Hi"}, reasoning_effort=effort)
    values = decoded(body)
    assert values[2].thinking is not None and values[2].thinking.mode == "adaptive"
    assert encoded(*values) == body
    _, changes = wire_named("anthropic").encode_request(*values)
    assert "options.thinking.reasoning_effort" in [change.where for change in changes]


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_another_cap_stands_where_the_old_one_stood(field: str) -> None:
    conversation, tools, options = decoded(told({"role": "user", "content": "Hi"}, **{field: 5}))
    assert options.max_output_tokens == 5
    assert encoded(conversation, tools, changed(options, max_output_tokens=7))[field] == 7


def test_a_decoded_stream_that_streams_no_more_drops_its_options_and_says_so() -> None:
    streamed = told(
        {"role": "user", "content": "Hi"}, stream=True, stream_options={"include_usage": True}
    )
    conversation, tools, options = decoded(streamed)
    request, changes = WIRE.encode_request(conversation, tools, changed(options, stream=False))
    body = json.loads(request.body)
    assert body["stream"] is False and "stream_options" not in body
    assert [change.where for change in changes] == ["options.stream_options"]


@pytest.mark.parametrize("text", ['{ "a" : 1 }', "", '{"b":1,"a":2}', '{"a":1.0}', " ", "null"])
def test_arguments_keep_their_spelling_until_they_mean_something_else(text: str) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": text}}
    body = told({"role": "user", "content": "?"}, {"role": "assistant", "tool_calls": [call]})
    conversation, tools, options = decoded(body)
    assert json.dumps(encoded(conversation, tools, options)) == json.dumps(body)
    (asked,) = conversation.messages[1].calls
    for arguments in ({"a": True}, {"a": 1, "c": None}):
        message = changed(conversation.messages[1], parts=(changed(asked, arguments=arguments),))
        edited = changed(conversation, messages=(conversation.messages[0], message))
        written = encoded(edited, tools, options)["messages"][1]["tool_calls"][0]["function"]
        assert written["arguments"] == json.dumps(arguments, separators=(",", ":"))


LEGACY: Any = {
    "model": "gpt-x",
    "function_call": {"name": "now"},
    "functions": [{"name": "now", "parameters": {"type": "object"}, "description": "Time."}],
    "messages": [
        {"role": "user", "content": "When?"},
        {"role": "assistant", "content": None, "function_call": {"name": "now", "arguments": ""}},
        {"role": "function", "name": "now", "content": "12:00"},
    ],
}


def test_functions_of_the_time_before_tools_are_tools_and_stay_functions() -> None:
    conversation, tools, options = decoded(LEGACY)
    assert [tool.name for tool in tools] == ["now"]
    assert options.tool_choice is not None and options.tool_choice.name == "now"
    request, changes = WIRE.encode_request(conversation, tools, options)
    assert json.dumps(json.loads(request.body)) == json.dumps(LEGACY) and changes == ()
    result = ToolResult(call_id=None, name="now", content=(Text(text="13:00"),))
    again = changed(conversation, messages=(*conversation.messages[:2], user(result)))
    body = encoded(again, (*tools, TOOL), changed(options, tool_choice=ToolChoice(mode="auto")))
    assert body["messages"][2] == {"role": "function", "name": "now", "content": "13:00"}
    assert [tool["name"] for tool in body["functions"]] == ["now", "get_weather"]
    assert body["function_call"] == "auto" and "tools" not in body


def test_a_custom_tool_is_one_text_elsewhere_and_stays_as_it_is_here() -> None:
    custom = {"name": "math", "description": "Adds.", "format": {"type": "text"}}
    body = told(
        {"role": "user", "content": "2 + 2?"},
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "c", "type": "custom", "custom": {"name": "math", "input": "2 + 2"}}
            ],
        },
        {"role": "tool", "tool_call_id": "c", "content": "4"},
        tools=[{"type": "custom", "custom": custom}],
        tool_choice={"type": "custom", "custom": {"name": "math"}},
    )
    conversation, tools, options = decoded(body)
    assert tools[0].input_schema["properties"].keys() == {"input"}  # type: ignore[union-attr]
    assert conversation.messages[1].calls[0].arguments_text == "2 + 2"
    assert json.dumps(encoded(conversation, tools, options)) == json.dumps(body)
    more = (changed(tools[0], input_schema=CITY),)
    assert encoded(conversation, more, changed(options, tool_choice=None))["tools"] == [
        {
            "type": "function",
            "function": {"name": "math", "description": "Adds.", "parameters": CITY},
        }
    ]
    chosen = changed(options, tool_choice=ToolChoice(mode="tool", name="math"))
    assert encoded(conversation, tools, chosen) == body


def test_a_choice_among_a_part_of_the_tools_is_a_mode_and_its_list_stays() -> None:
    few = {"mode": "required", "tools": [{"type": "function", "function": {"name": "now"}}]}
    body = told(
        {"role": "user", "content": "?"},
        tool_choice={"type": "allowed_tools", "allowed_tools": few},
    )
    conversation, tools, options = decoded(body)
    assert options.tool_choice is not None and options.tool_choice.mode == "any"
    assert json.dumps(encoded(conversation, tools, options)) == json.dumps(body)
    easier = changed(options.tool_choice, mode="auto")
    again = encoded(conversation, tools, changed(options, tool_choice=easier))
    assert again == told(
        {"role": "user", "content": "?"},
        tool_choice={"type": "allowed_tools", "allowed_tools": few | {"mode": "auto"}},
    )
    other = changed(options, tool_choice=ToolChoice(mode="tool", name="now"))
    assert encoded(conversation, tools, other)["tool_choice"] == {
        "type": "function",
        "function": {"name": "now"},
    }


def test_a_message_whose_words_were_taken_out_is_left_out_and_listed() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    conversation, tools, options = decoded(
        told(
            {"role": "user", "content": "A"},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "user", "content": "B"},
        )
    )
    emptied = [changed(message, parts=()) for message in conversation.messages[:2]]
    edited = changed(conversation, messages=(*emptied, conversation.messages[2]))
    request, changes = WIRE.encode_request(edited, tools, options)
    assert json.loads(request.body)["messages"] == [{"role": "user", "content": "B"}]
    assert [change.where for change in changes] == ["messages[0]", "messages[1]"]


def test_what_an_assistant_says_in_two_messages_is_one_of_ours_and_stays_two() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    body = told(
        {"role": "user", "content": "?"},
        {"role": "assistant", "content": "One moment.", "name": "ada"},
        {"content": None, "role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": "1"},
    )
    conversation, tools, options = decoded(body)
    assert [message.role for message in conversation.messages] == ["user", "assistant", "user"]
    said = conversation.messages[1]
    assert [part.kind for part in said.parts] == ["text", "tool_call"]
    assert json.dumps(encoded(conversation, tools, options)) == json.dumps(body)
    shorter = changed(said, parts=said.parts[1:])
    messages = (conversation.messages[0], shorter, conversation.messages[2])
    left = encoded(changed(conversation, messages=messages), tools, options)["messages"]
    assert [message["role"] for message in left] == ["user", "assistant", "tool"]


def test_system_prompts_in_front_are_the_system_and_later_ones_are_messages() -> None:
    body = told(
        {"content": "A", "role": "system", "name": "boss"},
        {"role": "developer", "content": [{"type": "text", "text": "B"}]},
        {"role": "user", "content": "?"},
        {"role": "developer", "content": "C"},
    )
    conversation, tools, options = decoded(body)
    assert [text.text for text in conversation.system] == ["A", "B"]
    assert [message.role for message in conversation.messages] == ["user", "system"]
    assert json.dumps(encoded(conversation, tools, options)) == json.dumps(body)
    other = changed(conversation, system=(*conversation.system, Text(text="D")))
    assert [message["role"] for message in encoded(other, tools, options)["messages"]] == [
        *("system", "user", "developer")
    ]


def test_an_edit_keeps_what_stands_beside_it() -> None:
    body = {
        "messages": [
            {"content": [{"cache_control": {}, "text": "Hi", "type": "text"}], "role": "user"},
            {"role": "tool", "name": "f", "content": "1", "tool_call_id": "t"},
        ],
        "metadata": {"user_id": "u"},
        "model": "gpt-x",
        "tools": [{"function": {"parameters": {}, "x": 1, "name": "f"}, "type": "function"}],
    }
    conversation, tools, options = decoded(body)
    said, answered = conversation.messages
    edited = (
        changed(said, parts=(changed(said.parts[0], text="Ho"),)),
        changed(answered, parts=(changed(answered.results[0], content=(Text(text="2"),)),)),
    )
    sent_on = encoded(changed(conversation, messages=edited), tools, options)
    expected = json.dumps(body).replace('"Hi"', '"Ho"').replace('"1"', '"2"')
    assert json.dumps(sent_on) == expected


def test_keys_do_not_travel() -> None:
    body = json.dumps(told()).encode()
    headers = (("Authorization", "Bearer secret"),)
    values = WIRE.decode_request(WireRequest("POST", "/v1/chat/completions", headers, body))
    request, _ = WIRE.encode_request(*values)
    assert request.path == "/v1/chat/completions" and request.headers == ()
    assert "secret" not in values[2].model_dump_json()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"model": "m"}, "Missing required parameter: 'messages'."),
        ({"messages": []}, "Missing required parameter: 'model'."),
        (told() | {"messages": {}}, "Invalid type for 'messages': expected an array, but got an o"),
        (told({"content": "?"}), "Missing required parameter: 'messages[0].role'."),
        (told({"role": "user"}), "Missing required parameter: 'messages[0].content'."),
        (told({"role": "bot", "content": ""}), "Invalid value: 'bot'. Supported values are: 'sys"),
        (told({"role": "user", "content": 7}), "Invalid type for 'messages[0].content': expected"),
        (told({"role": "tool", "content": ""}), "Missing required parameter: 'messages[0].tool_c"),
        (told({"role": "system", "content": [{"type": "file"}]}), "Invalid value: 'file'."),
        (told(max_tokens=True), "Invalid type for 'max_tokens': expected an integer, but got a b"),
        (told(temperature="hot"), "Invalid type for 'temperature': expected a decimal, but got a"),
        (told(tools=[{"type": "function"}]), "Missing required parameter: 'tools[0].function'."),
        (told(tool_choice="any"), "Invalid value: 'any'. Supported values are: 'none', 'auto', a"),
        (told(tool_choice=[]), "Invalid type for 'tool_choice': expected one of a string or an o"),
        ([], "Invalid type for the body"),
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
        WIRE.decode_request(WireRequest("POST", "/chat/completions", (), body))
    assert refused.value.kind == "bad_request"


def test_half_a_surrogate_pair_is_sent_as_it_was_written() -> None:
    body = rb'{"model":"m","messages":[{"role":"user","content":"\ud83d"}]}'
    request = WireRequest("POST", "/chat/completions", (), body)
    assert WIRE.encode_request(*WIRE.decode_request(request))[0].body == body


def test_a_temperature_beyond_all_numbers_is_refused() -> None:
    with pytest.raises(WireError) as refused:
        decoded(told(temperature=10**400))
    assert refused.value.kind == "bad_request"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        ([], "I will not."),
        ([{"type": "refusal", "refusal": "No."}], None),
        ([{"type": "refusal", "refusal": "No."}], "I will not."),
        ([{"type": "text", "text": "Hm."}], "I will not."),
    ],
)
def test_a_refusal_comes_back_where_it_stood_beside_a_list(content: Any, refusal: Any) -> None:
    said = {"role": "assistant", "content": content, "refusal": refusal}
    values = decoded(told({"role": "user", "content": "?"}, said))
    assert encoded(*values)["messages"][1] == said
