"""Replies of Chat Completions as the tests write them: a body, chunks, and what a stream gives."""

from __future__ import annotations

import json
from typing import Any

from roundtrip.conversation import Delta, Reply
from tests.wires.openai_chat_traffic import WIRE

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
