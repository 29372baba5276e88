"""Messages, written: the inverse of `messages.py`, and what this wire cannot say of them.

Owns the order of a message's parts on this wire, and ids where results need them. How a failure is
told is `openai_failed.py`'s, single parts are `content.py`'s, `calls.py`'s and `reasoning.py`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Part,
    Thinking,
    ToolCall,
    ToolResult,
)
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.openai_chat.calls import is_legacy, write_call, write_legacy_call
from roundtrip.wires.openai_chat.content import write_content
from roundtrip.wires.openai_chat.messages import answers_legacy_call
from roundtrip.wires.openai_chat.reasoning import FIELDS, write_reasoning
from roundtrip.wires.openai_chat.told import LINKS, TOLD, template
from roundtrip.wires.openai_failed import told_failed
from roundtrip.wires.refusal import refusal_in

Placed = tuple[str, Part]
"""A part and the path it has among the canonical values."""


def write_messages(conversation: Conversation, changes: list[Change]) -> list[dict[str, Any]]:
    """The messages as JSON, the system prompt first; what has nothing to say is left out."""
    written = _write_system(conversation, changes)
    messages = _linked(conversation.messages, changes)
    for n, message in enumerate(messages):
        where = f"messages[{n}]"
        said = _write_results(message, where, messages[:n], changes)
        said += _write_rest(message, where, changes)
        if not said:
            what = "nothing of this message can be said here: left out"
            changes.append(Change(where=where, what=what))
        written += said
    return written


def _linked(messages: tuple[Message, ...], changes: list[Change]) -> tuple[Message, ...]:
    """With a fit id for every call and result, but those of the time when names linked them."""
    if not LINKS.takes_all(messages):
        return LINKS.linked(messages, changes)
    for n, message in enumerate(messages):
        for part in message.parts:
            call = isinstance(part, ToolCall) and not part.id and not is_legacy(part)
            result = isinstance(part, ToolResult) and not part.call_id
            if call or (result and not _is_legacy_result(part, messages[:n])):  # type: ignore[arg-type]
                return LINKS.linked(messages, changes)
    return messages


def _is_legacy_result(result: ToolResult, before: Sequence[Message]) -> bool:
    told = template(result.native)
    return told.get("role") == "function" or answers_legacy_call(result, before)


def _write_system(conversation: Conversation, changes: list[Change]) -> list[dict[str, Any]]:
    texts = [(f"system[{n}]", text) for n, text in enumerate(conversation.system)]
    spelled_as = template(conversation.native).get("system")
    if not spelled_as or sum(count for count, _ in spelled_as) != len(texts):
        content = write_content(texts, {}, changes)
        return [{"role": "system", "content": content}] if texts else []
    written = []
    for count, envelope in spelled_as:
        into = envelope["fields"] | envelope["shapes"]
        written.append(put(into, {"content": write_content(texts[:count], into, changes)}))
        texts = texts[count:]
    return written


def _write_results(
    message: Message, where: str, before: Sequence[Message], changes: list[Change]
) -> list[dict[str, Any]]:
    return [
        _write_result(part, f"{where}.parts[{n}]", before, changes)
        for n, part in enumerate(message.parts)
        if isinstance(part, ToolResult)
    ]


def _write_result(
    result: ToolResult, where: str, before: Sequence[Message], changes: list[Change]
) -> dict[str, Any]:
    into = template(result.native)
    parts = [(f"{where}.content[{n}]", part) for n, part in enumerate(result.content)]
    if result.is_error:
        parts = told_failed(parts, where, changes)
    content = write_content(parts, into, changes)
    if content is ABSENT and (not into or into.get("content") == "string"):
        content = ""  # the API demands one
    fields = {"content": content}
    if not result.call_id and _is_legacy_result(result, before):
        return put(into, {"role": "function", "name": result.name} | fields)
    call_id = spelled(into, "tool_call_id", result.call_id, reads=lambda told: told or None)
    return put(into, {"role": "tool", "tool_call_id": call_id} | fields)


def _write_rest(message: Message, where: str, changes: list[Change]) -> list[dict[str, Any]]:
    """Everything but results: one JSON message, or as many as were told."""
    parts: list[Placed] = [
        (f"{where}.parts[{n}]", part)
        for n, part in enumerate(message.parts)
        if not isinstance(part, ToolResult)
    ]
    into = template(message.native)
    told = message.native.value if message.native and into else {}
    pieces = told.get("pieces", [])
    if sum(count for count, _ in pieces) != len(parts):
        pieces = [[len(parts), told]] if parts or (told and not message.results) else []
    written = []
    for count, piece in pieces:
        written.append(_write_one(message.role, parts[:count], piece, changes))
        parts = parts[count:]
    return [said for said in written if said is not None]


def _write_one(
    role: str, parts: Sequence[Placed], told: dict[str, Any], changes: list[Change]
) -> dict[str, Any] | None:
    into = told["fields"] | told["shapes"] if told else {}
    if role == "assistant":
        return write_assistant(parts, into, changes, echo="reply" in told)
    content = write_content(parts, into, changes)
    if content is ABSENT:
        return None
    return put(into, {"role": into.get("role", role), "content": content})


def write_assistant(
    parts: Sequence[Placed], into: dict[str, Any], changes: list[Change], *, echo: bool
) -> dict[str, Any] | None:
    """A model's message, or None where nothing of it can be said. `echo`: it came as an answer."""
    calls = [part for _, part in parts if isinstance(part, ToolCall)]
    fields: dict[str, Any] = {"role": into.get("role", ABSENT if into else "assistant")}
    shown: list[Placed] = []
    refused: list[str] = []
    reasoning: dict[str, Any] = {}
    apart = _refusals_apart(parts, into)
    for n, (place, part) in enumerate(parts):
        if isinstance(part, Thinking):
            reasoning |= write_reasoning(part, place, changes)
        elif n in apart:
            refused.append(apart[n])
        elif not isinstance(part, ToolCall):
            shown.append((place, part))
            if any(isinstance(earlier, ToolCall) for _, earlier in parts[:n]):
                what = "said before the calls: on this wire a message's words come first"
                changes.append(Change(where=place, what=what))
    content = write_content(shown, into, changes)
    fields["content"] = None if content is ABSENT and not into else content
    fields |= {field: ABSENT for field in FIELDS if into.get(field) == TOLD} | reasoning
    fields |= _write_refusal(refused, into) | _write_calls(calls, into, echo)
    if echo and isinstance(into.get("audio"), dict):
        fields["audio"] = {"id": into["audio"].get("id")}  # the API wants no more of it back
    said = put(into, fields)
    empty = not (calls or refused or said.get("content"))
    return None if empty and (echo or not into or _said_more(into)) else said


