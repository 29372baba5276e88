"""The events of a stream, put together again to the response they tell.

Owns the growing items. The last event tells the whole response once more; where a stream breaks off
before it, what was put together here is what there is. What it means is `reply.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from roundtrip.conversation import Delta
from roundtrip.wires.json_text import Misshapen, required

WITHIN = "content"
SUMMARY = "summary"

GROWING = {
    "response.output_text": ("text", WITHIN),
    "response.refusal": ("refusal", WITHIN),
    "response.reasoning_text": ("text", WITHIN),
    "response.reasoning_summary_text": ("text", SUMMARY),
    "response.function_call_arguments": ("arguments", None),
    "response.custom_tool_call_input": ("input", None),
    "response.mcp_call_arguments": ("arguments", None),
    "response.code_interpreter_call_code": ("code", None),
}
"""Events whose `.delta` adds to a field and whose `.done` says the whole of it: the field, and the
list of the item that holds the part with it (None: the item itself)."""

PART_TYPES = {
    "response.output_text": "output_text",
    "response.refusal": "refusal",
    "response.reasoning_text": "reasoning_text",
    "response.reasoning_summary_text": "summary_text",
}
"""What a part is that grows without having been begun: some servers leave those events out."""

SHOWN: dict[str, Any] = {
    "response.output_text": "text",
    "response.refusal": "text",
    "response.reasoning_text": "thinking",
    "response.reasoning_summary_text": "thinking",
    "response.function_call_arguments": "arguments",
    "response.custom_tool_call_input": "arguments",
}
"""Those a person sees growing."""

CALLS = ("function_call", "custom_tool_call")


class ResponseStream:
    """One response under way. Events it does not know change nothing."""

    def __init__(self) -> None:
        self._response: dict[str, Any] | None = None
        self._items: dict[int, dict[str, Any]] = {}

    def take(self, event: dict[str, Any]) -> list[Delta]:
        """Take one event. Raises `Misshapen`."""
        kind = required(event, "type", str, "event")
        name, _, ending = kind.rpartition(".")
        if name in GROWING and ending in ("delta", "done"):
            return self._grow(event, name, ending)
        take = TAKES.get(kind)
        return take(self, event) if take else []

    def response(self) -> dict[str, Any] | None:
        """The response as far as it came; None before its first event."""
        if self._response is None or self._response.get("output"):
            return self._response
        return self._response | {"output": [self._items[n] for n in sorted(self._items)]}

    def _whole(self, event: dict[str, Any]) -> list[Delta]:
        self._response = required(event, "response", dict, event["type"])
        if event["type"] == "response.created":  # a server that starts over is heard from there
            self._items = {}
        return []

    def _item(self, event: dict[str, Any]) -> list[Delta]:
        index = required(event, "output_index", int, event["type"])
        item = required(event, "item", dict, event["type"])
        begun = index in self._items
        self._items[index] = dict(item)
        if begun or item.get("type") not in CALLS:
            return []
        at = self._part(index)
        deltas = [Delta(kind="call", index=at, text=str(item.get("name")))]
        told = item.get("arguments") or item.get("input")
        if isinstance(told, str) and told:  # a call made in one go: no deltas will follow
            deltas.append(Delta(kind="arguments", index=at, text=told))
        return deltas

    def _content_part(self, event: dict[str, Any]) -> list[Delta]:
        self._put_part(event, WITHIN, "content_index")
        return []

    def _summary_part(self, event: dict[str, Any]) -> list[Delta]:
        self._put_part(event, SUMMARY, "summary_index")
        return []

    def _put_part(self, event: dict[str, Any], holder: str, place: str) -> None:
        parts, index = self._parts(event, holder, place)
        part = dict(required(event, "part", dict, event["type"]))
        if index == len(parts):
            parts.append(part)
        else:
            parts[index] = part

    def _annotation(self, event: dict[str, Any]) -> list[Delta]:
        parts, index = self._parts(event, WITHIN, "content_index")
        if index < len(parts):
            told = parts[index].get("annotations")
            parts[index]["annotations"] = [*(told or []), event.get("annotation")]
        return []

    def _grow(self, event: dict[str, Any], name: str, ending: str) -> list[Delta]:
        field, holder = GROWING[name]
        grown = self._growing(event, holder)
        if ending == "done":
            grown[field] = event.get(field, grown.get(field))
            return []
        more = required(event, "delta", str, event["type"])
        before = grown.get(field)
        grown[field] = (before if isinstance(before, str) else "") + more
        if name not in SHOWN or not more:
            return []
        at = self._part(event["output_index"])
        if holder == WITHIN and name != "response.reasoning_text":
            at += event["content_index"]
        return [Delta(kind=SHOWN[name], index=at, text=more)]

    def _growing(self, event: dict[str, Any], holder: str | None) -> dict[str, Any]:
        if holder is None:
            return self._item_of(event)
        place = "content_index" if holder == WITHIN else "summary_index"
        parts, index = self._parts(event, holder, place)
        if index == len(parts):
            parts.append({"type": PART_TYPES[event["type"].rpartition(".")[0]]})
        return parts[index]

    def _item_of(self, event: dict[str, Any]) -> dict[str, Any]:
        index = required(event, "output_index", int, event["type"])
        if index not in self._items:
            raise Misshapen(f"{event['type']}: item {index} has not begun")
        return self._items[index]

    def _parts(
        self, event: dict[str, Any], holder: str, place: str
    ) -> tuple[list[dict[str, Any]], int]:
        item = self._item_of(event)
        told = item.get(holder)
        parts = item[holder] = [*told] if isinstance(told, list) else []
        index = required(event, place, int, event["type"])
        if not 0 <= index <= len(parts) or not all(isinstance(part, dict) for part in parts):
            raise Misshapen(f"{event['type']}: part {index} has not begun")
        return parts, index

    def _part(self, output_index: int) -> int:
        """How many parts stand before an item: a message's content may be several."""
        before = [item for n, item in self._items.items() if n < output_index]
        return sum(_parts_in(item) for item in before)


TAKES: dict[str, Callable[[ResponseStream, dict[str, Any]], list[Delta]]] = {
    **dict.fromkeys(
        (f"response.{state}" for state in ("created", "queued", "in_progress")),
        ResponseStream._whole,
    ),
    **dict.fromkeys(
        (f"response.{state}" for state in ("completed", "incomplete", "cancelled")),
        ResponseStream._whole,
    ),
    "response.output_item.added": ResponseStream._item,
    "response.output_item.done": ResponseStream._item,
    "response.content_part.added": ResponseStream._content_part,
    "response.content_part.done": ResponseStream._content_part,
    "response.reasoning_summary_part.added": ResponseStream._summary_part,
    "response.reasoning_summary_part.done": ResponseStream._summary_part,
    "response.output_text.annotation.added": ResponseStream._annotation,
}


def _parts_in(item: dict[str, Any]) -> int:
    content = item.get("content")
    return len(content) if item.get("type") == "message" and isinstance(content, list) else 1
