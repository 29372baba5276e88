"""A reply as the pieces it is sent in.

Owns the three shapes that replies have, and how each is announced. What the pieces say is the
wire's (`roundtrip/wires/`), when they leave is `pacing.py`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from roundtrip.conversation import Reply
from roundtrip.wires.wire import wire_named

Shape = Literal["body", "events", "array"]
"""One JSON body, server-sent events, or a JSON array that is sent piece by piece."""

_JSON = "application/json"
_EVENTS = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}


@dataclass(frozen=True)
class Framed:
    """A reply, ready to be sent."""

    pieces: list[bytes]
    headers: dict[str, str]
    shape: Shape
    instead: dict[str, str] = field(default_factory=dict)
    """Headers in place of the API's own, where it is not the API that answers."""


def framed(wire: str, reply: Reply, shape: Shape) -> Framed:
    """The pieces to send and how they are announced."""
    encoded = wire_named(wire).encode_reply(reply, stream=shape != "body")
    if isinstance(encoded, bytes):
        headers = {"content-type": _JSON, "content-length": str(len(encoded))}
        return Framed([encoded], headers, shape)
    if shape == "events":
        return Framed([event.encode() for event in encoded], _EVENTS, shape)
    items = [event.data.encode() for event in encoded]
    heads = [b"[", *[b",\r\n"] * (len(items) - 1)]
    pieces = [head + item for head, item in zip(heads, items, strict=True)]
    return Framed([*pieces, b"]"], {"content-type": _JSON}, shape)
