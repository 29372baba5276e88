"""Messages, both ways: who said what, and how several JSON messages are one of ours.

Owns roles, the grouping of `tool` messages and of what an assistant said in one go, and where
calls, refusals and reasoning stand in a message. Single parts are `content.py`'s, `calls.py`'s and
`reasoning.py`'s.

The native of a message holds the fields of its JSON (`kept`); beside them `pieces` where it is
made of several, and `reply` where it came as a model's answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from roundtrip.conversation import Message, Native, Part, Text, ToolCall, ToolResult
from roundtrip.wires.openai_chat.calls import is_legacy, read_call, read_legacy_call
from roundtrip.wires.openai_chat.content import only_texts, read_content, refusal
from roundtrip.wires.openai_chat.reasoning import read_reasoning
from roundtrip.wires.openai_chat.shapes import expect, one_of, optional, required, wrong_type
from roundtrip.wires.openai_chat.told import NAME, TOLD, kept

SYSTEM = ("system", "developer")
RESULT = ("tool", "function")
ROLES = ("system", "assistant", "user", "function", "tool", "developer")


def read_messages(
    messages: list[Any],
) -> tuple[tuple[Text, ...], Native | None, tuple[Message, ...]]:
    """The system prompt in front, how it was spelled, and the messages. Raises `Misshapen`."""
    told = [_with_role(message, n) for n, message in enumerate(messages)]
    first = next((n for n, message in enumerate(told) if message["role"] not in SYSTEM), len(told))
    system, shape = _read_system(told[:first])
    names: dict[str, str] = {}
    read: list[list[Message]] = []
    for n, message in enumerate(told[first:], first):
        said = _read_message(message, f"messages[{n}]", names)
        if read and _are_one(read[-1][-1], said):
            read[-1].append(said)
        else:
            read.append([said])
    return system, shape, tuple(_joined(pieces) for pieces in read)


def _with_role(message: Any, n: int) -> dict[str, Any]:
    role = required(expect(message, dict, f"messages[{n}]"), "role", str, f"messages[{n}]")
    one_of(role, ROLES, f"messages[{n}].role")
    told: dict[str, Any] = message
    return told


def _read_system(messages: list[dict[str, Any]]) -> tuple[tuple[Text, ...], Native | None]:
    """Each message's texts, and its other fields: those are listed beside, for other wires."""
    texts: list[Text] = []
    spelled, beside = [], {}
    for n, message in enumerate(messages):
        read, envelope = _read_words(message, f"messages[{n}]")
        texts += read
        spelled.append([len(read), envelope.value])
        if isinstance(message.get("name"), str):
            beside[f"system[{n}].name"] = message["name"]
    return tuple(texts), kept(beside, system=spelled) if spelled else None


def _read_words(message: dict[str, Any], where: str) -> tuple[tuple[Text, ...], Native]:
    if message.get("content") is None:
        required(message, "content", str, where)
    parts, shape = read_content(message, where)
    shapes = {"content": shape} if shape else {}
    return only_texts(parts, where), kept(message, held=("role",), **shapes)


def _read_message(message: dict[str, Any], where: str, names: dict[str, str]) -> Message:
    role = message["role"]
    if role in RESULT:
        return Message(role="user", parts=(_read_result(message, where, names),))
    if role in SYSTEM:
        texts, envelope = _read_words(message, where)
        return Message(role="system", parts=texts, native=envelope)
    if role == "assistant":
        said = read_assistant(message, where)
        names.update({call.id: call.name for call in said.calls if call.id})
        return said
    if message.get("content") is None:
        required(message, "content", str, where)
    parts, shape = read_content(message, where)
    shapes = {"content": shape} if shape else {}
    return Message(role="user", parts=parts, native=kept(message, held=("role",), **shapes))


def _read_result(message: dict[str, Any], where: str, names: dict[str, str]) -> ToolResult:
    parts, shape = read_content(message, where)
    if message.get("content") is None and message["role"] == "tool":
        required(message, "content", str, where)
    shapes = {"content": shape} if shape else {}
    if message["role"] == "tool":
        call_id = required(message, "tool_call_id", str, where) or None
        name = names.get(call_id or "") or optional(message, "name", str, where)
    else:
        call_id, name = None, required(message, "name", str, where)
    return ToolResult(
        call_id=call_id,
        name=name,
        content=parts,
        native=kept(message, held=("role", "tool_call_id", "name"), **shapes),
    )


def read_assistant(message: dict[str, Any], where: str, *, reply: bool = False) -> Message:
    """What a model said, in a request or in a `reply`: reasoning, words, refusal, calls.

    Raises `Misshapen`.
    """
    thinking, fields = read_reasoning(message)
    marks = dict.fromkeys(fields, TOLD)
    shown, shape = read_content(message, where)
    parts: list[Part] = [*([thinking] if thinking else []), *shown]
    if shape:
        marks["content"] = shape
    if words := optional(message, "refusal", str, where):
        marks["refusal"] = TOLD
        parts.append(refusal(words))
    calls = _read_calls(message, where)
    if calls:
        marks["tool_calls"] = TOLD
    if message.get("function_call") is not None:
        marks["function_call"] = TOLD
        calls.append(read_legacy_call(message["function_call"], f"{where}.function_call"))
    native = kept(message, held=("role",), **marks)
    if reply:
        native = Native(wire=NAME, value=native.value | {"reply": True})
    return Message(role="assistant", parts=(*parts, *calls), native=native)


def _read_calls(message: dict[str, Any], where: str) -> list[ToolCall]:
    calls = message.get("tool_calls")
    if calls is None:
        return []
    if not isinstance(calls, list):
        raise wrong_type(calls, "an array of objects", f"{where}.tool_calls")
    return [read_call(call, f"{where}.tool_calls[{n}]") for n, call in enumerate(calls)]


def _are_one(before: Message, after: Message) -> bool:
    """Whether both stand in one message of ours: what an assistant said, or a reply's results."""
    if before.role == after.role == "assistant":
        return True
    return bool(_only_results(before.parts) and _only_results(after.parts))


def _only_results(parts: Sequence[Part]) -> bool:
    return bool(parts) and all(isinstance(part, ToolResult) for part in parts)


def _joined(pieces: list[Message]) -> Message:
    first = pieces[0]
    if len(pieces) == 1:
        return first
    parts = tuple(part for piece in pieces for part in piece.parts)
    if first.native is None:  # results: each has its own message
        return Message(role=first.role, parts=parts)
    told = [[len(piece.parts), piece.native.value] for piece in pieces if piece.native is not None]
    whole = first.native.value | {"pieces": told}
    return Message(role=first.role, parts=parts, native=Native(wire=NAME, value=whole))


def answers_legacy_call(result: ToolResult, messages: Sequence[Message]) -> bool:
    """Whether the last call before a result, of its name, was a `function_call` without an id."""
    calls = [call for message in messages for call in message.calls]
    named = [call for call in calls if result.name in (None, call.name)]
    return result.call_id is None and bool(named) and is_legacy(named[-1])
