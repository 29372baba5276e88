"""Definitions and the choice among them, both ways; `functions` of the time before tools too.

Owns one tool at a time and the whole list. What else steers a reply is `options.py`'s.
"""

from __future__ import annotations

from typing import Any, Literal

from roundtrip.conversation import Change, Native, ProviderTool, ToolChoice, ToolDefinition
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.openai_chat.shapes import expect, one_of, optional, required, wrong_type
from roundtrip.wires.openai_chat.told import NAME, TOLD, flat, kept, nested, template
from roundtrip.wires.openai_definitions import FREE_TEXT, NO_ARGUMENTS
from roundtrip.wires.schema import adapt, under
from roundtrip.wires.wire import Tools

ALLOWED = "allowed_tools"

Mode = Literal["auto", "any", "none"]
MODES: dict[str, Mode] = {"none": "none", "auto": "auto", "required": "any"}
WORDS: dict[str, str] = {mode: word for word, mode in MODES.items()}


def read_tools(body: dict[str, Any]) -> Tools:
    """Our definitions, and what a provider adds of its own. Raises `Misshapen`."""
    tools = optional(body, "tools", list, "") or []
    functions = optional(body, "functions", list, "") or []
    return (
        *(_read_tool(tool, f"tools[{n}]") for n, tool in enumerate(tools)),
        *(_read_function(tool, "", f"functions[{n}]") for n, tool in enumerate(functions)),
    )


def _read_tool(tool: Any, where: str) -> ToolDefinition | ProviderTool:
    kind = required(expect(tool, dict, where), "type", str, where)
    if kind == "function":
        return _read_function(tool, "function.", where)
    if kind == "custom":
        return _read_custom(tool, where)
    return ProviderTool(name=kind, native=Native(wire=NAME, value=tool))


def _read_function(tool: Any, prefix: str, where: str) -> ToolDefinition:
    said = expect(tool, dict, where)
    if prefix:
        said, where = required(said, "function", dict, where), f"{where}.function"
    held = ("type", f"{prefix}description", f"{prefix}strict")
    schema = optional(said, "parameters", dict, where)
    marks = {} if schema is None else {f"{prefix}parameters": TOLD}
    return ToolDefinition(
        name=required(said, "name", str, where),
        description=optional(said, "description", str, where),
        input_schema=NO_ARGUMENTS if schema is None else schema,
        strict=optional(said, "strict", bool, where),
        native=kept(
            flat(tool, "function") if prefix else tool, f"{prefix}name", held=held, **marks
        ),
    )


def _read_custom(tool: dict[str, Any], where: str) -> ToolDefinition:
    said = required(tool, "custom", dict, where)
    return ToolDefinition(
        name=required(said, "name", str, f"{where}.custom"),
        description=optional(said, "description", str, f"{where}.custom"),
        input_schema=FREE_TEXT,
        native=kept(flat(tool, "custom"), "custom.name", held=("custom.description",)),
    )


