"""Replies of the `gemini` wire: what recordings are too few of, by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    Delta,
    Message,
    Native,
    Reply,
    StopSignal,
    Text,
    Thinking,
    ToolCall,
    Usage,
    bare,
)
from roundtrip.wires.wire import WireError
from tests.wires.gemini_traffic import WIRE, body_of, both_ways, chunk

CALL = {"functionCall": {"name": "now", "args": {}}}


def stream(*chunks: Any) -> tuple[Reply, list[Delta]]:
    decoder = WIRE.reply_decoder()
    deltas = [delta for one in chunks for delta in decoder.feed(json.dumps(one))]
    return decoder.finish(), deltas


@pytest.mark.parametrize("call", [{"name": "now"}, {"name": "now", "args": None}])
def test_a_call_without_arguments_has_empty_ones(call: Any) -> None:
    reply = body_of(chunk({"functionCall": call}, reason="STOP"))
    assert reply.message.calls[0].arguments == {}
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize(
    ("value", "words"), [([[]] * 1, ""), ("x" * 300_000, "larger"), ("deep", "deeper than 64")]
)
def test_arguments_beyond_the_limits_can_be_kept_and_say_what_is_wrong(
    value: Any, words: str
) -> None:
    if value == "deep":
        value = json.loads("[" * 150 + "]" * 150)
    reply = body_of(chunk({"functionCall": {"name": "now", "args": {"a": value}}}, reason="STOP"))
    [call] = reply.message.calls
    assert bool(call.arguments_error) == bool(words)
    assert words in (call.arguments_error or "")
    assert (call.arguments is None) == bool(words)


def test_the_last_counts_stand_and_thoughts_are_output() -> None:
    early = {"promptTokenCount": 30, "totalTokenCount": 30}
    last = {
        "promptTokenCount": 100,
        "cachedContentTokenCount": 40,
        "toolUsePromptTokenCount": 7,
        "candidatesTokenCount": 5,
        "thoughtsTokenCount": 20,
        "totalTokenCount": 132,
    }
    reply, _ = stream(
        chunk({"text": "a"}, usageMetadata=early),
        chunk({"text": "b"}, reason="STOP", usageMetadata=last),
    )
    assert reply.usage == Usage(input=67, output=25, cache_read=40, reasoning=20)
    assert both_ways(reply) == (reply, reply)
    assert body_of(chunk({"text": "a"}, reason="STOP")).usage is None
    unknown = body_of(chunk({"text": "a"}, usageMetadata={"trafficType": "ON_DEMAND"})).usage
    assert unknown == Usage()


def test_a_cache_that_is_told_larger_than_the_prompt_leaves_the_input_unknown() -> None:
    told = {"promptTokenCount": 5, "cachedContentTokenCount": 9, "candidatesTokenCount": 3}
    reply = body_of(chunk({"text": "a"}, reason="STOP", usageMetadata=told))
    assert reply.usage == Usage(output=3, cache_read=9)
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize(
    ("reason", "signal"),
    [
        ("STOP", "end"),
        ("MAX_TOKENS", "max_tokens"),
        ("SAFETY", "refusal"),
        ("PROHIBITED_CONTENT", "refusal"),
        ("RECITATION", "refusal"),
        ("MALFORMED_FUNCTION_CALL", "end"),
        ("UNEXPECTED_TOOL_CALL", "end"),
        ("OTHER", "end"),
        ("A_WORD_OF_TOMORROW", "end"),
    ],
)
def test_both_words_of_the_stop_are_kept(reason: str, signal: str) -> None:
    reply = body_of(chunk({"text": "Hi"}, reason=reason))
    assert reply.stop == StopSignal(signal=signal, provider=reason)
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize(
    ("number", "word", "signal"),
    [
        (1, "STOP", "end"),
        (2, "MAX_TOKENS", "max_tokens"),
        (3, "SAFETY", "refusal"),
        (10, "MALFORMED_FUNCTION_CALL", "end"),
        (99, "99", "end"),
    ],
)
def test_a_reason_may_be_a_number(number: int, word: str, signal: str) -> None:
    reply = body_of(chunk({"text": "Hi"}, reason=number))
    assert reply.stop == StopSignal(signal=signal, provider=word)
    assert both_ways(reply) == (reply, reply)
    written = json.loads(WIRE.encode_reply(reply, stream=False))
    assert written["candidates"][0]["finishReason"] == number


def test_calls_are_asked_for_whatever_the_end_is_called() -> None:
    unexpected = body_of(chunk(CALL, reason="UNEXPECTED_TOOL_CALL"))
    assert unexpected.stop == StopSignal(signal="tool_calls", provider="UNEXPECTED_TOOL_CALL")
    assert body_of(chunk(CALL, reason="STOP")).stop.signal == "tool_calls"
    assert body_of(chunk(CALL, reason="SAFETY")).stop.signal == "refusal"


def test_a_blocked_prompt_is_a_refusal_with_the_reason_for_a_word() -> None:
    told = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "responseId": "r"}
    reply = body_of(told)
    assert reply.stop == StopSignal(signal="refusal", provider="PROHIBITED_CONTENT")
    assert both_ways(reply) == (reply, reply)
    assert json.loads(WIRE.encode_reply(reply, stream=False)) == told


@pytest.mark.parametrize(
    "candidate",
    [
        {"finishReason": "STOP"},
        {"content": {}, "finishReason": "STOP"},
        {"content": None, "finishReason": "STOP"},
        {"content": {"role": "model"}, "finishReason": "STOP"},
        {"content": {"role": "model", "parts": []}, "finishReason": "STOP"},
        {"content": {"role": "model", "parts": None}, "finishReason": "STOP"},
    ],
)
def test_a_candidate_may_lack_content_or_parts(candidate: Any) -> None:
    reply = body_of({"candidates": [candidate]})
    assert reply.message.parts == () and reply.stop.signal == "end"
    assert both_ways(reply) == (reply, reply)
    assert json.loads(WIRE.encode_reply(reply, stream=False)) == {"candidates": [candidate]}


@pytest.mark.parametrize("chunks", [[], [chunk({"text": "Hel"})], [{"candidates": []}], [{}]])
def test_a_stream_without_a_finish_reason_is_incomplete(chunks: list[Any]) -> None:
    reply, _ = stream(*chunks)
    assert reply.stop == StopSignal(signal="incomplete", provider=None)
    assert both_ways(reply) == (reply, reply)


def test_other_candidates_are_counted_and_come_back() -> None:
    def one(index: int, text: str) -> Any:
        content = {"parts": [{"text": text}], "role": "model"}
        return {"content": content, "finishReason": "STOP", "index": index}

    told = {"candidates": [one(0, "yes"), one(1, "no"), one(2, "maybe")], "responseId": "r"}
    reply = body_of(told)
    assert (reply.message.text, reply.more_choices) == ("yes", 2)
    assert json.loads(WIRE.encode_reply(reply, stream=False)) == told
    assert both_ways(reply) == (reply, reply)
    apart, deltas = stream(*({"candidates": [one(n, "abc"[n])]} for n in range(3)))
    assert (apart.message.text, apart.more_choices) == ("a", 2)
    assert [delta.text for delta in deltas] == ["a"]


def test_what_google_ran_itself_is_not_our_call() -> None:
    parts = [
        {"executableCode": {"language": "PYTHON", "code": "1"}, "thoughtSignature": "c2ln"},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
        {"toolCall": {"toolType": "GOOGLE_SEARCH_WEB", "id": "x"}},
        {"toolResponse": {"toolType": "GOOGLE_SEARCH_WEB", "id": "x"}},
    ]
    reply, deltas = stream(chunk(*parts, reason="STOP"))
    assert reply.message.calls == () and deltas == [] and reply.stop.signal == "end"
    steps = [(part.name, part.is_result, part.native.value) for part in reply.message.parts]
    assert steps == [
        ("code_execution", False, parts[0]),
        ("code_execution", True, parts[1]),
        ("google_search_web", False, parts[2]),
        ("google_search_web", True, parts[3]),
    ]


def test_parts_and_fields_of_tomorrow_are_kept() -> None:
    hologram = {"hologram": {"seed": 1}, "thoughtSignature": "c2ln"}
    weather = {"weatherReport": {"sunny": True}}
    reply, _ = stream(weather, chunk(hologram, {"thoughtSignature": "bGFzdA=="}, reason="STOP"))
    part, last = reply.message.parts
    assert part.kind == "opaque" and part.label == "hologram"
    assert isinstance(last, Thinking) and last.signed
    assert json.loads(WIRE.encode_reply(reply, stream=False))["weatherReport"] == {"sunny": True}
    assert both_ways(reply) == (reply, reply)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 503, "message": "Sorry", "status": "UNAVAILABLE"}, "overloaded"),
        ({"code": 500, "message": "Sorry", "status": "INTERNAL"}, "server"),
        ({"code": 429, "message": "Sorry", "status": "RESOURCE_EXHAUSTED"}, "rate_limit"),
        ({"code": 504, "message": "Sorry", "status": "DEADLINE_EXCEEDED"}, "timeout"),
        ({"code": 400, "message": "Sorry", "status": "INVALID_ARGUMENT"}, "bad_request"),
        ({"code": 401, "message": "Sorry", "status": "UNAUTHENTICATED"}, "auth"),
        ({"code": 403, "message": "Sorry", "status": "PERMISSION_DENIED"}, "auth"),
        (
            {
                "code": 400,
                "message": "Sorry",
                "status": "INVALID_ARGUMENT",
                "details": [{"reason": "API_KEY_INVALID"}],
            },
            "auth",
        ),
        ({"code": 429, "message": "Sorry"}, "rate_limit"),
        ({"message": "Sorry", "status": "A_WORD_OF_TOMORROW"}, "server"),
    ],
)
def test_an_error_in_the_stream_is_an_error(error: Any, kind: str) -> None:
    for last in ({"error": error}, [{"error": error}]):
        with pytest.raises(WireError) as failed:
            stream(chunk({"text": "Hel"}), last)
        assert (failed.value.kind, failed.value.message) == (kind, "Sorry")
        assert failed.value.provider == error.get("status")
        assert WIRE.error_words(json.dumps(last)) == (error.get("status"), "Sorry")


def test_a_refusal_without_words_and_a_page_instead_of_an_error_are_told_as_they_are() -> None:
    assert WIRE.error_words("<h1>502</h1>\n") == (None, "<h1>502</h1>")
    assert WIRE.error_words("") == (None, "")


@pytest.mark.parametrize(
    "data",
    [
        "<html>Bad gateway</html>",
        "1",
        '{"choices":[{"message":{"content":"another API"}}]}',
        '{"candidates":{}}'.replace("{}", '{"a":1}'),
        '{"candidates":[1]}',
        '{"candidates":[{"content":[1]}]}',
        '{"candidates":[{"content":{"parts":["Hi"]}}]}',
        '{"candidates":[{"content":{"parts":[{"functionCall":{"args":{}}}]}}]}',
        '{"candidates":[{"finishReason":{}}]}',
        '{"usageMetadata":{"promptTokenCount":"many"}}',
    ],
)
def test_what_is_no_reply_is_a_protocol_failure(data: str) -> None:
    decoder = WIRE.reply_decoder()
    with pytest.raises(WireError) as failed:
        decoder.feed(data)
        decoder.finish()
    assert failed.value.kind == "protocol"


def test_a_reply_built_by_us_streams_as_the_real_api_does() -> None:
    call = ToolCall(id=None, name="get_weather", arguments={"city": "São Paulo, Brazil"})
    long = "The weather in São Paulo is mild today, with a light breeze from the sea. " * 2
    reply = Reply(
        id="r1",
        model="sim-large",
        message=Message(role="assistant", parts=(Text(text=long), call)),
        stop=StopSignal(signal="tool_calls", provider="STOP"),
        usage=Usage(input=10, output=20, cache_read=5, reasoning=8),
    )
    events = WIRE.encode_reply(reply, stream=True)
    assert not isinstance(events, bytes) and all(event.event is None for event in events)
    chunks = [json.loads(event.data) for event in events]
    assert len(chunks) >= 4
    reasons = [one["candidates"][0].get("finishReason") for one in chunks]
    assert reasons == [None] * (len(chunks) - 1) + ["STOP"]
    assert all(one["modelVersion"] == "sim-large" and one["responseId"] == "r1" for one in chunks)
    assert chunks[0]["usageMetadata"] == {"promptTokenCount": 15, "totalTokenCount": 15}
    assert chunks[-1]["usageMetadata"] == {
        "promptTokenCount": 15,
        "candidatesTokenCount": 12,
        "totalTokenCount": 35,
        "cachedContentTokenCount": 5,
        "thoughtsTokenCount": 8,
    }
    assert [bare(read) for read in both_ways(reply)] == [reply, reply]


def test_a_stop_of_another_wire_gets_this_wires_word() -> None:
    stop = StopSignal(signal="max_tokens", provider="length")
    told = Native(wire="openai-chat", value={"fields": {"id": "1"}, "shapes": {}})
    message = Message(role="assistant", parts=(Text(text="Hi"),))
    reply = Reply(id="1", model="m", message=message, stop=stop, native=told)
    body, streamed = both_ways(reply)
    assert body == streamed
    assert body.stop == StopSignal(signal="max_tokens", provider="MAX_TOKENS")
