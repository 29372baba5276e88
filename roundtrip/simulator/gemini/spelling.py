"""What Gemini's replies are made of: ids, signatures and parts, by the generation of the model.

Owns what the API adds to what a model says. The codec (`roundtrip/wires/gemini`) owns how it is
written down, and the chunks of a stream.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from roundtrip.conversation import Part, Reply, Signal, Text, Thinking, ToolCall
from roundtrip.simulator.api import as_sent
from roundtrip.simulator.identifiers import BASE36, BASE62, identifier
from roundtrip.simulator.model_names import is_ours
from roundtrip.simulator.replies import Asked, Spelling
from roundtrip.simulator.signatures import seal
from roundtrip.wires.lens import also_told

_GIVES_IDS = re.compile(r"gemini-(?:3\.[5-9]|[4-9])")
"""Models that give each call an id, in all recordings; those before give none or now and then."""

_SIGNS_CALLS = re.compile(r"gemini-(?:2\.5|[3-9]|\d\d)")
SIGNS_ALL = re.compile(r"gemini-(?:[3-9]|\d\d)")
"""Models that sign what they say, thoughts shown or not, in nearly all recordings; those before
sign calls alone."""

_STOPS: dict[Signal, str] = {
    "tool_calls": "STOP",
    "end": "STOP",
    "max_tokens": "MAX_TOKENS",
    "refusal": "SAFETY",
}


@dataclass(frozen=True)
class _Manner:
    """How the parts of one reply are told."""

    shows_thoughts: bool
    signs_calls: bool
    signs_text: bool
    signature_apart: bool
    """Whether the signature of a text comes in an empty text behind it, as in streams."""


def spelling(model: str, thinking: dict[str, Any], *, streamed: bool) -> Spelling:
    """Thoughts are hidden where that is asked for; the signature is there all the same."""
    gives_ids = _GIVES_IDS.match(model) is not None

    def call_id(seed: bytes, position: int) -> str | None:
        return identifier("", 8, seed, position, alphabet=BASE36) if gives_ids else None

    manner = _Manner(
        shows_thoughts=thinking.get("include_thoughts") is not False,
        signs_calls=_SIGNS_CALLS.match(model) is not None,
        signs_text=SIGNS_ALL.match(model) is not None,
        # A simulated model's body says the same as its stream.
        signature_apart=streamed or is_ours(model),
    )
    return Spelling(
        reply_id=lambda seed: identifier("", 23, seed, alphabet=BASE62),
        call_id=call_id,
        stops=_STOPS,
        malformed="MALFORMED_FUNCTION_CALL",
        sent=partial(_as_parts, manner=manner),
        no_cache=None,
        counts_writes=False,
        complete=_complete,
    )


def _as_parts(seed: bytes, parts: tuple[Part, ...], signal: Signal, *, manner: _Manner) -> Reply:
    """The parts as content parts. The first call is signed, or else the text.

    Where a call's arguments are no JSON the API tells none of the calls, and says so.
    """
    malformed = next((part for part in parts if _is_malformed(part)), None)
    if malformed is not None:
        parts = tuple(part for part in parts if not isinstance(part, ToolCall))
    thought = any(isinstance(part, Thinking) for part in parts)
    shown = [part for part in parts if manner.shows_thoughts or not isinstance(part, Thinking)]
    written = [_part(part) for part in shown]
    calls = [at for at, part in enumerate(shown) if isinstance(part, ToolCall)]
    texts = [at for at, part in enumerate(shown) if isinstance(part, Text)]
    signature = {"thoughtSignature": seal(seed)}
    if calls and (thought or manner.signs_calls):
        written[calls[0]] |= signature
    elif texts and not calls and (thought or manner.signs_text):
        if manner.signature_apart:
            written.append({"text": ""} | signature)
        else:
            written[texts[-1]] |= signature
    content = {"role": "model", "parts": written}
    candidate = {"content": content, "finishReason": "STOP", "index": 0}
    if isinstance(malformed, ToolCall) and signal == "tool_calls":
        told = f"call:default_api:{malformed.name}{malformed.arguments_text}"
        candidate["finishMessage"] = f"Malformed function call: {told}"
    return as_sent("gemini", {"candidates": [candidate], "usageMetadata": None})


def _is_malformed(part: Part) -> bool:
    return isinstance(part, ToolCall) and part.arguments is None and bool(part.arguments_text)


def _complete(reply: Reply, asked: Asked, _: str | None) -> Reply:
    """With all that the API counts: it tells of what there is none nothing."""
    assert reply.native is not None
    assert reply.usage is not None
    counted, prompt = reply.usage, asked.prompt
    thoughts = counted.reasoning
    answer = (counted.output or 0) - (thoughts or 0)
    usage: dict[str, Any] = {
        "promptTokenCount": prompt.tokens,
        "candidatesTokenCount": answer,
        "totalTokenCount": prompt.tokens + (counted.output or 0),
    }
    if counted.cache_read:
        usage["cachedContentTokenCount"] = counted.cache_read
    usage["promptTokensDetails"] = _words(prompt.tokens)
    if counted.cache_read:
        usage["cacheTokensDetails"] = _words(counted.cache_read)
    if thoughts is not None:
        usage["thoughtsTokenCount"] = thoughts
    told = also_told(reply.native, usageMetadata=usage)
    return reply.model_copy(update={"native": told})


def _words(count: int) -> list[dict[str, Any]]:
    return [{"modality": "TEXT", "tokenCount": count}]


def _part(part: Part) -> dict[str, Any]:
    if isinstance(part, Thinking):
        return {"text": part.text, "thought": True}
    if isinstance(part, ToolCall):
        call: dict[str, Any] = {"name": part.name}
        call |= {} if part.arguments is None else {"args": part.arguments}
        return {"functionCall": call | ({"id": part.id} if part.id else {})}
    assert isinstance(part, Text)
    return {"text": part.text}
