"""Tools and the choice among them, both ways.

A tool whose argument is free text (`custom`) is a definition with one string, `input`: what calls
it and answers it is our code like any other.
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import Change, Native, ProviderTool, ToolChoice, ToolDefinition
from roundtrip.wires.json_text import Misshapen, expect, optional, required
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.openai_definitions import FREE_TEXT, NO_ARGUMENTS
from roundtrip.wires.openai_responses.told import NAME, kept, template
from roundtrip.wires.schema import adapt, under
from roundtrip.wires.wire import Tools

WORDS: dict[str, Any] = {"auto": "auto", "required": "any", "none": "none"}
MODES = {mode: word for word, mode in WORDS.items()}
ONE = ("function", "custom")


def read_tools(body: dict[str, Any]) -> Tools:
    """Our definitions, and the provider's own tools as they stand. Raises `Misshapen`."""
    tools = optional(body, "tools", list, "") or []
    return tuple(_read_tool(tool, f"tools.{n}") for n, tool in enumerate(tools))


def _read_tool(tool: Any, where: str) -> ToolDefinition | ProviderTool:
    kind = required(expect(tool, dict, where), "type", str, where)
    if kind not in ONE:
        return ProviderTool(name=kind, native=Native(wire=NAME, value=tool))
    name = required(tool, "name", str, where)
    description = optional(tool, "description", str, where)
    if kind == "custom":
        native = kept(tool, "name", held=("type", "description"))
        return ToolDefinition(
            name=name, description=description, input_schema=FREE_TEXT, native=native
        )
    schema = optional(tool, "parameters", dict, where)
    shape = {} if schema is None else {"parameters": "object"}
    return ToolDefinition(
        name=name,
        description=description,
        input_schema=NO_ARGUMENTS if schema is None else schema,
        strict=optional(tool, "strict", bool, where),
        native=kept(tool, "name", held=("type", "description", "strict"), **shape),
    )


def write_tools(tools: Tools, instead: Any, changes: list[Change]) -> Any:
    """The list of tools; where there are none, what stands there `instead`."""
    written = []
    for n, tool in enumerate(tools):
        if isinstance(tool, ToolDefinition):
            written.append(_write_tool(tool, f"tools[{n}]", changes))
        elif tool.native.wire == NAME:
            written.append(tool.native.value)
        else:
            what = f"{tool.name} of {tool.native.wire} is left out: that provider runs it"
            changes.append(Change(where=f"tools[{n}]", what=what))
    return written or instead


def _write_tool(tool: ToolDefinition, where: str, changes: list[Change]) -> dict[str, Any]:
    into = template(tool.native)
    if into.get("type") == "custom" and tool.input_schema == FREE_TEXT:
        description = spelled(into, "description", tool.description)
        return put(into, {"name": tool.name, "description": description})
    if not into or into.get("type") == "custom":
        return _write_new(tool, where, changes)
    schema: Any = tool.input_schema
    if into.get("parameters") is None and schema == NO_ARGUMENTS:
        schema = into.get("parameters", ABSENT)
    elif tool.strict and not into.get("strict"):  # made strict since
        schema = _adapted(tool, where, changes)
    fields = {
        "name": tool.name,
        "description": spelled(into, "description", tool.description),
        "parameters": schema,
        "strict": spelled(into, "strict", tool.strict),
    }
    return put(into, fields)


def _write_new(tool: ToolDefinition, where: str, changes: list[Change]) -> dict[str, Any]:
    fields = {
        "type": "function",
        "name": tool.name,
        "description": ABSENT if tool.description is None else tool.description,
        "parameters": _adapted(tool, where, changes),
        # Where nothing is said this API makes it strict, and rewrites the schema for that.
        "strict": bool(tool.strict),
    }
    return put({}, fields)


def _adapted(tool: ToolDefinition, where: str, changes: list[Change]) -> dict[str, Any]:
    schema, adapted = adapt(tool.input_schema, NAME, strict=bool(tool.strict))
    changes += under(f"{where}.input_schema", adapted)
    return schema


def read_choice(choice: Any) -> ToolChoice | None:
    """The choice; None for one the vocabulary has no word for. Raises `Misshapen`."""
    if isinstance(choice, str):
        if choice not in WORDS:
            said = "'none', 'auto', and 'required'"
            raise Misshapen(f"Invalid value: '{choice}'. Supported values are: {said}.")
        return ToolChoice(mode=WORDS[choice])
    kind = required(expect(choice, dict, "tool_choice"), "type", str, "tool_choice")
    if kind in ONE:
        name = required(choice, "name", str, "tool_choice")
        return ToolChoice(mode="tool", name=name, native=kept(choice, held=("type", "name")))
    if kind == "allowed_tools" and choice.get("mode") in ("auto", "required"):
        mode = WORDS[choice["mode"]]
        return ToolChoice(mode=mode, native=kept(choice, held=("type", "mode")))
    return None


def write_choice(choice: ToolChoice, tools: Tools) -> Any:
    """The choice as this wire says it."""
    told = template(choice.native)
    kind = told.get("type")
    if choice.mode == "tool":
        head = told if kind in ONE else {"type": _kind_of(choice.name, tools)}
        return put(head, {"name": choice.name})
    if kind == "allowed_tools" and choice.mode in ("auto", "any"):
        return put(told, {"mode": MODES[choice.mode]})
    return MODES[choice.mode]


def _kind_of(name: str | None, tools: Tools) -> str:
    named = (tool for tool in tools if isinstance(tool, ToolDefinition) and tool.name == name)
    return template(next(named, ToolDefinition(name="")).native).get("type", "function")
