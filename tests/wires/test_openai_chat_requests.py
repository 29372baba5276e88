"""Requests of the `openai-chat` wire: built by us, edited, and told by other wires."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
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
    bare,
)
from roundtrip.wires.wire import Tools, WireError, WireRequest, wire_named
from tests.wires.openai_chat_traffic import WIRE, body_of, decoded, encoded
from tests.wires.traffic import changed

CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL = ToolDefinition(name="get_weather", description="Weather.", input_schema=CITY)
OTHERS = Native(wire="gemini", value={"thoughtSignature": "c2ln"})


def sent(
    *messages: Message, tools: Tools = (), system: tuple[Text, ...] = (), **options: Any
) -> tuple[Any, tuple[Change, ...]]:
    """The body that is sent, and the changes."""
    chosen = Options(**{"model": "gpt-x", "stream": False} | options)
    conversation = Conversation(system=system, messages=messages)
    request, changes = WIRE.encode_request(conversation, tools, chosen)
    return json.loads(request.body), changes


def user(*parts: Part) -> Message:
    return Message(role="user", parts=parts)


def model(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


def told(*messages: Any, **beside: Any) -> Any:
    return {"model": "gpt-x", "messages": list(messages)} | beside


HELLO = user(Text(text="Hello"))
CALL = ToolCall(id="call_1", name="get_weather", arguments={"city": "Tokyo"})
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
        ({"thinking": ThinkingOption(mode="adaptive")}, "reasoning_effort", "medium"),
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


@pytest.mark.parametrize("model", ["llama3.2", "qwen3:8b", "mistralai/mistral-small"])
def test_a_model_of_another_server_is_told_its_cap_in_the_word_all_servers_know(
    model: str,
) -> None:
    body, _ = sent(HELLO, model=model, max_output_tokens=9)
    assert body["max_tokens"] == 9 and "max_completion_tokens" not in body


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_another_cap_stands_where_the_old_one_stood(field: str) -> None:
    conversation, tools, options = decoded(told({"role": "user", "content": "Hi"}, **{field: 5}))
    assert options.max_output_tokens == 5
    assert encoded(conversation, tools, changed(options, max_output_tokens=7))[field] == 7


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


def test_a_decoded_stream_that_streams_no_more_drops_its_options_and_says_so() -> None:
    streamed = told(
        {"role": "user", "content": "Hi"}, stream=True, stream_options={"include_usage": True}
    )
    conversation, tools, options = decoded(streamed)
    request, changes = WIRE.encode_request(conversation, tools, changed(options, stream=False))
    body = json.loads(request.body)
    assert body["stream"] is False and "stream_options" not in body
    assert [change.where for change in changes] == ["options.stream_options"]


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
