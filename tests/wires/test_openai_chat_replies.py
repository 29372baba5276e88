"""Replies of the `openai-chat` wire: what recordings are too few of, by hand."""

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
from tests.wires.openai_chat_traffic import WIRE, body_of, both_ways

HEAD: Any = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-x"}


def chunk(delta: Any, reason: str | None = None, **beside: Any) -> Any:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return HEAD | {"choices": [choice]} | beside


def asks(*calls: Any) -> Any:
    return chunk({"tool_calls": list(calls)})


def piece(arguments: Any, index: int | None = 0, **head: Any) -> Any:
    """A piece of a call; `head`: its id and name."""
    named = {"name": head.pop("name")} if "name" in head else {}
    place = {} if index is None else {"index": index}
    return place | head | {"function": named | {"arguments": arguments}}


def stream(*events: Any) -> tuple[Reply, list[Delta]]:
    decoder = WIRE.reply_decoder()
    data = [event if isinstance(event, str) else json.dumps(event) for event in events]
    deltas = [delta for item in data for delta in decoder.feed(item)]
    return decoder.finish(), deltas


def body(message: Any, reason: str | None = "stop", **beside: Any) -> Any:
    choice = {"index": 0, "message": message, "finish_reason": reason}
    return {"id": "chatcmpl-1", "object": "chat.completion", "choices": [choice]} | beside


ENDS = chunk({}, "stop")


def test_both_calls_of_a_stream_are_heard_and_shown_as_they_come() -> None:
    reply, deltas = stream(
        chunk({"role": "assistant", "content": None}),
        asks(piece("", id="call_1", type="function", name="weather")),
        asks(piece('{"city":')),
        asks(piece("", 1, id="call_2", type="function", name="now")),
        asks(piece('"Oslo"}'), piece("{}", 1)),
        chunk({}, "tool_calls"),
        "[DONE]",
    )
    asked = [(call.id, call.name, call.arguments) for call in reply.message.calls]
    assert asked == [("call_1", "weather", {"city": "Oslo"}), ("call_2", "now", {})]
    assert reply.stop == StopSignal(signal="tool_calls", provider="tool_calls")
    assert [(delta.kind, delta.index, delta.text) for delta in deltas] == [
        ("call", 0, "weather"),
        ("arguments", 0, '{"city":'),
        ("call", 1, "now"),
        ("arguments", 0, '"Oslo"}'),
        ("arguments", 1, "{}"),
    ]
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize("arguments", ["", None, "  ", "null", "{}"])
def test_a_call_without_arguments_has_empty_ones(arguments: Any) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "now", "arguments": arguments}}
    reply = body_of(body({"role": "assistant", "content": None, "tool_calls": [call]}))
    assert reply.message.calls[0].arguments == {}
    assert both_ways(reply) == (reply, reply)


def test_a_forced_function_ends_with_stop_and_is_a_call_all_the_same() -> None:
    reply, _ = stream(asks(piece("{}", id="c", name="now")), ENDS)
    assert reply.stop == StopSignal(signal="tool_calls", provider="stop")
    assert both_ways(reply) == (reply, reply)


def test_arguments_that_do_not_parse_are_kept_with_the_reason() -> None:
    reply, _ = stream(
        asks(piece('{"city": ', id="c", name="now"), piece('"Tok')), chunk({}, "length")
    )
    (call,) = reply.message.calls
    assert (call.arguments, call.arguments_text) == (None, '{"city": "Tok')
    assert "line 1 column 10" in (call.arguments_error or "")
    assert reply.stop == StopSignal(signal="max_tokens", provider="length")
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize("text", ["[1]", '"x"', "NaN", '{"a": 1e999}', "[" * 100_000])
def test_arguments_that_are_no_object_are_an_error_not_a_crash(text: str) -> None:
    reply, _ = stream(asks(piece(text, id="c", name="now")), ENDS)
    assert reply.message.calls[0].arguments is None
    assert reply.message.calls[0].arguments_text == text
    assert Reply.model_validate_json(reply.model_dump_json()) == reply


