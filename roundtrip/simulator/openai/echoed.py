"""What a response repeats of its request, and what it says where nothing was said.

Owns these fields. What the response is a reply to stands in `responses.py`.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from roundtrip.simulator.openai.schemas import schema_rules
from roundtrip.wires.json_text import dump
from roundtrip.wires.openai_responses.speech import NEW
from roundtrip.wires.schema import adapt

_TOLD = (
    *("instructions", "max_output_tokens", "max_tool_calls", "metadata", "parallel_tool_calls"),
    *("previous_response_id", "reasoning", "service_tier", "store", "temperature", "text"),
    *("tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user"),
)
_USUAL: dict[str, Any] = {name: NEW[name] for name in _TOLD} | {
    "frequency_penalty": 0.0,
    "moderation": None,
    "presence_penalty": 0.0,
    "prompt_cache_key": None,
    "prompt_cache_retention": None,
    "safety_identifier": None,
    "store": True,
}

_WITHIN = ("reasoning", "text")
"""Objects of which a request may tell some fields only."""


def echoed(body: dict[str, Any]) -> dict[str, Any]:
    """The fields of a response that its request settles."""
    fields = _said_or_usual(body, _USUAL)
    for name in _WITHIN:
        fields[name] = _said_or_usual(fields[name], _USUAL[name]) | {
            inner: value for inner, value in fields[name].items() if value is not None
        }
    told = fields["text"]["format"]
    if told["type"] == "json_schema":
        described = {"type": "json_schema", "description": None, "strict": False}
        fields["text"]["format"] = described | told
    fields["tools"] = [_tool(tool) for tool in fields["tools"]]
    if fields["service_tier"] == "auto":
        fields["service_tier"] = "default"
    return fields


def _said_or_usual(told: dict[str, Any], usual: dict[str, Any]) -> dict[str, Any]:
    return {name: value if told.get(name) is None else told[name] for name, value in usual.items()}


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    """A function with all its fields. Where `strict` is not said, it is strict if it can be: when
    closing its objects is all that it takes."""
    if tool["type"] != "function":
        return tool
    told: dict[str, Any] = {
        "type": "function",
        "description": tool.get("description") or None,
    }
    told |= {name: value for name, value in tool.items() if name not in told}
    schema, strict = tool.get("parameters"), tool.get("strict")
    if strict is None:
        schema, strict = _strict_if_it_can_be(dump(schema))
    return told | {"parameters": schema, "strict": strict}


@lru_cache(maxsize=512)
def _strict_if_it_can_be(schema_text: str) -> tuple[dict[str, Any] | None, bool]:
    schema = json.loads(schema_text)
    closed, changes = adapt(schema or {}, "openai-responses", strict=True)
    alike = all(change.where.endswith("additionalProperties") for change in changes)
    can_be = schema and alike and not any(True for _ in schema_rules(closed, strict=True))
    return (closed, True) if can_be else (schema, False)
