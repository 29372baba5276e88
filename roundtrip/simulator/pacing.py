"""When the bytes of a reply leave: at a model's pace, drop by drop, cut short, or not at all.

Owns the timetable (pure) and the ASGI response that keeps it. Does not know what the bytes say, nor
how a connection is broken (`connection.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from roundtrip.simulator.connection import connection_of
from roundtrip.simulator.simulation import Settings

Ending = Literal["complete", "cut", "stall", "reset", "reset-midway", "drip"]
"""`cut` hangs up, `stall` goes silent with the connection open, `reset` leaves no time for a
goodbye, before the first byte or midway. `drip` is complete, and slow."""

DROPS = 40
"""Pieces of a reply that drips, cut anywhere: within a line, within a letter."""


@dataclass(frozen=True)
class Piece:
    at: float
    """Seconds after the response began."""

    data: bytes


@dataclass(frozen=True)
class Timetable:
    pieces: tuple[Piece, ...]
    ending: Ending = "complete"


def timetable(
    pieces: Sequence[bytes], tokens: int, settings: Settings, ending: Ending = "complete"
) -> Timetable:
    """Spread the pieces evenly over the time that so many tokens take.

    A reply that is cut or reset midway stops half-way; a stalled one after its first piece. A reply
    of one piece (a whole body) comes at the end of that time; broken midway, half of it comes, and
    stalled, nothing. One that is reset never begins.
    """
    if ending == "reset":
        return Timetable((), ending)
    first = settings.seconds_to_first_token
    rate = settings.tokens_per_second
    writing = tokens / rate if rate else 0.0
    if ending == "drip":
        pieces, writing = _drops(b"".join(pieces)), settings.drip_seconds
    if len(pieces) == 1:
        data = pieces[0]
        half = data[: len(data) // 2]
        kept = {"cut": half, "reset-midway": half, "stall": b""}.get(ending, data)
        return Timetable((Piece(first + writing, kept),), ending)
    half_way = len(pieces) // 2
    most = {"cut": half_way, "reset-midway": half_way, "stall": 1}.get(ending)
    gap = writing / max(1, len(pieces) - 1)
    told = [Piece(first + gap * number, data) for number, data in enumerate(pieces)]
    return Timetable(tuple(told[:most]), ending)


def _drops(data: bytes) -> list[bytes]:
    size = max(1, -(-len(data) // DROPS))
    return [data[at : at + size] for at in range(0, len(data), size)]


class PacedResponse(Response):
    """Sends a timetable's pieces at their times, and stops when the client has gone."""

    def __init__(self, timetable: Timetable, headers: Mapping[str, str]) -> None:
        self.timetable = timetable
        self.status_code = 200
        self.background = None
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as sending:

            async def stop_when_the_client_has_gone() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                sending.cancel_scope.cancel()

            sending.start_soon(stop_when_the_client_has_gone)
            await self._send(scope, send)
            sending.cancel_scope.cancel()

    async def _send(self, scope: Scope, send: Send) -> None:
        began = anyio.current_time()
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        for number, piece in enumerate(self.timetable.pieces):
            await anyio.sleep_until(began + piece.at)
            if number == 0:
                await send(start)
            await send({"type": "http.response.body", "body": piece.data, "more_body": True})
        ending, connection = self.timetable.ending, connection_of(scope)
        if ending in ("complete", "drip"):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        elif ending == "stall":
            await anyio.sleep_forever()
        elif connection is None:
            # Returning without its end makes the server close the connection: the nearest to it.
            if ending == "reset":
                await send(start)
        else:
            connection.close() if ending == "cut" else connection.reset()
            await anyio.sleep_forever()  # until the server has seen that nobody is there
