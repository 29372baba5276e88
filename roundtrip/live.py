"""A run while it is driven here.

Owns what is known of it beside its log, and only as long as it is driven: its task, how it is to
end, and the pieces of the reply under way. Starting and ending it is `runner.py`'s, which also
guards it with its lock.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field

from roundtrip.conversation import Delta
from roundtrip.drive import Drive

Seen = tuple[int, int]
"""How much of a reply somebody has: the exchange, and how many of its pieces."""


@dataclass(frozen=True)
class Timing:
    """Seconds."""

    lease_s: float = 15.0
    """How long a process is believed to be alive after it was last heard of."""

    renew_s: float = 5.0
    listen_s: float = 0.3
    """How often a stop is looked for that was asked of another process."""

    sweep_s: float = 2.0


USUAL = Timing()


@dataclass
class Live:
    """A run that is being driven here."""

    drive: Drive
    work: asyncio.Task[None] | None = None
    cancelled: bool = False
    leased: bool = False
    """The run's lease was taken for it."""

    concluding: bool = False
    """The drive has ended, and how is being written down."""

    leasing: threading.Lock = field(default_factory=threading.Lock)
    rests: threading.Event = field(default_factory=threading.Event)
    settled: threading.Event = field(default_factory=threading.Event)
    """It rests, or what is left to wait for is a reply."""

    exchange: int = 0
    deltas: list[Delta] = field(default_factory=list)
    """The pieces of the reply under way, for whoever looks in meanwhile."""

    def moved(self) -> None:
        """The log has grown."""
        if self.drive.journal.state.sent is not None:
            self.settled.set()

    def ended(self) -> None:
        self.rests.set()
        self.settled.set()

    def hear(self, exchange: int, delta: Delta) -> None:
        """Take one more piece; another exchange's begins anew."""
        if self.exchange != exchange:
            self.exchange, self.deltas = exchange, []
        self.deltas.append(delta)

    def since(self, seen: Seen) -> tuple[Seen, list[Delta]]:
        """The pieces after `seen`, and the new `seen`. Another exchange's are given from the
        first."""
        known = seen[1] if seen[0] == self.exchange else 0
        return (self.exchange, len(self.deltas)), self.deltas[known:]