@pytest.mark.parametrize(
    "calls",
    [
        [piece("{}", None, id="a", name="one"), piece("{}", None, id="b", name="two")],
        [piece("{}", 0, id="a", name="one"), piece("{}", 0, id="b", name="two")],
        [piece("{}", None, name="one"), piece("{}", None, name="two")],
        [piece("{}", 1, id="b", name="two"), piece("{}", 0, id="a", name="one")],
        [
            *(piece("{", None, id=name[0], name=name) for name in ("one", "two")),
            *(piece("}", None, id=name[0]) for name in ("one", "two")),
        ],
        [*(piece(text, id="a", name="one") for text in "{}"), piece("{}", 1, id="b", name="two")],
        [piece({}, 0, id="a", name="one"), piece({}, 1, id="b", name="two")],
    ],
    ids=["no index", "always 0", "no id", "late", "in turn", "told again", "objects"],
)
def test_the_calls_of_compatible_servers_are_told_apart(calls: list[Any]) -> None:
    reply, _ = stream(*map(asks, calls), chunk({}, "tool_calls"))
    assert [(call.name, call.arguments) for call in reply.message.calls] == [
        ("one", {}),
        ("two", {}),
    ]
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_reasoning_that_a_compatible_server_shows_is_thinking(field: str) -> None:
    reply, deltas = stream(
        chunk({"role": "assistant", field: "Hm, "}),
        chunk({field: "well."}),
        chunk({"content": "Ye"}),
        chunk({"content": "s."}),
        ENDS,
    )
    assert [part.kind for part in reply.message.parts] == ["thinking", "text"]
    assert reply.message.parts[0].text == "Hm, well."
    assert [(delta.kind, delta.index) for delta in deltas] == [
        ("thinking", 0),
        ("thinking", 0),
        ("text", 1),
        ("text", 1),
    ]
    assert reply == body_of(
        HEAD
        | {"object": "chat.completion"}
        | {
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", field: "Hm, well.", "content": "Yes."},
                    "finish_reason": "stop",
                }
            ]
        }
    )
    assert both_ways(reply) == (reply, reply)


def test_reasoning_in_signed_pieces_is_put_together_and_counts_as_signed() -> None:
    def detail(**fields: Any) -> Any:
        return {"type": "reasoning.text", "index": 0} | fields

    reply, deltas = stream(
        chunk({"reasoning": "Hm", "reasoning_details": [detail(text="Hm")]}),
        chunk({"reasoning": ".", "reasoning_details": [detail(text=".")]}),
        chunk({"reasoning_details": [detail(signature="c2ln")]}),
        chunk({"content": "Yes."}),
        ENDS,
    )
    thinking = reply.message.parts[0]
    assert isinstance(thinking, Thinking) and thinking.signed and thinking.text == "Hm."
    assert thinking.native is not None and thinking.native.value["reasoning_details"] == [
        detail(text="Hm.", signature="c2ln")
    ]
    assert [delta.text for delta in deltas] == ["Hm", ".", "Yes."]
    assert both_ways(reply) == (reply, reply)


def test_a_refusal_stands_apart_from_the_text() -> None:
    message = {"role": "assistant", "content": None, "refusal": "I cannot help with that."}
    whole = body_of(body(message) | {"created": 1, "model": "gpt-x"})
    streamed, deltas = stream(
        chunk({"role": "assistant", "content": None, "refusal": None}),
        chunk({"refusal": "I cannot help"}),
        chunk({"refusal": " with that."}),
        ENDS,
    )
    assert whole == streamed and both_ways(whole) == (whole, whole)
    assert whole.stop == StopSignal(signal="refusal", provider="stop")
    assert whole.message.text == "" and whole.message.parts[0].kind == "opaque"
    assert whole.message.parts[0].native.value["refusal"] == "I cannot help with that."
    assert [delta.kind for delta in deltas] == ["text", "text"]


