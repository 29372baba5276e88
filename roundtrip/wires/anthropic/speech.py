"""Replies of the Messages API, written: as a body, or as the events of a stream.

Owns the order and the grain of the events. The inverse of `reply.py`: reading either gives the
reply again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from roundtrip.conversation import Change, Part, Reply, Thinking, Usage
from roundtrip.wires.anthropic.blocks import (
    PROVIDER_CALLS,
    thinking_is_untouched,
    write_part,
)
from roundtrip.wires.anthropic.reply import SIGNALS, USAGE, is_ours, read_stop, read_usage
from roundtrip.wires.anthropic.told import LINKS, template
from roundtrip.wires.json_text import dump
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.object_arguments import to_text
from roundtrip.wires.sse import ServerSentEvent

REASONS = {
    "tool_calls": "tool_use",
    "end": "end_turn",
    "max_tokens": "max_tokens",
    "refusal": "refusal",
    "paused": "pause_turn",
    "incomplete": None,
}
"""The provider's usual word for each signal, where a reply brings none of its own."""

WORDS = re.compile(r"\s*\S+\s*")
PIECE = 12
"""Characters of arguments in one event: about what the API sends."""

TOLD_AT_END = ("output_tokens", "output_tokens_details", "server_tool_use", "iterations")
"""Usage that only the end of a stream knows."""

TOLD_TWICE = tuple(USAGE.values())
LAST_WORDS = ("stop_reason", "stop_sequence", "stop_details", "container")


NEW: dict[str, Any] = {
    "id": None,
    "type": "message",
    "role": "assistant",
    "model": None,
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
}
"""A reply's fields in the API's order, for one that is built by us."""


def encode_body(reply: Reply) -> bytes:
    """The reply as one JSON body."""
    return dump(_write_message(reply)).encode()


def encode_stream(reply: Reply) -> tuple[ServerSentEvent, ...]:
    """The reply as the events of a stream; an incomplete one breaks off without `message_stop`."""
    return tuple(
        ServerSentEvent(dump(event), event["type"]) for event in _events(_write_message(reply))
    )


def _write_message(reply: Reply) -> dict[str, Any]:
    into = template(reply.native) or NEW
    blocks = [_write_block(part) for part in LINKS.linked((reply.message,), [])[0].parts]
    fields = {
        "id": reply.id,
        "model": reply.model,
        "content": [block for block in blocks if block is not None],
        "stop_reason": _reason(reply),
        "usage": _write_usage(reply.usage, into),
    }
    return put(into, fields)


def _write_block(part: Part) -> dict[str, Any] | None:
    changes: list[Change] = []  # a reply goes to a client that has nobody to tell
    if not isinstance(part, Thinking):
        return write_part(part, "", changes, reply=True)
    block = template(part.native)
    if block and thinking_is_untouched(part, block):
        return block
    return {"type": "thinking", "thinking": part.text, "signature": ""}


def _reason(reply: Reply) -> str | None:
    word = reply.stop.provider
    known = is_ours(reply) or word in SIGNALS
    if known and read_stop(word).signal == reply.stop.signal:
        return word
    return REASONS[reply.stop.signal]


def _write_usage(usage: Usage | None, into: dict[str, Any]) -> Any:
    told = into.get("usage")
    if read_usage(told) == usage:
        return into.get("usage", ABSENT)
    if usage is None:
        return ABSENT
    told = told or {}
    counts = {name: spelled(told, name, getattr(usage, field)) for field, name in USAGE.items()}
    details = told.get("output_tokens_details") or {}
    if details.get("thinking_tokens") == usage.reasoning:
        return put(told, counts)
    thinking = put(details, {"thinking_tokens": usage.reasoning})
    return put(told, counts | {"output_tokens_details": thinking})


def _events(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    usage = message.get("usage")
    yield {"type": "message_start", "message": _at_start(message, usage)}
    for index, block in enumerate(message["content"]):
        yield {"type": "content_block_start", "index": index, "content_block": _bare_block(block)}
        if index == 0:
            yield {"type": "ping"}
        for delta in _deltas(block):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    last = {field: message[field] for field in LAST_WORDS if field in message}
    end: dict[str, Any] = {"type": "message_delta", "delta": last}
    if usage is not None:
        told = (*TOLD_TWICE, *TOLD_AT_END[1:])
        end["usage"] = {field: usage[field] for field in told if field in usage}
    if "context_management" in message:
        end["context_management"] = message["context_management"]
    yield end
    if message["stop_reason"] is not None:
        yield {"type": "message_stop"}


def _at_start(message: dict[str, Any], usage: dict[str, Any] | None) -> dict[str, Any]:
    """The message before its first word: nothing said, nothing known of its end."""
    late: dict[str, Any] = {
        "content": [],
        **{field: None for field in LAST_WORDS if field in message},
    }
    start = {field: value for field, value in message.items() if field != "context_management"}
    if usage is not None:
        early = {field: count for field, count in usage.items() if field not in TOLD_AT_END}
        told = {name: usage[name] for name in ("output_tokens",) if name in usage}
        late["usage"] = early | {name: count and 1 for name, count in told.items()}
    return start | late


def _bare_block(block: dict[str, Any]) -> dict[str, Any]:
    """A block as it begins: what the deltas will bring is taken out."""
    kind = block["type"]
    if kind == "text":
        return block | ({"text": "", "citations": []} if block.get("citations") else {"text": ""})
    if kind == "thinking":
        unsigned = {"thinking": "", "signature": ""}
        return block | {field: words for field, words in unsigned.items() if field in block}
    if kind in ("tool_use", *PROVIDER_CALLS):
        return block | ({"input": {}} if "input" in block else {})
    return block


def _deltas(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    kind = block["type"]
    if kind == "text":
        for citation in block.get("citations") or ():
            yield {"type": "citations_delta", "citation": citation}
        for words in _words(block["text"]):
            yield {"type": "text_delta", "text": words}
    elif kind == "thinking":
        for words in _words(block["thinking"]):
            yield {"type": "thinking_delta", "thinking": words}
        if block.get("signature"):
            yield {"type": "signature_delta", "signature": block["signature"]}
    elif kind in ("tool_use", *PROVIDER_CALLS):
        text = to_text(block.get("input", {}))
        for at in range(0, max(len(text), 1), PIECE):
            yield {"type": "input_json_delta", "partial_json": text[at : at + PIECE]}


def _words(text: str) -> list[str]:
    return WORDS.findall(text) or ([text] if text else [])
