"""Requests and replies of any wire, as the tests send them through its codec.

Owns the ways in and out and the comparison of JSON. How a wire's recorded JSON reads, independently
of the codec under test, stands in that wire's own `*_traffic.py`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx2

from roundtrip.conversation import Conversation, Options, Reply, bare
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import Tools, Wire, WireRequest, wire_named


@dataclass(frozen=True)
class Traffic:
    """One wire's codec, with the path its requests go to when nobody says another."""

    name: str
    path: str

    @property
    def wire(self) -> Wire:
        return wire_named(self.name)

    def request_of(self, body: Any, path: str | None = None, headers: Any = ()) -> WireRequest:
        return WireRequest("POST", path or self.path, tuple(headers), json.dumps(body).encode())

    def decoded(self, body: Any, path: str | None = None) -> tuple[Conversation, Tools, Options]:
        return self.wire.decode_request(self.request_of(body, path))

    def encoded(self, conversation: Conversation, tools: Tools, options: Options) -> Any:
        return json.loads(self.wire.encode_request(conversation, tools, options)[0].body)

    def reply_of(self, response: Any) -> Reply:
        """The reply of a body (JSON) or of a stream (its text)."""
        if isinstance(response, str):
            return self.reply_in_pieces([response.encode()])
        return self.body_of(response)

    def body_of(self, body: Any) -> Reply:
        decoder = self.wire.reply_decoder()
        decoder.feed(json.dumps(body))
        return decoder.finish()

    def reply_in_pieces(self, chunks: list[bytes]) -> Reply:
        parser, decoder = SseParser(), self.wire.reply_decoder()
        events = [event for chunk in chunks for event in parser.feed(chunk)]
        for event in [*events, *parser.finish()]:
            decoder.feed(event.data)
        return decoder.finish()

    def both_ways(self, reply: Reply) -> tuple[Reply, Reply]:
        """The reply, written as a body and as a stream and read again."""
        return (
            self.body_of(json.loads(self.written(reply, stream=False))),
            self.reply_in_pieces([self.written(reply, stream=True)]),
        )

    def written(self, reply: Reply, stream: bool) -> bytes:
        """The reply as a server would send it."""
        said = self.wire.encode_reply(reply, stream=stream)
        assert isinstance(said, bytes) != stream
        return said if isinstance(said, bytes) else b"".join(event.encode() for event in said)

    def client_that_receives(self, reply: Reply, stream: bool) -> httpx2.Client:
        """An SDK's way to the network that leads to this reply, whatever it asks."""
        content = self.written(reply, stream)
        kind = "text/event-stream" if stream else "application/json"

        def answer(request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(200, headers={"content-type": kind}, content=content)

        return httpx2.Client(transport=httpx2.MockTransport(answer))


def meant(
    conversation: Conversation, tools: Tools, options: Options
) -> tuple[Conversation, Tools, Options]:
    """The same without anything a wire kept of its own JSON."""
    return bare(conversation), tuple(bare(tool) for tool in tools), bare(options)


def changed(value: Any, **fields: Any) -> Any:
    return value.model_copy(update=fields)


def events_of(stream: str) -> list[Any]:
    """The data of a stream's events, parsed; an end mark that is no JSON is left out."""
    lines = [
        line.removeprefix("data:").strip() for line in stream.splitlines() if line[:5] == "data:"
    ]
    return [json.loads(line) for line in lines if line and line != "[DONE]"]


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
