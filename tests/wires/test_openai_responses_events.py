"""Streams of the `openai-responses` wire: what events put together, and what they pass over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import Delta, Opaque, StopSignal, Thinking
from roundtrip.wires.wire import WireError
from tests.wires.openai_responses_events import (
    CALL,
    CREATED,
    RESPONSE,
    SAID,
    begin,
    body,
    event,
    grow,
    stream,
)
from tests.wires.openai_responses_traffic import WIRE, body_of, both_ways


def test_a_call_grows_and_is_shown_as_it_comes() -> None:
    end = event("completed", response=body(CALL))
    reply, deltas = stream(
        CREATED,
        begin(0, CALL | {"arguments": ""}),
        grow("function_call_arguments", 0, '{"city":'),
        grow("function_call_arguments", 0, '"Tokyo"}'),
        end,
    )
    assert [(delta.kind, delta.text) for delta in deltas] == [
        ("call", "get_weather"),
        ("arguments", '{"city":'),
        ("arguments", '"Tokyo"}'),
    ]
    (call,) = reply.message.calls
    assert (call.id, call.arguments) == ("call_1", {"city": "Tokyo"})
    assert reply.stop == StopSignal(signal="tool_calls", provider="completed")
    assert reply == body_of(body(CALL))
    assert both_ways(reply) == (reply, reply)


def test_a_free_text_call_carries_its_text() -> None:
    item = {"type": "custom_tool_call", "id": "ctc_1", "call_id": "c", "name": "sql", "input": ""}
    whole = item | {"input": "select 1", "status": "completed"}
    reply, deltas = stream(
        CREATED,
        begin(0, item),
        grow("custom_tool_call_input", 0, "select 1"),
        event("completed", response=body(whole)),
    )
    (call,) = reply.message.calls
    assert (call.arguments, call.arguments_text, call.arguments_error) == (None, "select 1", None)
    assert [delta.text for delta in deltas] == ["sql", "select 1"]
    assert reply.stop.signal == "tool_calls"
    assert both_ways(reply) == (reply, reply)


def test_reasoning_that_a_model_shows_itself_is_visible_and_not_signed() -> None:
    content = [{"type": "reasoning_text", "text": "Hm."}]
    item = {"id": "rs_1", "type": "reasoning", "summary": [], "content": content}
    reply, deltas = stream(
        CREATED,
        begin(0, item | {"content": []}),
        grow("reasoning_text", 0, "Hm.", content_index=0),
        begin(1, SAID | {"content": []}),
        grow("output_text", 1, "Hi", content_index=0),
    )
    assert [(delta.kind, delta.index) for delta in deltas] == [("thinking", 0), ("text", 1)]
    thinking = reply.message.parts[0]
    assert isinstance(thinking, Thinking)
    assert (thinking.text, thinking.signed) == ("Hm.", False)
    assert reply.message.text == "Hi"


def test_a_refusal_is_told_apart_from_words() -> None:
    refusal = SAID | {"content": [{"type": "refusal", "refusal": "I cannot."}]}
    reply, deltas = stream(
        CREATED,
        begin(0, SAID | {"content": []}),
        event("content_part.added", output_index=0, content_index=0)
        | {"part": {"type": "refusal", "refusal": ""}},
        grow("refusal", 0, "I cannot.", content_index=0),
        event("completed", response=body(refusal)),
    )
    assert reply.stop == StopSignal(signal="refusal", provider="completed")
    (part,) = reply.message.parts
    assert isinstance(part, Opaque) and part.native.value["refusal"] == "I cannot."
    assert reply.message.text == "" and [delta.text for delta in deltas] == ["I cannot."]
    assert both_ways(reply) == (reply, reply)


ENDINGS: list[list[Any]] = [
    [],
    [event("output_text.done", output_index=0, content_index=0, text="Hel")],
    [{"type": "keepalive"}],
]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_stream_without_its_last_event_is_incomplete(ending: list[Any]) -> None:
    words = grow("output_text", 0, "Hel", content_index=0)
    reply, deltas = stream(CREATED, begin(0, SAID | {"content": []}), words, *ending)
    assert reply.stop == StopSignal(signal="incomplete", provider="in_progress")
    assert reply.message.text == "Hel"
    assert deltas == [Delta(kind="text", index=0, text="Hel")]
    assert both_ways(reply) == (reply, reply)


def test_a_connection_that_ends_before_the_response_is_incomplete_too() -> None:
    reply, _ = stream({"type": "keepalive", "sequence_number": 0})
    assert reply.stop == StopSignal(signal="incomplete", provider=None)
    assert reply.message.parts == ()


def test_servers_that_tell_no_items_at_the_end_are_heard_all_the_same() -> None:
    end = event("completed", response=RESPONSE | {"status": "completed", "output": []})
    done = event("output_item.done", output_index=0, item=SAID)
    reply, _ = stream(CREATED, begin(0, SAID | {"content": []}), done, end)
    assert reply.message.text == "Hi" and reply.stop.signal == "end"


def test_the_mark_some_servers_end_with_says_nothing() -> None:
    decoder = WIRE.reply_decoder()
    decoder.feed(json.dumps(event("completed", response=body(SAID))))
    assert decoder.feed("[DONE]") == []
    assert decoder.finish().message.text == "Hi"


@pytest.mark.parametrize(
    "data",
    [
        "<html>Bad gateway</html>",
        "[]",
        "{}",
        json.dumps(grow("output_text", 0, "before its item", content_index=0)),
        json.dumps(event("completed")),
        json.dumps(begin(0, "no item")),
        '{"type":1}',
    ],
)
def test_what_is_no_event_is_a_protocol_failure(data: str) -> None:
    with pytest.raises(WireError) as failed:
        WIRE.reply_decoder().feed(data)
    assert failed.value.kind == "protocol"


@pytest.mark.parametrize("told", [{"type": "message", "content": []}, {"type": "message_start"}])
def test_what_another_api_says_is_no_reply_of_this_one(told: Any) -> None:
    with pytest.raises(WireError, match=r"not a reply of the Responses API.*message") as failed:
        stream({"type": "keepalive"}, told)
    assert failed.value.kind == "protocol"


def test_events_of_tomorrow_are_passed_over_and_their_items_kept() -> None:
    item = {"type": "hologram", "id": "h_1", "seed": 1}
    reply, _ = stream(
        CREATED,
        event("weather_report"),
        begin(0, item),
        event("hologram.delta", output_index=0, delta="x"),
        event("completed", response=body(item)),
    )
    (part,) = reply.message.parts
    assert isinstance(part, Opaque) and part.label == "hologram" and part.native.value == item
    assert both_ways(reply) == (reply, reply)


def test_a_server_that_starts_over_is_heard_from_there() -> None:
    cut = grow("function_call_arguments", 0, '{"a":')
    words = grow("output_text", 0, "Hi", content_index=0)
    again = begin(0, SAID | {"content": []})
    reply, _ = stream(CREATED, begin(0, CALL | {"arguments": ""}), cut, CREATED, again, words)
    assert reply.message.calls == () and reply.message.text == "Hi"


def test_several_parts_of_a_message_are_several_parts_and_one_item() -> None:
    parts = [{"type": "output_text", "text": text, "annotations": []} for text in ("A", "B")]
    told = SAID | {"content": parts}
    reply, deltas = stream(
        CREATED,
        begin(0, SAID | {"content": []}),
        grow("output_text", 0, "A", content_index=0),
        grow("output_text", 0, "B", content_index=1),
        begin(1, CALL),
        event("completed", response=body(told, CALL)),
    )
    assert [(delta.kind, delta.index) for delta in deltas] == [
        ("text", 0),
        ("text", 1),
        ("call", 2),
        ("arguments", 2),
    ]
    assert len(reply.message.parts) == 3
    assert both_ways(reply) == (reply, reply)
