"""A streamed reply put together: the body that its chunks amount to.

Owns merging. What the body means is `reply.py`'s. Knows the liberties that compatible servers take:
calls without an index or all with the index 0, with ids or none, names and ids told again with each
piece, arguments as an object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from roundtrip.conversation import Delta
from roundtrip.tools.checks import parse_arguments
from roundtrip.wires.json_text import dump
from roundtrip.wires.openai_chat.reasoning import WORDS
from roundtrip.wires.openai_chat.shapes import expect, optional

PADDING = "obfuscation"
"""Random letters against guessing a reply by its packets' sizes: no part of it."""

CHUNK, WHOLE = "chat.completion.chunk", "chat.completion"
REPEATED = frozenset({"role", "id", "type", "format"})
"""Words that some servers say again with each piece; all others go on where they stopped."""


LOOKED_AT = 8192
"""Characters of arguments that are looked at whether they are whole: a server may name a call with
each of its pieces, and each would be looked at from the beginning."""


@dataclass
class _Choice:
    """One choice under way."""

    fields: dict[str, Any] = field(default_factory=dict)
    message: dict[str, Any] = field(default_factory=dict)
    by_index: dict[int | None, dict[str, Any]] = field(default_factory=dict)
    """The call that each index stands for now."""

    by_id: dict[Any, dict[str, Any]] = field(default_factory=dict)
    """The first call of each id."""

    indexes: list[int | None] = field(default_factory=list)
    """The index each call came with, in order of appearance."""

    shown: dict[str | int, int] = field(default_factory=dict)
    """What the deltas' indexes count, in order of appearance: fields, and identities of calls."""


class Chunks:
    """The chunks of one reply."""

    def __init__(self) -> None:
        self._fields: dict[str, Any] = {}
        self._choices: dict[int, _Choice] = {}

    def add(self, chunk: dict[str, Any]) -> list[Delta]:
        """Take one chunk; what of it a person can see. Raises `Misshapen`."""
        self._fields.setdefault("choices", None)
        for name, value in chunk.items():
            if name == "choices" or name == PADDING:
                continue
            known = self._fields.get(name)
            if name not in self._fields or value not in (None, "", 0):
                self._fields[name] = _updated(known, value)
        deltas: list[Delta] = []
        for n, choice in enumerate(optional(chunk, "choices", list, "chunk") or []):
            deltas += self._grow(expect(choice, dict, f"choices[{n}]"))
        return deltas

    def body(self) -> dict[str, Any]:
        """The body so far."""
        choices = [_finished(self._choices[index]) for index in sorted(self._choices)]
        kind = self._fields.get("object")
        told = {"object": WHOLE} if kind == CHUNK else {}
        return self._fields | told | {"choices": choices}

    def _grow(self, told: dict[str, Any]) -> list[Delta]:
        index = optional(told, "index", int, "choices") or 0
        choice = self._choices.setdefault(index, _Choice())
        for name, value in told.items():
            if name == "delta":
                continue
            if name not in choice.fields or value is not None:
                choice.fields[name] = _grown_field(choice.fields.get(name), value)
        deltas = _grow_message(choice, optional(told, "delta", dict, "choices") or {})
        return [] if index else deltas


def _updated(known: Any, value: Any) -> Any:
    return known | value if isinstance(known, dict) and isinstance(value, dict) else value


def _grown_field(known: Any, value: Any) -> Any:
    """Log probabilities come as lists that go on; other fields as they stand at last."""
    if not isinstance(known, dict) or not isinstance(value, dict):
        return value
    grown = dict(known)
    for name, more in value.items():
        before = known.get(name)
        if isinstance(before, list) and isinstance(more, list):
            before.extend(more)  # a copy for each chunk would take time without end
        elif more is not None or name not in known:
            grown[name] = more
    return grown


def _grow_message(choice: _Choice, delta: dict[str, Any]) -> list[Delta]:
    deltas: list[Delta] = []
    for name, value in delta.items():
        if name == "tool_calls":
            calls = optional(delta, name, list, "delta") or []
            choice.message.setdefault(name, [] if value is not None else None)
            for call in calls:
                deltas += _grow_call(choice, expect(call, dict, "delta.tool_calls"))
        elif name == "function_call" and isinstance(value, dict):
            known = choice.message.get(name)
            call = choice.message[name] = known if isinstance(known, dict) else {}
            deltas += _grow_said(choice, call, call, value)
        else:
            _merge(choice.message, name, value)
            deltas += _words(choice, name, value)
    return deltas


def _words(choice: _Choice, name: str, value: Any) -> list[Delta]:
    if not isinstance(value, str) or not value:
        return []
    if name in WORDS and not (name == WORDS[1] and choice.message.get(WORDS[0])):
        return [Delta(kind="thinking", index=_place(choice, "thinking"), text=value)]
    if name in ("content", "refusal"):
        return [Delta(kind="text", index=_place(choice, name), text=value)]
    return []


