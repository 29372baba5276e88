"""Replies of the Chat Completions API, written: as a body, or as the chunks of a stream.

Owns the order and the grain of the chunks. The inverse of `reply.py`: reading either gives the
reply again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from roundtrip.conversation import Change, Part, Reply, Text, ToolCall, Usage
from roundtrip.wires.json_text import dump
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.openai_chat.chunks import CHUNK, WHOLE
from roundtrip.wires.openai_chat.reasoning import FIELDS, WORDS
from roundtrip.wires.openai_chat.reply import (
    END_MARK,
    SIGNALS,
    is_ours,
    place_of_first,
    read_stop,
    read_usage,
)
from roundtrip.wires.openai_chat.told import TOLD, template
from roundtrip.wires.openai_chat.writing import write_assistant
from roundtrip.wires.sse import ServerSentEvent

REASONS = {
    "tool_calls": "tool_calls",
    "end": "stop",
    "max_tokens": "length",
    "refusal": "content_filter",
    "paused": "stop",
    "incomplete": None,
}
"""The API's word for each signal, where a reply brings none of its own. It knows no pause."""

PIECE = re.compile(r"\s*\w+|\s*[^\w\s]+|\s+")
"""A word, or what stands between words: about one of the model's tokens, as the API sends them."""

NEW: dict[str, Any] = {
    "id": None,
    "object": WHOLE,
    "created": 0,
    "model": None,
    "choices": [{"index": 0, "message": TOLD, "logprobs": None, "finish_reason": None}],
    "usage": None,
    "service_tier": "default",
    "system_fingerprint": None,
}
"""A reply's fields in the API's order, for one that is built by us. Codecs have no clock: who
wants a time in `created` gives the reply a native that holds these fields."""

NEW_MESSAGE: dict[str, Any] = {"role": "assistant", "content": None}
LATE: dict[str, Any] = {"refusal": None, "annotations": []}


def encode_body(reply: Reply) -> bytes:
    """The reply as one JSON body."""
    return dump(_write_body(reply)).encode()


def encode_stream(reply: Reply) -> tuple[ServerSentEvent, ...]:
    """The reply as the chunks of a stream; an incomplete one ends without `[DONE]`."""
    body = _write_body(reply)
    events = [ServerSentEvent(dump(chunk)) for chunk in _chunks(body)]
    if any(choice.get("finish_reason") for choice in body["choices"]):
        events.append(ServerSentEvent(END_MARK))
    return tuple(events)


def _write_body(reply: Reply) -> dict[str, Any]:
    into = template(reply.native) or NEW
    layout = into.get("choices") or (NEW["choices"] if not is_ours(reply) else [])
    if not isinstance(layout, list):
        layout = NEW["choices"]
    at = place_of_first(layout)
    choices = [
        _write_choice(reply, choice) if n == at else choice for n, choice in enumerate(layout)
    ]
    fields = {
        "id": spelled(into, "id", reply.id, reads=_or_none),
        "model": spelled(into, "model", reply.model, reads=_or_none),
        "choices": choices,
        "usage": _write_usage(reply.usage, into),
    }
    return put(into, fields)


def _or_none(told: Any) -> Any:
    return told or None


def _write_choice(reply: Reply, layout: dict[str, Any]) -> dict[str, Any]:
    message: Any = _write_message(reply)
    if not message or ("message" not in layout and not reply.message.parts):
        message = ABSENT
    reason = _reason(reply)
    ends = reason if reason is not None or "finish_reason" in layout else ABSENT
    return put(layout, {"message": message, "finish_reason": ends})


def _write_message(reply: Reply) -> dict[str, Any]:
    changes: list[Change] = []  # a reply goes to a client that has nobody to tell
    into = template(reply.message.native)
    parts = reply.message.parts if into else _as_one_answer(reply.message.parts)
    placed = [(str(n), part) for n, part in enumerate(parts)]
    said = write_assistant(placed, into or NEW_MESSAGE, changes, echo=False) or {}
    return said if into else said | {name: said.get(name, late) for name, late in LATE.items()}


def _as_one_answer(parts: Sequence[Part]) -> list[Part]:
    """Parts made by us as the API gives them: one string of words, an id for every call."""
    words = "".join(part.text for part in parts if isinstance(part, Text))
    rest = [part for part in parts if not isinstance(part, Text)]
    named: list[Part] = [
        part.model_copy(update={"id": f"call_{n}"})
        if isinstance(part, ToolCall) and not part.id
        else part
        for n, part in enumerate(rest)
    ]
    return [Text(text=words), *named] if words else named


def _reason(reply: Reply) -> str | None:
    word = reply.stop.provider
    known = is_ours(reply) or word in SIGNALS
    if known and read_stop(word, reply.message).signal == reply.stop.signal:
        return word
    return REASONS[reply.stop.signal]


