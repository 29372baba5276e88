"""What both of OpenAI's APIs refuse about function definitions.

Owns names and how many there may be; their schemas are held to `schemas.py`. Where in a request a
definition stands, and which kinds of tools there are, is each API's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.openai.refusals import missing, wrong_type
from roundtrip.simulator.openai.rules import no_longer, one_of, too_many
from roundtrip.simulator.openai.schemas import schema_rules
from roundtrip.simulator.refusals import Refusal
from roundtrip.wires.names import NAMES

_NAME = NAMES["openai-chat"]
"""The same on both of OpenAI's wires."""

MOST_TOOLS = 128


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
        for words in schema_rules(schema, strict=given is True):
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
    yield from too_many("tools", tools, MOST_TOOLS)


def allowed_rules(where: str, allowed: dict[str, Any], names: list[Any]) -> Iterator[Refusal]:
    """What is wrong with a choice that names several tools the model may call."""
    yield from one_of(where, allowed, "mode", ("auto", "required"))
    tools = allowed.get("tools")
    if "tools" not in allowed:
        yield missing(f"{where}.tools")
    elif not isinstance(tools, list):
        yield wrong_type(f"{where}.tools", "an array of objects", tools)
    for at, tool in enumerate(tools if isinstance(tools, list) else ()):
        if not isinstance(tool, dict):
            yield wrong_type(f"{where}.tools[{at}]", "an object", tool)
            continue
        kind = tool.get("type")
        named = tool.get(str(kind), tool)
        name = named.get("name") if isinstance(named, dict) else None
        if kind in ("function", "custom") and name not in names:
            words = f"Tool choice '{name}' not found in 'tools' parameter."
            yield Refusal(400, words, where="tool_choice")
