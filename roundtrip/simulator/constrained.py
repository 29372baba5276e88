"""Constrained decoding, seen: what a strict schema lets stand at each place of a call's arguments.

A provider in strict mode lets a model write nothing but what keeps the arguments within the schema:
every other continuation is masked. Owns telling which were which, from a schema and the arguments
that were written. Pure; changes no argument.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from roundtrip.conversation import ToolCall, ToolDefinition
from roundtrip.simulator.model import Continuation, Response
from roundtrip.wires.schema.keywords import types_of
from roundtrip.wires.schema.places import DEPTH_LIMIT, beside
from roundtrip.wires.schema.references import References

MOST_PLACES = 200
"""Of one reply; a longer list tells nobody more."""

LONGEST_VALUE = 120
"""Characters of a value that was written, as it is told."""

KINDS = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
    "object": "an object",
    "array": "a list",
}
"""The kinds of JSON, in words."""

_ALL = tuple(KINDS[name] for name in ("string", "number", "boolean", "null", "object", "array"))
_OTHER_NAMES = "any other name"
_MORE = {"object": "one more name", "array": "one more item"}


def with_continuations(response: Response, tools: Sequence[ToolDefinition]) -> Response:
    """The response, its decision telling of the calls of strict tools."""
    strict = {tool.name: tool for tool in tools if tool.strict}
    told: list[Continuation] = []
    for call in response.calls:
        if call.name in strict:
            told += continuations(strict[call.name], call)
    if not told:
        return response
    decision = response.decision.model_copy(update={"constrained": tuple(told[:MOST_PLACES])})
    return response.model_copy(update={"decision": decision})


def continuations(tool: ToolDefinition, call: ToolCall) -> list[Continuation]:
    """Place by place, in the order in which the call's arguments are written."""
    if call.arguments is None:
        return []
    seen = _Seen(tool.name, References(tool.input_schema))
    return list(seen.value(tool.input_schema, call.arguments, "", 0))


@dataclass(frozen=True)
class _Seen:
    """One call's arguments beside the schema of its tool."""

    tool: str
    references: References

    def value(self, schema: Any, value: Any, place: str, depth: int) -> Iterator[Continuation]:
        options = self._options(schema)
        allowed = _allowed(options)
        opening = {dict: "{", list: "["}
        shown = next((sign for kind, sign in opening.items() if isinstance(value, kind)), None)
        yield self._at(place, "value", shown or _json(value), allowed, _masked(options, allowed))
        if depth >= DEPTH_LIMIT:
            return
        if isinstance(value, dict):
            yield from self._object(_of_kind(options, "object"), value, place, depth)
        elif isinstance(value, list):
            yield from self._list(_of_kind(options, "array"), value, place, depth)

    def _object(
        self, schema: Mapping[str, Any], value: dict[str, Any], place: str, depth: int
    ) -> Iterator[Continuation]:
        properties = schema.get("properties") or {}
        left = list(properties)
        demanded = [name for name in schema.get("required") or () if name in properties]
        is_open = schema.get("additionalProperties", True) is not False
        for name, inner in value.items():
            kept = () if is_open else (_OTHER_NAMES,)
            may_end = () if any(one in left for one in demanded) else ("}",)
            masked = kept if may_end else (*kept, "}")
            names = (*map(_json, left), *([_OTHER_NAMES] if is_open else []), *may_end)
            yield self._at(place, "name", _json(name), names, masked)
            yield from self.value(properties.get(name, {}), inner, beside(place, name), depth + 1)
            left = [one for one in left if one != name]
        yield self._end("object", place, bool(left) or is_open)

    def _list(
        self, schema: Mapping[str, Any], value: list[Any], place: str, depth: int
    ) -> Iterator[Continuation]:
        for at, inner in enumerate(value):
            yield from self.value(schema.get("items", {}), inner, beside(place, at), depth + 1)
        most = schema.get("maxItems")
        yield self._end("array", place, most is None or len(value) < most)

    def _end(self, kind: str, place: str, more: bool) -> Continuation:
        end = {"object": "}", "array": "]"}[kind]
        allowed = (end, _MORE[kind]) if more else (end,)
        return self._at(place, "end", end, allowed, () if more else (_MORE[kind],))

    def _at(
        self, place: str, of: Any, chosen: str, allowed: Sequence[str], masked: Sequence[str]
    ) -> Continuation:
        return Continuation(
            tool=self.tool,
            place=place,
            of=of,
            chosen=chosen if len(chosen) <= LONGEST_VALUE else f"{chosen[:LONGEST_VALUE]}…",
            allowed=tuple(allowed),
            masked=tuple(masked),
        )

    def _options(self, schema: Any, depth: int = 0) -> list[dict[str, Any]]:
        """The schemas one of which holds: a reference followed, a choice taken apart."""
        if not isinstance(schema, dict) or depth > DEPTH_LIMIT:
            return [{}]
        if "$ref" in schema:
            return self._options(self.references.target(schema["$ref"]), depth + 1)
        choices = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(choices, list) and choices:
            return [option for one in choices for option in self._options(one, depth + 1)]
        return [schema]


def _of_kind(options: Sequence[dict[str, Any]], kind: str) -> dict[str, Any]:
    """The option that speaks of this kind of JSON."""
    return next((one for one in options if kind in types_of(one)), options[0])


def _allowed(options: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    told: list[str] = []
    for option in options:
        if "const" in option:
            told.append(_json(option["const"]))
        elif isinstance(option.get("enum"), list):
            told += map(_json, option["enum"])
        else:
            told += [KINDS[kind] for kind in types_of(option) if kind in KINDS] or _ALL
    return tuple(dict.fromkeys(told))


def _masked(options: Sequence[dict[str, Any]], allowed: Sequence[str]) -> tuple[str, ...]:
    """The kinds of JSON that are not allowed; of a kind with listed values, all its others."""
    listed = [
        value
        for option in options
        for value in ([option["const"]] if "const" in option else option.get("enum") or ())
    ]
    others = ["any other text"] if any(isinstance(value, str) for value in listed) else []
    if any(isinstance(value, int | float) and not isinstance(value, bool) for value in listed):
        others.append("any other number")
    named = {"a whole number": "a number"}
    kept = {named.get(one, one) for one in allowed}
    if "a text" in kept:
        others = [one for one in others if one != "any other text"]
    spoken = {"any other text": "a text", "any other number": "a number"}
    covered = {spoken[one] for one in others}
    covered |= {"true or false"} if {"true", "false"} <= kept else set()
    return (*others, *(kind for kind in _ALL if kind not in kept | covered))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
