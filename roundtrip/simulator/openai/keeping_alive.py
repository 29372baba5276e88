"""The sign of life in a stream of the Responses API: an event that is numbered as the others are.

Owns the event and the numbers after it. When it is sent is `simulator/keep_alive.py`'s.
"""

from __future__ import annotations

from collections.abc import Sequence

from roundtrip.simulator.keep_alive import KeepAlive
from roundtrip.wires.json_text import dump, load
from roundtrip.wires.sse import ServerSentEvent, SseParser

_NUMBER = "sequence_number"


def _numbered(pieces: Sequence[bytes]) -> list[bytes]:
    return [_with_number(piece, number) for number, piece in enumerate(pieces)]


def _with_number(piece: bytes, number: int) -> bytes:
    [event] = SseParser().feed(piece)
    told = load(event.data)
    return ServerSentEvent(dump(told | {_NUMBER: number}), event.event).encode()


KEEP_ALIVE = KeepAlive(
    ServerSentEvent(dump({"type": "keepalive", _NUMBER: 0}), "keepalive").encode(),
    opening=2,
    numbered=_numbered,
)
