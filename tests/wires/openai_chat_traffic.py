"""Chat Completions' JSON as the tests build and read it, independently of the codec under test."""

from __future__ import annotations

import json
from typing import Any

from tests.wires.traffic import Traffic, events_of

TRAFFIC = Traffic("openai-chat", "/v1/chat/completions")
WIRE = TRAFFIC.wire
request_of, decoded, encoded = TRAFFIC.request_of, TRAFFIC.decoded, TRAFFIC.encoded
reply_of, body_of, both_ways = TRAFFIC.reply_of, TRAFFIC.body_of, TRAFFIC.both_ways
reply_in_pieces = TRAFFIC.reply_in_pieces


def reply_json(response: Any) -> Any:
    """What a response says, as a body: a stream is put together here, by hand and plainly.

    Only `choices` (with `message` and `finish_reason`), `id`, `model` and `usage` of a stream.
    """
    if isinstance(response, dict):
        return response
    body: Any = {"choices": [], "usage": None}
    for chunk in events_of(response.replace("\n ", "\n")):
        body["id"] = chunk["id"] or body.get("id")
        body["model"] = chunk["model"] or body.get("model")
        body["usage"] = chunk.get("usage") or body["usage"]
        for told in chunk["choices"]:
            while len(body["choices"]) <= told["index"]:
                body["choices"].append({"message": {"content": None}, "finish_reason": None})
            choice = body["choices"][told["index"]]
            choice["finish_reason"] = told["finish_reason"] or choice["finish_reason"]
            _apply(told["delta"], choice["message"])
    return body


def _apply(delta: Any, message: Any) -> None:
    if delta.get("content") is not None:
        message["content"] = (message["content"] or "") + delta["content"]
    for piece in delta.get("tool_calls", ()):
        calls = message.setdefault("tool_calls", [])
        if len(calls) <= piece["index"]:
            calls.append({"id": piece["id"], "function": {"name": None, "arguments": ""}})
        said = calls[piece["index"]]["function"]
        said["name"] = piece["function"].get("name") or said["name"]
        said["arguments"] += piece["function"].get("arguments") or ""


def calls_of(message: Any) -> list[tuple[Any, ...]]:
    """Each call's id, name, parsed arguments (None where they are no JSON) and free text."""
    found: list[tuple[Any, ...]] = []
    for call in message.get("tool_calls") or ():
        if call.get("type") == "custom":
            found.append((call["id"], call["custom"]["name"], None, call["custom"]["input"]))
        else:
            said = call["function"]
            found.append((call["id"], said["name"], *parsed(said["arguments"])))
    if said := message.get("function_call"):
        found.append((None, said["name"], *parsed(said["arguments"])))
    return found


def parsed(text: str | None) -> tuple[Any, str | None]:
    """Arguments, or the text of those that are broken."""
    try:
        return json.loads(text or "{}"), None
    except ValueError:
        return None, text
