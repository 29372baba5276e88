"""Replies of the Responses API as the tests write them: a body, events, what a stream gives."""

from __future__ import annotations

import json
from typing import Any

from roundtrip.conversation import Delta, Reply
from tests.wires.openai_responses_traffic import WIRE

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
