"""What the Responses API refuses, as a table of small checks over the raw request body.

Owns the rules and their wording (the API's own where a recording or a report shows it). Does not
read the request's meaning (the codec does), and does not check keys, models or sizes
(`requests.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.openai.files import file_rules
from roundtrip.simulator.openai.formats import RESPONSES, format_rules
from roundtrip.simulator.openai.numbers import temperature, whole_number
from roundtrip.simulator.openai.refusals import missing, wrong_type, wrong_value
from roundtrip.simulator.openai.rules import Body, Check, first_broken, no_longer, one_of, strings
from roundtrip.simulator.openai.tools import (
    allowed_rules,
    count_rules,
    function_rules,
    name_rules,
    unique_rules,
)
from roundtrip.simulator.refusals import Refusal
from roundtrip.simulator.signatures import is_broken_seal
from roundtrip.wires.openai_responses.told import LINKS

_FIELDS = """
access_programs background background_options context_management conversation image include input
instructions max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls
previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention reasoning
safety_identifier service_tier store stream stream_options temperature text tool_choice tools
top_logprobs top_p truncation user
"""
FIELDS = frozenset(_FIELDS.split())
"""Of a request, as the official SDK lists them."""

_BOOLEAN, _ARRAY, _OBJECT = (bool, "a boolean"), (list, "an array"), (dict, "an object")
_OPTIONAL: dict[str, tuple[type | tuple[type, ...], str]] = {
    "input": ((str, list), "one of a string or array of objects"),
    "instructions": ((str, list), "a string"),
    "stream": _BOOLEAN,
    "parallel_tool_calls": _BOOLEAN,
    "store": _BOOLEAN,
    "background": _BOOLEAN,
    "tools": _ARRAY,
    "include": _ARRAY,
    "reasoning": _OBJECT,
    "text": _OBJECT,
    "metadata": _OBJECT,
}
"""Fields that may be left out or null, with their types and the API's words for those."""

_INSTEAD_OF_INPUT = ("previous_response_id", "prompt", "conversation")
_STORED = ("previous_response_id", "conversation")
_ROLES = ("assistant", "system", "developer", "user")
_TEXTS = {"input_text": "text", "output_text": "text", "refusal": "refusal"}
_PARTS = (
    *_TEXTS,
    "input_image",
    "input_file",
    "input_audio",
    "computer_screenshot",
    "summary_text",
    "reasoning_text",
)
_SAID = ("output_text", "refusal")
"""What a message of the model's holds."""

_INCLUDES = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
)
_CALLS = {
    "function_call": "No tool output found for function call {}.",
    "custom_tool_call": "No tool output found for custom tool call {}.",
}
_RESULTS = {
    "function_call_output": "No tool call found for function call output with call_id {}.",
    "custom_tool_call_output": "No tool call found for custom tool call output with call_id {}.",
}
_STRINGS_OF_ITEMS = {
    "function_call": ("call_id", "name", "arguments"),
    "custom_tool_call": ("call_id", "name", "input"),
    "function_call_output": ("call_id",),
    "custom_tool_call_output": ("call_id",),
    "item_reference": ("id",),
}


def first_complaint(body: Any) -> Refusal | None:
    """Why the API would answer 400, or None."""
    return first_broken(CHECKS, body)


def _known_fields(body: Body) -> Iterator[Refusal]:
    for name in body:
        if name not in FIELDS:
            yield Refusal(400, f"Unknown parameter: '{name}'.", "unknown_parameter", name)


def _required_fields(body: Body) -> Iterator[Refusal]:
    if "model" not in body:
        yield missing("model")
    if "input" not in body and not any(body.get(name) for name in _INSTEAD_OF_INPUT):
        yield missing("input")


def _field_types(body: Body) -> Iterator[Refusal]:
    if not isinstance(body["model"], str):
        yield wrong_type("model", "a string", body["model"])
    for name, (types, words) in _OPTIONAL.items():
        if body.get(name) is not None and not isinstance(body[name], types):
            yield wrong_type(name, words, body[name])


def _numbers(body: Body) -> Iterator[Refusal]:
    yield from whole_number(body, "max_output_tokens")
    yield from temperature(body)


def _include(body: Body) -> Iterator[Refusal]:
    for at, one in enumerate(body.get("include") or ()):
        if one not in _INCLUDES:
            yield wrong_value(f"include[{at}]", one, _INCLUDES)


def _format(body: Body) -> Iterator[Refusal]:
    said = [body.get("instructions"), body.get("input")]
    yield from format_rules((body.get("text") or {}).get("format"), said, RESPONSES)


def _item_shapes(body: Body) -> Iterator[Refusal]:
    for at, item in enumerate(_items(body)):
        where = f"input[{at}]"
        if not isinstance(item, dict):
            yield wrong_type(where, "an object", item)
            continue
        kind = item.get("type", "message")
        if not isinstance(kind, str):
            yield wrong_type(f"{where}.type", "a string", kind)
        if kind == "message":
            yield from _message(where, item)
        yield from strings(where, item, *_STRINGS_OF_ITEMS.get(kind, ()))
        if kind in _CALLS or kind in _RESULTS:
            yield from no_longer(f"{where}.call_id", item["call_id"], LINKS.longest)
        if kind in _RESULTS:
            if "output" not in item:
                yield missing(f"{where}.output")
            elif not isinstance(item["output"], (str, list)):
                expected = "one of a string or array of objects"
                yield wrong_type(f"{where}.output", expected, item["output"])
            else:
                yield from _parts(f"{where}.output", item["output"])
        if kind == "reasoning":
            yield from _reasoning(where, item)


