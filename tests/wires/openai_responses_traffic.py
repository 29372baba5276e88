"""Responses API JSON as the tests build and read it, independently of the codec under test."""

from __future__ import annotations

import json
from typing import Any

from tests.wires.traffic import Traffic, events_of

TRAFFIC = Traffic("openai-responses", "/v1/responses")
WIRE = TRAFFIC.wire
request_of, decoded, encoded = TRAFFIC.request_of, TRAFFIC.decoded, TRAFFIC.encoded
reply_of, body_of, both_ways = TRAFFIC.reply_of, TRAFFIC.body_of, TRAFFIC.both_ways
reply_in_pieces = TRAFFIC.reply_in_pieces


def response_of(response: Any) -> Any:
    """The response JSON of a body or of a stream, whose last event tells it whole."""
    if isinstance(response, dict):
        return response
    told = [event for event in events_of(response) if "response" in event]
    return told[-1]["response"] if told else {}


def texts_of(response: Any) -> list[str]:
    """What the model said, part by part; what it refused to say is none of it."""
    return [part["text"] for part in _said(response) if part["type"] == "output_text"]


def refusal_of(response: Any) -> str | None:
    """The words of a refusal; None where there are none."""
    words = [part["refusal"] for part in _said(response) if part["type"] == "refusal"]
    return "".join(words) if words else None


def calls_of(response: Any) -> list[tuple[str, str, Any, str | None]]:
    """Id, name, arguments and free text of each call."""
    found: list[tuple[str, str, Any, str | None]] = []
    for item in response["output"]:
        if item["type"] == "function_call":
            arguments = json.loads(item["arguments"] or "{}")
            found.append((item["call_id"], item["name"], arguments, None))
        elif item["type"] == "custom_tool_call":
            found.append((item["call_id"], item["name"], None, item["input"]))
    return found


def stop_of(response: Any) -> tuple[str, str]:
    """Our word and the provider's."""
    status = response["status"]
    if status == "incomplete":
        return "max_tokens", f"incomplete: {response['incomplete_details']['reason']}"
    if status != "completed":
        return "incomplete", status
    if calls_of(response):
        return "tool_calls", status
    return ("end" if refusal_of(response) is None else "refusal"), status


def usage_of(response: Any) -> dict[str, int | None] | None:
    """The counts, what the cache had or got taken out of the input."""
    usage = response.get("usage")
    if usage is None:
        return None
    cache = usage["input_tokens_details"]
    write = cache.get("cache_write_tokens")
    return {
        "input": usage["input_tokens"] - cache["cached_tokens"] - (write or 0),
        "output": usage["output_tokens"],
        "cache_read": cache["cached_tokens"],
        "cache_write": write,
        "reasoning": usage["output_tokens_details"]["reasoning_tokens"],
    }


def _said(response: Any) -> list[Any]:
    messages = [item for item in response["output"] if item["type"] == "message"]
    return [part for message in messages for part in message["content"]]
