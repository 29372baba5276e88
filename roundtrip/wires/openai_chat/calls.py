"""Tool calls, both ways: functions with JSON arguments, custom tools with free text, and the one
`function_call` of the time before tools.

Owns one call at a time. The native keeps the arguments' text to the letter.
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import ToolCall
from roundtrip.tools.checks import parse_arguments
from roundtrip.wires.json_text import dump
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.openai_chat.shapes import expect, optional, required
from roundtrip.wires.openai_chat.told import flat, kept, nested, template


def read_call(call: Any, where: str) -> ToolCall:
    """One item of `tool_calls`. Raises `Misshapen`."""
    kind = optional(expect(call, dict, where), "type", str, where)
    inner = "custom" if kind == "custom" or ("custom" in call and "function" not in call) else None
    if inner is None:
        return _read_function(call, where)
    said = required(call, inner, dict, where)
    text = required(said, "input", str, f"{where}.{inner}")
    return ToolCall(
        id=optional(call, "id", str, where) or None,
        name=required(said, "name", str, f"{where}.{inner}"),
        arguments=None,
        arguments_text=text,
        native=kept(flat(call, inner), "custom.name", "custom.input", held=("id", "type")),
    )


def _read_function(call: dict[str, Any], where: str) -> ToolCall:
    said = required(call, "function", dict, where)
    text = optional(said, "arguments", str, f"{where}.function")
    native = kept(flat(call, "function"), "function.name", held=("id", "type", _ARGUMENTS))
    name = required(said, "name", str, f"{where}.function")
    return _with_arguments(
        ToolCall(
            id=optional(call, "id", str, where) or None, name=name, arguments=None, native=native
        ),
        text,
    )


_ARGUMENTS = "function.arguments"


def read_legacy_call(said: Any, where: str) -> ToolCall:
    """The `function_call` of a message: it has no id. Raises `Misshapen`."""
    text = optional(expect(said, dict, where), "arguments", str, where)
    name = required(said, "name", str, where)
    native = kept(said, "name", held=("arguments",))
    return _with_arguments(ToolCall(id=None, name=name, arguments=None, native=native), text)


def _with_arguments(call: ToolCall, text: str | None) -> ToolCall:
    arguments, error = parse_arguments(text)
    if error is None:
        return call.model_copy(update={"arguments": arguments})
    return call.model_copy(update={"arguments_text": text, "arguments_error": error})


def is_legacy(call: ToolCall) -> bool:
    """Whether a call was told as a message's `function_call`."""
    into = template(call.native)
    return bool(into) and "arguments" in into and "function.name" not in into


def write_legacy_call(call: ToolCall) -> dict[str, Any]:
    into = template(call.native)
    return put(into, {"name": call.name, "arguments": _text_of(call, into.get("arguments"))})


def write_call(call: ToolCall, *, echo: bool) -> dict[str, Any]:
    """One item of `tool_calls`.

    `echo`: it came as a model's answer; the API wants `{}` back where it said nothing itself.
    """
    into = template(call.native)
    if "function.name" not in into and "custom.name" not in into:
        into = {}  # a call that was told otherwise than as an item
    call_id = spelled(into, "id", call.id, reads=lambda told: told or None)
    if "custom.name" in into or (not into and _is_free_text(call)):
        text = call.arguments_text if call.arguments is None else dump(call.arguments)
        fields = {"custom.name": call.name, "custom.input": text or ""}
        kind = into.get("type", ABSENT) if into else "custom"
        return nested(put(into, {"id": call_id, "type": kind} | fields), "custom")
    text = _text_of(call, into.get(_ARGUMENTS))
    if echo and not (text or "").strip():
        text = "{}"
    if text is None and _ARGUMENTS not in into:
        text = ABSENT
    kind = into.get("type", ABSENT) if into else "function"
    fields = {"id": call_id, "type": kind, "function.name": call.name, _ARGUMENTS: text}
    return nested(put(into, fields), "function")


def _is_free_text(call: ToolCall) -> bool:
    return call.arguments is None and call.arguments_error is None


def _text_of(call: ToolCall, told: Any) -> Any:
    """The arguments as text: as they were told while they still mean the same."""
    if call.arguments is None:
        return call.arguments_text or ""
    meant = dump(call.arguments)
    if told is None:
        return None if template(call.native) and meant == "{}" else meant
    read, _ = parse_arguments(told)
    # As text, not as values: Python holds True and 1 for the same.
    return told if read is not None and dump(read) == meant else meant
