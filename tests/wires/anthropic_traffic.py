"""Anthropic's JSON as the tests build and read it, independently of the codec under test."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from tests.wires.traffic import Traffic, events_of

TRAFFIC = Traffic("anthropic", "/v1/messages")
WIRE = TRAFFIC.wire
request_of, decoded, encoded = TRAFFIC.request_of, TRAFFIC.decoded, TRAFFIC.encoded
reply_of, body_of, both_ways = TRAFFIC.reply_of, TRAFFIC.body_of, TRAFFIC.both_ways
reply_in_pieces = TRAFFIC.reply_in_pieces


def message_of(response: Any) -> Any:
    """The message JSON of a response: a stream is put together here, by hand and plainly."""
    if isinstance(response, dict):
        return response
    message: Any = {}
    for event in events_of(response):
        if event["type"] == "message_start":
            message = json.loads(json.dumps(event["message"]))
            typed: dict[int, str] = {}
        elif event["type"] == "content_block_start":
            message["content"].append(event["content_block"])
        elif event["type"] == "content_block_delta":
            _apply(event["delta"], message["content"][event["index"]], typed, event["index"])
        elif event["type"] == "message_delta":
            message.update(event["delta"])
            # The last counts, in their order, and what only the first event tells.
            message["usage"] = event["usage"] | message["usage"] | event["usage"]
            if "context_management" in event:
                message["context_management"] = event["context_management"]
    return message


def _apply(delta: Any, block: Any, typed: dict[int, str], index: int) -> None:
    if delta["type"] == "text_delta":
        block["text"] += delta["text"]
    elif delta["type"] == "thinking_delta":
        block["thinking"] += delta["thinking"]
    elif delta["type"] == "signature_delta":
        block["signature"] = delta["signature"]
    elif delta["type"] == "citations_delta":
        block["citations"].append(delta["citation"])
    elif delta["type"] == "input_json_delta":
        typed[index] = typed.get(index, "") + delta["partial_json"]
        with suppress(ValueError):  # not finished yet
            block["input"] = json.loads(typed[index])
    else:
        raise AssertionError(delta)
