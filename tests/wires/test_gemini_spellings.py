"""Replies of the `gemini` wire in protocol buffers' own spelling, as some servers write them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from roundtrip.conversation import Reply, StopSignal, Usage, bare
from tests.wires.gemini_traffic import WIRE, both_ways

BODY = {
    "candidates": [
        {
            "content": {
                "parts": [
                    {"text": "Let me see."},
                    {"functionCall": {"name": "get_weather", "args": {"cityName": "Oslo"}}},
                ],
                "role": "model",
            },
            "finishReason": "STOP",
            "finishMessage": "done",
            "index": 0,
        }
    ],
    "usageMetadata": {
        "promptTokenCount": 70,
        "candidatesTokenCount": 20,
        "totalTokenCount": 100,
        "cachedContentTokenCount": 30,
        "thoughtsTokenCount": 10,
        "toolUsePromptTokenCount": 5,
    },
    "modelVersion": "gemini-x",
    "responseId": "r1",
}
BLOCKED = {"promptFeedback": {"blockReason": "SAFETY"}, "responseId": "r2"}
PIECES: list[Any] = [
    {"name": "now", "willContinue": True},
    {"partialArgs": [{"jsonPath": "$.at", "stringValue": "no", "willContinue": True}]}
    | {"willContinue": True},
    {"partialArgs": [{"jsonPath": "$.at", "stringValue": "on"}]},
]
STREAM = [{"candidates": [{"content": {"parts": [{"functionCall": call}]}}]} for call in PIECES]


def snake(value: Any) -> Any:
    """The same in snake_case; what stands in a call's arguments is the model's."""
    if isinstance(value, dict):
        return {
            re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name): inner
            if name == "args"
            else snake(inner)
            for name, inner in value.items()
        }
    return [snake(item) for item in value] if isinstance(value, list) else value


def read(*chunks: Any) -> Reply:
    decoder = WIRE.reply_decoder()
    for chunk in chunks:
        decoder.feed(json.dumps(chunk))
    return decoder.finish()


@pytest.mark.parametrize("told", [[BODY], [BLOCKED], STREAM])
def test_both_spellings_say_the_same(told: list[Any]) -> None:
    spoken = [read(*told), read(*map(snake, told))]
    kinds = [[part.kind for part in reply.message.parts] for reply in spoken]
    assert kinds[0] == kinds[1]
    assert bare(spoken[0]) == bare(spoken[1])


def test_what_a_reply_says_in_snake_case_is_read() -> None:
    reply = read(snake(BODY))
    assert (reply.id, reply.model) == ("r1", "gemini-x")
    assert reply.stop == StopSignal(signal="tool_calls", provider="STOP")
    assert reply.usage == Usage(input=45, output=30, cache_read=30, reasoning=10)
    assert read(snake(BLOCKED)).stop == StopSignal(signal="refusal", provider="SAFETY")


@pytest.mark.parametrize("told", [BODY, snake(BODY), BLOCKED, snake(BLOCKED)])
def test_a_body_comes_back_in_its_own_spelling(told: Any) -> None:
    body = WIRE.encode_reply(read(told), stream=False)
    assert isinstance(body, bytes)
    assert json.loads(body) == told
    assert json.dumps(json.loads(body)) == json.dumps(told)


@pytest.mark.parametrize("told", [[snake(BODY)], [snake(BLOCKED)], snake(STREAM)])
def test_a_stream_comes_back_in_its_own_spelling(told: list[Any]) -> None:
    reply = read(*told)
    assert both_ways(reply) == (reply, reply)
