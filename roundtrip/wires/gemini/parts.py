"""Parts of a content, both ways: the same parts stand in requests and replies.

Owns one part at a time; results are `results.py`'s. Does not own contents, links across them, or
streams of parts.

A `thoughtSignature` stays in the native of the part that carried it, and goes back with it also
when that part's words or arguments are edited: it signs the reasoning before the part, and without
it the API refuses a call. The native of `Thinking`, `ProviderStep` and `Opaque` is the whole part.
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import (
    Change,
    Native,
    Opaque,
    Part,
    ProviderStep,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from roundtrip.wires.gemini.results import read_result, write_result
from roundtrip.wires.gemini.told import NAME, camel, kept, spelling, template
from roundtrip.wires.json_text import dump, expect, load, optional, required
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.object_arguments import as_object, as_told, shape_of, taken

SIGNATURE = "thoughtSignature"

BESIDE = frozenset(
    {"thought", SIGNATURE, "videoMetadata", "partMetadata", "mediaResolution", "speechMetadata"}
)
"""Fields that say something about a part and are not what it holds."""

_MORE = "willContinue"
_NULL = shape_of(None)

CUT_OFF = "the arguments break off: the model was not done with them"


def read_part(part: Any, where: str, names: dict[str, str], *, reply: bool = False) -> Part:
    """One part. `names`: the tool of each call id seen so far, kept up to date. `reply`: a model
    said it, which may give a call any arguments. Raises `Misshapen`."""
    said = {camel(field): field for field in expect(part, dict, where)}
    whole = Native(wire=NAME, value=part)
    if "functionCall" in said:
        call = _read_call(part, said["functionCall"], where, reply)
        if call.id:
            names[call.id] = call.name
        return call
    if "functionResponse" in said:
        field = said["functionResponse"]
        return read_result(part, field, f"{where}.{field}", names)
    if "text" in said:
        text = required(part, "text", str, where)
        if part.get("thought") is True:
            return Thinking(text=text, signed=_is_signed(part), native=whole)
        return Text(text=text, native=kept(part, "text"))
    holds = next((field for field in said if field not in BESIDE), None)
    if holds in ("executableCode", "codeExecutionResult"):
        is_result = holds == "codeExecutionResult"
        return ProviderStep(name="code_execution", is_result=is_result, native=whole)
    if holds in ("toolCall", "toolResponse"):
        is_result = holds == "toolResponse"
        return ProviderStep(name=_kind(part[said[holds]]), is_result=is_result, native=whole)
    if holds is None and _is_signed(part):
        return Thinking(text="", signed=True, native=whole)
    return Opaque(label=holds or "part", native=whole)


def _is_signed(part: dict[str, Any]) -> bool:
    return bool(part.get(spelling(part, SIGNATURE)))


def _kind(told: Any) -> str:
    kind = told.get(spelling(told, "toolType")) if isinstance(told, dict) else None
    return kind.lower() if isinstance(kind, str) else "tool"


def _read_call(part: dict[str, Any], field: str, where: str, reply: bool) -> ToolCall:
    path = f"{where}.{field}"
    told = expect(part[field], dict, path)
    given = told.get("args") if reply else optional(told, "args", dict, path)
    mark = {"args": shape_of(given)} if "args" in told else {}
    said = taken(given)
    if told.get(spelling(told, _MORE)):
        text = dump({} if given is None else given)
        said = {"arguments": None, "arguments_text": text, "arguments_error": CUT_OFF}
    return ToolCall(
        id=optional(told, "id", str, path),
        name=required(told, "name", str, path),
        native=kept(part, **{field: kept(told, held=("id", "name"), **mark).value}),
        **said,
    )


def write_part(
    part: Part, where: str, changes: list[Change], name: str | None = None, *, reply: bool = False
) -> dict[str, Any] | None:
    """One part, or None where this wire cannot say it; what is lost joins `changes`.

    `name`: of the tool that a result answers. `reply`: as the model said it.
    """
    if isinstance(part, Text):
        return put(template(part.native), {"text": part.text})
    if isinstance(part, ToolCall):
        return _write_call(part, where, changes, reply)
    if isinstance(part, ToolResult):
        return write_result(part, part.name or name, where, changes)
    if isinstance(part, Thinking):
        return _write_thinking(part, where, changes)
    if part.native.wire == NAME:
        whole: dict[str, Any] = part.native.value
        return whole
    what = part.name if isinstance(part, ProviderStep) else part.label
    changes.append(Change(where=where, what=f"{what} of {part.native.wire} is left out"))
    return None


def _write_call(call: ToolCall, where: str, changes: list[Change], reply: bool) -> dict[str, Any]:
    part = template(call.native)
    field = spelling(part, "functionCall")
    told = part.get(field, {})
    shape = told.get("args")
    arguments = as_told(call, shape) if reply or shape == _NULL else ABSENT
    if told.get(spelling(told, _MORE)) and call.arguments_error == CUT_OFF:
        cut = load(call.arguments_text or "{}")
        arguments = cut if reply or isinstance(cut, dict) else ABSENT
    if arguments is ABSENT:
        arguments = as_object(call, where, changes)
    if arguments == {} and told and "args" not in told:
        arguments = ABSENT
    fields = {"id": spelled(told, "id", call.id), "name": call.name, "args": arguments}
    return put(part, {field: put(told, fields)})


def _write_thinking(thinking: Thinking, where: str, changes: list[Change]) -> dict[str, Any] | None:
    part = template(thinking.native)
    if not part and thinking.native is not None:
        what = f"the reasoning is {thinking.native.wire}'s: left out"
        changes.append(Change(where=where, what=what))
        return None
    if not part and not thinking.text:
        changes.append(Change(where=where, what="reasoning without words is left out"))
        return None
    if part.get("text", "") == thinking.text and part:
        return part
    unsigned = {field: value for field, value in part.items() if camel(field) != SIGNATURE}
    if len(unsigned) < len(part):
        what = "left out: the reasoning was changed, so its signature no longer covers it"
        changes.append(Change(where=f"{where}.{SIGNATURE}", what=what))
    return put(unsigned, {"text": thinking.text, "thought": True})
