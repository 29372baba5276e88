"""Replies of generateContent, written: as a body, or as the chunks of a stream.

Owns the order and the grain of the chunks. The inverse of `reply.py`: reading either gives the
reply again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from roundtrip.conversation import Change, Reply, Usage
from roundtrip.wires.gemini.chunks import CALL, is_plain, joins
from roundtrip.wires.gemini.parts import write_part
from roundtrip.wires.gemini.reply import SIGNALS, read_stop, read_usage
from roundtrip.wires.gemini.told import NAME, TOLD, as_spelled, template
from roundtrip.wires.json_text import dump
from roundtrip.wires.lens import ABSENT, put
from roundtrip.wires.sse import ServerSentEvent

REASONS = {
    "tool_calls": "STOP",
    "end": "STOP",
    "max_tokens": "MAX_TOKENS",
    "refusal": "SAFETY",
    "paused": "STOP",
    "incomplete": ABSENT,
}
"""The provider's usual word for each signal, where a reply brings none of its own."""

WORDS = re.compile(r"\s*\S+\s*")
FIRST_PIECE, PIECE = 12, 60
"""Characters of text in the first chunk and in the others: about what the API sends."""

CALLS_APART = re.compile(r"gemini-(?:[3-9]|\d\d)")
"""Models that send every call in a chunk of its own and end with an empty text. Those before send
all calls at once, with the end; so the recordings show it."""

NEW: dict[str, Any] = {
    "candidates": [{"content": {"parts": TOLD, "role": "model"}, "finishReason": None, "index": 0}],
    "usageMetadata": None,
    "modelVersion": None,
    "responseId": None,
}
"""A reply's fields in the API's order, for one that is built by us."""


def encode_body(reply: Reply) -> bytes:
    """The reply as one JSON body."""
    return dump(as_spelled(_write_body(reply), _names(reply))).encode()


def encode_stream(reply: Reply) -> tuple[ServerSentEvent, ...]:
    """The reply as the chunks of a stream; an incomplete one breaks off without a reason."""
    names = _names(reply)
    return tuple(
        ServerSentEvent(dump(as_spelled(chunk, names))) for chunk in _chunks(_write_body(reply))
    )


def _names(reply: Reply) -> dict[str, str]:
    """What the fields of its envelope were called, where it was told otherwise than we do."""
    named: dict[str, str] = {}
    if template(reply.native) and reply.native is not None:
        named = reply.native.value.get("spelled", {})
    return named


def _write_body(reply: Reply) -> dict[str, Any]:
    decoded = reply.native is not None and reply.native.wire == NAME
    into = template(reply.native)
    told = into if decoded else NEW
    candidates = _write_candidates(reply, told)
    fields = {
        "candidates": candidates if candidates else told.get("candidates", ABSENT),
        "usageMetadata": _write_usage(reply.usage, told, decoded),
        "modelVersion": _or_absent(reply.model, into, "modelVersion"),
        "responseId": _or_absent(reply.id, into, "responseId"),
    }
    return put(told, fields)


def _or_absent(value: str | None, into: dict[str, Any], field: str) -> Any:
    return (None if field in into else ABSENT) if value is None else value


def _write_candidates(reply: Reply, told: dict[str, Any]) -> list[Any]:
    candidates = told.get("candidates") or []
    first: dict[str, Any] = candidates[0] if candidates else {}
    changes: list[Change] = []  # a reply goes to a client that has nobody to tell
    written = [write_part(part, "", changes, reply=True) for part in reply.message.parts]
    parts = [part for part in written if part is not None]
    has_calls = bool(reply.message.calls)
    stays = (
        told is not NEW and read_stop(first, told.get("promptFeedback"), has_calls) == reply.stop
    )
    if not candidates and not parts and stays:
        return []
    content = first.get("content")
    if parts or (content or {}).get("parts") == TOLD:
        ours = {"role": "model"} if not content else {}
        content = put(content or {}, {"parts": parts or _no_parts(told)} | ours)
    fields = {
        "content": content if content is not None or "content" in first else ABSENT,
        "finishReason": first.get("finishReason", ABSENT) if stays else _reason(reply, has_calls),
    }
    return [put(first, fields), *candidates[1:]]


