"""Responses API JSON as the tests build and read it, independently of the codec under test."""

from __future__ import annotations

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
    parts = [part for item in response["output"] for part in said_in(item)]
    return [part["text"] for part in parts if part["type"] == "output_text"]


def said_in(item: Any) -> list[Any]:
    return list(item["content"]) if item["type"] == "message" else []
