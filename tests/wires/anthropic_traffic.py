"""Anthropic's JSON as the tests build and read it, independently of the codec under test."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from roundtrip.conversation import Conversation, Options, Reply
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import Tools, WireRequest, wire_named

WIRE = wire_named("anthropic")


def request_of(body: Any, path: str = "/v1/messages", headers: Any = ()) -> WireRequest:
    return WireRequest("POST", path, tuple(headers), json.dumps(body).encode())


def decoded(body: Any) -> tuple[Conversation, Tools, Options]:
    return WIRE.decode_request(request_of(body))


def encoded(conversation: Conversation, tools: Tools, options: Options) -> Any:
    return json.loads(WIRE.encode_request(conversation, tools, options)[0].body)


def reply_of(response: Any) -> Reply:
    """The reply of a body (an object) or of a stream (its text)."""
    return reply_in_pieces([response.encode()]) if isinstance(response, str) else body_of(response)


def body_of(message: Any) -> Reply:
    decoder = WIRE.reply_decoder()
    decoder.feed(json.dumps(message))
    return decoder.finish()


def reply_in_pieces(chunks: list[bytes]) -> Reply:
    parser, decoder = SseParser(), WIRE.reply_decoder()
    events = [event for chunk in chunks for event in parser.feed(chunk)]
    for event in [*events, *parser.finish()]:
        decoder.feed(event.data)
    return decoder.finish()


def both_ways(reply: Reply) -> tuple[Reply, Reply]:
    """The reply, written as a body and as a stream and read again."""
    body = WIRE.encode_reply(reply, stream=False)
    events = WIRE.encode_reply(reply, stream=True)
    return body_of(json.loads(body)), reply_in_pieces([event.encode() for event in events])


def events_of(stream: str) -> list[Any]:
    lines = stream.splitlines()
    return [json.loads(line.removeprefix("data:")) for line in lines if line.startswith("data:")]


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
            message["usage"].update(event["usage"])
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


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two JSON values differ, as dotted paths."""
    if isinstance(one, dict) and isinstance(other, dict):
        fields = sorted(one.keys() | other.keys())
        found = [(f"{path}.{name}", one.get(name, ...), other.get(name, ...)) for name in fields]
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        found = [(f"{path}.{n}", left, right) for n, (left, right) in pairs]
    else:
        return [] if one == other and isinstance(one, bool) == isinstance(other, bool) else [path]
    return [place for where, left, right in found for place in differences(left, right, where)]
