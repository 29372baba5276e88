"""Replies of the `gemini` wire in which the model failed: its words, and that they are an error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import Message, Reply, StopSignal
from roundtrip.wires.wire import WireError
from tests.wires.gemini_traffic import WIRE, body_of, chunk

FAILED = (
    "MALFORMED_FUNCTION_CALL",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "MISSING_THOUGHT_SIGNATURE",
    "MALFORMED_RESPONSE",
    "OTHER",
)
SAID = "Malformed function call: call:default_api:now{"
CALL = {"functionCall": {"name": "now", "args": {}}}
THOUGHT = {"text": "Let me see.", "thought": True}


def failed(*parts: Any, reason: Any = FAILED[0], message: Any = SAID) -> Any:
    content = {"parts": list(parts), "role": "model"} if parts else {}
    return {
        "candidates": [
            {"content": content, "finishReason": reason, "finishMessage": message, "index": 0}
        ],
        "usageMetadata": {"promptTokenCount": 3, "totalTokenCount": 3},
    }


@pytest.mark.parametrize("reason", [*FAILED, 10])
@pytest.mark.parametrize("parts", [(), (THOUGHT,), ({"text": ""},), ({"text": " \n"},)])
def test_a_failure_without_an_answer_is_an_error_in_the_providers_words(
    reason: Any, parts: Any
) -> None:
    with pytest.raises(WireError) as error:
        body_of(failed(*parts, reason=reason))
    assert error.value.kind == "server"
    assert error.value.provider == (reason if isinstance(reason, str) else FAILED[0])
    assert error.value.message == SAID


@pytest.mark.parametrize("message", [None, "", " ", 7])
def test_a_failure_without_a_message_is_named_by_its_reason(message: Any) -> None:
    with pytest.raises(WireError, match="OTHER"):
        body_of(failed(reason="OTHER", message=message))


def test_a_stream_that_fails_after_its_thoughts_is_the_same_error() -> None:
    decoder = WIRE.reply_decoder()
    decoder.feed(json.dumps(chunk(THOUGHT)))
    decoder.feed(json.dumps(failed()))
    with pytest.raises(WireError, match="Malformed function call") as error:
        decoder.finish()
    assert error.value.provider == FAILED[0]


@pytest.mark.parametrize("reason", FAILED)
@pytest.mark.parametrize(
    ("part", "signal"),
    [
        ({"text": "Hi"}, "end"),
        (CALL, "tool_calls"),
        ({"inlineData": {"mimeType": "image/png", "data": "AA=="}}, "end"),
    ],
)
def test_a_failure_after_an_answer_leaves_the_answer(reason: str, part: Any, signal: Any) -> None:
    assert body_of(failed(part, reason=reason)).stop == StopSignal(signal=signal, provider=reason)


def test_a_word_of_tomorrow_is_no_failure() -> None:
    stop = body_of(failed(reason="A_WORD_OF_TOMORROW")).stop
    assert stop == StopSignal(signal="end", provider="A_WORD_OF_TOMORROW")


@pytest.mark.parametrize("stream", [True, False])
def test_a_reply_that_says_it_failed_can_still_be_written(stream: bool) -> None:
    nothing = Message(role="assistant", parts=())
    stop = StopSignal(signal="end", provider=FAILED[0])
    assert WIRE.encode_reply(Reply(id=None, model=None, message=nothing, stop=stop), stream=stream)
