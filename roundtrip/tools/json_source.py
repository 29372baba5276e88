"""Tools from JSON: definitions in the spelling of any of the four wires, or of MCP.

Owns telling the spellings apart. Such a tool has no code: a person or a prepared answer gives
its results. Does not decode whole requests (`wires/`) or read OpenAPI documents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from roundtrip.conversation import ToolDefinition
from roundtrip.tools.checks import schema_problem
from roundtrip.tools.openapi_dialect import to_json_schema
from roundtrip.tools.tool import Loaded, LoadProblem, Tool

_LISTS = ("tools", "functions", "functionDeclarations", "function_declarations", "result")
"""Where a request body, a Gemini tool or an answer of an MCP server holds its definitions."""

_SCHEMAS = (
    "input_schema",  # Anthropic
    "inputSchema",  # MCP
    "parametersJsonSchema",  # Gemini
    "parameters_json_schema",
    "parameters",  # OpenAI, and Gemini's older spelling
)


@dataclass(frozen=True)
class Definitions:
    """What a JSON value defines, and in words what of it could not be used."""

    definitions: tuple[ToolDefinition, ...]
    problems: tuple[str, ...]


def tools_in(path: Path) -> Loaded:
    """The tools of one JSON file: a definition, a list, or an object with a list of `tools`.

    Never raises for what the file holds: that is in `problems`.
    """
    shown = f"{path.resolve().parent.name}/{path.name}"
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = error.strerror or str(error)
        return Loaded(problems=(LoadProblem(shown, None, f"cannot be read: {reason}"),))
    except json.JSONDecodeError as error:
        message = f"not valid JSON: {error.msg} (column {error.colno})"
        return Loaded(problems=(LoadProblem(shown, error.lineno, message),))
    except (ValueError, RecursionError) as error:
        return Loaded(problems=(LoadProblem(shown, None, f"not valid JSON: {error}"),))
    found = definitions_in(value)
    return Loaded(
        tuple(Tool(definition, run=None, source=shown) for definition in found.definitions),
        tuple(LoadProblem(shown, None, problem) for problem in found.problems),
    )


def definitions_in(value: Any) -> Definitions:
    """The definitions in a parsed JSON value, in its order; of two with one name the first."""
    definitions: dict[str, ToolDefinition] = {}
    problems: list[str] = []
    for where, item in _items(value, "the top level"):
        try:
            definition = _definition(item)
        except _NotADefinition as error:
            problems.append(f"{where}: {error}")
            continue
        if definitions.setdefault(definition.name, definition) is not definition:
            problems.append(f'{where}: there is already a tool called "{definition.name}"')
    if not definitions and not problems:
        problems.append("there is no tool definition in it")
    return Definitions(tuple(definitions.values()), tuple(problems))


class _NotADefinition(Exception):
    """Why an item is not a definition our side can answer; its text is shown to people."""


def _items(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Each thing that should be a definition, with its place in words."""
    if isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _items(item, f"item {number}")
        return
    held = _held(value)
    if not held:
        yield where, value
    for key, inner in held.items():
        prefix = key if where == "the top level" else f"{where}, {key}"
        yield from ((f"{prefix}, {place}", item) for place, item in _items(inner, "its value"))


def _held(value: Any) -> dict[str, Any]:
    """The lists an object that is no definition itself holds, by their keys."""
    if not isinstance(value, dict) or "name" in value:
        return {}
    return {key: value[key] for key in _LISTS if key in value}


def _definition(item: Any) -> ToolDefinition:
    if not isinstance(item, dict):
        raise _NotADefinition(f"a definition is a JSON object, not {json.dumps(item)[:60]}")
    if "openapi" in item or "swagger" in item:
        raise _NotADefinition("this is an OpenAPI document, not a tool definition")
    function = item.get("function", item)
    if not isinstance(function, dict):
        raise _NotADefinition('"function" must be an object')
    kind = item.get("type", "function")
    if kind == "custom" and "input_schema" not in item:
        raise _NotADefinition("a custom tool takes free text, which has no schema")
    if kind not in ("function", "custom"):
        raise _NotADefinition(f"the provider runs tools of type {json.dumps(kind)} itself")
    name = function.get("name")
    if not isinstance(name, str) or not name:
        raise _NotADefinition('"name" is missing or is not a text')
    description = function.get("description")
    if not isinstance(description, str | None):
        raise _NotADefinition(f'"description" of {name} is not a text')
    strict = function.get("strict")
    return ToolDefinition(
        name=name,
        description=description,
        input_schema=_schema(function, name),
        strict=strict if isinstance(strict, bool) else None,
    )


def _schema(function: dict[str, Any], name: str) -> dict[str, Any]:
    key = next((key for key in _SCHEMAS if function.get(key) is not None), None)
    if key is None:
        return {"type": "object", "properties": {}}
    schema = function[key]
    if not isinstance(schema, dict):
        raise _NotADefinition(f'"{key}" of {name} must be an object (a JSON Schema)')
    if key == "parameters":
        schema = to_json_schema(schema)
    if reason := schema_problem(schema):
        raise _NotADefinition(f'"{key}" of {name} is not a JSON Schema: {reason}')
    if schema.get("type", "object") != "object":
        raise _NotADefinition(f'"{key}" of {name} must describe an object, since arguments are one')
    return schema
