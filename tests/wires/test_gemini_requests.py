"""Requests of the `gemini` wire: built by us, and told by other wires."""

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
)
from roundtrip.wires.wire import Tools, WireRequest
from tests.wires.gemini_traffic import WIRE, body_of, chunk, decoded
from tests.wires.traffic import changed

TOOL = ToolDefinition(name="get_weather", description="Weather.", input_schema={"type": "object"})
STRICT = changed(TOOL, strict=True)
OTHERS = Native(wire="anthropic", value={"type": "thinking", "signature": "c2ln"})
HELLO_TOLD: Any = {"role": "user", "parts": [{"text": "Hello"}]}
PATH = "/v1beta/models/gemini-x:"


def asked(
    *messages: Message, tools: Tools = (), system: tuple[Text, ...] = (), **options: Any
) -> tuple[WireRequest, tuple[Change, ...]]:
    chosen = Options(**{"model": "gemini-x", "stream": False} | options)
    conversation = Conversation(system=system, messages=messages)
    return WIRE.encode_request(conversation, tools, chosen)


def sent(*messages: Message, **more: Any) -> tuple[Any, tuple[Change, ...]]:
    """The body that is sent, and the changes."""
    request, changes = asked(*messages, **more)
    return json.loads(request.body), changes


def user(*parts: Part) -> Message:
    return Message(role="user", parts=parts)


def model(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


def response_of(result: ToolResult) -> Any:
    """What the API is told of one result."""
    body, _ = sent(HELLO, model(CALL), user(result))
    return body["contents"][2]["parts"][0]["functionResponse"]


HELLO = user(Text(text="Hello"))
CALL = ToolCall(id=None, name="get_weather", arguments={"city": "Tokyo"})


def test_a_question_is_sent_as_plainly_as_the_guide_shows_it() -> None:
    request, changes = asked(HELLO, system=(Text(text="Be brief."),), tools=(TOOL,), stream=True)
    assert changes == ()
    assert (request.method, request.path) == ("POST", PATH + "streamGenerateContent?alt=sse")
    assert json.loads(request.body) == {
        "contents": [HELLO_TOLD],
        "systemInstruction": {"parts": [{"text": "Be brief."}]},
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "get_weather",
                        "description": "Weather.",
                        "parametersJsonSchema": {"type": "object"},
                    }
                ]
            }
        ],
    }
    assert asked(HELLO)[0].path == PATH + "generateContent"


def test_results_go_back_before_words_and_failures_are_marked() -> None:
    failed = ToolResult(call_id=None, content=(Text(text="no such city"),), is_error=True)
    body, changes = sent(HELLO, model(CALL), user(Text(text="Well?"), failed))
    assert changes == ()
    call = {"functionCall": {"name": "get_weather", "args": {"city": "Tokyo"}}}
    response = {"name": "get_weather", "response": {"error": "no such city"}}
    assert body["contents"][1:] == [
        {"role": "model", "parts": [call]},
        {"role": "user", "parts": [{"functionResponse": response}, {"text": "Well?"}]},
    ]


def test_a_result_is_named_after_the_call_it_answers() -> None:
    """By its id where there is one, else by order: the API demands the name."""
    calls = [
        ToolCall(id="a", name="weather", arguments={}),
        ToolCall(id="b", name="time", arguments={}),
        ToolCall(id=None, name="news", arguments={}),
    ]
    results = [ToolResult(call_id=call_id, content=(Text(text="1"),)) for call_id in ("b", "a")]
    body, changes = sent(HELLO, model(*calls), user(*results, ToolResult(call_id=None)))
    told = [part["functionResponse"] for part in body["contents"][2]["parts"]]
    assert [(one.get("id"), one["name"]) for one in told] == [
        ("b", "time"),
        ("a", "weather"),
        (None, "news"),
    ]
    assert changes == ()
    body, changes = sent(HELLO, user(ToolResult(call_id="lost")))
    assert body["contents"][1]["parts"][0]["functionResponse"]["name"] == "lost"
    assert [change.where for change in changes] == ["messages[1].parts[0].name"]


def test_a_text_that_looks_like_json_stays_a_text() -> None:
    for text in ('{"error": "x"}', '{"output": "x"}', "{}", "22"):
        result = ToolResult(call_id=None, content=(Text(text=text),))
        assert response_of(result)["response"] == {"output": text}