def write_tools(tools: Tools, into: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    """The fields `tools` and `functions`, for `put`; absent when there are none and none stood."""
    items: list[Any] = []
    functions: list[Any] = []
    only_functions = "functions" in into and "tools" not in into
    for n, tool in enumerate(tools):
        if isinstance(tool, ToolDefinition):
            told = template(tool.native)
            legacy = "name" in told if told else only_functions
            (functions if legacy else items).append(_write_tool(tool, legacy, n, changes))
        elif tool.native.wire == NAME:
            items.append(tool.native.value)
        else:
            what = f"{tool.name} of {tool.native.wire} is left out: that provider runs it"
            changes.append(Change(where=f"tools[{n}]", what=what))
    return {"tools": _list(items, "tools", into), "functions": _list(functions, "functions", into)}


def _list(items: list[Any], field: str, into: dict[str, Any]) -> Any:
    if items:
        return items
    return ABSENT if into.get(field) == TOLD else into.get(field, ABSENT)


def _write_tool(
    tool: ToolDefinition, legacy: bool, n: int, changes: list[Change]
) -> dict[str, Any]:
    into = template(tool.native)
    if "custom.name" in into and tool.input_schema != FREE_TEXT:
        into = {}  # it takes more than a text now: a function
    if "custom.name" in into:
        description = spelled(into, "custom.description", tool.description)
        fields = {"custom.name": tool.name, "custom.description": description}
        return nested(put(into, fields), "custom")
    prefix = "" if legacy else "function."
    schema: Any = tool.input_schema
    if not into or (tool.strict and not into.get(f"{prefix}strict")):
        schema, adapted = adapt(schema, NAME, strict=bool(tool.strict))
        changes += under(f"tools[{n}].input_schema", adapted)
    if into and into.get(f"{prefix}parameters") != TOLD and schema == NO_ARGUMENTS:
        schema = into.get(f"{prefix}parameters", ABSENT)
    fields = {} if legacy else {"type": into.get("type", "function")}
    fields |= {
        f"{prefix}name": tool.name,
        f"{prefix}description": spelled(into, f"{prefix}description", tool.description),
        f"{prefix}parameters": schema,
        f"{prefix}strict": spelled(into, f"{prefix}strict", tool.strict),
    }
    written = put(into, fields)
    return written if legacy else nested(written, "function")


def read_choice(body: dict[str, Any]) -> tuple[ToolChoice | None, str | None]:
    """The choice and the field it stood in; None where the vocabulary has no word for it.

    Raises `Misshapen`.
    """
    field = "tool_choice" if body.get("tool_choice") is not None else "function_call"
    choice = body.get(field)
    if choice is None:
        return None, None
    if isinstance(choice, str):
        one_of(choice, tuple(MODES), field)
        return ToolChoice(mode=MODES[choice]), field
    if not isinstance(choice, dict):
        raise wrong_type(choice, "one of a string or an object", field)
    inner = "" if field == "function_call" else required(choice, "type", str, field)
    if inner == ALLOWED:
        return _read_allowed(choice), field
    if inner not in ("", "function", "custom"):
        return None, None
    said = required(choice, inner, dict, field) if inner else choice
    name = required(said, "name", str, f"{field}.{inner}".rstrip("."))
    held = ("type", f"{inner}.name".lstrip("."))
    native = kept(flat(choice, inner) if inner else choice, held=held)
    return ToolChoice(mode="tool", name=name, native=native), field


def _read_allowed(choice: dict[str, Any]) -> ToolChoice:
    """A mode among a part of the tools: which ones, the native says."""
    where = f"tool_choice.{ALLOWED}"
    said = required(choice, ALLOWED, dict, "tool_choice")
    mode = one_of(required(said, "mode", str, where), ("auto", "required"), f"{where}.mode")
    held = ("type", f"{ALLOWED}.mode")
    return ToolChoice(mode=MODES[mode], native=kept(flat(choice, ALLOWED), held=held))


def write_choice(choice: ToolChoice, field: str, tools: Tools, changes: list[Change]) -> Any:
    """The choice as it stands in `tool_choice`, or in `function_call`."""
    told = template(choice.native)
    if f"{ALLOWED}.mode" in told and choice.mode in ("auto", "any"):
        return nested(put(told, {f"{ALLOWED}.mode": WORDS[choice.mode]}), ALLOWED)
    if choice.mode != "tool":
        if field == "function_call" and choice.mode == "any":
            what = "said as auto: where functions are offered and no tools, nothing else fits"
            changes.append(Change(where="options.tool_choice", what=what))
            return "auto"
        return WORDS[choice.mode]
    if field == "function_call":
        return put(told if "name" in told else {}, {"name": choice.name})
    inner = "custom" if _is_custom(choice.name, tools) else "function"
    into = told if f"{inner}.name" in told else {}
    return nested(put(into, {"type": inner, f"{inner}.name": choice.name}), inner)


def _is_custom(name: str | None, tools: Tools) -> bool:
    return any(tool.name == name and "custom.name" in template(tool.native) for tool in tools)
