"""What Gemini's API refuses, as a table of small checks over a request whose fields are known.

Owns the rules and their wording (the API's own where a recording or a report shows it). Does not
read the request's meaning (the codec does), and does not check keys, models or sizes (`app.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from roundtrip.simulator.gemini.fields import canonical, violations
from roundtrip.simulator.gemini.refusals import field_violations
from roundtrip.simulator.refusals import Refusal
from roundtrip.simulator.signatures import is_broken_seal
from roundtrip.wires.names import NAMES

Body = dict[str, Any]
"""A request in snake case, see `fields.canonical`."""

Check = Callable[[Body], Iterator[str]]
"""Yields what is wrong, most important first. It may rely on all checks above it."""

MOST_TOOLS = 512
_MODES = ("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")
_ROLES = ("user", "model", "function", "", None)
_TYPES = ("STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL", "TYPE_UNSPECIFIED")
_HOTTEST = 2
_DATA = (
    "text",
    "function_call",
    "function_response",
    "inline_data",
    "file_data",
    "executable_code",
    "code_execution_result",
    "tool_call",
    "tool_response",
)
"""A part holds one of these."""

_API = "type.googleapis.com/google.ai.generativelanguage.v1beta."


def first_complaint(body: Any) -> Refusal | None:
    """Why the API would answer 400, or None."""
    if not isinstance(body, dict):
        words = "Invalid JSON payload received. Expected an object at the top level."
        return Refusal(400, words)
    if unreadable := violations(body):
        return field_violations(unreadable)
    read = canonical(body)
    return next((Refusal(400, words) for check in CHECKS for words in check(read)), None)


def _contents(body: Body) -> Iterator[str]:
    if not body.get("contents"):
        yield "* GenerateContentRequest.contents: contents is not specified\n"
    for at, content in enumerate(body["contents"]):
        if not isinstance(content, dict):
            yield f"Invalid value at 'contents[{at}]' ({_API}Content)"
        if content.get("role") not in _ROLES:
            yield "Please use a valid role: user, model."
        where = f"* GenerateContentRequest.contents[{at}].parts"
        if not content.get("parts"):
            yield f"{where}: contents.parts must not be empty.\n"
        for number, part in enumerate(content["parts"]):
            held = [name for name in _DATA if name in part]
            if len(held) > 1:
                yield (
                    f"Invalid value at 'contents[{at}].parts[{number}]' (oneof), oneof field "
                    f"'data' is already set. Cannot set '{held[1]}'"
                )
            if not held and "thought_signature" not in part:
                yield (
                    f"{where}[{number}].data: required oneof field 'data' must have one "
                    "initialized field\n"
                )


def _names_in_parts(body: Body) -> Iterator[str]:
    for at, content in enumerate(body["contents"]):
        for number, part in enumerate(content["parts"]):
            for kind in ("function_call", "function_response"):
                if kind in part and not part[kind].get("name"):
                    yield (
                        f"* GenerateContentRequest.contents[{at}].parts[{number}].{kind}.name: "
                        "Name cannot be empty.\n"
                    )


def _tool_definitions(body: Body) -> Iterator[str]:
    seen: set[str] = set()
    for at, tool in enumerate(body.get("tools") or ()):
        for number, declared in enumerate(tool.get("function_declarations") or ()):
            where = f"tools[{at}].function_declarations[{number}]"
            name = declared.get("name") or ""
            if not NAMES["gemini"].takes(name):
                yield (
                    "The GenerateContentRequest proto is invalid:\n"
                    f"  * {where}.name: [FIELD_INVALID] Invalid function name. Must start with a "
                    "letter or an underscore. Must be alphameric (a-z, A-Z, 0-9), underscores "
                    "(_), dots (.), colons (:), or dashes (-), with a maximum length of 64."
                )
            if name in seen:
                yield f"Duplicate function declaration found: {name}"
            seen.add(name)
            if "parameters" in declared and "parameters_json_schema" in declared:
                yield (
                    f"* GenerateContentRequest.{where}: only one of parameters and "
                    "parameters_json_schema may be set.\n"
                )
            yield from _schema(f"{where}.parameters", declared.get("parameters") or {})
    if len(seen) > MOST_TOOLS:
        yield f"At most {MOST_TOOLS} function declarations can be specified."


def _schema(where: str, schema: dict[str, Any] | None) -> Iterator[str]:
    if schema is None:  # null stands for nothing said, wherever it stands
        return
    kind = schema.get("type")
    if isinstance(kind, str) and kind.upper() not in _TYPES:
        yield f"Invalid value at '{where}.type' ({_API}Type), \"{kind}\""
    if isinstance(kind, str) and kind.upper() == "ARRAY" and "items" not in schema:
        yield f"* GenerateContentRequest.{where}.items: missing field.\n"
    properties = schema.get("properties") or {}
    for name in schema.get("required") or ():
        if properties and name not in properties:
            yield (f"* GenerateContentRequest.{where}.required[{name}]: property is not defined.\n")
    for name, inner in properties.items():
        yield from _schema(f"{where}.properties[{name}]", inner)
    if isinstance(schema.get("items"), dict):
        yield from _schema(f"{where}.items", schema["items"])
    for at, inner in enumerate(schema.get("any_of") or ()):
        yield from _schema(f"{where}.any_of[{at}]", inner)


def _tool_choice(body: Body) -> Iterator[str]:
    config = (body.get("tool_config") or {}).get("function_calling_config")
    if not config:
        return
    mode = config.get("mode")
    if isinstance(mode, str) and mode.upper() not in _MODES:
        where = "tool_config.function_calling_config.mode"
        yield f"Invalid value at '{where}' ({_API}FunctionCallingConfig.Mode), \"{mode}\""
    declared = [
        one.get("name")
        for tool in body.get("tools") or ()
        for one in tool.get("function_declarations") or ()
    ]
    forced = isinstance(mode, str) and mode.upper() in ("ANY", "VALIDATED")
    if isinstance(mode, str) and mode.upper() == "ANY" and not body.get("tools"):
        yield "Function calling config is set without function_declarations."
    allowed = config.get("allowed_function_names") or ()
    if allowed and not forced:
        yield (
            "* GenerateContentRequest.tool_config.function_calling_config.allowed_function_names: "
            "must be empty unless mode is ANY or VALIDATED.\n"
        )
    for name in allowed:
        if name not in declared:
            yield (
                "* GenerateContentRequest.tool_config.function_calling_config."
                f"allowed_function_names: {name} is not a declared function.\n"
            )


def _generation(body: Body) -> Iterator[str]:
    config = body.get("generation_config") or {}
    where = "* GenerateContentRequest.generation_config"
    heat = config.get("temperature")
    if heat is not None and not 0 <= float(heat) <= _HOTTEST:
        yield f"{where}.temperature: temperature must be in the range [0.0, {_HOTTEST}.0].\n"
    most = config.get("max_output_tokens")
    if most is not None and float(most) < 1:
        yield f"{where}.max_output_tokens: max_output_tokens must be positive.\n"


def _turn_order(body: Body) -> Iterator[str]:
    turns = _turns(body["contents"])
    for before, now, after in zip([None, *turns], turns, [*turns[1:], None], strict=False):
        calls, results = _count(now, "function_call"), _count(now, "function_response")
        asked = _count(before, "function_call")
        if calls and before is None:
            yield (
                "Please ensure that function call turn comes immediately after a user turn or "
                "after a function response turn."
            )
        if results and not asked:
            yield (
                "Please ensure that function response turn comes immediately after a function "
                "call turn."
            )
        if asked and results != asked:
            yield (
                "Please ensure that the number of function response parts is equal to the number "
                "of function call parts of the function call turn."
            )
        if calls and after is None:
            yield (
                "Please ensure that multiturn requests end with a user role or a function response."
            )


def _signatures_hold(body: Body) -> Iterator[str]:
    for content in body["contents"]:
        for part in content["parts"]:
            if is_broken_seal(part.get("thought_signature") or ""):
                yield "Corrupted thought signature."


CHECKS: tuple[Check, ...] = (
    _contents,
    _names_in_parts,
    _tool_definitions,
    _tool_choice,
    _generation,
    _turn_order,
    _signatures_hold,
)

Turn = tuple[str, list[dict[str, Any]]]
"""Whose it is, and all its parts."""


def _turns(contents: list[dict[str, Any]]) -> list[Turn]:
    """Contents with neighbours of one side joined."""
    turns: list[Turn] = []
    for content in contents:
        side = "model" if content.get("role") == "model" else "user"
        if turns and turns[-1][0] == side:
            turns[-1] = (side, [*turns[-1][1], *content["parts"]])
        else:
            turns.append((side, content["parts"]))
    return turns


def _count(turn: Turn | None, kind: str) -> int:
    return sum(kind in part for part in turn[1]) if turn else 0
