"""What a process does time after time for the runs it drives, and for those nobody drives any more.

Owns renewing leases, hearing that another process was asked to stop a run of ours, and finding what
a dead process left. What a lease is, is the store's; driving and stopping is `runner.py`'s.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Protocol

from roundtrip.abandoned import take_over
from roundtrip.journals import Journals, Key
from roundtrip.live import Live, Timing
from roundtrip.store import Store


class Driving(Protocol):
    """What is driven here. All may be called from any thread."""

    def live_runs(self) -> list[tuple[Key, Live]]: ...

    def stop(self, owner: str, run: str) -> None: ...

    def lose(self, live: Live) -> None:
        """End it without a word: another process has taken us for dead."""


class LeaseKeeper:
    """Works in the runner's loop until it is cancelled."""

    def __init__(
        self,
        store: Store,
        journals: Journals,
        driving: Driving,
        *,
        process: str,
        timing: Timing,
        taken: Callable[[Key], None],
    ) -> None:
        """`taken`: told of each run that a dead process left."""
        self._store = store
        self._journals = journals
        self._driving = driving
        self._process = process
        self._timing = timing
        self._taken = taken

    async def work(self) -> None:
        async with asyncio.TaskGroup() as regular:
            regular.create_task(_every(self._timing.renew_s, self.renew_all))
            regular.create_task(_every(self._timing.listen_s, self.hear_stops))
            regular.create_task(_every(self._timing.sweep_s, self.sweep))

    def renew_all(self) -> None:
        for key, live in self._driving.live_runs():
            # A database that is locked is asked again; a lease lasts several renewals.
            with contextlib.suppress(Exception):
                self._renew(key, live)

    def _renew(self, key: Key, live: Live) -> None:
        with live.leasing:
            if not live.leased or live.concluding:
                return
            kept = self._store.renew(*key, self._process, time.time(), self._timing.lease_s)
        if not kept:
            self._driving.lose(live)

    def hear_stops(self) -> None:
        """Stop the runs that a person wants stopped whose page another process serves."""
        live = [key for key, _ in self._driving.live_runs()]
        for key in self._store.stops_asked(live) if live else ():
            with contextlib.suppress(Exception):  # the others wait for nobody
                self._driving.stop(*key)

    def sweep(self) -> None:
        """Say of every run that a dead process left what became of it."""
        take_over(
            self._store,
            self._journals,
            process=f"{self._process}:sweep",
            lease_s=self._timing.lease_s,
            is_ours=lambda key: any(key == ours for ours, _ in self._driving.live_runs()),
            taken=self._taken,
        )


async def _every(seconds: float, work: Callable[[], None]) -> None:
    while True:
        with contextlib.suppress(Exception):  # a locked database is asked again
            await asyncio.to_thread(work)
        await asyncio.sleep(seconds)
