"""Results, which this wire wants as objects, both ways.

Owns the `functionResponse` part. `{"output": text}` and `{"error": text}` are how a text is said
(source: FunctionResponse.response in the API's reference); any other object reads as its JSON text,
and is written as that object again while the text is unchanged.
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import Change, Native, Opaque, Text, ToolResult
from roundtrip.wires.gemini.told import NAME, TOLD, kept, spelling, template
from roundtrip.wires.json_text import dump, expect, load, optional
from roundtrip.wires.lens import ABSENT, put, spelled

_WHOLE = "object"
"""Marks a response that is read as its JSON text."""


def read_result(part: dict[str, Any], field: str, where: str, names: dict[str, str]) -> ToolResult:
    """The result of one part. `names`: the tool of each call id seen so far."""
    told = expect(part[field], dict, where)
    call_id = optional(told, "id", str, where)
    response = optional(told, "response", dict, where)
    texts, is_error = _read_response(response)
    files = expect(told.get("parts") or [], list, f"{where}.parts")
    marks = {name: _mark(told, name) for name in ("response", "parts") if name in told}
    return ToolResult(
        call_id=call_id,
        name=optional(told, "name", str, where) or names.get(call_id or ""),
        content=texts + tuple(_read_file(file, f"{where}.parts") for file in files),
        is_error=is_error,
        native=kept(part, **{field: kept(told, held=("id", "name"), **marks).value}),
    )


def _mark(told: dict[str, Any], name: str) -> Any:
    if told[name] is None:
        return None
    if name == "response" and _is_whole(told[name]):
        return _WHOLE
    return TOLD


def _read_response(response: dict[str, Any] | None) -> tuple[tuple[Text, ...], bool]:
    if not response:
        return (), False
    is_error = response.keys() == {"error"}
    if _is_whole(response):
        return (Text(text=dump(response)),), is_error
    text = next(iter(response.values()))
    return (() if is_error and not text else (Text(text=text),)), is_error


def _is_whole(response: dict[str, Any]) -> bool:
    """Whether a response says more than a text does."""
    plain = response.keys() in ({"output"}, {"error"})
    return bool(response) and not (plain and isinstance(next(iter(response.values())), str))


def _read_file(part: Any, where: str) -> Opaque:
    label = next(iter(expect(part, dict, where)), "part")
    return Opaque(label=label, native=Native(wire=NAME, value=part))


def write_result(
    result: ToolResult, name: str | None, where: str, changes: list[Change]
) -> dict[str, Any]:
    """The part that says a result. `name`: of the tool that was called, where it is known."""
    part = template(result.native)
    field = spelling(part, "functionResponse")
    told = part.get(field, {})
    if name is None:
        name = result.call_id or "unknown"
        what = f"called {name}: the API demands a name, and the tool's is not known"
        changes.append(Change(where=f"{where}.name", what=what))
    files = _write_files(result, where, changes)
    fields = {
        "id": spelled(told, "id", result.call_id),
        "name": name if result.name or not told else told.get("name", ABSENT),
        "response": _write_response(result, told, where, changes),
        "parts": files if files else (ABSENT if told.get("parts") else told.get("parts", ABSENT)),
    }
    return put(part, {field: put(told, fields)})


def _write_response(
    result: ToolResult, told: dict[str, Any], where: str, changes: list[Change]
) -> Any:
    texts = [part.text for part in result.content if isinstance(part, Text)]
    if not texts and not result.is_error:
        return told["response"] if told.get("response", TOLD) is None else _nothing(told)
    if told.get("response") == _WHOLE and (whole := _as_told(texts, result.is_error)):
        return whole
    if len(texts) > 1:
        what = f"its {len(texts)} texts are sent as one, a line each: the API takes one output"
        changes.append(Change(where=f"{where}.content", what=what))
    return {"error" if result.is_error else "output": "\n".join(texts)}


def _nothing(told: dict[str, Any]) -> Any:
    return ABSENT if told and "response" not in told else {}


def _as_told(texts: list[str], is_error: bool) -> dict[str, Any] | None:
    """The object whose JSON text this still is."""
    try:
        value = load("".join(texts))
    except ValueError:
        return None
    if not isinstance(value, dict) or not _is_whole(value):
        return None
    same = _read_response(value) == (tuple(Text(text=text) for text in texts), is_error)
    return value if same else None


def _write_files(result: ToolResult, where: str, changes: list[Change]) -> list[Any]:
    files = []
    for n, part in enumerate(result.content):
        if isinstance(part, Text):
            continue
        if part.native.wire == NAME:
            files.append(part.native.value)
        else:
            what = f"{part.label} of {part.native.wire} is left out"
            changes.append(Change(where=f"{where}.content[{n}]", what=what))
    return files
