"""Definitions and the provider's own tools, both ways.

Owns the list `tools`, whose entries each hold functions, or a tool of Google's, or both. Which
entry a definition came from is kept in its native.
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import Change, Native, ProviderTool, ToolDefinition
from roundtrip.tools.openapi_dialect import to_json_schema
from roundtrip.wires.gemini.told import NAME, TOLD, camel, kept, spelling, template
from roundtrip.wires.json_text import expect, optional, required
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.schema import adapt, under
from roundtrip.wires.wire import Tools

FUNCTIONS = "functionDeclarations"
_JSON_SCHEMA = "parametersJsonSchema"
_OPENAPI = "parameters"
_EMPTY = {"type": "object"}
"""The arguments of a function that says nothing of them."""


def read_tools(told: Any, strict: bool) -> tuple[Tools, Any]:
    """The tools, and what marks the shape they came in. `strict`: whether the request's mode is
    VALIDATED. One entry may stand there for a list of one. Raises `Misshapen`."""
    entries = [told] if isinstance(told, dict) else expect([] if told is None else told, list, "")
    tools: list[ToolDefinition | ProviderTool] = []
    for n, entry in enumerate(entries):
        where = f"tools[{n}]"
        for field, value in expect(entry, dict, where).items():
            if camel(field) == FUNCTIONS:
                for k, item in enumerate(expect(value or [], list, f"{where}.{field}")):
                    place = f"{where}.{field}[{k}]"
                    tools.append(_read_definition(item, place, strict or None, [n, field]))
            else:
                native = Native(wire=NAME, value={"entry": [n, field], "value": value})
                tools.append(ProviderTool(name=field, native=native))
    shape = "single" if isinstance(told, dict) else "list"
    return tuple(tools), shape if tools else told


def _read_definition(
    told: Any, where: str, strict: bool | None, entry: list[Any]
) -> ToolDefinition:
    name = required(expect(told, dict, where), "name", str, where)
    schema, marks, held = _EMPTY, {}, ["description"]
    openapi, json_schema = spelling(told, _OPENAPI), spelling(told, _JSON_SCHEMA)
    if told.get(json_schema) is not None:
        schema, marks = required(told, json_schema, dict, where), {json_schema: TOLD}
    elif told.get(openapi) is not None:
        schema = to_json_schema(required(told, openapi, dict, where))
        held.append(openapi)  # its own words: they cannot be told from the schema
    beside = kept(told, "name", held=held, **marks)
    native = beside.model_copy(update={"value": beside.value | {"entry": entry}})
    return ToolDefinition(
        name=name,
        description=optional(told, "description", str, where),
        input_schema=schema,
        strict=strict,
        native=native,
    )


def write_tools(tools: Tools, shape: Any, changes: list[Change]) -> Any:
    """The list of tools, functions of one entry together. `shape` is what `read_tools` marked,
    `ABSENT` where this wire told none."""
    entries: dict[Any, dict[str, Any]] = {}
    ours: list[dict[str, Any]] = []
    for n, tool in enumerate(tools):
        where = f"tools[{n}]"
        if tool.native is not None and tool.native.wire == NAME:
            number, field = tool.native.value["entry"]
            entry = entries.setdefault(number, {})
            if isinstance(tool, ToolDefinition):
                ours = entry.setdefault(field, [])
                ours.append(_write_definition(tool, where, changes))
            else:
                entry[field] = tool.native.value["value"]
        elif isinstance(tool, ToolDefinition):
            if not ours:
                entries[where] = {FUNCTIONS: ours}
            ours.append(_write_definition(tool, where, changes))
        else:
            what = f"{tool.name} of {tool.native.wire} is left out: that provider runs it"
            changes.append(Change(where=where, what=what))
    written = list(entries.values())
    if not written:
        return ABSENT if isinstance(shape, str) else shape
    return written[0] if shape == "single" and len(written) == 1 else written


def _write_definition(tool: ToolDefinition, where: str, changes: list[Change]) -> dict[str, Any]:
    into = template(tool.native)
    fields = {
        "name": tool.name,
        "description": spelled(into, "description", tool.description),
        **_write_schema(tool, into, f"{where}.input_schema", changes),
    }
    return put(into, fields)


def _write_schema(
    tool: ToolDefinition, into: dict[str, Any], where: str, changes: list[Change]
) -> dict[str, Any]:
    openapi, json_schema = spelling(into, _OPENAPI), spelling(into, _JSON_SCHEMA)
    if into.get(json_schema) is not None:
        return {json_schema: tool.input_schema}
    told = into.get(openapi)
    if into and tool.input_schema == (_EMPTY if told is None else to_json_schema(told)):
        return {}
    schema, adapted = adapt(tool.input_schema, NAME, strict=bool(tool.strict))
    changes += under(where, adapted)
    return {openapi: ABSENT, json_schema: schema}
