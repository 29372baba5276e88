"""Requests the server's tests send, as keywords for the official SDK."""

from __future__ import annotations

from datetime import date
from typing import Any

from roundtrip.simulator.server import Settings

AT_ONCE = Settings(
    seconds_to_first_token=0, tokens_per_second=0, drip_seconds=0.2, today=date(2026, 11, 22)
)

WEATHER: dict[str, Any] = {
    "name": "get_weather",
    "description": "Get the current weather in a given city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The name of the city."}},
        "required": ["city"],
    },
}


def ask(words: str, **more: Any) -> dict[str, Any]:
    """One question, with the weather tool on offer."""
    request = {
        "model": "sim-large",
        "max_tokens": 1000,
        "tools": [WEATHER],
        "messages": [{"role": "user", "content": words}],
    }
    return request | more


def with_results(request: dict[str, Any], reply: Any, *results: str) -> dict[str, Any]:
    """The request that goes on with the results of a reply's calls, in their order."""
    calls = [block for block in reply.content if block.type == "tool_use"]
    blocks = [
        {"type": "tool_result", "tool_use_id": call.id, "content": result}
        for call, result in zip(calls, results, strict=True)
    ]
    # What the SDK adds to a parsed block is not what the API sent.
    said = [block.model_dump(exclude_none=True) for block in reply.content]
    messages = [
        *request["messages"],
        {"role": "assistant", "content": said},
        {"role": "user", "content": blocks},
    ]
    return request | {"messages": messages}
