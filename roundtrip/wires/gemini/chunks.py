"""The chunks of a streamed reply, put together to the body that would have said the same.

Owns what a chunk adds: text grows across chunks (never within one, where parts are told apart), the
counts of the last chunk stand, calls may come in pieces (Vertex's `partialArgs`). A whole body is
one chunk. What the body means is `reply.py`'s.

A part with a `thoughtSignature` is joined with none: it must go back as it came. Models end their
streams with an empty text that says nothing; without a signature it is left out.
"""

from __future__ import annotations

import re
from typing import Any

from roundtrip.conversation import Delta
from roundtrip.tools.checks import DEPTH_LIMIT
from roundtrip.wires.gemini.told import camel, in_camel, spelling
from roundtrip.wires.json_text import Misshapen, dump, expect, optional, required

_COUNTS = ("promptTokenCount", "candidatesTokenCount", "totalTokenCount")
CALL, _PIECES, _MORE = "functionCall", "partialArgs", "willContinue"
_STEP = re.compile(
    r"\.(?P<name>[^.\[\]]+)|\[(?P<index>\d+)\]|\['(?P<one>[^']*)'\]|\[\"(?P<two>[^\"]*)\"\]"
)


class Body:
    """A reply's body, as far as its chunks have come."""

    def __init__(self) -> None:
        self._fields: dict[str, Any] = {}
        self._candidates: dict[int, dict[str, Any]] = {}
        self._open: dict[int, _Call] = {}
        self.names: dict[str, str] = {}
        """What fields were called that `value` has in camelCase."""

    def take(self, chunk: dict[str, Any]) -> list[Delta]:
        """Add one chunk. Raises `Misshapen`."""
        deltas: list[Delta] = []
        for field, value in in_camel(chunk, self.names).items():
            if field == "candidates" and value:
                self._fields.setdefault(field, None)
                for n, candidate in enumerate(expect(value, list, field)):
                    deltas += self._take_candidate(expect(candidate, dict, field), n)
            elif field == "usageMetadata":
                self._take_usage(value)
            elif field != "candidates" or field not in self._fields:
                self._fields[field] = value
        return deltas

    def value(self) -> dict[str, Any]:
        """The body's JSON; empty when nothing came."""
        if not self._candidates:
            return dict(self._fields)
        in_order = [dict(self._candidates[index]) for index in sorted(self._candidates)]
        return self._fields | {"candidates": in_order}

    def _take_usage(self, usage: Any) -> None:
        told = self._fields.get("usageMetadata")
        counts = isinstance(usage, dict) and any(field in usage for field in _COUNTS)
        if counts or not told:
            self._fields["usageMetadata"] = usage

    def _take_candidate(self, candidate: dict[str, Any], position: int) -> list[Delta]:
        told = optional(candidate, "index", int, "candidates")
        index = position if told is None else told
        known = self._candidates.setdefault(index, {})
        deltas: list[Delta] = []
        for field, value in candidate.items():
            if field == "content" and value is not None:
                content = expect(value, dict, "candidates.content")
                deltas = self._take_content(content, known, index)
            elif value or not known.get(field):
                known[field] = value
        return deltas if index == min(self._candidates) else []

    def _take_content(
        self, content: dict[str, Any], known: dict[str, Any], index: int
    ) -> list[Delta]:
        grown = known["content"] = dict(known.get("content") or {})
        deltas: list[Delta] = []
        for field, value in content.items():
            if field != "parts" or value is None:
                grown[field] = value
                continue
            into = grown[field] = list(grown.get(field) or [])
            parts = expect(value, list, "candidates.content.parts")
            for n, part in enumerate(parts):
                told = expect(part, dict, "candidates.content.parts")
                deltas += self._take_part(told, into, index, first=n == 0, alone=len(parts) == 1)
        return deltas

    def _take_part(
        self, part: dict[str, Any], into: list[Any], index: int, *, first: bool, alone: bool
    ) -> list[Delta]:
        call = part.get(spelling(part, CALL))
        if isinstance(call, dict):
            return self._take_call(part, call, into, index)
        if first and into and joins(into[-1], part):
            into[-1] = into[-1] | {"text": into[-1]["text"] + part["text"]}
        elif alone and into and is_plain(part) and not part["text"]:
            return []
        else:
            into.append(part)
        text = part.get("text")
        if not isinstance(text, str) or not text:
            return []
        thought = part.get("thought") is True
        return [Delta(kind="thinking" if thought else "text", index=len(into) - 1, text=text)]

    def _take_call(
        self, part: dict[str, Any], call: dict[str, Any], into: list[Any], index: int
    ) -> list[Delta]:
        deltas = []
        more = bool(call.get(spelling(call, _MORE)))
        pieces = expect(call.get(spelling(call, _PIECES)) or [], list, "functionCall.partialArgs")
        if "name" in call or index not in self._open:
            self._open.pop(index, None)
            into.append(part)
            deltas.append(Delta(kind="call", index=len(into) - 1, text=str(call.get("name"))))
            if not pieces and not more:  # it came in one go
                arguments = call.get("args") or {}
                return [*deltas, Delta(kind="arguments", index=len(into) - 1, text=dump(arguments))]
            self._open[index] = _Call(len(into) - 1, call.get("args"))
        growing = self._open[index]
        for piece in pieces:
            growing.grow(expect(piece, dict, "functionCall.partialArgs"))
        into[growing.at] = growing.written(into[growing.at], more)
        if not more:
            del self._open[index]
            deltas.append(Delta(kind="arguments", index=growing.at, text=dump(growing.arguments)))
        return deltas