def _no_parts(told: dict[str, Any]) -> Any:
    return ABSENT if told is NEW else []


def _reason(reply: Reply, has_calls: bool) -> Any:
    word = reply.stop.provider
    if word in SIGNALS and read_stop({"finishReason": word}, None, has_calls) == reply.stop:
        return word
    return REASONS[reply.stop.signal]


def _write_usage(usage: Usage | None, told: dict[str, Any], decoded: bool) -> Any:
    known = told.get("usageMetadata")
    if decoded and read_usage(known) == usage:
        return told.get("usageMetadata", ABSENT)
    if usage is None:
        return ABSENT
    cached, thoughts = usage.cache_read, usage.reasoning
    prompt = None if usage.input is None else usage.input + (cached or 0) + (usage.cache_write or 0)
    answer = None if usage.output is None else usage.output - (thoughts or 0)
    counted = [count for count in (prompt, answer, thoughts) if count is not None]
    fields = {
        "promptTokenCount": prompt,
        "candidatesTokenCount": answer,
        "totalTokenCount": sum(counted) if counted else None,
        "cachedContentTokenCount": cached,
        "thoughtsTokenCount": thoughts,
    }
    return {field: count for field, count in fields.items() if count is not None}


def _chunks(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    candidates = body.get("candidates") or [{}]
    first = candidates[0]
    content = first.get("content") or {}
    *pieces, last = _pieces(content.get("parts") or [], str(body.get("modelVersion"))) or [[]]
    early = _early(body)
    for piece in pieces:
        said = {"content": content | {"parts": piece}}
        yield early | {"candidates": [said | _index(first)]}
    if not last:
        yield body
        return
    ending = first | {"content": content | {"parts": last}}
    yield body | {"candidates": [ending, *candidates[1:]]}


def _index(candidate: dict[str, Any]) -> dict[str, Any]:
    return {"index": candidate["index"]} if "index" in candidate else {}


def _early(body: dict[str, Any]) -> dict[str, Any]:
    """What each chunk before the last says too: no more than is known by then."""
    fields = ("candidates", "usageMetadata", "modelVersion", "responseId", "createTime")
    said = {field: body[field] for field in body if field in fields}
    usage = body.get("usageMetadata") or {}
    if "promptTokenCount" in usage:
        asked = {field: usage[field] for field in usage if field.startswith("promptToken")}
        said["usageMetadata"] = asked | {"totalTokenCount": usage["promptTokenCount"]}
    else:
        said.pop("usageMetadata", None)
    return said


def _pieces(parts: list[dict[str, Any]], model: str) -> list[list[dict[str, Any]]]:
    """The parts of each chunk: a call in one, text in several. Two texts that a reader would join
    share a chunk where they meet."""
    pieces: list[list[dict[str, Any]]] = []
    apart = CALLS_APART.match(model) is not None
    at_once = model.startswith("gemini-") and not apart
    for part in parts:
        if not is_plain(part):
            if at_once and pieces and all(CALL in one for one in (part, pieces[-1][-1])):
                pieces[-1].append(part)
            else:
                pieces.append([part])
            continue
        first, *more = _words(part["text"])
        beginning = part | {"text": first}
        if pieces and (not first or joins(pieces[-1][-1], beginning)):
            pieces[-1].append(beginning)
        else:
            pieces.append([beginning])
        pieces += [[part | {"text": words}] for words in more]
    if apart and pieces and pieces[-1][-1].get("text") != "":
        pieces.append([{"text": ""}])
    return pieces


def _words(text: str) -> list[str]:
    pieces = [""]
    for word in WORDS.findall(text) or [text]:
        if len(pieces[-1]) >= (FIRST_PIECE if len(pieces) == 1 else PIECE):
            pieces.append("")
        pieces[-1] += word
    return pieces
