"""Replies of generateContent, read: a whole body, or the chunks of a stream.

Owns what a reply's body means. Both ways end in the same reading of one body (`chunks.py` puts it
together), so that the body and the stream of a reply give equal `Reply` values. Writing is
`speech.py`'s.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from roundtrip.conversation import (
    Delta,
    Message,
    Opaque,
    Reply,
    Signal,
    StopSignal,
    Text,
    ToolCall,
    Usage,
)
from roundtrip.wires.gemini.chunks import Body
from roundtrip.wires.gemini.errors import failure
from roundtrip.wires.gemini.parts import read_part
from roundtrip.wires.gemini.told import TOLD, kept
from roundtrip.wires.json_text import Misshapen, expect, load, optional
from roundtrip.wires.wire import WireError

NUMBERED = (
    *("FINISH_REASON_UNSPECIFIED", "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "OTHER"),
    *("LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MALFORMED_FUNCTION_CALL"),
    *("IMAGE_SAFETY", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS"),
)
"""Finish reasons in the order of their numbers, which a client may ask for instead
(`$alt=json;enum-encoding=int`). Source: Candidate.FinishReason of the API's v1beta."""

_REFUSED = (
    *("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII"),
    *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR", "ESCALATION"),
)
_FAILED = (
    *("MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "OTHER"),
    *("MALFORMED_RESPONSE", "MISSING_THOUGHT_SIGNATURE", "NO_IMAGE", "IMAGE_OTHER"),
)
SIGNALS: dict[str, Signal] = {
    "STOP": "end",
    "MAX_TOKENS": "max_tokens",
    "CONTINUATION": "max_tokens",
    NUMBERED[0]: "incomplete",
    **dict.fromkeys(_REFUSED, "refusal"),
    **dict.fromkeys(_FAILED, "end"),
}
"""Failed or not, the model did stop: where it said something, the provider's word is shown beside
ours. So it is with a word of tomorrow."""

KNOWN = {"candidates", "promptFeedback", "usageMetadata", "modelVersion", "responseId"}
"""What makes a body one of this API; it may lack any of them."""


class GeminiReplyDecoder:
    """Reads one reply."""

    def __init__(self) -> None:
        self._body = Body()

    def feed(self, data: str) -> list[Delta]:
        """Take one event's data, a whole body, or the JSON array of a stream without events.

        Raises `WireError`: `protocol` for what is no chunk, else the kind of the failure that the
        reply reports.
        """
        if data.strip() == "[DONE]":  # not this API's, but some servers before it add it
            return []
        try:
            told = load(data)
            deltas: list[Delta] = []
            for chunk in told if isinstance(told, list) else [told]:
                if expect(chunk, dict, "chunk").get("error") is not None:
                    raise failure(chunk)
                deltas += self._body.take(chunk)
            return deltas
        except Misshapen as problem:
            raise WireError("protocol", str(problem)) from None
        except ValueError as problem:
            raise WireError("protocol", f"not JSON: {problem}") from None
        except RecursionError:
            raise WireError("protocol", "nested too deeply") from None

    def finish(self) -> Reply:
        """The reply as far as it came.

        Raises `WireError`: `protocol`, or `server` where the model failed before it answered.
        """
        body = self._body.value()
        if body and not body.keys() & KNOWN:
            raise WireError("protocol", "not a reply of generateContent: it has no candidates")
        try:
            reply = read_reply(body, self._body.names)
        except Misshapen as problem:
            raise WireError("protocol", str(problem)) from None
        except ValidationError as problem:
            raise WireError("protocol", problem.errors()[0]["msg"]) from None
        except RecursionError:
            raise WireError("protocol", "nested too deeply") from None
        if reply.stop.provider in _FAILED and not _answers(reply.message):
            raise _unanswered(reply.stop.provider, body)
        return reply


def _answers(message: Message) -> bool:
    """Whether a reply holds more than thoughts: words, calls, an image."""
    return any(
        part.text.strip() if isinstance(part, Text) else isinstance(part, ToolCall | Opaque)
        for part in message.parts
    )


def _unanswered(word: str, body: dict[str, Any]) -> WireError:
    """The failure of a reply that stopped for this reason and holds no answer."""
    told = body["candidates"][0].get("finishMessage")
    said = isinstance(told, str) and told.strip()
    return WireError("server", told if said else f"The model gave no answer: {word}.", word)


def read_reply(body: dict[str, Any], spelled: dict[str, str]) -> Reply:
    """The reply that one whole body says. `spelled`: what fields were called that are in
    camelCase here. Raises `Misshapen`."""
    candidates = expect(body.get("candidates") or [], list, "candidates")
    first = expect(candidates[0], dict, "candidates[0]") if candidates else {}
    content = optional(first, "content", dict, "candidates[0]") or {}
    told = expect(content.get("parts") or [], list, "candidates[0].content.parts")
    names: dict[str, str] = {}
    parts = tuple(
        read_part(part, f"candidates[0].content.parts[{n}]", names, reply=True)
        for n, part in enumerate(told)
    )
    shape = first
    if content.get("parts") is not None:
        shape = first | {"content": content | {"parts": TOLD}}
    marks = {"candidates": [shape, *candidates[1:]]} if candidates else {}
    message = Message(
        role="assistant", parts=parts, native=kept(content, held=("role",), parts="reply")
    )
    native = kept(body, "responseId", "modelVersion", held=("usageMetadata",), **marks)
    if spelled:
        native = native.model_copy(update={"value": native.value | {"spelled": spelled}})
    return Reply(
        id=optional(body, "responseId", str, ""),
        model=optional(body, "modelVersion", str, ""),
        message=message,
        stop=read_stop(first, body.get("promptFeedback"), bool(message.calls)),
        usage=read_usage(optional(body, "usageMetadata", dict, "")),
        more_choices=max(0, len(candidates) - 1),
        native=native,
    )


def read_stop(candidate: dict[str, Any], feedback: Any, has_calls: bool) -> StopSignal:
    """Both words for why the model stopped. The API says `STOP` also where it asks for tools; a
    prompt that was blocked has no candidate, and its reason is the word."""
    blocked = feedback.get("blockReason") if isinstance(feedback, dict) else None
    if blocked is not None and not candidate:
        return StopSignal(signal="refusal", provider=str(blocked))
    word = _word(candidate.get("finishReason"))
    if word is None:
        return StopSignal(signal="incomplete", provider=None)
    signal = SIGNALS.get(word, "end")
    return StopSignal(
        signal="tool_calls" if has_calls and signal == "end" else signal, provider=word
    )


def _word(reason: Any) -> str | None:
    if type(reason) is int:
        return NUMBERED[reason] if 0 <= reason < len(NUMBERED) else str(reason)
    if reason is not None and not isinstance(reason, str):
        raise Misshapen("candidates[0].finishReason: Input should be a valid string")
    return reason


def read_usage(told: dict[str, Any] | None) -> Usage | None:
    """The counts the provider told; None for those it did not. What was cached lies inside the
    prompt, what a provider's tool brought in and what was thought stand beside."""
    if told is None:
        return None
    prompt, answer = _count(told, "promptTokenCount"), _count(told, "candidatesTokenCount")
    cached, thoughts = _count(told, "cachedContentTokenCount"), _count(told, "thoughtsTokenCount")
    brought_in = _count(told, "toolUsePromptTokenCount")
    spoken = [count for count in (answer, thoughts) if count is not None]
    fresh = None if prompt is None else prompt + (brought_in or 0) - (cached or 0)
    return Usage(
        # Parts that exceed the whole do not tell how much was fresh.
        input=fresh if fresh is None or fresh >= 0 else None,
        output=sum(spoken) if spoken else None,
        cache_read=cached,
        reasoning=thoughts,
    )


def _count(told: dict[str, Any], field: str) -> int | None:
    count: int | None = optional(told, field, int, "usageMetadata")
    return count