class _Call:
    """A call whose arguments come in pieces."""

    def __init__(self, at: int, arguments: Any) -> None:
        self.at = at
        self.arguments: dict[str, Any] = _own(arguments) if isinstance(arguments, dict) else {}
        self._unfinished: set[str] = set()
        """Paths whose text goes on in the next piece."""

    def grow(self, piece: dict[str, Any]) -> None:
        """Take one piece, e.g. `{"jsonPath": "$.city", "stringValue": "Tok"}`."""
        piece = {camel(field): value for field, value in piece.items()}
        path = required(piece, "jsonPath", str, "partialArgs")
        if "stringValue" in piece:
            value: Any = required(piece, "stringValue", str, "partialArgs")
        elif "numberValue" in piece or "boolValue" in piece:
            value = piece.get("numberValue", piece.get("boolValue"))
        elif "nullValue" in piece:
            value = None
        else:
            return
        _set(self.arguments, path, value, goes_on=path in self._unfinished)
        self._unfinished.discard(path)
        if piece.get("willContinue"):
            self._unfinished.add(path)

    def written(self, part: dict[str, Any], more: bool) -> dict[str, Any]:
        """The part as a body would say it; `willContinue` stays on one that was cut off."""
        said = spelling(part, CALL)
        mark = spelling(part[said], _MORE)
        call = {
            field: told
            for field, told in part[said].items()
            if camel(field) not in (_PIECES, _MORE)
        }
        call["args"] = _own(self.arguments)
        return part | {said: call | ({mark: True} if more else {})}


def _own(value: Any) -> Any:
    """The same JSON, so that what grows on is nobody else's."""
    if isinstance(value, dict):
        return {name: _own(inner) for name, inner in value.items()}
    return [_own(inner) for inner in value] if isinstance(value, list) else value


def _set(root: dict[str, Any], path: str, value: Any, *, goes_on: bool) -> None:
    """Put a value at a JSON path such as `$.steps[2].name`; text that goes on is appended."""
    steps = _steps(path)
    holder: Any = root
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        known = _get(holder, step, path)
        if after is None:
            grown = goes_on and isinstance(known, str) and isinstance(value, str)
            _assign(holder, step, known + value if grown else value)
        else:
            if known is None:
                _assign(holder, step, [] if isinstance(after, int) else {})
            holder = _get(holder, step, path)


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    at = 1
    while path[:1] == "$" and at < len(path) and (found := _STEP.match(path, at)):
        at = found.end()
        name = next(inner for inner in found.groups() if inner is not None)
        steps.append(int(name) if found["index"] else name)
    if not steps or at < len(path) or len(steps) > DEPTH_LIMIT:
        raise Misshapen(f"partialArgs.jsonPath: {path[:80]!r} is no path to an argument")
    return steps


def _get(holder: Any, step: str | int, path: str) -> Any:
    if isinstance(holder, dict) and isinstance(step, str):
        return holder.get(step)
    if isinstance(holder, list) and isinstance(step, int) and step <= len(holder):
        return holder[step] if step < len(holder) else None
    raise Misshapen(f"partialArgs.jsonPath: {path[:80]!r} does not fit what came before")


def _assign(holder: Any, step: Any, value: Any) -> None:
    if isinstance(holder, list) and step == len(holder):
        holder.append(value)
    else:
        holder[step] = value


def is_plain(part: dict[str, Any]) -> bool:
    """Whether a part is text (or thought) and says nothing beside."""
    return isinstance(part.get("text"), str) and part.keys() <= {"text", "thought"}


def joins(before: dict[str, Any], part: dict[str, Any]) -> bool:
    """Whether a part that begins a chunk goes on with the one before."""
    both = is_plain(before) and is_plain(part)
    return both and before.get("thought") == part.get("thought")
