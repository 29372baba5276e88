"""Replies of the `openai-responses` wire: what is read of one, and what ours are written as."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
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
from tests.wires.openai_responses_events import CALL, CREATED, SAID, body, event, stream
from tests.wires.openai_responses_traffic import WIRE, body_of, both_ways


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
