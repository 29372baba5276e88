"""Requests to OpenAI's APIs, and the pieces they are made of, as curl would send them."""

from __future__ import annotations

from typing import Any

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": "sim-large", "messages": [{"role": "user", "content": "Hi"}, *messages]} | more


def responses(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": "sim-large", "input": [{"role": "user", "content": "Hi"}, *items]} | more


def chat_tool(name: Any = "get_weather", parameters: Any = CITY, **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters} | more}


def tool(name: Any = "get_weather", parameters: Any = CITY, **more: Any) -> dict[str, Any]:
    return {"type": "function", "name": name, "parameters": parameters} | more


ASKED = {
    "role": "assistant",
    "tool_calls": [
        {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
        {"id": "call_2", "type": "function", "function": {"name": "f", "arguments": "{}"}},
    ],
}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "snow"}
CALL = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "snow"}
OPEN = CITY | {"additionalProperties": True}
UNIT = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}

STRICT_CITY = {"name": "city", "schema": CITY, "strict": True}


def allowed_in_chat(name: str) -> dict[str, Any]:
    named = {"type": "function", "function": {"name": name}}
    return {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [named]}}


LOOSE_CITY = STRICT_CITY | {"strict": False}
NAMED = {"type": "function", "name": "get_weather"}
FILE = {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,SGk="}
FULL = {
    "openai-chat": chat(
        ASKED,
        RESULT,
        RESULT | {"tool_call_id": "call_2", "content": [{"type": "text", "text": "sun"}]},
        {"role": "assistant", "content": "Snow and sun."},
        {"role": "user", "content": [{"type": "text", "text": "What is the weather in Oslo?"}]},
        max_completion_tokens=4000,
        temperature=1,
        tools=[chat_tool(strict=True, parameters=UNIT | {"required": ["city", "unit"]})],
        tool_choice=allowed_in_chat("get_weather"),
        parallel_tool_calls=False,
        reasoning_effort="low",
        n=2,
        stop=["Over."],
        response_format={"type": "json_schema", "json_schema": LOOSE_CITY},
    ),
    "openai-responses": responses(
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
        CALL | {"id": "fc_1", "status": "completed"},
        OUTPUT | {"output": [{"type": "input_text", "text": "snow"}]},
        {"role": "user", "content": [{"type": "input_text", "text": "And in Oslo?"}, FILE]},
        instructions="Be brief.",
        include=["reasoning.encrypted_content"],
        store=False,
        max_output_tokens=4000,
        temperature=1,
        tools=[tool(strict=True, parameters=UNIT | {"required": ["city", "unit"]})],
        tool_choice={"type": "allowed_tools", "mode": "auto", "tools": [NAMED]},
        parallel_tool_calls=False,
        reasoning={"effort": "low", "summary": "auto"},
        text={"format": {"type": "json_schema"} | LOOSE_CITY},
    ),
}
"""A request with a bit of everything, by wire."""
