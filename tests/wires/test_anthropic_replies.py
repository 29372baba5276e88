"""Replies of the `anthropic` wire: what recordings are too few of, by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    Delta,
    Message,
    Reply,
    StopSignal,
    Text,
    Thinking,
    ToolCall,
    Usage,
    bare,
)
from roundtrip.wires.wire import WireError
from tests.wires.anthropic_traffic import WIRE, body_of, both_ways

START: Any = {
    "type": "message_start",
    "message": {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 5, "output_tokens": 1},
    },
}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "now", "input": {}}


def begin(index: int, block: Any) -> Any:
    return {"type": "content_block_start", "index": index, "content_block": block}


def grow(index: int, kind: str, **fields: Any) -> Any:
    delta = {"type": kind} | fields
    return {"type": "content_block_delta", "index": index, "delta": delta}


def end(reason: str | None, **usage: int) -> Any:
    delta = {"stop_reason": reason, "stop_sequence": None}
    return {"type": "message_delta", "delta": delta, "usage": usage}


def stream(*events: Any) -> tuple[Reply, list[Delta]]:
    decoder = WIRE.reply_decoder()
    deltas = [delta for event in events for delta in decoder.feed(json.dumps(event))]
    return decoder.finish(), deltas


def test_a_call_without_arguments_has_empty_ones() -> None:
    reply, _ = stream(START, begin(0, CALL), grow(0, "input_json_delta", partial_json=""))
    assert reply.message.calls[0].arguments == {}


def test_arguments_that_do_not_parse_are_kept_with_the_reason() -> None:
    pieces = ('{"city": ', '"Tok')
    grown = [grow(0, "input_json_delta", partial_json=piece) for piece in pieces]
    reply, deltas = stream(START, begin(0, CALL), *grown, end("max_tokens", output_tokens=3))
    (call,) = reply.message.calls
    assert (call.arguments, call.arguments_text) == (None, '{"city": "Tok')
    assert "line 1 column 10" in (call.arguments_error or "")
    assert reply.stop == StopSignal(signal="max_tokens", provider="max_tokens")
    assert both_ways(reply) == (reply, reply)
    assert [(delta.kind, delta.text) for delta in deltas] == [
        ("call", "now"),
        *(("arguments", piece) for piece in pieces),
    ]


@pytest.mark.parametrize("text", ["[1]", '"x"', "NaN", '{"a": 1e999}', "[" * 100_000])
def test_arguments_that_are_no_object_are_an_error_not_a_crash(text: str) -> None:
    reply, _ = stream(START, begin(0, CALL), grow(0, "input_json_delta", partial_json=text))
    assert reply.message.calls[0].arguments is None
    assert reply.message.calls[0].arguments_text == text


@pytest.mark.parametrize(
    ("value", "words"), [("[" * 150 + "]" * 150, "deeper than 64"), ('"' + "x" * 300_000 + '"', "")]
)
def test_arguments_beyond_the_limits_can_be_kept_and_say_what_is_wrong(
    value: str, words: str
) -> None:
    """A log cannot be read back that nests a value deeper than its reader goes."""
    text = f'{{"a":{value}}}'
    streamed, _ = stream(START, begin(0, CALL), grow(0, "input_json_delta", partial_json=text))
    decoder = WIRE.reply_decoder()
    message = START["message"] | {"content": [CALL | {"input": json.loads(text)}]}
    decoder.feed(json.dumps(message))
    for reply in (streamed, decoder.finish()):
        [call] = reply.message.calls
        assert (call.arguments, call.arguments_text) == (None, text)
        assert words in (call.arguments_error or "")
        assert Reply.model_validate_json(reply.model_dump_json()) == reply


def test_the_last_usage_stands_and_nothing_is_added() -> None:
    reply, _ = stream(
        START,
        end(None, input_tokens=12, output_tokens=2),
        end("end_turn", output_tokens=7),
        {"type": "message_stop"},
    )
    assert reply.usage == Usage(input=12, output=7, cache_read=5)


@pytest.mark.parametrize("ending", [[], [{"type": "message_stop"}], [end(None, output_tokens=2)]])
def test_a_stream_without_a_stop_reason_is_incomplete(ending: list[Any]) -> None:
    words = grow(0, "text_delta", text="Hel")
    reply, deltas = stream(START, begin(0, {"type": "text", "text": ""}), words, *ending)
    assert reply.stop == StopSignal(signal="incomplete", provider=None)
    assert reply.message.text == "Hel"
    assert deltas == [Delta(kind="text", index=0, text="Hel")]
    assert both_ways(reply) == (reply, reply)


def test_a_connection_that_ends_before_the_message_is_incomplete_too() -> None:
    reply, _ = stream({"type": "ping"})
    assert reply.stop.signal == "incomplete" and reply.message.parts == ()


@pytest.mark.parametrize(
    ("reason", "signal"),
    [
        ("end_turn", "end"),
        ("stop_sequence", "end"),
        ("tool_use", "tool_calls"),
        ("max_tokens", "max_tokens"),
        ("model_context_window_exceeded", "max_tokens"),
        ("refusal", "refusal"),
        ("pause_turn", "paused"),
        ("a_word_of_tomorrow", "end"),
    ],
)
def test_both_words_of_the_stop_are_kept(reason: str, signal: str) -> None:
    reply, _ = stream(START, end(reason, output_tokens=1))
    assert reply.stop == StopSignal(signal=signal, provider=reason)
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize(
    ("provider", "kind"),
    [
        ("overloaded_error", "overloaded"),
        ("rate_limit_error", "rate_limit"),
        ("authentication_error", "auth"),
        ("invalid_request_error", "bad_request"),
        ("api_error", "server"),
        ("timeout_error", "timeout"),
        ("an_error_of_tomorrow", "server"),
    ],
)
def test_an_error_in_the_stream_is_an_error(provider: str, kind: str) -> None:
    with pytest.raises(WireError) as failed:
        stream(START, {"type": "error", "error": {"type": provider, "message": "Sorry"}})
    assert (failed.value.kind, failed.value.message) == (kind, "Sorry")
    assert failed.value.provider == provider


@pytest.mark.parametrize(
    "data",
    [
        "<html>Bad gateway</html>",
        "[]",
        "{}",
        json.dumps(grow(0, "text_delta", text="before its block")),
        json.dumps(end("end_turn")),
        '{"type":"message"}',
        '{"type":"message_start"}',
    ],
)
def test_what_is_no_event_is_a_protocol_failure(data: str) -> None:
    with pytest.raises(WireError) as failed:
        WIRE.reply_decoder().feed(data)
    assert failed.value.kind == "protocol"


def test_what_another_api_says_is_no_reply_of_this_one() -> None:
    with pytest.raises(
        WireError, match=r"not a reply of the Messages API.*response\.created"
    ) as no:
        stream({"type": "ping"}, {"type": "response.created", "response": {}})
    assert no.value.kind == "protocol"


def test_events_of_tomorrow_are_passed_over_and_their_blocks_kept() -> None:
    block = {"type": "hologram", "shape": "", "seed": 1}
    reply, _ = stream(
        START,
        {"type": "weather_report"},
        begin(0, block),
        grow(0, "shape_delta", shape="cu"),
        grow(0, "shape_delta", shape="be"),
        end("end_turn", output_tokens=1),
    )
    (part,) = reply.message.parts
    assert part.kind == "opaque" and part.label == "hologram"
    assert part.native.value == block | {"shape": "cube"}
    assert both_ways(reply) == (reply, reply)


def test_a_server_that_starts_over_is_heard_from_there() -> None:
    cut = grow(0, "input_json_delta", partial_json='{"a":')
    words = begin(0, {"type": "text", "text": ""}), grow(0, "text_delta", text="Hi")
    reply, _ = stream(START, begin(0, CALL), cut, START, *words, end("end_turn", output_tokens=1))
    assert reply.message.calls == () and reply.message.text == "Hi"


def test_the_providers_own_steps_are_not_our_calls() -> None:
    search = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    reply, deltas = stream(
        START,
        begin(0, search),
        grow(0, "input_json_delta", partial_json='{"query":"x"}'),
        begin(1, found),
        end("end_turn", output_tokens=1),
    )
    assert reply.message.calls == () and deltas == []
    steps = [(part.name, part.is_result, part.native.value) for part in reply.message.parts]
    assert steps == [
        ("web_search", False, search | {"input": {"query": "x"}}),
        ("web_search", True, found),
    ]


def test_what_streams_late_stands_in_the_reply_as_in_a_body() -> None:
    citation = {"type": "web_search_result_location", "url": "u", "cited_text": "c"}
    last = end("end_turn", output_tokens=1) | {"context_management": {"applied_edits": []}}
    last["delta"] |= {"container": {"id": "container_1"}}
    reply, _ = stream(
        START,
        begin(0, {"type": "thinking", "thinking": ""}),
        grow(0, "thinking_delta", thinking="Hm."),
        grow(0, "signature_delta", signature="c2ln"),
        begin(1, {"type": "text", "text": "", "citations": []}),
        grow(1, "citations_delta", citation=citation),
        grow(1, "text_delta", text="Hi"),
        last,
    )
    body = START["message"] | {
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
            {"type": "text", "text": "Hi", "citations": [citation]},
        ],
        "stop_reason": "end_turn",
        "container": {"id": "container_1"},
        "context_management": {"applied_edits": []},
    }
    assert reply == body_of(body)
    assert both_ways(reply) == (reply, reply)
    thinking = reply.message.parts[0]
    assert isinstance(thinking, Thinking) and thinking.signed


def test_a_reply_built_by_us_streams_in_the_order_of_the_real_api() -> None:
    call = ToolCall(id="toolu_1", name="get_weather", arguments={"city": "São Paulo, Brazil"})
    reply = Reply(
        id="msg_1",
        model="sim-large",
        message=Message(role="assistant", parts=(Text(text="Let me look."), call)),
        stop=StopSignal(signal="tool_calls", provider="tool_use"),
        usage=Usage(input=10, output=20, cache_read=0, cache_write=0),
    )
    events = WIRE.encode_reply(reply, stream=True)
    kinds = [event.event for event in events]
    assert kinds == [json.loads(event.data)["type"] for event in events]
    assert kinds[:3] == ["message_start", "content_block_start", "ping"]
    assert kinds[-2:] == ["message_delta", "message_stop"]
    deltas = [json.loads(event.data)["delta"] for event in events if "block_delta" in event.data]
    assert sum(delta["type"] == "text_delta" for delta in deltas) == 3
    assert sum(delta["type"] == "input_json_delta" for delta in deltas) >= 2
    start = json.loads(events[0].data)["message"]
    assert start["content"] == [] and start["usage"]["input_tokens"] == 10
    assert [bare(read) for read in both_ways(reply)] == [reply, reply]


def test_a_stop_of_another_wire_gets_this_wires_word() -> None:
    message = Message(role="assistant", parts=(Text(text="Hi"),))
    stop = StopSignal(signal="max_tokens", provider="MAX_TOKENS")
    reply = Reply(id="1", model="m", message=message, stop=stop, usage=Usage(output=1))
    body, streamed = both_ways(reply)
    assert body == streamed
    assert body.stop == StopSignal(signal="max_tokens", provider="max_tokens")


def test_a_refusal_without_words_and_a_page_instead_of_an_error_are_told_as_they_are() -> None:
    assert WIRE.error_words("<h1>502</h1>\n") == (None, "<h1>502</h1>")
    assert WIRE.error_words("") == (None, "")
    told = json.dumps({"error": {"type": "api_error", "message": "Oh"}})
    assert WIRE.error_words(told) == ("api_error", "Oh")
