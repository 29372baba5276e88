"""The kinds of events in a stream, in order, so that two streams of a wire can be compared.

Owns what counts as a kind: the type of an event with what it carries, repeats once, signs of life
left out. A chunk without a type of its own is as many kinds as it says things.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from roundtrip.wires.sse import SseParser

SIGNS_OF_LIFE = ("ping", "keepalive")

BEGINNINGS = {"anthropic": "message_start", "openai-responses": "response.created"}
"""The first event of a reply; some recordings hold several replies in one stream."""


def replies_in(wire: str, stream: str) -> list[list[Any]]:
    """The events of each reply in a stream, as JSON; a last `[DONE]` stays text."""
    found: list[list[Any]] = [[]]
    for event in _events(stream):
        begins = wire in BEGINNINGS and event.get("type") == BEGINNINGS[wire]
        if begins and found[-1]:
            found.append([])
        found[-1].append(event)
    return found


def _events(stream: str) -> Iterator[Any]:
    if stream.lstrip().startswith("["):
        yield from json.loads(stream)
        return
    parser = SseParser()
    for event in [*parser.feed(stream.encode()), *parser.finish()]:
        yield event.data if event.data == "[DONE]" else json.loads(event.data)


def kinds_of(wire: str, events: Iterable[Any]) -> list[str]:
    kinds = [kind for event in events for kind in _KINDS[wire](event)]
    return [kind for kind, _ in groupby(kind for kind in kinds if kind not in SIGNS_OF_LIFE)]


def _of_message(event: Any) -> Iterator[str]:
    inside = event.get("content_block") or event.get("delta") or {}
    kind = inside.get("type")
    yield f"{event['type']} {kind}" if kind else event["type"]


def _of_chunk(chunk: Any) -> Iterator[str]:
    if chunk == "[DONE]":
        yield chunk
        return
    for choice in chunk.get("choices") or ():
        yield from _of_choice(choice)
    if chunk.get("usage"):
        yield "usage"


def _of_choice(choice: Any) -> Iterator[str]:
    delta = choice.get("delta") or {}
    if delta.get("role"):
        yield "role"
    for name in ("content", "refusal", "reasoning_content", "reasoning"):
        if delta.get(name):
            yield name
    for call in delta.get("tool_calls") or ():
        if call.get("id"):
            yield "call"
        if (call.get("function") or call.get("custom") or {}).get("arguments"):
            yield "arguments"
    if choice.get("finish_reason"):
        yield f"finish {choice['finish_reason']}"


def _of_response(event: Any) -> Iterator[str]:
    inside = event.get("item") or event.get("part") or {}
    kind = inside.get("type")
    yield f"{event['type']} {kind}" if kind else event["type"]


def _of_content(chunk: Any) -> Iterator[str]:
    for candidate in chunk.get("candidates") or ():
        for part in (candidate.get("content") or {}).get("parts") or ():
            yield from _of_part(part)
        if candidate.get("finishReason"):
            yield "finish"


def _of_part(part: Any) -> Iterator[str]:
    said = [name for name in part if name not in ("thought", "thoughtSignature")]
    thought = "thought " if part.get("thought") else ""
    nothing = part.get("text") == ""
    yield "nothing" if nothing else thought + " ".join(said)
    if "thoughtSignature" in part:
        yield "signature"


_KINDS: dict[str, Callable[[Any], Iterator[str]]] = {
    "anthropic": _of_message,
    "openai-chat": _of_chunk,
    "openai-responses": _of_response,
    "gemini": _of_content,
}
