"""Signs of life in a stream whose next piece takes long, so that nobody on the way hangs up.

Owns when they are sent. What an API sends for one is its own, and some send none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from roundtrip.simulator.pacing import Piece, Timetable


@dataclass(frozen=True)
class KeepAlive:
    """What one API does while it has nothing to say."""

    sign: bytes
    opening: int
    """Its first pieces, which say nothing yet: they do not wait for the model."""

    numbered: Callable[[Sequence[bytes]], list[bytes]] = list
    """The pieces with their numbers, where the signs count among them."""


def kept_alive(plan: Timetable, how: KeepAlive, seconds: float) -> Timetable:
    """The same timetable with a sign wherever nothing would be sent for so many seconds.

    A reply that is to break is left as it is.
    """
    told = plan.pieces
    if plan.ending != "complete" or seconds <= 0 or not told or _longest_wait(told) <= seconds:
        return plan
    early = [replace(piece, at=min(piece.at, seconds)) for piece in told[: how.opening]]
    pieces = [*early, *told[how.opening :]]
    filled = pieces[:1]
    for before, after in pairwise(pieces):
        at = before.at + seconds
        while at < after.at:
            filled.append(Piece(at, how.sign))
            at += seconds
        filled.append(after)
    data = how.numbered([piece.data for piece in filled])
    return replace(plan, pieces=tuple(map(Piece, (piece.at for piece in filled), data)))


def _longest_wait(pieces: Sequence[Piece]) -> float:
    waits = [after.at - before.at for before, after in pairwise(pieces)]
    return max([pieces[0].at, *waits])
