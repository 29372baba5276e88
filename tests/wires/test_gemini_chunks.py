"""Streams of the `gemini` wire: what chunks put together, and what they leave apart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import Delta, Reply, StopSignal
from roundtrip.wires.gemini.parts import CUT_OFF
from roundtrip.wires.wire import WireError
from tests.wires.gemini_traffic import WIRE, body_of, both_ways, chunk

CALL = {"functionCall": {"name": "now", "args": {}}}
SIGNED_END = {"text": "", "thoughtSignature": "c2ln"}


def stream(*chunks: Any) -> tuple[Reply, list[Delta]]:
    decoder = WIRE.reply_decoder()
    deltas = [delta for one in chunks for delta in decoder.feed(json.dumps(one))]
    return decoder.finish(), deltas


def pieces(*told: Any, more: bool = True) -> Any:
    """A chunk with more of a call's arguments."""
    call: Any = {"partialArgs": list(told)} if told else {}
    return chunk({"functionCall": call | ({"willContinue": True} if more else {})})


def text_piece(path: str, text: str, more: bool = False) -> Any:
    piece = {"jsonPath": path, "stringValue": text}
    return piece | {"willContinue": True} if more else piece


BEGUN = chunk({"functionCall": {"name": "cook", "willContinue": True}, "thoughtSignature": "c2ln"})


def test_text_grows_across_chunks_and_what_is_signed_stands_by_itself() -> None:
    reply, deltas = stream(
        chunk({"text": "Let me think.", "thought": True}),
        chunk({"text": "The answer"}),
        chunk({"text": " is 42."}),
        chunk(SIGNED_END, reason="STOP"),
    )
    assert [(part.kind, getattr(part, "text", None)) for part in reply.message.parts] == [
        ("thinking", "Let me think."),
        ("text", "The answer is 42."),
        ("text", ""),
    ]
    assert deltas == [
        Delta(kind="thinking", index=0, text="Let me think."),
        Delta(kind="text", index=1, text="The answer"),
        Delta(kind="text", index=1, text=" is 42."),
    ]
    parts = [{"text": "Let me think.", "thought": True}, {"text": "The answer is 42."}, SIGNED_END]
    assert reply == body_of(chunk(*parts, reason="STOP"))
    assert both_ways(reply) == (reply, reply)


def test_texts_told_apart_in_one_chunk_stay_apart() -> None:
    reply = body_of(chunk({"text": "a"}, {"text": "b"}, {"text": ""}, CALL, reason="STOP"))
    assert [part.kind for part in reply.message.parts] == ["text", "text", "text", "tool_call"]
    assert both_ways(reply) == (reply, reply)


def test_parallel_calls_spread_over_chunks_stand_in_one_message() -> None:
    """The signature is on the first only, and the last chunk holds no call but an empty text."""
    first = CALL | {"thoughtSignature": "c2ln"}
    reply, deltas = stream(chunk(first), chunk(CALL, CALL), chunk({"text": ""}, reason="STOP"))
    assert [call.name for call in reply.message.calls] == ["now"] * 3
    assert len(reply.message.parts) == 3, "the empty text says nothing"
    natives = [json.dumps(part.native.value) for part in reply.message.parts if part.native]
    assert ["thoughtSignature" in native for native in natives] == [True, False, False]
    assert reply.stop == StopSignal(signal="tool_calls", provider="STOP")
    assert [(delta.kind, delta.index) for delta in deltas] == [
        (kind, index) for index in range(3) for kind in ("call", "arguments")
    ]
    assert both_ways(reply) == (reply, reply)


def test_arguments_in_pieces_are_put_together() -> None:
    reply, deltas = stream(
        BEGUN,
        pieces(text_piece("$.steps[0].name", "st", more=True)),
        pieces(text_piece("$.steps[0].name", "ir"), {"jsonPath": "$.gas", "boolValue": True}),
        pieces({"jsonPath": "$.steps[1].minutes", "numberValue": 2.5}),
        pieces({"jsonPath": "$['a b']", "nullValue": "NULL_VALUE"}),
        pieces(more=False),
        chunk({"text": ""}, reason="STOP"),
    )
    [call] = reply.message.calls
    assert call.arguments == {
        "steps": [{"name": "stir"}, {"minutes": 2.5}],
        "gas": True,
        "a b": None,
    }
    assert call.native is not None and call.native.value["fields"]["thoughtSignature"] == "c2ln"
    assert [(delta.kind, delta.text) for delta in deltas] == [
        ("call", "cook"),
        ("arguments", json.dumps(call.arguments, separators=(",", ":"))),
    ]
    assert both_ways(reply) == (reply, reply)


def test_a_call_that_breaks_off_is_not_taken_for_a_whole_one() -> None:
    reply, _ = stream(BEGUN, pieces(text_piece("$.dish", "Piz", more=True)))
    [call] = reply.message.calls
    assert (call.arguments, call.arguments_text) == (None, '{"dish":"Piz"}')
    assert call.arguments_error == CUT_OFF
    assert reply.stop.signal == "incomplete"
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize("path", ["dish", "$", "$.a[3]", "$.dish.x", "$.a[", "$" + ".a" * 100])
def test_a_piece_that_fits_nowhere_is_a_protocol_failure(path: str) -> None:
    with pytest.raises(WireError) as failed:
        stream(BEGUN, pieces(text_piece("$.dish", "x")), pieces(text_piece(path, "y")))
    assert failed.value.kind == "protocol"


def test_a_stream_without_events_is_one_array() -> None:
    chunks = [chunk({"text": "Hel"}), chunk({"text": "lo"}, reason="STOP")]
    decoder = WIRE.reply_decoder()
    decoder.feed(json.dumps(chunks))
    assert decoder.finish() == stream(*chunks)[0]
    assert decoder.finish().message.text == "Hello"


def test_a_reply_read_while_it_comes_is_not_changed_by_what_comes_after() -> None:
    decoder = WIRE.reply_decoder()
    decoder.feed(json.dumps(BEGUN))
    decoder.feed(json.dumps(pieces(text_piece("$.dish", "Piz", more=True))))
    early = decoder.finish()
    told = early.model_dump_json()
    decoder.feed(json.dumps(pieces(text_piece("$.dish", "za"), more=False)))
    decoder.feed(json.dumps(chunk({"text": ""}, reason="STOP")))
    assert early.model_dump_json() == told
    assert decoder.finish().message.calls[0].arguments == {"dish": "Pizza"}
