"""When the bytes of a reply leave: at a model's pace, cut short, or not at all.

Owns the timetable (pure) and the ASGI response that keeps it. Does not know what the bytes say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from roundtrip.simulator.simulation import Settings

Ending = Literal["complete", "cut", "stall"]
"""`cut` hangs up, `stall` goes silent with the connection open."""


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

    A cut reply stops half-way; a stalled one after its first piece. A reply of one piece (a
    whole body) comes at the end of that time; cut, half of it comes, and stalled, nothing.
    """
    first = settings.seconds_to_first_token
    rate = settings.tokens_per_second
    writing = tokens / rate if rate else 0.0
    if len(pieces) == 1:
        keep = {"complete": len(pieces[0]), "cut": len(pieces[0]) // 2, "stall": 0}[ending]
        return Timetable((Piece(first + writing, pieces[0][:keep]),), ending)
    gap = writing / max(1, len(pieces) - 1)
    keep = {"complete": len(pieces), "cut": len(pieces) // 2, "stall": 1}[ending]
    kept = tuple(Piece(first + gap * number, data) for number, data in enumerate(pieces[:keep]))
    return Timetable(kept, ending)


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
            await self._send(send)
            sending.cancel_scope.cancel()

    async def _send(self, send: Send) -> None:
        began = anyio.current_time()
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        for number, piece in enumerate(self.timetable.pieces):
            await anyio.sleep_until(began + piece.at)
            if number == 0:
                await send(start)
            await send({"type": "http.response.body", "body": piece.data, "more_body": True})
        if self.timetable.ending == "stall":
            await anyio.sleep_forever()
        if self.timetable.ending == "complete":
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        # A cut reply returns here without its end: the server answers that by closing the
        # connection, which is just what is to be seen.