def test_a_call_of_a_custom_tool_carries_its_text() -> None:
    head = {"index": 0, "id": "c", "type": "custom", "custom": {"name": "math", "input": ""}}
    reply, _ = stream(
        asks(head), asks({"index": 0, "custom": {"input": "4 + 4"}}), chunk({}, "tool_calls")
    )
    (call,) = reply.message.calls
    assert (call.name, call.arguments, call.arguments_text) == ("math", None, "4 + 4")
    assert call.arguments_error is None
    assert both_ways(reply) == (reply, reply)


def test_the_function_call_of_the_time_before_tools_is_a_call_without_an_id() -> None:
    reply, _ = stream(
        chunk({"role": "assistant", "content": None, "function_call": {"name": "now"}}),
        chunk({"function_call": {"arguments": "{}"}}),
        chunk({}, "function_call"),
    )
    assert [(call.id, call.name, call.arguments) for call in reply.message.calls] == [
        (None, "now", {})
    ]
    assert reply.stop == StopSignal(signal="tool_calls", provider="function_call")
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


@pytest.mark.parametrize("ending", [[], ["[DONE]"], [HEAD | {"choices": [], "usage": None}]])
def test_a_stream_without_a_finish_reason_is_incomplete(ending: list[Any]) -> None:
    reply, deltas = stream(chunk({"role": "assistant", "content": "Hel"}), *ending)
    assert reply.stop == StopSignal(signal="incomplete", provider=None)
    assert reply.message.text == "Hel"
    assert deltas == [Delta(kind="text", index=0, text="Hel")]
    assert both_ways(reply) == (reply, reply)
    assert "[DONE]" not in str(WIRE.encode_reply(reply, stream=True))


def test_a_connection_that_ends_before_the_reply_is_incomplete_too() -> None:
    reply, _ = stream("[DONE]")
    assert reply.stop.signal == "incomplete" and reply.message.parts == ()


@pytest.mark.parametrize(
    ("reason", "signal"),
    [
        ("stop", "end"),
        ("tool_calls", "end"),
        ("length", "max_tokens"),
        ("content_filter", "refusal"),
        ("abort", "incomplete"),
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


def test_events_of_tomorrow_within_a_stream_are_passed_over_and_fields_kept() -> None:
    reply, _ = stream(
        chunk({"content": "Hi", "mood": "fine"}, provider="Somebody"),
        {"type": "weather_report"},
        chunk({"mood": "!"}),
        ENDS,
    )
    assert reply.message.text == "Hi"
    written = json.loads(WIRE.encode_reply(reply, stream=False))
    assert written["provider"] == "Somebody"
    assert written["choices"][0]["message"]["mood"] == "fine!"
    assert both_ways(reply) == (reply, reply)


def test_a_filtered_reply_without_a_message_is_a_refusal() -> None:
    filtered = {"hate": {"filtered": True, "severity": "high"}}
    choice = {"index": 0, "finish_reason": "content_filter", "content_filter_results": filtered}
    reply = body_of({"id": "1", "object": "chat.completion", "choices": [choice]})
    assert reply.stop == StopSignal(signal="refusal", provider="content_filter")
    assert reply.message.parts == ()
    assert both_ways(reply) == (reply, reply)


def test_log_probabilities_are_kept_whole() -> None:
    tokens = [{"token": "Hi", "logprob": -0.1}, {"token": "!", "logprob": -0.2}]
    pieces = [
        HEAD
        | {
            "choices": [
                {
                    "index": 0,
                    "delta": {"content": token["token"]},
                    "logprobs": {"content": [token], "refusal": None},
                    "finish_reason": None,
                }
            ]
        }
        for token in tokens
    ]
    reply, _ = stream(*pieces, ENDS)
    written = json.loads(WIRE.encode_reply(reply, stream=False))
    assert written["choices"][0]["logprobs"] == {"content": tokens, "refusal": None}
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
