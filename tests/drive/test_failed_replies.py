"""A reply that reports its own failure, through the real SDK: a step of kind error."""

from __future__ import annotations

import asyncio
import json

import pytest

from roundtrip.events import ReplyReceived, RequestFailed, RequestSent
from roundtrip.store import Store
from roundtrip.wires.failures import ADVICE
from roundtrip.wires.retries import RETRIES
from tests.drive.driving import Answer, a_room, sends, streams

pytestmark = pytest.mark.anyio

SAID = "Malformed function call: call:default_api:now{"
FAILED = {
    "candidates": [
        {"content": {}, "finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": SAID}
    ]
}
FINE = {
    "candidates": [
        {"content": {"parts": [{"text": "Sunny."}], "role": "model"}, "finishReason": "STOP"}
    ]
}


def answers(body: object, stream: bool) -> Answer:
    told = json.dumps(body).encode()
    return streams([b"data: " + told + b"\n\n"]) if stream else sends(200, told)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_malformed_call_of_gemini_is_an_error_and_the_next_message_works(
    store: Store, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    monkeypatch.setattr("roundtrip.drive.Drive._wait_for_retry", lambda drive: asyncio.sleep(0))
    async with a_room(store, answers(FAILED, stream), wire="gemini") as room:
        await room.to_the_end(stream=stream)

        failures = [failed.failure for failed in room.events(RequestFailed)]
        assert len(failures) == len(room.events(RequestSent)) == 1 + RETRIES
        assert {one.kind for one in failures} == {"server"}
        assert {one.provider for one in failures} == {"MALFORMED_FUNCTION_CALL"}
        assert {one.message for one in failures} == {SAID}
        assert failures[-1].advice == ADVICE["server"]
        assert not room.events(ReplyReceived)
        assert room.journal.steps()[-1].phase == "error"
        assert any(SAID in line for line in room.lines)

        room.provider.answers = [answers(FINE, stream)]
        await room.to_the_end("And now?", stream=stream)
        assert room.journal.state.answer is not None
        assert room.journal.steps()[-1].phase == "answer"