def _write_usage(usage: Usage | None, into: dict[str, Any]) -> Any:
    told = into.get("usage")
    if read_usage(told) == usage and into is not NEW:
        return into.get("usage", ABSENT)
    if usage is None:
        return ABSENT
    told = told if isinstance(told, dict) else {}
    inside = [usage.input, usage.cache_read, usage.cache_write]
    prompt = sum(count or 0 for count in inside) if usage.input is not None else None
    total = None if prompt is None or usage.output is None else prompt + usage.output
    counts = {"prompt_tokens": prompt, "completion_tokens": usage.output, "total_tokens": total}
    details = {
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read,
            "cache_write_tokens": usage.cache_write,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    }
    fields = {name: spelled(told, name, count) for name, count in counts.items()}
    for name, inner in details.items():
        before = told.get(name) or {}
        written = put(before, {field: spelled(before, field, n) for field, n in inner.items()})
        fields[name] = written or ABSENT
    return put(told, fields)


def _chunks(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The body, piece by piece: its own fields in each chunk, what is large in the first only."""
    beside = {name: value for name, value in body.items() if name not in ("choices", "usage")}
    if beside.get("object") == WHOLE:
        beside["object"] = CHUNK
    usage = {"usage": None} if "usage" in body else {}
    for choices in _in_turn(body["choices"]):
        yield beside | {"choices": choices} | usage
        beside = {
            name: value for name, value in beside.items() if not isinstance(value, dict | list)
        }
    if body.get("usage") is not None or not body["choices"]:
        yield beside | {"choices": []} | ({"usage": body["usage"]} if "usage" in body else {})


def _in_turn(choices: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Each choice's words and calls, then the end of each."""
    for choice in choices:
        for piece in _pieces(choice):
            yield [piece]
    for choice in choices:
        if choice.get("finish_reason") is not None:
            logprobs = {"logprobs": None} if "logprobs" in choice else {}
            end = {"finish_reason": choice["finish_reason"]}
            yield [_index(choice) | {"delta": {}} | logprobs | end]


def _index(choice: dict[str, Any]) -> dict[str, Any]:
    return {"index": choice["index"]} if "index" in choice else {}


def _pieces(choice: dict[str, Any]) -> Iterator[dict[str, Any]]:
    open_end = {"finish_reason": None} if "finish_reason" in choice else {}
    named = ("index", "message", "finish_reason")
    beside = {name: value for name, value in choice.items() if name not in named}
    message = choice.get("message")  # that of another choice than ours was not looked into
    for delta in _deltas(message if isinstance(message, dict) else {}):
        yield _index(choice) | {"delta": delta} | beside | open_end
        beside = {"logprobs": None} if "logprobs" in choice else {}
    if beside and "message" not in choice:
        yield _index(choice) | {"delta": {}} | beside | open_end


def _deltas(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is said of a message in turn; first who says it, with a call that stands alone."""
    if not message:
        return
    told = message.get("tool_calls")
    calls = [call for call in told if isinstance(call, dict)] if isinstance(told, list) else []
    words = [name for name in (*WORDS, "content", "refusal") if isinstance(message.get(name), str)]
    alone = len(calls) == 1 and not any(message[name] for name in words)
    yield _first_delta(message, calls if alone else [])
    for name in words:
        for piece in PIECE.findall(message[name]):
            yield {name: piece}
    for n, call in enumerate(calls):
        if not alone:
            yield {"tool_calls": [_head(call, n)]}
        for inner, field, piece in _arguments(call):
            yield {"tool_calls": [{"index": n, inner: {field: piece}}]}
    legacy = message.get("function_call")
    for _, field, piece in _arguments({"function": legacy}):
        yield {"function_call": {field: piece}}


def _first_delta(message: dict[str, Any], calls: list[dict[str, Any]]) -> dict[str, Any]:
    """The message before its first word: what the other deltas will bring is taken out."""
    delta: dict[str, Any] = {}
    for name, value in message.items():
        if name == "tool_calls" and value:
            delta |= {name: [_head(call, n) for n, call in enumerate(calls)]} if calls else {}
        elif name == "function_call" and isinstance(value, dict):
            delta[name] = value | ({"arguments": ""} if value.get("arguments") else {})
        elif name == "content" and isinstance(value, str):
            delta[name] = ""
        elif name in (*WORDS, "refusal") and isinstance(value, str):
            delta |= {} if value and name in FIELDS else {name: None if value else value}
        else:
            delta[name] = value
    return delta


def _head(call: dict[str, Any], n: int) -> dict[str, Any]:
    """A call as it begins: its arguments are still to come."""
    bare = dict(call)
    for inner, field, _ in _arguments(call):
        bare[inner] = call[inner] | {field: ""}
    return {"index": n} | bare


def _arguments(call: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The pieces of a call's arguments, with the fields they stand in."""
    for inner, field in (("function", "arguments"), ("custom", "input")):
        said = call.get(inner)
        text = said.get(field) if isinstance(said, dict) else None
        if isinstance(text, str):
            for piece in PIECE.findall(text):
                yield inner, field, piece
