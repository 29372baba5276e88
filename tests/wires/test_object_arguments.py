"""Arguments that are no object, on every wire that carries them as JSON: one call's own matter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Reply,
    StopSignal,
    ToolCall,
    bare,
)
from roundtrip.tools.checks import parse_arguments
from roundtrip.wires.wire import WireError
from tests.wires.speeches import SPEECHES

ODD: list[Any] = [[1], "x", "told", 5, True, [], ""]
GOOD = {"city": "Oslo"}


def anthropic_body(arguments: Any) -> Any:
    calls = [
        {"type": "tool_use", "id": f"toolu_{n}", "name": "now", "input": said}
        for n, said in enumerate((arguments, GOOD))
    ]
    head = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m"}
    return head | {"content": calls, "stop_reason": "tool_use", "stop_sequence": None}


def gemini_body(arguments: Any) -> Any:
    parts = [{"functionCall": {"name": "now", "args": said}} for said in (arguments, GOOD)]
    content = {"parts": parts, "role": "model"}
    return {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}]}


def chat_body(arguments: Any) -> Any:
    calls = [
        {"id": f"call_{n}", "type": "function", "function": {"name": "now", "arguments": said}}
        for n, said in enumerate((arguments, json.dumps(GOOD)))
    ]
    message = {"role": "assistant", "content": None, "tool_calls": calls}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return {"object": "chat.completion", "choices": [choice]}


WHOLE = {"anthropic": anthropic_body, "gemini": gemini_body}
BODIES = WHOLE | {"openai-chat": chat_body}


def written(name: str, reply: Reply) -> Any:
    body = SPEECHES[name].traffic.wire.encode_reply(reply, stream=False)
    assert isinstance(body, bytes)
    return json.loads(body)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", WHOLE)
def test_one_call_without_an_object_leaves_the_others_intact(name: str, odd: Any) -> None:
    traffic, body = SPEECHES[name].traffic, WHOLE[name](odd)
    reply = traffic.body_of(body)
    first, second = reply.message.calls
    assert (first.arguments, first.arguments_text) == (None, json.dumps(odd, separators=(",", ":")))
    assert "an object is expected" in (first.arguments_error or "")
    assert second.arguments == GOOD
    assert json.dumps(written(name, reply)) == json.dumps(body)
    assert traffic.both_ways(reply) == (reply, reply)


@pytest.mark.parametrize("name", WHOLE)
def test_null_for_arguments_says_none_and_comes_back(name: str) -> None:
    traffic, body = SPEECHES[name].traffic, WHOLE[name](None)
    reply = traffic.body_of(body)
    assert [call.arguments for call in reply.message.calls] == [{}, GOOD]
    assert json.dumps(written(name, reply)) == json.dumps(body)
    assert traffic.both_ways(reply) == (reply, reply)


@pytest.mark.parametrize("name", WHOLE)
def test_other_arguments_take_the_place_of_odd_ones(name: str) -> None:
    reply = SPEECHES[name].traffic.body_of(WHOLE[name]([1]))
    first, second = reply.message.calls
    news = {"arguments": {"a": 1}, "arguments_text": None, "arguments_error": None}
    parts = (first.model_copy(update=news), second)
    edited = reply.model_copy(update={"message": reply.message.model_copy(update={"parts": parts})})
    assert written(name, edited) == WHOLE[name]({"a": 1})


@pytest.mark.parametrize("name", WHOLE)
def test_what_goes_back_to_the_model_is_an_object(name: str) -> None:
    traffic = SPEECHES[name].traffic
    heard = traffic.body_of(WHOLE[name]([1])).message
    sent, changes = traffic.wire.encode_request(
        Conversation(messages=(heard,)), (), Options(model="m")
    )
    assert b'{"INVALID_JSON":"[1]"}' in sent.body
    assert any("an object is expected" in change.what for change in changes)


@pytest.mark.parametrize("name", WHOLE)
def test_a_request_with_such_a_call_is_refused_as_the_api_does(name: str) -> None:
    call = ToolCall(id="call_1", name="now", arguments=GOOD)
    asked = Conversation(messages=(Message(role="assistant", parts=(call,)),))
    traffic = SPEECHES[name].traffic
    sent, _ = traffic.wire.encode_request(asked, (), Options(model="m"))
    body = sent.body.replace(json.dumps(GOOD, separators=(",", ":")).encode(), b"[1]")
    assert body != sent.body
    with pytest.raises(WireError) as refused:
        traffic.decoded(json.loads(body))
    assert refused.value.kind == "bad_request"


@pytest.mark.parametrize("depth", [*range(900, 1000, 4), 5_000])
@pytest.mark.parametrize("name", BODIES)
def test_no_depth_of_arguments_is_a_crash(name: str, depth: int) -> None:
    body = json.dumps(BODIES[name]("here")).replace('"here"', "[" * depth + "]" * depth)
    decoder = SPEECHES[name].traffic.wire.reply_decoder()
    try:
        decoder.feed(body)
        assert decoder.finish().message.calls[0].arguments is None
    except WireError as failure:
        assert failure.kind == "protocol"


@pytest.mark.parametrize("odd", [[1], 5, True])
def test_a_compatible_server_may_send_any_json_for_the_text(odd: Any) -> None:
    first, second = SPEECHES["openai-chat"].traffic.body_of(chat_body(odd)).message.calls
    assert first.arguments_text == json.dumps(odd)
    assert second.arguments == GOOD


@pytest.mark.parametrize("text", ["0", "[1]", " [1]", "null x", '{"a":', '"half \\ud800"'])
@pytest.mark.parametrize("name", WHOLE)
def test_a_reply_of_ours_says_odd_arguments_alike_as_body_and_as_stream(
    name: str, text: str
) -> None:
    error = parse_arguments(text)[1]
    call = ToolCall(id="c", name="now", arguments=None, arguments_text=text, arguments_error=error)
    stop = StopSignal(signal="tool_calls", provider=None)
    message = Message(role="assistant", parts=(call,))
    body, streamed = SPEECHES[name].traffic.both_ways(
        Reply(id="r", model="m", message=message, stop=stop)
    )
    assert body == streamed
    assert bare(body).message == message
