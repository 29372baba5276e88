"""The events that tell a response piece by piece, as the API streams it.

Owns their order, their grain and their fields. The inverse of `stream.py`: putting the events
together gives the response again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

WORDS = re.compile(r"\s*\S+|\s+$")
PIECE = 8
"""Characters of arguments in one event: about what the API sends."""

Fields = dict[str, Any]
Event = tuple[str, Fields]
"""The type of an event without its `response.`, and its fields."""

FINAL = {"completed": "completed", "incomplete": "incomplete"}
"""The last event of each status; with another one a stream breaks off."""

LATE: Fields = {
    "completed_at": None,
    "incomplete_details": None,
    "service_tier": "auto",
    "usage": None,
}
"""What only the end of a stream knows, and what stands there until then."""

RUNS = {
    "web_search_call": ("in_progress", "searching", "completed"),
    "file_search_call": ("in_progress", "searching", "completed"),
    "image_generation_call": ("in_progress", "generating", "completed"),
    "code_interpreter_call": ("in_progress", "interpreting", "completed"),
    "mcp_list_tools": ("in_progress", "completed"),
    "mcp_call": ("in_progress", "completed"),
}
"""What is told of a tool while the provider runs it."""

EMPTY: dict[str, Fields] = {
    "message": {"content": []},
    "function_call": {"arguments": ""},
    "custom_tool_call": {"input": ""},
    "mcp_call": {"arguments": "", "output": None},
    "code_interpreter_call": {"code": "", "outputs": None},
    "reasoning": {"summary": []},
    "image_generation_call": {"result": None},
}
"""What of an item the events after its first will bring."""


STREAMED: dict[Any, tuple[str, Fields]] = {
    "output_text": ("output_text", {"logprobs": []}),
    "refusal": ("refusal", {}),
}
"""Content that comes word by word: what its events are called, and what they say beside."""


def events_of(response: Fields) -> Iterator[Fields]:
    """The events, numbered. An unfinished response has no last one."""
    for number, (kind, fields) in enumerate(_events(response)):
        told = {**fields, "sequence_number": number}
        # Fields by name, as the API has them.
        yield {"type": f"response.{kind}"} | {name: told[name] for name in sorted(told)}


def _events(response: Fields) -> Iterator[Event]:
    final = FINAL.get(str(response.get("status")))
    start = response | {"output": []}
    if final:
        start |= {"status": "in_progress"}
        start |= {name: value for name, value in LATE.items() if response.get(name)}
    yield "created", {"response": start}
    yield "in_progress", {"response": start}
    for index, item in enumerate(response["output"]):
        yield from _of_item(item, index)
    if final:
        yield final, {"response": response}


def _of_item(item: Fields, index: int) -> Iterator[Event]:
    kind, place = item.get("type", "message"), {"output_index": index}
    begun = item | {name: value for name, value in EMPTY.get(kind, {}).items() if name in item}
    if "status" in item:
        begun["status"] = "in_progress"
    yield "output_item.added", {"item": begun, **place}
    where = {"item_id": item.get("id"), **place}
    if kind == "message":
        for n, part in enumerate(item["content"]):
            yield from _of_part(part, {"content_index": n, **where})
    elif kind == "reasoning":
        yield from _of_reasoning(item, where)
    elif kind in RUNS:
        yield from _of_run(item, kind, where)
    elif kind == "function_call":
        yield from _of_text("function_call_arguments", "arguments", item, where)
    elif kind == "custom_tool_call":
        yield from _of_text("custom_tool_call_input", "input", item, where)
    yield "output_item.done", {"item": item, **place}


def _of_text(name: str, field: str, item: Fields, where: Fields) -> Iterator[Event]:
    text = item.get(field)
    if not isinstance(text, str):
        return
    for at in range(0, len(text), PIECE):
        yield f"{name}.delta", {"delta": text[at : at + PIECE], **where}
    yield f"{name}.done", {field: text, **where}


def _of_part(part: Fields, where: Fields) -> Iterator[Event]:
    kind = part.get("type")
    field = "refusal" if kind == "refusal" else "text"
    begun = part | ({field: ""} if field in part else {})
    if part.get("annotations"):
        begun["annotations"] = []
    yield "content_part.added", {**where, "part": begun}
    if kind in STREAMED:
        name, beside = STREAMED[kind]
        for words, note in _with_notes(part, field):
            if note is None:
                yield f"{name}.delta", {"delta": words, **where, **beside}
            else:
                told = {"annotation": part["annotations"][note], "annotation_index": note, **where}
                yield "output_text.annotation.added", told
        yield f"{name}.done", {**where, **beside, field: part.get(field)}
    yield "content_part.done", {**where, "part": part}


def _with_notes(part: Fields, field: str) -> Iterator[tuple[str, int | None]]:
    """The words of a part, and the number of each annotation behind those it is about."""
    text = part.get(field)
    said, length = 0, len(text) if isinstance(text, str) else 0
    for n, annotation in enumerate(part.get("annotations") or ()):
        place = min(max(said, _place_of(annotation, length)), length)
        yield from ((words, None) for words in _words(text and text[said:place]))
        yield "", n
        said = place
    yield from ((words, None) for words in _words(text and text[said:]))


def _place_of(annotation: Any, length: int) -> int:
    """How many letters have been said when an annotation comes."""
    told = annotation if isinstance(annotation, dict) else {}
    places = [told[name] for name in ("end_index", "index") if isinstance(told.get(name), int)]
    return places[0] if places else length


def _of_reasoning(item: Fields, where: Fields) -> Iterator[Event]:
    for n, part in enumerate(item.get("summary") or ()):
        place = {**where, "summary_index": n}
        yield "reasoning_summary_part.added", {**place, "part": part | {"text": ""}}
        for words in _words(part.get("text")):
            yield "reasoning_summary_text.delta", {"delta": words, **place}
        yield "reasoning_summary_text.done", {**place, "text": part.get("text")}
        yield "reasoning_summary_part.done", {**place, "part": part}


def _of_run(item: Fields, kind: str, where: Fields) -> Iterator[Event]:
    first, *others = RUNS[kind]
    place = {name: where[name] for name in ("item_id", "output_index")}
    yield f"{kind}.{first}", place
    if kind == "mcp_call":
        yield from _of_text("mcp_call_arguments", "arguments", item, where)
    if kind == "code_interpreter_call":
        yield from _of_text("code_interpreter_call_code", "code", item, where)
    for state in others:
        yield f"{kind}.{state}", place


def _words(text: Any) -> list[str]:
    return WORDS.findall(text) if isinstance(text, str) else []