def test_a_result_of_several_texts_is_said_in_one_and_listed() -> None:
    result = ToolResult(call_id=None, content=(Text(text="a"), Text(text="b")))
    assert response_of(result)["response"] == {"output": "a\nb"}
    _, changes = sent(HELLO, model(CALL), user(result))
    assert [change.where for change in changes] == ["messages[2].parts[0].content"]


@pytest.mark.parametrize(
    ("options", "group", "expected"),
    [
        ({"temperature": 0.5}, "generationConfig", {"temperature": 0.5}),
        ({"max_output_tokens": 9}, "generationConfig", {"maxOutputTokens": 9}),
        (
            {"thinking": ThinkingOption(mode="off")},
            "generationConfig",
            {"thinkingConfig": {"thinkingBudget": 0}},
        ),
        (
            {"thinking": ThinkingOption(mode="adaptive")},
            "generationConfig",
            {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": -1}},
        ),
        (
            {"thinking": ThinkingOption(mode="budget", budget_tokens=2000)},
            "generationConfig",
            {"thinkingConfig": {"includeThoughts": True, "thinkingBudget": 2000}},
        ),
        (
            {"tool_choice": ToolChoice(mode="any")},
            "toolConfig",
            {"functionCallingConfig": {"mode": "ANY"}},
        ),
        (
            {"tool_choice": ToolChoice(mode="none")},
            "toolConfig",
            {"functionCallingConfig": {"mode": "NONE"}},
        ),
        (
            {"tool_choice": ToolChoice(mode="tool", name="get_weather")},
            "toolConfig",
            {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["get_weather"]}},
        ),
    ],
)
def test_every_option_has_its_field(options: Any, group: str, expected: Any) -> None:
    body, changes = sent(HELLO, tools=(TOOL,), **options)
    assert body[group] == expected and changes == ()
    read = decoded(body)[2]
    assert all(getattr(read, name) is not None for name in options)


def test_strict_is_a_mode_of_the_whole_request() -> None:
    body, changes = sent(HELLO, tools=(STRICT,))
    assert body["toolConfig"] == {"functionCallingConfig": {"mode": "VALIDATED"}}
    assert "strict" not in json.dumps(body["tools"]) and changes == ()
    _, tools, options = decoded(body)
    assert [getattr(tool, "strict", None) for tool in tools] == [True]
    assert options.tool_choice is not None and options.tool_choice.mode == "auto"
    _, changes = sent(HELLO, tools=(STRICT, TOOL))
    assert [change.where for change in changes] == ["tools[1].strict"]


@pytest.mark.parametrize(
    "choice", [ToolChoice(mode="tool", name=STRICT.name), ToolChoice(mode="any")]
)
def test_strict_that_gives_way_to_a_forced_call_is_listed(choice: ToolChoice) -> None:
    body, changes = sent(HELLO, tools=(TOOL, STRICT), tool_choice=choice)
    assert body["toolConfig"]["functionCallingConfig"]["mode"] == "ANY"
    [listed] = changes
    assert listed.where == "tools[1].strict"
    assert "VALIDATED" in listed.what and "ANY" in listed.what


def test_what_the_api_has_no_switch_for_is_listed() -> None:
    body, changes = sent(HELLO, tools=(TOOL,), parallel_tool_calls=False)
    assert "toolConfig" not in body
    assert [change.where for change in changes] == ["options.parallel_tool_calls"]
    assert sent(HELLO, tools=(TOOL,), parallel_tool_calls=True)[1] == ()
    body, changes = sent(HELLO, tool_choice=ToolChoice(mode="any"))
    assert "toolConfig" not in body
    assert [change.where for change in changes] == ["options.tool_choice"]


def test_texts_without_words_and_messages_without_parts_are_not_sent() -> None:
    body, changes = sent(HELLO, model(Text(text="")), user(Text(text=""), Text(text="Again")))
    assert body["contents"] == [HELLO_TOLD, {"role": "user", "parts": [{"text": "Again"}]}]
    where = [change.where for change in changes]
    assert where == ["messages[1].parts[0]", "messages[1]", "messages[2].parts[0]"]


