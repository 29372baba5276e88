"""The one event loop for live runs: start, stop, submit, read.

Owns the background thread in which every live run is one task, the leases that keep two processes
from driving the same run, and the sweep that finds what a dead process left. Its public methods
may be called from any thread. What a turn does is `drive.py`; who calls is a page or a route.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from roundtrip import answers
from roundtrip.conversation import Delta
from roundtrip.drive import Drive
from roundtrip.events import (
    Interrupted,
    Resumed,
    Setup,
    Stopped,
    TurnStarted,
)
from roundtrip.journal import Draft, Journal
from roundtrip.state import PendingCall
from roundtrip.store import LeaseHeld, NotFound, Store
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.tool import Tool
from roundtrip.wires.send import Sender, Target

LEASE_S = 15.0
RENEW_S = 5.0
SWEEP_S = 2.0
JOURNALS_KEPT = 128

Key = tuple[str, str]
"""(owner, run)."""


class Busy(Exception):
    """The run is being driven already, here or by another process."""


@dataclass
class Live:
    """A run that is being driven here."""

    drive: Drive
    task: Future[None] | None = None
    exchange: int = 0
    deltas: list[Delta] = field(default_factory=list)
    """The pieces of the reply under way, for whoever looks in meanwhile."""


class Runner:
    """Drives runs. `start` it once; `close` it when the process ends."""

    def __init__(
        self,
        store: Store,
        *,
        tools: Callable[[], Mapping[str, Tool]],
        target: Callable[[str, Setup], Target],
    ) -> None:
        """`target`: where an owner's turn is sent and with which key; raises `drive.NoKey`."""
        self.store = store
        self._tools = tools
        self._target = target
        self._process = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._lock = threading.RLock()
        self._live: dict[Key, Live] = {}
        self._journals: OrderedDict[Key, Journal] = OrderedDict()
        self._watchers: dict[Key, list[Callable[[], None]]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="runner", daemon=True)
        self._sender = Sender()
        self._pool = ThreadPool()

    # Life

    def start(self) -> None:
        self._thread.start()
        self._submit(self._renew_leases())
        self._submit(self._sweep())

    def close(self) -> None:
        """End live runs as interrupted, and the loop."""
        with self._lock:
            live = list(self._live.values())
        for one in live:
            if one.task:
                one.task.cancel()
        with contextlib.suppress(Exception):
            self._submit(self._end()).result(timeout=5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        self._pool.close()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _submit(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _end(self) -> None:
        while self._live:
            await asyncio.sleep(0.01)
        await self._sender.close()

    # Reading

    def journal(self, owner: str, run: str) -> Journal:
        """The run as it is now, whoever drives it. Blocks. Raises `store.NotFound`."""
        key = (owner, run)
        with self._lock:
            journal = self._journals.get(key) or Journal(self.store, owner, run)
            live_here = key in self._live
        if not live_here:
            journal.refresh()
        with self._lock:
            journal = self._journals.setdefault(key, journal)
            self._journals.move_to_end(key)
            for old in [old for old in self._journals if old not in self._live][:-JOURNALS_KEPT]:
                del self._journals[old]
        return journal

    def is_live(self, owner: str, run: str) -> bool:
        """Whether it is being driven, here or by another process."""
        if self.is_live_here(owner, run):
            return True
        head = self.store.head(owner, run)
        return head is not None and head.lease_until is not None

    def is_live_here(self, owner: str, run: str) -> bool:
        with self._lock:
            return (owner, run) in self._live

    def deltas(self, owner: str, run: str) -> tuple[int, list[Delta]]:
        """The exchange under way and the pieces of its reply so far."""
        with self._lock:
            live = self._live.get((owner, run))
            return (live.exchange, list(live.deltas)) if live else (0, [])

    def watch(self, owner: str, run: str, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake`, from any thread, whenever the run moves. Returns what ends that."""
        with self._lock:
            self._watchers.setdefault((owner, run), []).append(wake)

        def end() -> None:
            with self._lock:
                left = self._watchers.get((owner, run), [])
                left.remove(wake)
                if not left:
                    self._watchers.pop((owner, run), None)

        return end

    def wait(self, owner: str, run: str, seconds: float) -> None:
        """Return when the run rests, or after that time."""
        with self._lock:
            live = self._live.get((owner, run))
        if live and live.task:
            with contextlib.suppress(Exception, asyncio.CancelledError):
                live.task.exception(timeout=seconds)

    # Intents

    def ask(self, owner: str, run: str | None, text: str, setup: Setup, **how: Any) -> str:
        """Begin a turn, in a new run or in this one; nothing is sent yet. Returns the run.

        Raises `Busy` while the run is driven, `store.NotFound`.
        """
        if run is None:
            run = self.store.new_run(owner, text[:80], time.time()).id
        self._write(owner, run, partial(TurnStarted, text=text, setup=setup, **how))
        return run

    def step(self, owner: str, run: str) -> None:
        """Perform the next action. Raises `Busy`, `store.NotFound`."""
        self._launch(owner, run, Drive.step)

    def to_the_end(self, owner: str, run: str) -> None:
        """Go on until there is an answer or a person is needed. Raises `Busy`, `NotFound`."""
        self._launch(owner, run, Drive.to_the_end)

    def stop(self, owner: str, run: str) -> None:
        """End the turn now. What has arrived is kept. A run at rest is ended too."""
        with self._lock:
            live = self._live.get((owner, run))
        if live is None:
            self._write(owner, run, answers.stop())
        elif live.task:
            live.drive.stop_message = answers.STOPPED_BY_PERSON
            live.task.cancel()

    def resume(self, owner: str, run: str) -> None:
        """Try again, run again or go on, as a person decided. Raises `Busy`, `NotFound`."""
        self._write(owner, run, partial(Resumed))

    def give_up(self, owner: str, run: str) -> None:
        """End a turn whose outcome nobody knows. Raises `Busy`, `NotFound`."""
        words = "You gave up on it. Whether it took effect is not known."
        self._write(owner, run, partial(Stopped, reason="gave_up", message=words))

    def approve(self, owner: str, run: str, call: int) -> None:
        self._write(owner, run, answers.approval(call))

    def refuse(self, owner: str, run: str, call: int, reason: str) -> None:
        """Answer a call with a refusal that the model reads."""
        self._answer(owner, run, call, partial(answers.refusal, reason=reason))

    def enter_result(
        self, owner: str, run: str, call: int, text: str, *, is_error: bool = False
    ) -> None:
        """Answer a call in the tool's place."""
        given = partial(answers.given_result, text=text, is_error=is_error)
        self._answer(owner, run, call, given)

    def _answer(
        self, owner: str, run: str, call: int, draft: Callable[[PendingCall], Draft]
    ) -> None:
        journal = self.journal(owner, run)
        pending = next((one for one in journal.state.pending if one.index == call), None)
        if pending is None or pending.result is not None:
            return  # somebody was quicker, in another tab
        self._write(owner, run, draft(pending))

    def _write(self, owner: str, run: str, *drafts: Draft) -> None:
        journal = self.journal(owner, run)
        if self.is_live_here(owner, run):
            raise Busy("this run is under way")
        try:
            journal.write(*drafts)
        except LeaseHeld as error:
            raise Busy("another process drives this run") from error
        self._wake((owner, run))

    # Driving

    def _launch(
        self, owner: str, run: str, how: Callable[[Drive], Coroutine[Any, Any, None]]
    ) -> None:
        key, journal = (owner, run), self.journal(owner, run)
        drive = Drive(
            journal,
            self._sender,
            self._pool,
            self._tools,
            partial(self._target, owner),
            process=self._process,
            on_delta=partial(self._on_delta, key),
        )
        with self._lock:
            if key in self._live:
                raise Busy("this run is under way")
            self._live[key] = live = Live(drive)
        try:
            if not self.store.lease(owner, run, self._process, time.time(), LEASE_S):
                raise Busy("another process drives this run")
            journal.refresh()  # whoever held it before may have written meanwhile
        except BaseException:
            self._forget(key)
            raise
        journal_ends = journal.listen(partial(self._wake, key))
        live.task = self._submit(self._drive(key, how(drive)))
        live.task.add_done_callback(lambda _: journal_ends())

    async def _drive(self, key: Key, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            # Cancelled by nobody: the process ends. What is under way has no known outcome.
            if self._live[key].drive.stop_message is None:
                await asyncio.shield(asyncio.to_thread(self._interrupt, key))
        finally:
            with contextlib.suppress(NotFound):
                await asyncio.shield(asyncio.to_thread(self.store.release, *key, self._process))
            self._forget(key)

    def _forget(self, key: Key) -> None:
        with self._lock:
            self._live.pop(key, None)
        self._wake(key)

    def _on_delta(self, key: Key, exchange: int, delta: Delta) -> None:
        live = self._live[key]
        with self._lock:
            if live.exchange != exchange:
                live.exchange, live.deltas = exchange, []
            live.deltas.append(delta)
        self._wake(key)

    def _wake(self, key: Key) -> None:
        with self._lock:
            watchers = tuple(self._watchers.get(key, ()))
        for wake in watchers:
            wake()

    # Leases

    async def _renew_leases(self) -> None:
        while True:
            await asyncio.sleep(RENEW_S)
            for key, live in list(self._live.items()):
                with contextlib.suppress(NotFound):
                    renew = partial(self.store.lease, *key, self._process, time.time(), LEASE_S)
                    if not await asyncio.to_thread(renew) and live.task:
                        live.task.cancel()  # another process took it for dead

    async def _sweep(self) -> None:
        while True:
            with contextlib.suppress(Exception):  # a locked database is asked again
                await asyncio.to_thread(self._take_over_abandoned)
            await asyncio.sleep(SWEEP_S)

    def _take_over_abandoned(self) -> None:
        for key in self.store.abandoned(time.time()):
            with contextlib.suppress(NotFound):
                if self.store.lease(*key, self._process, time.time(), LEASE_S):
                    self.journal(*key)
                    self._interrupt(key)
                    self.store.release(*key, self._process)
                    self._wake(key)

    def _interrupt(self, key: Key) -> None:
        journal = self._journals.get(key) or Journal(self.store, *key)
        journal.refresh()
        if journal.state.sent is not None or journal.state.live_calls:
            journal.write(partial(Interrupted), process=self._process)
