"""Streams of the `openai-chat` wire: what chunks put together, and what they leave apart."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import Delta, Reply, StopSignal, Thinking
from tests.wires.openai_chat_chunks import ENDS, HEAD, asks, body, chunk, piece, stream
from tests.wires.openai_chat_traffic import WIRE, body_of, both_ways


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
        [piece("{}", 0, id="", name="one"), piece("{}", 0, id="", name="two")],
        [*(piece(text, 0, name="one") for text in ("{", "}", "")), piece("{}", 0, name="two")],
        [piece("{}", 1, id="b", name="two"), piece("{}", 0, id="a", name="one")],
        [
            *(piece("{", None, id=name[0], name=name) for name in ("one", "two")),
            *(piece("}", None, id=name[0]) for name in ("one", "two")),
        ],
        [*(piece(text, id="a", name="one") for text in "{}"), piece("{}", 1, id="b", name="two")],
        [piece({}, 0, id="a", name="one"), piece({}, 1, id="b", name="two")],
    ],
    ids=[
        "no index",
        "always 0",
        "no id",
        "always 0 and no id",
        "named again",
        "late",
        "in turn",
        "told again",
        "objects",
    ],
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


def test_a_call_goes_on_that_is_named_by_its_id_again_though_all_have_one_index() -> None:
    ids = [f"c{n}" for n in range(4)]
    begun = [asks(piece("", id=name, name="now")) for name in ids]
    more = [asks(piece(text, id=name)) for text in ('{"at":', "1}") for name in ids]
    reply, _ = stream(*begun, *more, ENDS)
    assert [(call.id, call.arguments) for call in reply.message.calls] == [
        (name, {"at": 1}) for name in ids
    ]
