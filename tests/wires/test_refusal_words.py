"""A model's words of refusal are found by one reading, whatever else stands beside them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import Native, Opaque, Reply
from roundtrip.wires.refusal import refusal_words
from roundtrip.wires.wire import wire_named
from tests.wires import openai_chat_built as chat
from tests.wires import openai_responses_built as responses

SAID: dict[str, Any] = {"type": "refusal", "refusal": "I cannot help with that."}
BESIDE = SAID | {"annotations": []}


def _read(wire: str, body: dict[str, Any]) -> Reply:
    decoder = wire_named(wire).reply_decoder()
    decoder.feed(json.dumps(body))
    return decoder.finish()


@pytest.mark.parametrize("part", [SAID, BESIDE])
def test_a_refusal_with_a_field_of_tomorrow_is_a_refusal(part: dict[str, Any]) -> None:
    message = {"type": "message", "id": "msg_1", "role": "assistant", "content": [part]}
    body = {"id": "r", "model": "m", "status": "completed", "output": [message]}
    choice = {"message": {"role": "assistant", "content": [part]}, "finish_reason": "stop"}
    completion = {"id": "r", "model": "m", "object": "chat.completion", "choices": [choice]}
    for wire, told in (("openai-responses", body), ("openai-chat", completion)):
        reply = _read(wire, told)
        assert reply.stop.signal == "refusal", wire
        assert refusal_words(reply.message) == SAID["refusal"]


@pytest.mark.parametrize("part", [SAID, BESIDE])
def test_a_refusal_is_said_on_the_other_wire(part: dict[str, Any]) -> None:
    told = Opaque(label="refusal", native=Native(wire="openai-chat", value=part))
    body, changes = responses.sent(responses.HELLO, responses.model(told))
    assert body["input"][1]["content"] == [SAID]
    assert changes == ()
    told = Opaque(label="refusal", native=Native(wire="openai-responses", value=part))
    body, changes = chat.sent(chat.HELLO, chat.model(told))
    assert body["messages"][1]["refusal"] == SAID["refusal"]
    assert changes == ()
