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
