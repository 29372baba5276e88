"""What both of OpenAI's APIs refuse about function definitions.

Owns names, schemas and what `strict` asks of them. Where in a request a definition stands, and
which kinds of tools there are, is each API's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.openai.refusals import missing, wrong_type
from roundtrip.simulator.openai.rules import no_longer
from roundtrip.simulator.refusals import Refusal
from roundtrip.wires.names import NAMES

_NAME = NAMES["openai-chat"]
"""The same on both of OpenAI's wires."""

MOST_TOOLS = 128

_NOT_IN_STRICT = ("allOf", "not", "if", "then", "else", "oneOf", "dependentRequired")
"""Keywords that a strict schema must do without, from the guide to structured outputs."""

_INNER = ("properties", "$defs", "definitions")
_DEEPEST = 60


def function_rules(where: str, function: dict[str, Any], given: Any) -> Iterator[Refusal]:
    """What is wrong with one definition; `given` is its `strict`."""
    if "name" not in function:
        yield missing(f"{where}.name")
        return
    name = function["name"]
    if not isinstance(name, str):
        yield wrong_type(f"{where}.name", "a string", name)
        return
    yield from name_rules(f"{where}.name", name)
    if not isinstance(function.get("description") or "", str):
        yield wrong_type(f"{where}.description", "a string", function["description"])
    schema = function.get("parameters")
    if schema is not None and not isinstance(schema, dict):
        yield wrong_type(f"{where}.parameters", "an object", schema)
    elif schema:
        for words in _schema_rules(schema, strict=given is True):
            full = f"Invalid schema for function '{name}': {words}"
            yield Refusal(400, full, "invalid_function_parameters", f"{where}.parameters")


def name_rules(where: str, name: str) -> Iterator[Refusal]:
    yield from no_longer(where, name, _NAME.longest)
    if not _NAME.takes(name):
        words = (
            f"Invalid '{where}': string does not match pattern. Expected a string that matches "
            f"the pattern '{_NAME.pattern}'."
        )
        yield Refusal(400, words, "invalid_value", where)


def unique_rules(names: list[Any]) -> Iterator[Refusal]:
    """Two functions of one name. The wording is ours: no recording shows the API's."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            words = f"Invalid 'tools': function names must be unique, but '{name}' is there twice."
            yield Refusal(400, words, "invalid_value", "tools")
        seen.add(name)


def count_rules(tools: list[Any]) -> Iterator[Refusal]:
    if len(tools) > MOST_TOOLS:
        words = (
            f"Invalid 'tools': array too long. Expected an array with maximum length {MOST_TOOLS}, "
            f"but got an array with length {len(tools)} instead."
        )
        yield Refusal(400, words, "array_above_max_length", "tools")


def _schema_rules(schema: dict[str, Any], *, strict: bool) -> Iterator[str]:
    kind = schema.get("type")
    if kind != "object":
        yield f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'."
    yield from _inner_rules(schema, (), strict=strict)


def _inner_rules(schema: Any, context: tuple[str, ...], *, strict: bool) -> Iterator[str]:
    if not isinstance(schema, dict) or len(context) > _DEEPEST:
        return
    if schema.get("type") == "array" and "items" not in schema:
        yield f"In context={context}, array schema missing items."
    if strict:
        yield from _strict_rules(schema, context)
    for holder in _INNER:
        inner = schema.get(holder)
        for name, one in (inner if isinstance(inner, dict) else {}).items():
            yield from _inner_rules(one, (*context, holder, name), strict=strict)
    yield from _inner_rules(schema.get("items"), (*context, "items"), strict=strict)
    choices = schema.get("anyOf")
    for at, one in enumerate(choices if isinstance(choices, list) else ()):
        yield from _inner_rules(one, (*context, "anyOf", str(at)), strict=strict)


def _strict_rules(schema: dict[str, Any], context: tuple[str, ...]) -> Iterator[str]:
    for keyword in _NOT_IN_STRICT:
        if keyword in schema:
            yield f"In context={context}, '{keyword}' is not permitted."
    if schema.get("type") != "object" and "properties" not in schema:
        return
    if schema.get("additionalProperties") is not False:
        yield (
            f"In context={context}, 'additionalProperties' is required to be supplied and to be "
            "false."
        )
    required = schema.get("required")
    listed = required if isinstance(required, list) else []
    properties = schema.get("properties")
    for name in properties if isinstance(properties, dict) else ():
        if name not in listed:
            yield (
                f"In context={context}, 'required' is required to be supplied and to be an array "
                f"including every key in properties. Missing '{name}'."
            )