def _refusals_apart(parts: Sequence[Placed], into: dict[str, Any]) -> dict[int, str]:
    """The words of the parts that stand in `refusal`. A content that was told as a list may hold
    refusals too: then only the last part does, where one was told apart."""
    words = [(n, refusal_in(part)) for n, (_, part) in enumerate(parts)]
    refusals = [(n, said) for n, said in words if said is not None]
    if into.get("content") == "list":
        refusals = refusals[-1:] if into.get("refusal") == TOLD else []
    return dict(refusals)


def _said_more(into: dict[str, Any]) -> bool:
    """Whether a message that is empty now was told with words, a refusal or calls."""
    told = (into.get(field) for field in ("tool_calls", "function_call", "refusal"))
    return into.get("content") == "string" or TOLD in told


def _write_refusal(refused: list[str], into: dict[str, Any]) -> dict[str, Any]:
    if refused:
        return {"refusal": "".join(refused)}
    return {"refusal": ABSENT} if into.get("refusal") == TOLD else {}


def _write_calls(calls: list[ToolCall], into: dict[str, Any], echo: bool) -> dict[str, Any]:
    """`tool_calls`, and the one `function_call` where it was told as such."""
    # By its place: two calls may be equal, and both were made.
    legacy = next((n for n, call in enumerate(calls) if is_legacy(call)), None)
    items = [write_call(call, echo=echo) for n, call in enumerate(calls) if n != legacy]
    fields: dict[str, Any] = {}
    if items:
        fields["tool_calls"] = items
    elif into.get("tool_calls") == TOLD or (echo and into.get("tool_calls") == []):
        fields["tool_calls"] = ABSENT  # an empty list, which some servers send, is refused
    if legacy is not None:
        fields["function_call"] = write_legacy_call(calls[legacy])
    elif into.get("function_call") == TOLD:
        fields["function_call"] = ABSENT
    return fields
