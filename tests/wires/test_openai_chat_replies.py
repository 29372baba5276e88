"""Replies of the `openai-chat` wire: what is read of one, and what one of ours is written as."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import Message, Reply, StopSignal, Text, ToolCall, Usage, bare
from roundtrip.wires.wire import WireError
from tests.wires.openai_chat_chunks import body, chunk, stream
from tests.wires.openai_chat_traffic import WIRE, body_of, both_ways


@pytest.mark.parametrize("arguments", ["", None, "  ", "null", "{}"])
def test_a_call_without_arguments_has_empty_ones(arguments: Any) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "now", "arguments": arguments}}
    reply = body_of(body({"role": "assistant", "content": None, "tool_calls": [call]}))
    assert reply.message.calls[0].arguments == {}
    assert both_ways(reply) == (reply, reply)


def test_other_choices_are_counted_and_come_back() -> None:
    told = body({"role": "assistant", "content": "A"})
    told["choices"].append({"index": 1, "message": {"content": "B"}, "finish_reason": "length"})
    reply = body_of(told)
    assert reply.message.text == "A" and reply.more_choices == 1
    assert json.loads(WIRE.encode_reply(reply, stream=False)) == told
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 3}, Usage(input=10, output=3)),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 3,
                "prompt_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 5},
                "completion_tokens_details": {"reasoning_tokens": 2},
            },
            Usage(input=1, output=3, cache_read=4, cache_write=5, reasoning=2),
        ),
        (
            {"prompt_tokens": 10, "completion_tokens": 3, "prompt_cache_hit_tokens": 8},
            Usage(input=2, output=3, cache_read=8),
        ),
        (
            {"prompt_tokens": 10, "prompt_tokens_details": {"cached_tokens": 11}},
            Usage(cache_read=11),
        ),
        ({"prompt_tokens": "many", "completion_tokens": None}, Usage()),
        (None, None),
    ],
    ids=["plain", "cache", "DeepSeek", "more parts than whole", "no numbers", "none"],
)
def test_cached_tokens_are_not_counted_twice(told: Any, read: Usage | None) -> None:
    reply = body_of(body({"content": "Hi"}, usage=told))
    assert reply.usage == read
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize(
    ("reason", "signal"),
    [
        ("stop", "end"),
        ("tool_calls", "end"),
        ("length", "max_tokens"),
        ("content_filter", "refusal"),
        ("model_length", "max_tokens"),
        ("abort", "incomplete"),
        ("error", "incomplete"),
        ("a_word_of_tomorrow", "end"),
    ],
)
def test_both_words_of_the_stop_are_kept(reason: str, signal: str) -> None:
    reply, _ = stream(chunk({"content": "Hi"}), chunk({}, reason))
    assert reply.stop == StopSignal(signal=signal, provider=reason)
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize(
    ("told", "kind", "provider", "message"),
    [
        (
            {"error": {"message": "Slow", "type": "requests", "code": "rate_limit_exceeded"}},
            "rate_limit",
            "rate_limit_exceeded",
            "Slow",
        ),
        ({"error": {"message": "Oh", "type": "server_error"}}, "server", "server_error", "Oh"),
        ({"error": {"message": "No", "type": "x", "code": "invalid_api_key"}}, "auth", ..., "No"),
        ({"error": {"message": "Full", "code": 503}}, "overloaded", "503", "Full"),
        ({"error": {"message": "Many", "code": 429}}, "rate_limit", "429", "Many"),
        ({"error": {"message": "Bad", "code": 400}}, "bad_request", "400", "Bad"),
        ({"error": "model 'x' not found"}, "server", "error", "model 'x' not found"),
        (
            {"object": "error", "message": "long", "type": "BadRequestError", "code": 400},
            "bad_request",
            "400",
            "long",
        ),
        ({"error": {"code": "of_tomorrow"}}, "server", None, "the provider reported an error"),
        ({"choices": [{"error": {"code": 502, "message": "Down"}}]}, "server", "502", "Down"),
    ],
)
def test_an_error_in_a_stream_or_instead_of_a_reply_is_an_error(
    told: Any, kind: str, provider: Any, message: str
) -> None:
    for before in ([], [chunk({"content": "Hel"})]):
        with pytest.raises(WireError) as failed:
            stream(*before, told)
        assert failed.value.kind == kind
        assert failed.value.message.startswith(message)
        assert provider is ... or failed.value.provider == provider


@pytest.mark.parametrize(
    "data",
    [
        "<html>Bad gateway</html>",
        "[]",
        "{}",
        '{"detail":"Not Found"}',
        '{"choices":{}}',
        '{"choices":[7]}',
        '{"object":"chat.completion.chunk","choices":[{"delta":7}]}',
        '{"choices":[{"message":{"tool_calls":"none"}}]}',
    ],
)
def test_what_is_no_reply_is_a_protocol_failure(data: str) -> None:
    decoder = WIRE.reply_decoder()
    with pytest.raises(WireError) as failed:
        decoder.feed(data)
        decoder.finish()
    assert failed.value.kind == "protocol"


def test_a_filtered_reply_without_a_message_is_a_refusal() -> None:
    filtered = {"hate": {"filtered": True, "severity": "high"}}
    choice = {"index": 0, "finish_reason": "content_filter", "content_filter_results": filtered}
    reply = body_of({"id": "1", "object": "chat.completion", "choices": [choice]})
    assert reply.stop == StopSignal(signal="refusal", provider="content_filter")
    assert reply.message.parts == ()
    assert both_ways(reply) == (reply, reply)


def written_chunks(reply: Reply) -> list[Any]:
    *chunks, end = WIRE.encode_reply(reply, stream=True)
    assert all(event.event is None for event in chunks) and end.data == "[DONE]"
    return [json.loads(event.data) for event in chunks]


CALL = ToolCall(id="call_1", name="get_weather", arguments={"city": "São Paulo, Brazil"})


def made(*parts: Any, **fields: Any) -> Reply:
    asks = any(isinstance(part, ToolCall) for part in parts)
    signal, provider = ("tool_calls", "tool_calls") if asks else ("end", "stop")
    told = {
        "id": "chatcmpl-1",
        "model": "sim-large",
        "message": Message(role="assistant", parts=parts),
        "stop": StopSignal(signal=signal, provider=provider),
        "usage": Usage(input=10, output=20, cache_read=0, reasoning=0),
    }
    return Reply(**(told | fields))


def test_a_call_built_by_us_streams_as_the_real_api_streams_one() -> None:
    reply = made(CALL)
    first, *pieces, end, usage = written_chunks(reply)
    assert list(first) == [
        *("id", "object", "created", "model", "service_tier", "system_fingerprint"),
        *("choices", "usage"),
    ]
    assert first["object"] == "chat.completion.chunk" and first["usage"] is None
    delta = first["choices"][0]["delta"]
    assert delta["content"] is None and delta["tool_calls"] == [
        {
            "index": 0,
            "id": "call_1",
            "type": "function",
            "function": {"name": "get_weather", "arguments": ""},
        }
    ]
    said = [piece["choices"][0]["delta"]["tool_calls"][0] for piece in pieces]
    assert len(said) > 3 and all(call.keys() == {"index", "function"} for call in said)
    assert json.loads("".join(call["function"]["arguments"] for call in said)) == CALL.arguments
    assert end["choices"][0] == {
        "index": 0,
        "delta": {},
        "logprobs": None,
        "finish_reason": "tool_calls",
    }
    assert usage["choices"] == [] and usage["usage"]["total_tokens"] == 30
    assert [bare(read) for read in both_ways(reply)] == [reply, reply]


def test_words_and_several_calls_begin_with_who_speaks() -> None:
    other = CALL.model_copy(update={"id": "call_2"})
    chunks = written_chunks(made(Text(text="Let me look."), CALL, other))
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    assert deltas[0]["role"] == "assistant" and deltas[0]["content"] == ""
    assert [delta["content"] for delta in deltas[1:5]] == ["Let", " me", " look", "."]
    heads = [call for delta in deltas for call in delta.get("tool_calls", ()) if call.get("id")]
    assert [(head["index"], head["id"]) for head in heads] == [(0, "call_1"), (1, "call_2")]


def test_without_usage_no_chunk_tells_of_any() -> None:
    assert all("usage" not in chunk for chunk in written_chunks(made(CALL, usage=None)))


def test_a_stop_of_another_wire_gets_this_wires_word() -> None:
    stop = StopSignal(signal="max_tokens", provider="MAX_TOKENS")
    body, streamed = both_ways(made(Text(text="Hi"), stop=stop))
    assert body == streamed
    assert body.stop == StopSignal(signal="max_tokens", provider="length")


def test_a_refusal_without_words_and_a_page_instead_of_an_error_are_told_as_they_are() -> None:
    assert WIRE.error_words("<h1>502</h1>\n") == (None, "<h1>502</h1>")
    assert WIRE.error_words("") == (None, "")
    assert WIRE.error_words('{"detail":"Not Found"}') == (None, '{"detail":"Not Found"}')
    told = {"error": {"message": "No such model", "type": "t", "param": None, "code": "c"}}
    assert WIRE.error_words(json.dumps(told)) == ("c", "No such model")


def test_the_choice_of_the_lowest_index_is_read_wherever_it_stands() -> None:
    told = body({"role": "assistant", "content": "A"})
    others = [{"index": n, "message": {"content": "B"}, "finish_reason": "length"} for n in (2, 1)]
    told["choices"] = [others[0], *told["choices"], others[1]]
    reply = body_of(told)
    assert reply.message.text == "A" and reply.more_choices == 2
    assert reply.stop == StopSignal(signal="end", provider="stop")
    written = WIRE.encode_reply(reply, stream=False)
    assert isinstance(written, bytes)
    assert json.dumps(json.loads(written)) == json.dumps(told)
    assert [bare(again) for again in both_ways(reply)] == [bare(reply)] * 2


@pytest.mark.parametrize("odd", [{"message": True}, {"message": {"tool_calls": 7, "content": []}}])
def test_a_choice_that_is_not_read_may_hold_anything(odd: Any) -> None:
    told = body({"role": "assistant", "content": "A"})
    told["choices"].append({"index": 1} | odd)
    reply = body_of(told)
    written = WIRE.encode_reply(reply, stream=False)
    assert isinstance(written, bytes) and json.loads(written) == told
    assert both_ways(reply)[1].message.text == "A"
