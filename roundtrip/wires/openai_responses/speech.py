"""Replies of the Responses API, written: as a body, or as the events of a stream.

Owns the response around the items, and the ids that a reply built by us has to have. The order and
the grain of the events are `events.py`'s.
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import Reply, StopSignal, Text, Usage
from roundtrip.wires.json_text import dump
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.openai_responses.events import events_of
from roundtrip.wires.openai_responses.items import CALL, FREE_CALL, Writing
from roundtrip.wires.openai_responses.messages import is_message, layout_of, write_message
from roundtrip.wires.openai_responses.reply import is_ours, read_stop, read_usage
from roundtrip.wires.openai_responses.told import LINKS, template
from roundtrip.wires.refusal import refusal_words
from roundtrip.wires.sse import ServerSentEvent

NEW: dict[str, Any] = {
    "id": None,
    "object": "response",
    "created_at": 0,
    "status": None,
    "background": False,
    "completed_at": None,
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "model": None,
    "output": [],
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "service_tier": "default",
    "store": False,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "usage": None,
    "user": None,
    "metadata": {},
}
"""A response's fields in the API's order, for one that is built by us."""

STATES: dict[str, tuple[str, str | None]] = {
    "tool_calls": ("completed", None),
    "end": ("completed", None),
    "paused": ("completed", None),
    "max_tokens": ("incomplete", "max_output_tokens"),
    "refusal": ("incomplete", "content_filter"),
}
"""Status and reason for each signal, where a reply brings none of its own."""

UNFINISHED = ("queued", "in_progress", "cancelled", "incomplete")

PREFIXES = {"message": "msg", "reasoning": "rs", CALL: "fc", FREE_CALL: "ctc"}


def encode_body(reply: Reply) -> bytes:
    """The reply as one JSON body."""
    return dump(write_response(reply)).encode()


def encode_stream(reply: Reply) -> tuple[ServerSentEvent, ...]:
    """The reply as the events of a stream; an incomplete one breaks off without its last event."""
    return tuple(
        ServerSentEvent(dump(event), event["type"]) for event in events_of(write_response(reply))
    )


def write_response(reply: Reply) -> dict[str, Any]:
    """The response JSON that says this reply."""
    into = template(reply.native) or NEW
    status, details = _state(reply, into)
    fields = {
        "id": spelled(into, "id", reply.id),
        "status": status,
        "incomplete_details": details,
        "model": spelled(into, "model", reply.model),
        "output": _output(reply, status),
        "usage": _usage(reply.usage, into),
    }
    return put(into, fields)


def _state(reply: Reply, into: dict[str, Any]) -> tuple[Any, Any]:
    if is_ours(reply) and read_stop(into, reply.message) == reply.stop:
        return into.get("status", ABSENT), into.get("incomplete_details", ABSENT)
    status, reason = _words(reply.stop)
    return status, None if reason is None else {"reason": reason}


def _words(stop: StopSignal) -> tuple[str | None, str | None]:
    word, _, reason = (stop.provider or "").partition(": ")
    if stop.signal == "incomplete":
        return (word if word in UNFINISHED else None), reason or None
    if stop.signal == "refusal" and word == "completed":
        return "completed", None
    return STATES[stop.signal]


def _output(reply: Reply, status: Any) -> list[dict[str, Any]]:
    message = LINKS.linked((reply.message,), [])[0]
    items = write_message(message, "", Writing([], reply=True))  # there is nobody to tell changes
    if layout_of(reply.message.native) is not None:
        return items
    declines = reply.stop.signal == "refusal" and status == "completed"
    if declines and refusal_words(reply.message) is None:
        items = _as_refusal(items, reply)
    stem = (reply.id or "").removeprefix("resp_")
    dressed = [_dressed(item, f"{stem}{n:02x}") for n, item in enumerate(items)]
    if status == "incomplete" and dressed and "status" in dressed[-1]:
        dressed[-1] = dressed[-1] | {"status": "incomplete"}
    return dressed


def _as_refusal(items: list[dict[str, Any]], reply: Reply) -> list[dict[str, Any]]:
    """The words of a reply that declines, as the API marks them."""
    others = [item for item in items if not is_message(item)]
    words = "".join(part.text for part in reply.message.parts if isinstance(part, Text))
    refusal = {"type": "refusal", "refusal": words}
    return [*others, {"role": "assistant", "content": [refusal]}]


def _dressed(item: dict[str, Any], stem: str) -> dict[str, Any]:
    """An item as the API gives it, with an id and a state."""
    kind = item.get("type", "message")
    head: dict[str, Any] = {"id": f"{PREFIXES.get(kind, 'item')}_{stem}", "type": kind}
    if kind == "message":
        content = item["content"]
        if isinstance(content, str):
            text = {"type": "output_text", "annotations": [], "logprobs": [], "text": content}
            content = [text]
        head |= {"status": "completed", "content": content, "role": "assistant"}
        return head | {name: value for name, value in item.items() if name != "content"}
    if kind in (CALL, FREE_CALL):
        head["status"] = "completed"
        said = ("arguments", "input", "call_id", "name")
        head |= {name: item[name] for name in said if name in item}
    return head | item


def _usage(usage: Usage | None, into: dict[str, Any]) -> Any:
    told = into.get("usage")
    if read_usage(told) == usage:
        return into.get("usage", ABSENT)
    if usage is None:
        return None
    told = told or {}
    of_input = told.get("input_tokens_details") or {}
    of_output = told.get("output_tokens_details") or {}
    parts = (usage.input, usage.cache_read, usage.cache_write)
    whole = None if usage.input is None else sum(count or 0 for count in parts)
    cached = {"cached_tokens": usage.cache_read}
    if usage.cache_write is not None or "cache_write_tokens" in of_input:
        cached = {"cache_write_tokens": usage.cache_write} | cached
    both = whole is not None and usage.output is not None
    counts = {
        "input_tokens": whole,
        "input_tokens_details": put(of_input, cached),
        "output_tokens": usage.output,
        "output_tokens_details": put(of_output, {"reasoning_tokens": usage.reasoning}),
        "total_tokens": (whole or 0) + (usage.output or 0) if both else None,
    }
    return put(told, counts)
