"""What the Chat Completions API refuses, as a table of small checks over the raw request body.

Owns the rules and their wording (the API's own where a recording or a report shows it). Does not
read the request's meaning (the codec does), and does not check keys, models or sizes
(`requests.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.openai.formats import CHAT, format_rules
from roundtrip.simulator.openai.numbers import temperature, whole_number
from roundtrip.simulator.openai.refusals import empty_array, missing, wrong_type, wrong_value
from roundtrip.simulator.openai.rules import (
    Body,
    Check,
    first_broken,
    no_longer,
    one_of,
    stop_rules,
    strings,
)
from roundtrip.simulator.openai.tools import (
    allowed_rules,
    count_rules,
    function_rules,
    name_rules,
    unique_rules,
)
from roundtrip.simulator.refusals import Refusal
from roundtrip.wires.openai_chat.told import LINKS

_FIELDS = """
audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
messages metadata modalities model moderation n parallel_tool_calls prediction presence_penalty
prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format
safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools
top_logprobs top_p user verbosity web_search_options
"""
FIELDS = frozenset(_FIELDS.split())
"""Of a request, as the official SDK lists them."""

_ROLES = ("system", "assistant", "user", "function", "tool", "developer")
_MOST_CHOICES = 128
_PARTS = ("text", "image_url", "input_audio", "refusal", "audio", "file")


def first_complaint(body: Any) -> Refusal | None:
    """Why the API would answer 400, or None."""
    return first_broken(CHECKS, body)


def _known_fields(body: Body) -> Iterator[Refusal]:
    unknown = [name for name in body if name not in FIELDS]
    if unknown:
        noun = "argument" if len(unknown) == 1 else "arguments"
        yield Refusal(400, f"Unrecognized request {noun} supplied: {', '.join(unknown)}")


def _required_fields(body: Body) -> Iterator[Refusal]:
    if "model" not in body:
        yield Refusal(400, "you must provide a model parameter")
    if "messages" not in body:
        yield missing("messages")


def _field_types(body: Body) -> Iterator[Refusal]:
    if not isinstance(body["model"], str):
        yield wrong_type("model", "a string", body["model"])
    if not isinstance(body["messages"], list):
        yield wrong_type("messages", "an array of objects", body["messages"])
    elif not body["messages"]:
        yield empty_array("messages")
    for name in ("stream", "parallel_tool_calls"):
        if not isinstance(body.get(name) or False, bool):
            yield wrong_type(name, "a boolean", body[name])
    if not isinstance(body.get("tools") or [], list):
        yield wrong_type("tools", "an array of objects", body["tools"])


def _numbers(body: Body) -> Iterator[Refusal]:
    for name in ("max_tokens", "max_completion_tokens"):
        yield from whole_number(body, name)
    yield from whole_number(body, "n", most=_MOST_CHOICES)
    yield from temperature(body)
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        yield Refusal(
            400,
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            "invalid_parameter_combination",
            "max_tokens",
        )


def _stream_options(body: Body) -> Iterator[Refusal]:
    options = body.get("stream_options")
    if options is None:
        return
    if not isinstance(options, dict):
        yield wrong_type("stream_options", "an object", options)
    elif not body.get("stream"):
        words = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        yield Refusal(400, words, where="stream_options")


def _message_shapes(body: Body) -> Iterator[Refusal]:
    for at, message in enumerate(body["messages"]):
        where = f"messages[{at}]"
        if not isinstance(message, dict):
            yield wrong_type(where, "an object", message)
            continue
        yield from one_of(where, message, "role", _ROLES)
        yield from _content(at, message)
        if message["role"] == "tool":
            yield from strings(where, message, "tool_call_id")
            yield from no_longer(f"{where}.tool_call_id", message["tool_call_id"], LINKS.longest)
        if message.get("tool_calls") is not None:
            yield from _calls(f"{where}.tool_calls", message["tool_calls"])


def _content(at: int, message: dict[str, Any]) -> Iterator[Refusal]:
    content = message.get("content")
    if content is None:
        if message.get("role") != "assistant":
            words = "Invalid value for 'content': expected a string, got null."
            yield Refusal(400, words, where=f"messages.[{at}].content")
        elif not any(message.get(name) for name in ("tool_calls", "function_call", "refusal")):
            yield missing(f"messages[{at}].content")
        return
    where = f"messages[{at}].content"
    if not isinstance(content, (str, list)):
        yield wrong_type(where, "one of a string or array of objects", content)
        return
    for number, part in enumerate(content if isinstance(content, list) else ()):
        if not isinstance(part, dict):
            yield wrong_type(f"{where}[{number}]", "an object", part)
        elif "type" not in part:
            yield missing(f"{where}[{number}].type")
        elif part["type"] not in _PARTS:
            yield wrong_value(f"{where}[{number}].type", part["type"], _PARTS)
        elif part["type"] == "text":
            yield from strings(f"{where}[{number}]", part, "text")
        elif part["type"] == "image_url" and message.get("role") != "user":
            words = (
                f"Invalid 'messages[{at}]'. Image URLs are only allowed for messages with role "
                f"'user', but this message with role '{message.get('role')}' contains an image URL."
            )
            yield Refusal(400, words, "invalid_value", f"messages[{at}]")


def _calls(where: str, calls: Any) -> Iterator[Refusal]:
    if not isinstance(calls, list):
        yield wrong_type(where, "an array of objects", calls)
        return
    if not calls:
        yield empty_array(where)
    for at, call in enumerate(calls):
        inside = f"{where}[{at}]"
        if not isinstance(call, dict):
            yield wrong_type(inside, "an object", call)
            continue
        yield from strings(inside, call, "id", "type")
        yield from no_longer(f"{inside}.id", call["id"], LINKS.longest)
        kind = call["type"]
        text = {"function": "arguments", "custom": "input"}.get(kind)
        if text is None:
            yield wrong_value(f"{inside}.type", kind, ("function", "custom"))
        elif not isinstance(call.get(kind), dict):
            yield missing(f"{inside}.{kind}")
        else:
            yield from strings(f"{inside}.{kind}", call[kind], "name", text)


def _every_call_has_its_result(body: Body) -> Iterator[Refusal]:
    messages = body["messages"]
    for at, message in enumerate(messages):
        asked = [call["id"] for call in message.get("tool_calls") or ()]
        if not asked:
            continue
        after = at + 1 + len(_results_from(messages, at + 1))
        given = {one["tool_call_id"] for one in messages[at + 1 : after]}
        lacking = [call for call in asked if call not in given]
        if lacking:
            yield Refusal(
                400,
                "An assistant message with 'tool_calls' must be followed by tool messages "
                "responding to each 'tool_call_id'. The following tool_call_ids did not have "
                f"response messages: {', '.join(lacking)}",
                where=f"messages.[{after}].role" if after < len(messages) else "messages",
            )


def _every_result_has_its_call(body: Body) -> Iterator[Refusal]:
    asked: list[str] | None = None
    for at, message in enumerate(body["messages"]):
        if message["role"] != "tool":
            calls = message.get("tool_calls")
            asked = [call["id"] for call in calls] if calls else None
        elif asked is None:
            yield Refusal(
                400,
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding "
                "message with 'tool_calls'.",
                where=f"messages.[{at}].role",
            )
        elif message["tool_call_id"] not in asked:
            yield Refusal(
                400,
                f"Invalid parameter: 'tool_call_id' of '{message['tool_call_id']}' not found in "
                "'tool_calls' of previous message.",
                where=f"messages.[{at}].tool_call_id",
            )


def _results_from(messages: list[dict[str, Any]], start: int) -> list[dict[str, Any]]:
    """The unbroken row of results that begins there."""
    end = start
    while end < len(messages) and messages[end]["role"] == "tool":
        end += 1
    return messages[start:end]


def _tool_definitions(body: Body) -> Iterator[Refusal]:
    tools = body.get("tools")
    if tools is None:
        return
    if not tools:
        yield empty_array("tools")
    yield from count_rules(tools)
    for at, tool in enumerate(tools):
        where = f"tools[{at}]"
        if not isinstance(tool, dict):
            yield wrong_type(where, "an object", tool)
        elif "type" not in tool:
            yield missing(f"{where}.type")
        elif tool["type"] not in ("function", "custom"):
            yield wrong_value(f"{where}.type", tool["type"], ("function", "custom"))
        elif not isinstance(tool.get(tool["type"]), dict):
            yield missing(f"{where}.{tool['type']}")
        elif tool["type"] == "custom":
            yield from strings(f"{where}.custom", tool["custom"], "name")
            yield from name_rules(f"{where}.custom.name", tool["custom"]["name"])
        else:
            function = tool["function"]
            yield from function_rules(f"{where}.function", function, function.get("strict"))
    yield from unique_rules(_names(body))


def _tool_choice(body: Body) -> Iterator[Refusal]:
    if body.get("tools") is None:
        for name in ("tool_choice", "parallel_tool_calls"):
            if body.get(name) not in (None, "none"):
                words = f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are "
                yield Refusal(400, words + "specified.", where=name)
        return
    choice = body.get("tool_choice")
    if choice is None:
        return
    if isinstance(choice, str):
        if choice not in ("none", "auto", "required"):
            yield wrong_value("tool_choice", choice, ("none", "auto", "required"))
        return
    if not isinstance(choice, dict):
        yield wrong_type("tool_choice", "one of a string or object", choice)
        return
    yield from _named_choice(choice, _names(body))


def _named_choice(choice: dict[str, Any], names: list[Any]) -> Iterator[Refusal]:
    kind = choice.get("type")
    if kind is None:
        yield missing("tool_choice.type")
    elif kind not in ("function", "custom", "allowed_tools"):
        yield wrong_value("tool_choice.type", kind, ("function", "allowed_tools", "custom"))
    elif not isinstance(choice.get(kind), dict):
        yield missing(f"tool_choice.{kind}")
    elif kind == "allowed_tools":
        yield from allowed_rules(f"tool_choice.{kind}", choice[kind], names)
    else:
        yield from strings(f"tool_choice.{kind}", choice[kind], "name")
        if (name := choice[kind]["name"]) not in names:
            words = (
                f"Invalid value for 'tool_choice': no function named {name} was specified in the "
                "'tools' parameter."
            )
            yield Refusal(400, words, where="tool_choice")


def _names(body: Body) -> list[Any]:
    return [tool[tool["type"]]["name"] for tool in body["tools"]]


def _format(body: Body) -> Iterator[Refusal]:
    yield from format_rules(body.get("response_format"), body["messages"], CHAT)


CHECKS: tuple[Check, ...] = (
    _known_fields,
    _required_fields,
    _field_types,
    _numbers,
    stop_rules,
    _stream_options,
    _message_shapes,
    _format,
    _tool_definitions,
    _tool_choice,
    _every_result_has_its_call,
    _every_call_has_its_result,
)
