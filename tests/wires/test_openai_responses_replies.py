"""Replies of the `openai-responses` wire: what recordings are too few of, by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    Delta,
    Message,
    Opaque,
    Reply,
    StopSignal,
    Text,
    Thinking,
    ToolCall,
    Usage,
    bare,
)
from roundtrip.wires.wire import WireError
from tests.wires.openai_responses_traffic import WIRE, body_of, both_ways

RESPONSE: Any = {
    "id": "resp_1",
    "object": "response",
    "status": "in_progress",
    "model": "gpt-x",
    "output": [],
    "usage": None,
}
CALL = {
    "id": "fc_1",
    "type": "function_call",
    "status": "completed",
    "arguments": '{"city":"Tokyo"}',
    "call_id": "call_1",
    "name": "get_weather",
}
SAID = {
    "id": "msg_1",
    "type": "message",
    "status": "completed",
    "content": [{"type": "output_text", "annotations": [], "logprobs": [], "text": "Hi"}],
    "role": "assistant",
}


def body(*output: Any, status: str | None = "completed", **fields: Any) -> Any:
    return RESPONSE | {"status": status, "output": list(output)} | fields


def event(kind: str, **fields: Any) -> Any:
    return {"type": f"response.{kind}", **fields}


def begin(index: int, item: Any) -> Any:
    return event("output_item.added", output_index=index, item=item)


def grow(kind: str, index: int, delta: str, **where: int) -> Any:
    return event(f"{kind}.delta", output_index=index, delta=delta, **where)


CREATED = event("created", response=RESPONSE)


def stream(*events: Any) -> tuple[Reply, list[Delta]]:
    decoder = WIRE.reply_decoder()
    deltas = [delta for said in events for delta in decoder.feed(json.dumps(said))]
    return decoder.finish(), deltas


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


def test_arguments_that_do_not_parse_are_kept_with_the_reason() -> None:
    broken = CALL | {"arguments": '{"city": "Tok', "status": "incomplete"}
    details = {"reason": "max_output_tokens"}
    reply = body_of(body(broken, status="incomplete", incomplete_details=details))
    (call,) = reply.message.calls
    assert (call.arguments, call.arguments_text) == (None, '{"city": "Tok')
    assert "line 1 column" in (call.arguments_error or "")
    assert reply.stop.signal == "max_tokens"
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize("text", ["[1]", '"x"', "NaN", '{"a": 1e999}', "[" * 100_000])
def test_arguments_that_are_no_object_are_an_error_not_a_crash(text: str) -> None:
    (call,) = body_of(body(CALL | {"arguments": text})).message.calls
    assert call.arguments is None and call.arguments_text == text and call.arguments_error


@pytest.mark.parametrize("text", ["", None, "null", "{}"])
def test_a_call_without_arguments_has_empty_ones(text: str | None) -> None:
    reply = body_of(body(CALL | {"arguments": text}))
    assert reply.message.calls[0].arguments == {}
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


def test_calls_reasoning_and_words_are_one_message_in_order() -> None:
    summary = [{"type": "summary_text", "text": "One."}, {"type": "summary_text", "text": "Two."}]
    thought = {"id": "rs_1", "type": "reasoning", "summary": summary, "encrypted_content": "gAAA"}
    search = {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {}}
    reply = body_of(body(thought, search, SAID, CALL))
    assert [part.kind for part in reply.message.parts] == [
        "thinking",
        "provider_step",
        "text",
        "tool_call",
    ]
    thinking = reply.message.parts[0]
    assert isinstance(thinking, Thinking) and thinking.signed
    assert thinking.text == "One.\n\nTwo."
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


@pytest.mark.parametrize(
    ("status", "reason", "signal", "provider"),
    [
        ("completed", None, "end", "completed"),
        ("incomplete", "max_output_tokens", "max_tokens", "incomplete: max_output_tokens"),
        ("incomplete", "content_filter", "refusal", "incomplete: content_filter"),
        ("incomplete", "a_word_of_tomorrow", "incomplete", "incomplete: a_word_of_tomorrow"),
        ("incomplete", None, "incomplete", "incomplete"),
        ("queued", None, "incomplete", "queued"),
        ("in_progress", None, "incomplete", "in_progress"),
        ("cancelled", None, "incomplete", "cancelled"),
        (None, None, "incomplete", None),
    ],
)
def test_both_words_of_the_stop_are_kept(
    status: str | None, reason: str | None, signal: Any, provider: str | None
) -> None:
    details = {"reason": reason} if reason else None
    told = body(SAID, status=status, incomplete_details=details)
    reply = body_of(told)
    assert reply.stop == StopSignal(signal=signal, provider=provider)
    assert both_ways(reply) == (reply, reply)
    assert json.loads(bytes(WIRE.encode_reply(reply, stream=False))) == told  # type: ignore[arg-type]
    plain = bare(reply)
    assert [bare(read).stop for read in both_ways(plain)] == [plain.stop, plain.stop]


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (None, None),
        (
            {
                "input_tokens": 100,
                "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 30},
                "output_tokens": 20,
                "output_tokens_details": {"reasoning_tokens": 5},
                "total_tokens": 120,
            },
            Usage(input=10, output=20, cache_read=60, cache_write=30, reasoning=5),
        ),
        ({"input_tokens": 3, "output_tokens": 4}, Usage(input=3, output=4)),
        ({}, Usage()),
    ],
)
def test_what_the_cache_had_is_taken_out_of_the_input(usage: Any, expected: Usage | None) -> None:
    reply = body_of(body(SAID, usage=usage))
    assert reply.usage == expected
    more = reply.model_copy(update={"usage": Usage(input=1, output=2, cache_read=3)})
    assert [read.usage for read in both_ways(more)] == [more.usage, more.usage]


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
    ("code", "kind"),
    [
        ("server_error", "server"),
        ("rate_limit_exceeded", "rate_limit"),
        ("insufficient_quota", "rate_limit"),
        ("server_is_overloaded", "overloaded"),
        ("invalid_prompt", "bad_request"),
        ("invalid_image_url", "bad_request"),
        ("invalid_api_key", "auth"),
        ("vector_store_timeout", "timeout"),
        ("a_code_of_tomorrow", "server"),
    ],
)
def test_a_failure_is_an_error_however_it_is_told(code: str, kind: str) -> None:
    error = {"code": code, "message": "Sorry"}
    failed = body(status="failed", error=error)
    flat = {"type": "error", "param": None, "sequence_number": 3} | error
    for told in (event("failed", response=failed), {"type": "error", "error": error}, flat, failed):
        with pytest.raises(WireError) as failure:
            stream(CREATED, told)
        assert (failure.value.kind, failure.value.message) == (kind, "Sorry")
        assert failure.value.provider == code


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


def test_a_reply_built_by_us_streams_in_the_order_of_the_real_api() -> None:
    call = ToolCall(id="call_1", name="get_weather", arguments={"city": "São Paulo, Brazil"})
    thinking = Thinking(text="A city.")
    reply = Reply(
        id="resp_ab",
        model="sim-large",
        message=Message(role="assistant", parts=(thinking, Text(text="Let me look."), call)),
        stop=StopSignal(signal="tool_calls", provider="completed"),
        usage=Usage(input=10, output=20, cache_read=0, cache_write=0, reasoning=2),
    )
    events = WIRE.encode_reply(reply, stream=True)
    assert not isinstance(events, bytes)
    told = [json.loads(said.data) for said in events]
    assert [said.event for said in events] == [one["type"] for one in told]
    assert [one["sequence_number"] for one in told] == list(range(len(told)))
    kinds = [one["type"].removeprefix("response.") for one in told]
    assert list(dict.fromkeys(kinds)) == [
        "created",
        "in_progress",
        "output_item.added",
        "reasoning_summary_part.added",
        "reasoning_summary_text.delta",
        "reasoning_summary_text.done",
        "reasoning_summary_part.done",
        "output_item.done",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "function_call_arguments.delta",
        "function_call_arguments.done",
        "completed",
    ]
    assert kinds.count("output_text.delta") == 3
    assert kinds.count("function_call_arguments.delta") >= 3
    assert told[0]["response"]["status"] == "in_progress" and told[0]["response"]["output"] == []
    output = told[-1]["response"]["output"]
    assert [item["id"] for item in output] == ["rs_ab00", "msg_ab01", "fc_ab02"]
    assert [bare(read) for read in both_ways(reply)] == [reply, reply]


def test_a_reply_that_declines_says_so_in_this_apis_part() -> None:
    message = Message(role="assistant", parts=(Text(text="I cannot help with that."),))
    stop = StopSignal(signal="refusal", provider="completed")
    read, streamed = both_ways(Reply(id="resp_1", model="m", message=message, stop=stop))
    assert read == streamed and read.stop == stop
    (part,) = read.message.parts
    assert isinstance(part, Opaque)
    assert part.native.value == {"type": "refusal", "refusal": "I cannot help with that."}


def test_a_stop_of_another_wire_gets_this_wires_word() -> None:
    message = Message(role="assistant", parts=(Text(text="Hi"),))
    stop = StopSignal(signal="max_tokens", provider="MAX_TOKENS")
    reply = Reply(id="1", model="m", message=message, stop=stop, usage=Usage(output=1))
    read, streamed = both_ways(reply)
    assert read == streamed
    assert read.stop.provider == "incomplete: max_output_tokens"


def test_a_refusal_without_words_and_a_page_instead_of_an_error_are_told_as_they_are() -> None:
    assert WIRE.error_words("<h1>502</h1>\n") == (None, "<h1>502</h1>")
    assert WIRE.error_words("") == (None, "")
    told: dict[str, Any] = {"error": {"type": "invalid_request_error", "message": "Oh"}}
    assert WIRE.error_words(json.dumps(told)) == ("invalid_request_error", "Oh")
    told["error"]["code"] = "model_not_found"
    assert WIRE.error_words(json.dumps(told)) == ("model_not_found", "Oh")