def _message(where: str, item: dict[str, Any]) -> Iterator[Refusal]:
    yield from one_of(where, item, "role", _ROLES)
    if "content" not in item:
        yield missing(f"{where}.content")
    elif not isinstance(item["content"], (str, list)):
        expected = "one of an array of objects or string"
        yield wrong_type(f"{where}.content", expected, item["content"])
    else:
        said = _SAID if item["role"] == "assistant" else _PARTS
        yield from _parts(f"{where}.content", item["content"], said)


def _parts(
    where: str, content: str | list[Any], allowed: tuple[str, ...] = _PARTS
) -> Iterator[Refusal]:
    for at, part in enumerate(content if isinstance(content, list) else ()):
        if not isinstance(part, dict):
            yield wrong_type(f"{where}[{at}]", "an object", part)
        elif "type" not in part:
            yield missing(f"{where}[{at}].type")
        elif part["type"] not in allowed:
            yield wrong_value(f"{where}[{at}].type", part["type"], allowed)
        elif part["type"] == "input_file":
            yield from file_rules(f"{where}[{at}]", part)
        elif part["type"] in _TEXTS:
            yield from strings(f"{where}[{at}]", part, _TEXTS[part["type"]])


def _reasoning(where: str, item: dict[str, Any]) -> Iterator[Refusal]:
    summary = item.get("summary")
    if "summary" not in item:
        yield missing(f"{where}.summary")
    elif not isinstance(summary, list):
        yield wrong_type(f"{where}.summary", "an array of objects", summary)
    else:
        for at, part in enumerate(summary):
            if not isinstance(part, dict):
                yield wrong_type(f"{where}.summary[{at}]", "an object", part)
            yield from strings(f"{where}.summary[{at}]", part, "text")
    sealed = item.get("encrypted_content")
    if not isinstance(sealed or "", str):
        yield wrong_type(f"{where}.encrypted_content", "a string", sealed)
    elif sealed and is_broken_seal(sealed):
        yield Refusal(
            400,
            f"The encrypted content {sealed[:4]}...{sealed[-4:]} could not be verified. Reason: "
            "Encrypted content could not be decrypted or parsed.",
            "invalid_encrypted_content",
        )


def _tool_definitions(body: Body) -> Iterator[Refusal]:
    tools = body.get("tools") or []
    yield from count_rules(tools)
    for at, tool in enumerate(tools):
        where = f"tools[{at}]"
        if not isinstance(tool, dict):
            yield wrong_type(where, "an object", tool)
        elif "type" not in tool:
            yield missing(f"{where}.type")
        elif not isinstance(tool["type"], str):
            yield wrong_type(f"{where}.type", "a string", tool["type"])
        elif tool["type"] == "function":
            yield from function_rules(where, tool, tool.get("strict"))
        elif tool["type"] == "custom":
            yield from strings(where, tool, "name")
            yield from name_rules(f"{where}.name", tool["name"])
    yield from unique_rules(_names(body))


def _tool_choice(body: Body) -> Iterator[Refusal]:
    choice = body.get("tool_choice")
    if choice is None:
        return
    if isinstance(choice, str):
        if choice not in ("none", "auto", "required"):
            yield wrong_value("tool_choice", choice, ("none", "auto", "required"))
        elif choice == "required" and not (body.get("tools") or body.get("previous_response_id")):
            words = "Tool choice 'required' must be specified with 'tools' parameter."
            yield Refusal(400, words, where="tool_choice")
        return
    if not isinstance(choice, dict):
        yield wrong_type("tool_choice", "one of a string or object", choice)
    elif not isinstance(choice.get("type"), str):
        yield missing("tool_choice.type")
    elif choice["type"] in ("function", "custom"):
        yield from strings("tool_choice", choice, "name")
        if choice["name"] not in _names(body):
            words = f"Tool choice '{choice['type']}' not found in 'tools' parameter."
            yield Refusal(400, words, where="tool_choice")
    elif choice["type"] == "allowed_tools":
        yield from allowed_rules("tool_choice", choice, _names(body))


def _calls_and_results(body: Body) -> Iterator[Refusal]:
    """Paired by id, wherever they stand; what is stored elsewhere may hold the call."""
    items = _items(body)
    kinds = [item.get("type", "message") for item in items]
    asked = {
        item.get("call_id")
        for item, kind in zip(items, kinds, strict=True)
        if kind.endswith("call")
    }
    given = {item["call_id"] for item, kind in zip(items, kinds, strict=True) if kind in _RESULTS}
    elsewhere = "item_reference" in kinds or any(body.get(name) for name in _STORED)
    for item, kind in zip(items, kinds, strict=True):
        if kind in _CALLS and item["call_id"] not in given:
            yield Refusal(400, _CALLS[kind].format(item["call_id"]), where="input")
        if kind in _RESULTS and not elsewhere and item["call_id"] not in asked:
            yield Refusal(400, _RESULTS[kind].format(item["call_id"]), where="input")


CHECKS: tuple[Check, ...] = (
    _known_fields,
    _required_fields,
    _field_types,
    _numbers,
    _include,
    _item_shapes,
    _format,
    _tool_definitions,
    _tool_choice,
    _calls_and_results,
)


def _items(body: Body) -> list[Any]:
    given = body.get("input")
    return given if isinstance(given, list) else []


def _names(body: Body) -> list[Any]:
    named = [tool for tool in body.get("tools") or () if tool["type"] in ("function", "custom")]
    return [tool["name"] for tool in named]
