"""Requests of the `openai-responses` wire: built by us, edited, and told by other wires."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    Change,
    Native,
    Opaque,
    Part,
    ProviderStep,
    ProviderTool,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from roundtrip.wires.recode import recode
from roundtrip.wires.wire import WireError, WireRequest
from tests.wires.openai_responses_built import CALL, HELLO, SCHEMA, TOOL, asking, model, sent, user
from tests.wires.openai_responses_traffic import WIRE, body_of, decoded, encoded, request_of
from tests.wires.traffic import differences

OTHERS = Native(wire="gemini", value={"thoughtSignature": "c2ln"})
SECRET = "gAAAAB"


def test_a_question_is_sent_so_that_it_stands_alone() -> None:
    body, changes = sent(HELLO, system=(Text(text="Be brief."),), tools=(TOOL,), stream=True)
    assert changes == ()
    assert body == {
        "model": "gpt-x",
        "instructions": "Be brief.",
        "input": [{"role": "user", "content": "Hello"}],
        "tools": [
            {
                "type": "function",
                "name": "get_weather",
                "description": "Weather.",
                "parameters": SCHEMA,
                "strict": False,
            }
        ],
        "stream": True,
        "store": False,
        "include": ["reasoning.encrypted_content"],
    }


def test_a_model_that_does_not_reason_is_not_asked_for_its_reasoning() -> None:
    for name in ("gpt-4.1-mini", "ft:gpt-4o:acme", "chatgpt-4o-latest"):
        body, _ = sent(HELLO, model=name)
        assert "include" not in body and body["store"] is False
    assert "include" in sent(HELLO, model="o4-mini")[0]


def test_nothing_is_added_to_a_request_that_was_told() -> None:
    body = {"input": "Hi", "model": "gpt-x"}
    assert json.dumps(encoded(*decoded(body))) == json.dumps(body)


def test_calls_and_results_are_items_and_results_come_before_words() -> None:
    result = ToolResult(call_id="call_1", name="get_weather", content=(Text(text="20 °C"),))
    said = model(Text(text="Let me look."), CALL)
    body, changes = sent(HELLO, said, user(Text(text="Well?"), result))
    assert changes == ()
    assert body["input"][1:] == [
        {"role": "assistant", "content": "Let me look."},
        {
            "type": "function_call",
            "call_id": "call_1",
            "name": "get_weather",
            "arguments": '{"city":"Tokyo"}',
        },
        {"type": "function_call_output", "call_id": "call_1", "output": "20 °C"},
        {"role": "user", "content": "Well?"},
    ]


def test_what_the_model_said_between_two_inputs_is_one_message() -> None:
    conversation, _, _ = decoded(
        asking(
            {"role": "user", "content": "Hi"},
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": SECRET},
            {"role": "assistant", "content": "One moment."},
            {"type": "function_call", "call_id": "a", "name": "now", "arguments": ""},
            {"type": "function_call", "call_id": "b", "name": "now", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "a", "output": "1"},
            {"type": "function_call_output", "call_id": "b", "output": ""},
            {"role": "user", "content": "And?"},
            {"role": "user", "content": "Well?"},
        )
    )
    assert [(message.role, len(message.parts)) for message in conversation.messages] == [
        ("user", 1),
        ("assistant", 4),
        ("user", 2),
        ("user", 1),
        ("user", 1),
    ]
    kinds = [part.kind for part in conversation.messages[1].parts]
    assert kinds == ["thinking", "text", "tool_call", "tool_call"]
    assert [call.arguments for call in conversation.messages[1].calls] == [{}, {}]
    results = conversation.messages[2].results
    assert [(result.name, result.text) for result in results] == [("now", "1"), ("now", "")]


@pytest.mark.parametrize("role", ["system", "developer"])
def test_the_system_prompt_is_what_stands_at_the_front(role: str) -> None:
    later = {"role": role, "content": "Answer in French."}
    body = asking(
        {"role": role, "content": [{"type": "input_text", "text": "Be kind."}]},
        {"role": "user", "content": "Hi"},
        later,
        instructions="Be brief.",
    )
    conversation, tools, options = decoded(body)
    assert [text.text for text in conversation.system] == ["Be brief.", "Be kind."]
    assert [message.role for message in conversation.messages] == ["user", "system"]
    assert encoded(conversation, tools, options) == body


def test_a_system_prompt_of_several_texts_stays_several() -> None:
    texts = (Text(text="Be brief."), Text(text="Be kind."))
    body, changes = sent(HELLO, system=texts)
    assert changes == () and "instructions" not in body
    assert decoded(body)[0].system[1].text == "Be kind."


def test_a_failed_call_is_told_in_words_and_listed() -> None:
    result = ToolResult(call_id="call_1", content=(Text(text="no such city"),), is_error=True)
    body, changes = sent(HELLO, model(CALL), user(result))
    assert body["input"][2]["output"] == "Error: no such city"
    assert [change.where for change in changes] == ["messages[2].parts[0].is_error"]
    (read,) = decoded(body)[0].messages[2].results
    assert not read.is_error, "nothing is guessed from words"


def test_the_providers_own_steps_and_items_of_tomorrow_pass_through() -> None:
    search = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {}}
    shell = {"type": "local_shell_call", "id": "sh_1", "call_id": "s", "action": {}}
    hologram = {"type": "hologram", "seed": 1}
    reference = {"type": "item_reference", "id": "msg_1"}
    shown = {"type": "local_shell_call_output", "call_id": "s", "output": "ok"}
    more = {"type": "additional_tools", "role": "developer", "tools": []}
    hi = {"role": "user", "content": "Hi"}
    body = asking(hi, search, shell, hologram, reference, shown, more, hi)
    conversation, tools, options = decoded(body)
    said = conversation.messages[1].parts
    assert [part.kind for part in said] == ["provider_step", "opaque", "opaque", "opaque"]
    assert isinstance(said[0], ProviderStep) and said[0].name == "web_search"
    assert [message.role for message in conversation.messages] == [
        "user",
        "assistant",
        "user",
        "system",
        "user",
    ]
    assert encoded(conversation, tools, options) == body


@pytest.mark.parametrize("field", ["previous_response_id", "conversation"])
def test_what_only_the_provider_holds_cannot_be_said_elsewhere(field: str) -> None:
    result = {"type": "function_call_output", "call_id": "c", "output": "1"}
    request = request_of(asking(result, **{field: "resp_1"}))
    again, _ = recode(request, "openai-responses", "openai-responses")
    assert again.body == request.body
    assert json.loads(again.body)[field] == "resp_1"
    with pytest.raises(WireError) as refused:
        recode(request, "openai-responses", "anthropic")
    assert refused.value.kind == "unresolved_reference"
    assert field in refused.value.message


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
    assert body["input"][1:] == [{"role": "assistant", "content": "Hello"}]
    assert [tool["name"] for tool in body["tools"]] == ["get_weather"]
    where = [change.where for change in changes if "thoughtSignature" not in change.where]
    assert where == [*(f"messages[1].parts[{n}]" for n in range(4)), "tools[1]"]


def test_a_message_that_cannot_be_said_at_all_is_listed() -> None:
    body, changes = sent(HELLO, model(Opaque(label="hologram", native=OTHERS)), HELLO)
    assert len(body["input"]) == 2
    assert "messages[1]" in [change.where for change in changes]


REASONING = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": SECRET}
SAID = {
    "type": "message",
    "id": "msg_1",
    "status": "completed",
    "role": "assistant",
    "phase": "commentary",
    "content": [{"type": "output_text", "text": "Hi.", "annotations": [], "logprobs": []}],
}


def test_encrypted_reasoning_goes_back_verbatim_whatever_else_is_edited() -> None:
    conversation, tools, options = decoded(
        asking({"role": "user", "content": "?"}, REASONING, SAID)
    )
    message = conversation.messages[1]
    thinking, text = message.parts
    assert isinstance(thinking, Thinking) and thinking.signed

    def after(*parts: Part) -> tuple[list[Any], tuple[Change, ...]]:
        edited = message.model_copy(update={"parts": parts})
        messages = (conversation.messages[0], edited)
        said = conversation.model_copy(update={"messages": messages})
        request, changes = WIRE.encode_request(said, tools, options)
        return json.loads(request.body)["input"][1:], changes

    items, changes = after(thinking, text.model_copy(update={"text": "Hello."}))
    assert items[0] == REASONING and changes == ()
    assert differences(items[1], SAID) == [".content.0.text"]
    items, changes = after(thinking.model_copy(update={"text": "Mine."}), text)
    assert items == [SAID]
    assert "encrypted content" in changes[0].what
    items, changes = after(text, thinking)
    assert items == [{"role": "assistant", "content": "Hi."}, REASONING]
    assert [change.where for change in changes] == ["messages[1]"]


def test_reasoning_the_provider_did_not_store_is_only_sent_encrypted() -> None:
    bare_reasoning = {"type": "reasoning", "id": "rs_1", "summary": []}
    reply = body_of({"id": "r", "status": "completed", "output": [bare_reasoning, SAID]})
    body, changes = sent(HELLO, reply.message)
    assert body["input"][1:] == [SAID]
    assert [change.where for change in changes] == ["messages[1].parts[0]"]
    for store, expected in ((False, [SAID]), (True, [bare_reasoning, SAID])):
        told = decoded(asking({"role": "user", "content": "?"}, store=store))
        said = told[0].model_copy(update={"messages": (*told[0].messages, reply.message)})
        assert encoded(said, *told[1:])["input"][1:] == expected
    reply = body_of({"id": "r", "status": "completed", "output": [REASONING, SAID]})
    body, changes = sent(HELLO, reply.message)
    assert body["input"][1:] == [REASONING, SAID] and changes == ()


def test_arguments_come_back_to_the_letter_until_they_mean_something_else() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "n", "arguments": '{ "a": true }'}
    conversation, tools, options = decoded(asking(call))
    assert encoded(conversation, tools, options)["input"] == [call]
    (said,) = conversation.messages[0].calls
    other = said.model_copy(update={"arguments": {"a": 1}})
    message = conversation.messages[0].model_copy(update={"parts": (other,)})
    edited = conversation.model_copy(update={"messages": (message,)})
    assert encoded(edited, tools, options)["input"] == [call | {"arguments": '{"a":1}'}]


def test_a_reply_without_arguments_is_answered_as_if_it_had_sent_empty_ones() -> None:
    call = {"type": "function_call", "call_id": "c", "name": "n", "arguments": ""}
    reply = body_of({"id": "r", "status": "completed", "output": [call]})
    body, _ = sent(HELLO, reply.message)
    assert body["input"][1] == call | {"arguments": "{}"}


def test_arguments_that_did_not_parse_go_back_as_the_text_they_are() -> None:
    broken = ToolCall(
        id="call_1",
        name="get_weather",
        arguments=None,
        arguments_text='{"city": "Tok',
        arguments_error="Unterminated string",
    )
    body, changes = sent(HELLO, model(broken))
    assert changes == ()
    assert body["input"][1]["arguments"] == '{"city": "Tok'
    (read,) = decoded(body)[0].messages[1].calls
    assert read.arguments is None and read.arguments_text == '{"city": "Tok'
    assert "line 1 column" in (read.arguments_error or "")


def test_calls_without_ids_are_linked_to_their_results() -> None:
    calls = [ToolCall(id=None, name=name, arguments={}) for name in ("weather", "time")]
    results = [
        ToolResult(call_id=None, name=name, content=(Text(text=text),))
        for name, text in [("time", "b"), ("weather", "a")]
    ]
    body, changes = sent(HELLO, model(*calls), user(*results))
    names = {item["call_id"]: item["name"] for item in body["input"][1:3]}
    assert len(names) == 2 and all(name.startswith("call_") for name in names)
    answered = [(names[item["call_id"]], item["output"]) for item in body["input"][3:]]
    assert answered == [("time", "b"), ("weather", "a")]
    assert all(".id" in change.where or ".call_id" in change.where for change in changes)


def test_an_edit_keeps_what_stands_beside_it() -> None:
    told = {
        "metadata": {"user": "u"},
        "input": [
            {
                "content": [
                    {"text": "Hi", "type": "input_text"},
                    {"image_url": "data:", "type": "input_image", "detail": "low"},
                ],
                "role": "user",
            },
            {"output": [{"text": "1", "type": "input_text"}], "id": "x", "call_id": "t"}
            | {"type": "function_call_output"},
        ],
        "model": "gpt-x",
        "max_output_tokens": None,
    }
    conversation, tools, options = decoded(told)
    text, image = conversation.messages[0].parts
    (result,) = conversation.messages[1].results
    messages = (
        conversation.messages[0].model_copy(
            update={"parts": (text.model_copy(update={"text": "Ho"}), image)}
        ),
        conversation.messages[1].model_copy(
            update={"parts": (result.model_copy(update={"content": (Text(text="2"),)}),)}
        ),
    )
    body = encoded(conversation.model_copy(update={"messages": messages}), tools, options)
    expected = json.dumps(told).replace('"Hi"', '"Ho"')
    expected = expected.replace(
        '{"text": "1", "type": "input_text"}', '{"type": "input_text", "text": "2"}'
    )
    assert json.dumps(body) == expected


def test_a_refusal_goes_back_as_one_also_from_openais_other_wire() -> None:
    part = {"type": "refusal", "refusal": "I cannot."}
    told = Opaque(label="refusal", native=Native(wire="openai-chat", value=part))
    body, changes = sent(HELLO, model(told))
    assert body["input"][1] == {"role": "assistant", "content": [part]} and changes == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"input": []}, "Missing required parameter: 'model'."),
        ([], "Invalid type for 'body': expected an object, but got an array instead."),
        (asking(instructions=1), "Invalid type for 'instructions': expected a string"),
        ({"model": "m", "input": 1}, "Invalid type for 'input': expected an array"),
        (asking({"role": "user"}), "Missing required parameter: 'input[0].content'."),
        (
            asking({"role": "user", "content": [{"type": "input_text"}]}),
            "Missing required parameter: 'input[0].content[0].text'.",
        ),
        (asking({"role": "tool", "content": ""}), "Invalid value: 'tool'."),
        (
            asking({"type": "function_call", "call_id": "c", "name": "n", "arguments": {}}),
            "Invalid type for 'input[0].arguments': expected a string, but got an object instead.",
        ),
        (
            asking({"type": "function_call_output", "output": ""}),
            "Missing required parameter: 'input[0].call_id'.",
        ),
        (asking(tools=[{"type": "function"}]), "Missing required parameter: 'tools[0].name'."),
        (asking(tool_choice="any"), "Invalid value: 'any'. Supported values are:"),
        (asking(temperature="hot"), "Invalid type for 'temperature': expected a decimal"),
        (asking(max_output_tokens=True), "Invalid type for 'max_output_tokens'"),
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
        WIRE.decode_request(WireRequest("POST", "/v1/responses", (), body))
    assert refused.value.kind == "bad_request"


@pytest.mark.parametrize(
    "item",
    [
        r'{"type":"function_call","call_id":"t","name":"n","arguments":"{\"a\":\"\\ud83d\"}"}',
        r'{"role":"user","content":"\ud83d"}',
    ],
)
def test_half_a_surrogate_pair_is_sent_as_it_was_written(item: str) -> None:
    body = '{"model":"m","input":[' + item + "]}"
    request = WireRequest("POST", "/v1/responses", (), body.encode())
    assert WIRE.encode_request(*WIRE.decode_request(request))[0].body == body.encode()
