"""What the Messages API refuses about tools, the choice between them, and strict schemas.

Owns the rules and their wording (the API's own, from its answers as users report them; where none
is known, ours). What strict mode takes is `schema_rules.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from roundtrip.simulator.schema_rules import Broken, Rule, broken_rules, no_schema
from roundtrip.wires.names import NAMES
from roundtrip.wires.schema.dialect import dialect_of
from roundtrip.wires.schema.keywords import types_of

_NAME = NAMES["anthropic"]
_NOT_AT_THE_TOP = ("oneOf", "allOf", "anyOf")

_WORDS: dict[Rule, Callable[[Broken], str]] = {
    "keyword": lambda at: _of_type(at, f"property '{at.name}' is not supported"),
    "bound": lambda at: _of_type(at, f"'{at.name}' values other than 0 or 1 are not supported"),
    "format": lambda at: _of_type(at, f"format '{at.name}' is not supported"),
    "pattern": lambda at: _of_type(at, f"the pattern '{at.name}' is not supported"),
    "open": lambda at: "For 'object' type, 'additionalProperties' must be explicitly set to false",
    "untyped": lambda at: "Schema type is not specified",
    "beside reference": lambda at: f"$ref cannot stand beside {at.name}",
    "lost reference": lambda at: f"Reference '{at.name}' was not found in the schema",
    "recursion": lambda at: f"Circular reference detected in schema definitions: {at.name}",
}


def _of_type(at: Broken, words: str) -> str:
    kinds = types_of(at.schema)
    return f"For '{kinds[0]}' type, {words}" if kinds else words


def definition_rules(body: dict[str, Any]) -> Iterator[str]:
    names: list[Any] = []
    for at, tool in enumerate(body.get("tools") or ()):
        if not isinstance(tool, dict):
            yield f"tools.{at}: Input should be an object"
            continue
        names.extend([tool["name"]] if "name" in tool else [])
        if tool.get("type", "custom") == "custom":
            yield from _custom_tool(f"tools.{at}.custom", tool)
    if len({str(name) for name in names}) < len(names):
        yield "tools: Tool names must be unique."


def _custom_tool(where: str, tool: dict[str, Any]) -> Iterator[str]:
    for name in ("name", "input_schema"):
        if name not in tool:
            yield f"{where}.{name}: Field required"
    if not isinstance(tool["name"], str):
        yield f"{where}.name: Input should be a valid string"
    elif not _NAME.takes(tool["name"]):
        yield f"{where}.name: String should match pattern '{_NAME.pattern}'"
    if not isinstance(tool.get("description") or "", str):
        yield f"{where}.description: Input should be a valid string"
    if not isinstance(tool.get("strict") or False, bool):
        yield f"{where}.strict: Input should be a valid boolean"
    yield from _input_schema(where, tool["input_schema"], strict=tool.get("strict") is True)


def _input_schema(where: str, schema: Any, *, strict: bool) -> Iterator[str]:
    place = f"{where}.input_schema"
    if not isinstance(schema, dict):
        yield f"{place}: Input should be an object"
        return
    if schema.get("type") != "object":
        yield f"{place}.type: Input should be 'object'"
    if any(keyword in schema for keyword in _NOT_AT_THE_TOP):
        yield f"{place}: input_schema does not support oneOf, allOf, or anyOf at the top level"
    if no_schema(schema):
        yield (
            f"{place}: JSON schema is invalid. It must match JSON Schema draft 2020-12 "
            "(https://json-schema.org/draft/2020-12). Learn more about tool use at "
            "https://docs.claude.com/en/docs/tool-use."
        )
    if strict:
        yield from _strict_rules(where, schema)


def _strict_rules(where: str, schema: dict[str, Any]) -> Iterator[str]:
    for broken in broken_rules(schema, dialect_of("anthropic", strict=True)):
        if broken.rule in _WORDS and not _is_listed(broken):
            yield f"{where}: {_WORDS[broken.rule](broken)}"


def _is_listed(broken: Broken) -> bool:
    """The official SDK sends enums without their type, and is not refused."""
    return broken.rule == "untyped" and bool({"enum", "const"} & broken.schema.keys())


def format_rules(body: dict[str, Any]) -> Iterator[str]:
    """The schema a reply's text is to fit: strict mode's rules hold for it."""
    for field, holder in (("output_config", body.get("output_config")), ("", body)):
        if holder is not None and not isinstance(holder, dict):
            yield f"{field}: Input should be an object"
            continue
        told = (holder or {}).get("format" if field else "output_format")
        where = f"{field}.format" if field else "output_format"
        if told is None:
            continue
        if not isinstance(told, dict) or told.get("type") != "json_schema":
            yield f"{where}: Input tag should be one of: 'json_schema'"
        elif not isinstance(told.get("schema"), dict):
            yield f"{where}.schema: Field required"
        else:
            yield from _strict_rules(f"{where}.schema", told["schema"])


def choice_rules(body: dict[str, Any]) -> Iterator[str]:
    choice = body.get("tool_choice")
    if choice is None:
        return
    if not isinstance(choice, dict) or choice.get("type") not in ("auto", "any", "tool", "none"):
        yield "tool_choice: Input tag should be one of: 'any', 'auto', 'none', 'tool'"
    elif not body.get("tools"):
        yield "tool_choice may only be specified while providing tools."
    elif choice["type"] == "tool":
        if "name" not in choice:
            yield "tool_choice.tool.name: Field required"
        elif choice["name"] not in [tool.get("name") for tool in body["tools"]]:
            yield f"Tool '{choice['name']}' not found in provided tools"