def _place(choice: _Choice, part: str | int) -> int:
    """Where a part stands among those that have appeared."""
    return choice.shown.setdefault(part, len(choice.shown))


def _grow_call(choice: _Choice, piece: dict[str, Any]) -> list[Delta]:
    call = _call_of(choice, piece)
    deltas: list[Delta] = []
    for name, value in piece.items():
        if name in ("function", "custom") and isinstance(value, dict):
            known = call.get(name)
            said = call[name] = known if isinstance(known, dict) else {}
            deltas += _grow_said(choice, call, said, value)
        elif name != "index":
            _merge(call, name, value)
    if isinstance(call.get("id"), str | int):
        choice.by_id.setdefault(call["id"], call)
    return deltas


def _call_of(choice: _Choice, piece: dict[str, Any]) -> dict[str, Any]:
    """The call a piece belongs to; a new one where it says another id than the last of its
    index, or a name and either no index at all or arguments behind whole ones."""
    calls = choice.message.get("tool_calls")
    if not isinstance(calls, list):
        calls = choice.message["tool_calls"] = []
    index, call_id = piece.get("index"), piece.get("id")
    index = index if isinstance(index, int) else None
    said = piece.get("function") or piece.get("custom")
    named = isinstance(said, dict) and bool(said.get("name"))
    call: dict[str, Any] | None = choice.by_index.get(index)
    if call is not None and call_id and call.get("id") and call_id != call["id"]:
        call = _call_with(choice, call_id) or (None if named else call)
    elif call is not None and named and not call_id and (index is None or _is_next(call, said)):
        call = None
    if call is None:
        call = {}
        calls.append(call)
        choice.indexes.append(index)
    choice.by_index[index] = call
    return call


def _is_next(call: dict[str, Any], said: Any) -> bool:
    """Whether a named piece begins another call: what this one was asked with is whole already."""
    known = call.get("function")
    text = known.get("arguments") if isinstance(known, dict) else None
    if not said.get("arguments") or not isinstance(text, str) or len(text) > LOOKED_AT:
        return False
    return text.rstrip().endswith("}") and parse_arguments(text)[1] is None


def _call_with(choice: _Choice, call_id: Any) -> dict[str, Any] | None:
    call = choice.by_id.get(call_id) if isinstance(call_id, str | int) else None
    return call if call is not None and call.get("id") == call_id else None


def _grow_said(
    choice: _Choice, call: dict[str, Any], said: dict[str, Any], more: dict[str, Any]
) -> list[Delta]:
    """The name and the arguments of a call."""
    deltas: list[Delta] = []
    for name, value in more.items():
        if name == "arguments" and not isinstance(value, str | None):
            value = dump(value)
        new = name == "name" and not said.get("name")
        _merge(said, name, value)
        if name == "name" and new and isinstance(value, str) and value:
            deltas.append(Delta(kind="call", index=_place(choice, id(call)), text=value))
        elif name in ("arguments", "input") and isinstance(value, str) and value:
            deltas.append(Delta(kind="arguments", index=_place(choice, id(call)), text=value))
    return deltas


def _merge(holder: dict[str, Any], name: str, value: Any) -> None:
    """A field of a delta onto what is known of it: words and lists go on, null says nothing."""
    known = holder.get(name)
    if known is None:
        holder[name] = value
    elif isinstance(known, str) and isinstance(value, str):
        said_again = name in REPEATED or (name == "name" and value == known)
        holder[name] = known if said_again else known + value
    elif isinstance(known, list) and isinstance(value, list):
        _extend(known, value)
    elif isinstance(known, dict) and isinstance(value, dict):
        grown = holder[name] = dict(known)
        for inner, more in value.items():
            _merge(grown, inner, more)
    elif value is not None:
        holder[name] = value


def _extend(known: list[Any], more: list[Any]) -> None:
    """Put a list behind another; an item of the same index and type goes on."""
    for item in more:
        last = known[-1] if known else None
        if isinstance(item, dict) and isinstance(last, dict) and _goes_on(last, item):
            last = known[-1] = dict(last)
            for name, value in item.items():
                if name not in ("index", "type"):
                    _merge(last, name, value)
        else:
            known.append(item)


def _goes_on(last: dict[str, Any], item: dict[str, Any]) -> bool:
    index = item.get("index")
    same = last.get("index") == index and last.get("type") == item.get("type")
    return index is not None and same


def _finished(choice: _Choice) -> dict[str, Any]:
    message, calls = choice.message, choice.message.get("tool_calls")
    if calls and None not in choice.indexes:  # what comes first need not be the first
        numbered = zip(choice.indexes, calls, strict=True)
        in_order = sorted(numbered, key=lambda one: one[0] or 0)
        message = message | {"tool_calls": [call for _, call in in_order]}
    return choice.fields | ({"message": message} if message else {})
