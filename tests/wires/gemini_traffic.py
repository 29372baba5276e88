"""Gemini's JSON as the tests build and read it, independently of the codec under test."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

from roundtrip.conversation import Reply
from tests.wires.traffic import Traffic, events_of

TRAFFIC = Traffic("gemini", "/v1beta/models/gemini-x:generateContent")
STREAMED = "/v1beta/models/gemini-x:streamGenerateContent?alt=sse"
WIRE = TRAFFIC.wire
request_of, decoded, encoded = TRAFFIC.request_of, TRAFFIC.decoded, TRAFFIC.encoded
body_of, both_ways, reply_in_pieces = TRAFFIC.body_of, TRAFFIC.both_ways, TRAFFIC.reply_in_pieces


def reply_of(response: Any) -> Reply:
    """The reply of a body, of a stream's text, or of a stream that is a JSON array."""
    return TRAFFIC.reply_of(response)


def chunks_of(response: Any) -> list[Any]:
    """The chunks of a response; a whole body is one."""
    if isinstance(response, str):
        return events_of(response)
    return response if isinstance(response, list) else [response]


def parts_of(chunk: Any) -> list[Any]:
    """The parts of a chunk's first candidate."""
    first = (chunk.get("candidates") or [{}])[0]
    parts: list[Any] = (first.get("content") or {}).get("parts") or []
    return parts


def said_in(response: Any) -> str:
    """All visible text, joined."""
    parts = [part for chunk in chunks_of(response) for part in parts_of(chunk)]
    return "".join(part.get("text", "") for part in parts if not part.get("thought"))


def calls_in(response: Any) -> list[tuple[Any, ...]]:
    """Each call's id, name and arguments, which may come in pieces; none has free text."""
    calls: list[tuple[Any, ...]] = []
    for part in [part for chunk in chunks_of(response) for part in parts_of(chunk)]:
        call = part.get("functionCall")
        if call is None:
            continue
        if "name" in call:
            calls.append((call.get("id"), call["name"], call.get("args", {}), None))
        for piece in call.get("partialArgs", ()):
            _grow(calls[-1][2], piece)
    return calls


def _grow(arguments: Any, piece: Any) -> None:
    """Put a piece where its path says, e.g. `$.steps[0].name`; words go behind those there."""
    *way, last = [
        int(one) if one.isdigit() else one for one in re.findall(r"\w+", piece["jsonPath"])
    ]
    for at, inner in pairwise([*way, last]):
        _make_room(arguments, at, [] if isinstance(inner, int) else {})
        arguments = arguments[at]
    _make_room(arguments, last, "")
    word = piece.get("stringValue")
    other = piece.get("numberValue", piece.get("boolValue"))
    arguments[last] = other if word is None else arguments[last] + word


def _make_room(holder: Any, at: Any, empty: Any) -> None:
    if isinstance(holder, dict):
        holder.setdefault(at, empty)
    elif at == len(holder):
        holder.append(empty)


def finish_in(response: Any) -> Any:
    """The finish reason of the first candidate, or the reason why the prompt was blocked."""
    word = None
    for chunk in chunks_of(response):
        word = (chunk.get("candidates") or [{}])[0].get("finishReason", word)
        word = chunk.get("promptFeedback", {}).get("blockReason", word)
    return {1: "STOP"}.get(word, word)


def usage_in(response: Any) -> Any:
    """The last counts told, in our words."""
    told = [chunk["usageMetadata"] for chunk in chunks_of(response) if "usageMetadata" in chunk]
    if not told:
        return None
    last = told[-1]
    prompt, cached = last.get("promptTokenCount"), last.get("cachedContentTokenCount")
    output = [last[f] for f in ("candidatesTokenCount", "thoughtsTokenCount") if f in last]
    brought_in = last.get("toolUsePromptTokenCount", 0)
    return {
        "input": None if prompt is None else prompt + brought_in - (cached or 0),
        "output": sum(output) if output else None,
        "cache_read": cached,
        "cache_write": None,
        "reasoning": last.get("thoughtsTokenCount"),
    }


def streamed(*chunks: Any) -> str:
    """Chunks as the text of a stream."""
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)


def chunk(*parts: Any, reason: Any = None, **fields: Any) -> Any:
    """One chunk with these parts."""
    candidate: Any = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    ending = {} if reason is None else {"finishReason": reason}
    return {"candidates": [candidate | ending], "responseId": "r1"} | fields