def test_what_another_provider_signed_or_ran_is_left_out_and_listed() -> None:
    parts = (
        Thinking(text="Hm.", signed=True, native=OTHERS),
        ProviderStep(name="web_search", is_result=False, native=OTHERS),
        Opaque(label="image", native=OTHERS),
        Text(text="Hello"),
    )
    body, changes = sent(
        HELLO, model(*parts), tools=(TOOL, ProviderTool(name="web_search", native=OTHERS))
    )
    assert body["contents"][1] == {"role": "model", "parts": [{"text": "Hello"}]}
    assert [list(entry) for entry in body["tools"]] == [["functionDeclarations"]]
    assert [change.where for change in changes] == [
        *(f"messages[1].parts[{n}]" for n in range(3)),
        "tools[1]",
    ]
    assert "anthropic" in changes[0].what and "web_search" in changes[1].what


def test_a_system_message_among_the_others_is_said_as_a_users_and_listed() -> None:
    body, changes = sent(HELLO, Message(role="system", parts=(Text(text="Hurry."),)))
    assert body["contents"][1] == {"role": "user", "parts": [{"text": "Hurry."}]}
    assert [change.where for change in changes] == ["messages[1]"]


def test_calls_of_another_model_get_what_stands_for_a_signature_where_one_is_demanded() -> None:
    """Gemini 3 and later refuse a reply's first call without one; earlier models want none."""
    calls = [changed(CALL, id=name) for name in ("a", "b")]
    body, changes = sent(HELLO, model(Text(text="Hm."), *calls), model="gemini-3.5-flash")
    signed = ["thoughtSignature" in part for part in body["contents"][1]["parts"]]
    assert signed == [False, True, False]
    assert [change.where for change in changes] == ["messages[1].parts[1].thoughtSignature"]
    body, changes = sent(HELLO, model(*calls), model="gemini-2.5-flash")
    assert "thoughtSignature" not in json.dumps(body) and changes == ()


def test_a_signature_goes_back_on_the_part_that_carried_it() -> None:
    first = {"functionCall": {"name": "now", "args": {}, "id": "x"}, "thoughtSignature": "c2ln"}
    second = {"functionCall": {"name": "now"}}
    last = {"text": "", "thoughtSignature": "bGFzdA=="}
    reply = body_of(chunk({"text": "Hm.", "thought": True}, first, second, last, reason="STOP"))
    body, changes = sent(HELLO, reply.message, model="gemini-3.5-flash")
    parts = [{"text": "Hm.", "thought": True}, first, second, last]
    assert body["contents"][1] == {"parts": parts, "role": "model"} and changes == ()


def test_signed_reasoning_that_is_edited_loses_its_signature_and_calls_keep_theirs() -> None:
    thought = {"text": "Hm.", "thought": True, "thoughtSignature": "YQ=="}
    call = {"functionCall": {"name": "now", "args": {"at": 1}}, "thoughtSignature": "Yg=="}
    reply = body_of(chunk(thought, call, reason="STOP"))
    thinking, asked_for = reply.message.parts
    edited = (changed(thinking, text="Ha."), changed(asked_for, arguments={"at": 2}))
    body, changes = sent(HELLO, changed(reply.message, parts=edited))
    assert body["contents"][1]["parts"] == [
        {"text": "Ha.", "thought": True},
        {"functionCall": {"name": "now", "args": {"at": 2}}, "thoughtSignature": "Yg=="},
    ]
    assert [change.where for change in changes] == ["messages[1].parts[0].thoughtSignature"]


def test_arguments_that_did_not_parse_go_back_as_the_text_they_are() -> None:
    broken = changed(CALL, arguments=None, arguments_text='{"city": "Tok', arguments_error="cut")
    body, changes = sent(HELLO, model(broken))
    assert body["contents"][1]["parts"][0]["functionCall"]["args"] == {
        "INVALID_JSON": '{"city": "Tok'
    }
    assert [change.where for change in changes] == ["messages[1].parts[0].arguments"]
    (read,) = decoded(body)[0].messages[1].calls
    assert read.arguments is None and read.arguments_text == '{"city": "Tok'
    free = changed(CALL, arguments=None, arguments_text="print(1)")
    body, changes = sent(HELLO, model(free))
    assert body["contents"][1]["parts"][0]["functionCall"]["args"] == {"input": "print(1)"}
    assert len(changes) == 1
