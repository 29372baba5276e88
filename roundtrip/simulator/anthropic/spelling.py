"""What the replies of the Messages API are made of: ids, signatures, stop reasons, usage.

Owns what the API adds to what a model says. The codec (`roundtrip/wires/anthropic`) owns how it is
written down, and the events of a stream.
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import Part, Reply, Signal, Thinking
from roundtrip.simulator import replies
from roundtrip.simulator.api import as_sent
from roundtrip.simulator.identifiers import identifier
from roundtrip.simulator.signatures import signature
from roundtrip.wires.lens import also_told


def _sent(_: bytes, parts: tuple[Part, ...], __: Signal) -> Reply:
    """Reasoning as the API sends it: with a signature."""
    message: dict[str, Any] = {
        "model": None,
        "id": None,
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
        "usage": None,
    }
    said = tuple(_signed(part.text) if isinstance(part, Thinking) else part for part in parts)
    return as_sent("anthropic", message).model_copy(
        update={"message": replies.unadorned(said).message}
    )


def _signed(text: str) -> Part:
    block = {"type": "thinking", "thinking": text, "signature": signature(text)}
    return as_sent("anthropic", {"type": "message", "content": [block]}).message.parts[0]


def _complete(reply: Reply, asked: replies.Asked, stopped_by: str | None) -> Reply:
    """With the sequence that stopped it, and with all that the API counts."""
    assert reply.native is not None
    assert reply.usage is not None
    counted, written = reply.usage, asked.prompt.cache_write
    usage: dict[str, Any] = {
        "input_tokens": counted.input,
        "cache_creation_input_tokens": counted.cache_write,
        "cache_read_input_tokens": counted.cache_read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": written.get("5m", 0),
            "ephemeral_1h_input_tokens": written.get("1h", 0),
        },
        "output_tokens": counted.output,
        "service_tier": "standard",
        "inference_geo": "not_available",
    }
    if counted.reasoning is not None:
        usage["output_tokens_details"] = {"thinking_tokens": counted.reasoning}
    told = also_told(reply.native, stop_sequence=stopped_by, usage=usage)
    return reply.model_copy(update={"native": told})


SPELLING = replies.Spelling(
    reply_id=lambda seed: identifier("msg_01", 22, seed),
    call_id=lambda seed, position: identifier("toolu_01", 22, seed, position),
    stops={
        "tool_calls": "tool_use",
        "end": "end_turn",
        "max_tokens": "max_tokens",
        "refusal": "refusal",
        "paused": "pause_turn",
    },
    sent=_sent,
    stopped="stop_sequence",
    complete=_complete,
)
