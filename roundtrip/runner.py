"""The one event loop for live runs: start, stop, submit, read.

Owns the background thread in which every live run is one task, and who may drive a run: one process
at a time, by its lease (`lease_keeper.py` keeps it). Its public methods may be called from any
thread. What a turn does is `drive.py`; what an intent writes and when it is too late is
`intents.py`; who calls is a page or a route. Beside what each says, all that write raise
`store.Unavailable`; an intent that comes too late changes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any

from roundtrip import intents
from roundtrip.conversation import Delta
from roundtrip.drive import Drive
from roundtrip.events import Setup
from roundtrip.hand_edit import edit_request
from roundtrip.intents import Busy as Busy
from roundtrip.intents import Intent
from roundtrip.journal import Journal
from roundtrip.journals import Journals, Key, commit
from roundtrip.lease_keeper import LeaseKeeper
from roundtrip.live import USUAL, Live, Seen, Timing
from roundtrip.state import RunState
from roundtrip.store import LeaseLost, NotFound, Store
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.tool import Tool
from roundtrip.watchers import Watchers
from roundtrip.wires.send import Sender, Target

CLOSE_S = 5.0
"""Live runs are given this long to be written down when the process ends."""

STEP_ENDS_S = 1.0
"""A step under way is waited for this long by whoever wants to go on after it."""

Booked = Callable[[str, str, Target, RunState], contextlib.AbstractContextManager[object]]
"""`Drive.booked` of an owner's run."""

_log = logging.getLogger(__name__)


class Runner:
    """Drives runs. `start` it once; `close` it when the process ends."""

    def __init__(
        self,
        store: Store,
        *,
        tools: Callable[[], Mapping[str, Tool]],
        target: Callable[[str, str, Setup], Target],
        booked: Booked | None = None,
        on_moved: Callable[[str, str, RunState], None] | None = None,
        timing: Timing = USUAL,
    ) -> None:
        """`target`: where a turn of an owner's run is sent and with which key; raises
        `owner.NoKey`. `booked`: see `Drive.booked`. `on_moved`: told of each new state of a
        run that is driven here."""
        self.store = store
        self._tools = tools
        self._target = target
        self._booked = booked or (lambda owner, run, target, state: contextlib.nullcontext())
        self._on_moved = on_moved
        self._timing = timing
        self._process = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._lock = threading.RLock()
        self._live: dict[Key, Live] = {}
        self._journals = Journals(store, self._moved)
        self._watchers = Watchers()
        self.leases = LeaseKeeper(
            store,
            self._journals,
            self,
            process=self._process,
            timing=timing,
            taken=self._watchers.wake,
        )
        self.is_ending = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()
        self._pool = ThreadPool()
        self._thread: threading.Thread | None = None

    # Life

    def start(self) -> None:
        ready = threading.Event()
        serve = partial(asyncio.run, self._serve(ready))
        self._thread = threading.Thread(target=serve, name="runner", daemon=True)
        self._thread.start()
        ready.wait()

    def close(self) -> None:
        """End live runs as interrupted, and the loop. Returns within seconds."""
        self.let_readers_go()
        if self._loop is not None and self._thread is not None:
            with contextlib.suppress(RuntimeError):  # closed before
                self._loop.call_soon_threadsafe(self._closing.set)
            self._thread.join(timeout=CLOSE_S + 2)
        self._pool.close()

    async def _serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._sender = Sender()
        keeping = asyncio.create_task(self.leases.work())
        ready.set()
        await self._closing.wait()
        keeping.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                while self._live:
                    for live in list(self._live.values()):
                        self._cancel(live)
                    await asyncio.sleep(0.01)
        await self._sender.close()

    def forget_key(self, key: str) -> None:
        """Keep no client with this key; a reply under way is read to its end."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # closed, and its clients with it
                self._in_loop(self._sender.forget, key)

    # Reading

    def journal(self, owner: str, run: str) -> Journal:
        """The run as it is now, whoever drives it. Blocks. Raises `store.NotFound`."""
        live = self.driven(owner, run)
        return live.drive.journal if live else self._journals.open((owner, run))

    def driven(self, owner: str, run: str) -> Live | None:
        """The run while it is driven here."""
        with self._lock:
            return self._live.get((owner, run))

    def is_live(self, owner: str, run: str) -> bool:
        """Whether it is being driven, here or by another process."""
        if self.is_live_here(owner, run):
            return True
        head = self.store.head(owner, run)
        return head is not None and head.lease_until is not None

    def live_runs(self) -> list[tuple[Key, Live]]:
        """What is driven here just now."""
        with self._lock:
            return list(self._live.items())

    def lose(self, live: Live) -> None:
        """End it without a word: another process took us for dead."""
        self._in_loop(self._cancel, live)

    def is_live_here(self, owner: str, run: str) -> bool:
        return self.driven(owner, run) is not None

    def deltas(self, live: Live, seen: Seen = (0, 0)) -> tuple[Seen, list[Delta]]:
        """What came of the reply under way after `seen`: (exchange, pieces of it).

        Returns the new `seen` with it. Another exchange's pieces are given from the first. Whoever
        has `live` hears the reply to its end, also where the run has come to rest meanwhile.
        """
        with self._lock:
            return live.since(seen)

    def watch(self, owner: str, run: str, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake`, from any thread, whenever the run moves. Returns what ends that."""
        return self._watchers.add((owner, run), wake)

    def let_readers_go(self) -> None:
        """The process is about to end: whoever watches is woken, and sees `is_ending`."""
        self.is_ending = True
        self._watchers.wake_all()

    def wait(self, owner: str, run: str, seconds: float) -> None:
        """Return when the run rests, or after that time."""
        if live := self.driven(owner, run):
            live.rests.wait(seconds)

    def settle(self, owner: str, run: str, seconds: float) -> None:
        """The same, or once a reply is all that is waited for: that takes what it takes."""
        if live := self.driven(owner, run):
            live.settled.wait(seconds)

    # Intents

    def ask(
        self,
        owner: str,
        run: str | None,
        text: str,
        setup: Setup,
        *,
        definition_tokens: int | None = None,
    ) -> str:
        """Begin a turn, in a new run or in this one; nothing is sent yet. Returns the run.

        `definition_tokens`: the estimated weight of the definitions in one request. Raises `Busy`
        while the run is driven or a question waits to be sent, `store.NotFound`.
        """
        if run is None:
            run = self.store.new_run(owner, text[:80], time.time()).id
        self._write(owner, run, intents.ask(text, setup, definition_tokens))
        return run

    def step(self, owner: str, run: str) -> None:
        """Perform the next action. Raises `Busy`, `store.NotFound`."""
        self._launch(owner, run, Drive.step)

    def to_the_end(self, owner: str, run: str) -> None:
        """Go on until there is an answer or a person is needed. Raises `Busy`, `NotFound`."""
        # Clicked while the last step was still ending. A second click on `step` is not waited
        # for: it would do what its button did not say.
        self.wait(owner, run, STEP_ENDS_S)
        self._launch(owner, run, Drive.to_the_end)

    def stop(self, owner: str, run: str) -> None:
        """End the turn now. What has arrived is kept. A run at rest is ended too.

        A run that another process drives is ended there, a moment later. Raises `store.NotFound`.
        """
        with self._lock:
            live = self._live.get((owner, run))
            under_way = live is not None and not live.concluding
            if live is not None and under_way:
                live.drive.stop_message = intents.STOPPED_BY_PERSON
                live.settled.clear()
        if live is not None and under_way:
            self._in_loop(self._cancel, live)
            return
        self.wait(owner, run, CLOSE_S)
        try:
            self._write(owner, run, intents.stop)
        except Busy:
            if not self.store.ask_to_stop(owner, run, time.time()):
                raise

    def try_now(self, owner: str, run: str) -> None:
        """Wait no longer before the next try. Raises `Busy` where it is not driven here."""
        live = self.driven(owner, run)
        if live is None:
            raise Busy("this run waits for nothing here")
        self._in_loop(live.drive.try_now)

    def edit_request(self, owner: str, run: str, body: bytes) -> None:
        """Send exactly these bytes in place of the request that lies ready. Raises `Busy`,
        `store.NotFound`, `hand_edit.CannotBeKept`."""
        edit_request(self._at_rest(owner, run), body, partial(self._target, owner, run))

    def resume(self, owner: str, run: str, setup: Setup | None = None) -> None:
        """Try again, run again or go on, as a person decided; with another setup where given.

        Raises `Busy`, `NotFound`.
        """
        self._write(owner, run, intents.resume(setup))

    def give_up(self, owner: str, run: str) -> None:
        """End a turn whose outcome nobody knows. Raises `Busy`, `store.NotFound`."""
        self._write(owner, run, intents.give_up)

    def decide(self, owner: str, run: str, decision: Intent) -> None:
        """What a person says about a call: `intents.approve`, `refuse` or `enter_result`.

        Raises `Busy`, `store.NotFound`, `intents.Unfit`.
        """
        self._write(owner, run, decision)

    def _write(self, owner: str, run: str, intent: Intent) -> None:
        commit(self._at_rest(owner, run), intent)

    def _at_rest(self, owner: str, run: str) -> Journal:
        journal = self.journal(owner, run)
        if self.is_live_here(owner, run):
            raise Busy("this run is under way")
        return journal

    # Driving

    def _launch(
        self, owner: str, run: str, how: Callable[[Drive], Coroutine[Any, Any, None]]
    ) -> None:
        key, journal = (owner, run), self.journal(owner, run)
        if self._loop is None or self.is_ending:
            raise Busy("the app is ending")
        drive = Drive(
            journal,
            self._sender,
            self._pool,
            self._tools,
            partial(self._target, owner, run),
            booked=partial(self._booked, owner, run),
            process=self._process,
            on_delta=partial(self._on_delta, key),
        )
        with self._lock:
            if key in self._live:
                raise Busy("this run is under way")
            self._live[key] = live = Live(drive)
        try:
            ttl = self._timing.lease_s
            live.leased = self.store.lease(owner, run, self._process, time.time(), ttl)
            if not live.leased:
                raise Busy("another process drives this run")
            journal.refresh()  # whoever held it before may have written meanwhile
            self._in_loop(self._begin, key, live, how)
        except BaseException:
            if live.leased:  # kept, it would bar the run until it ran out
                with contextlib.suppress(Exception), live.leasing:
                    live.concluding = True
                    self.store.release(owner, run, self._process)
            self._forget(key)
            raise

    def _in_loop(self, call: Callable[..., object], *values: object) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(call, *values)

    def _begin(
        self, key: Key, live: Live, how: Callable[[Drive], Coroutine[Any, Any, None]]
    ) -> None:
        driving = asyncio.ensure_future(self._drive(key, live, how(live.drive)))
        driving.add_done_callback(lambda _: self._forget(key))  # which also keeps it alive

    def _cancel(self, live: Live) -> None:
        """In the loop's thread. Once only: a second one would cut short what is being kept."""
        if not live.cancelled and live.work is not None:
            live.work.cancel()
        live.cancelled = True

    async def _drive(self, key: Key, live: Live, how: Coroutine[Any, Any, None]) -> None:
        # Only the inner task is ever cancelled, so that what follows it always happens.
        if live.cancelled:
            how.close()
        else:
            live.work = asyncio.create_task(how)
            await asyncio.wait((live.work,))
        await asyncio.to_thread(self._conclude, key, live)

    def _conclude(self, key: Key, live: Live) -> None:
        """Leave the run in a state that says what became of it, then give the lease back."""
        work, journal = live.work, live.drive.journal
        error = None if work is None or work.cancelled() else work.exception()
        if error is not None and not isinstance(error, NotFound | LeaseLost):
            _log.error("driving run %s broke", key[1], exc_info=error)
        with live.leasing, self._lock:
            live.concluding = True
            stopped = live.drive.stop_message is not None
        try:
            # Asked of another process, it may not have been heard yet.
            stopped = stopped or bool(self.store.stops_asked([key]))
            if error is not None:
                journal.refresh()
            ending = partial(intents.conclude, stopped=stopped, error=error)
            commit(journal, ending, self._process)
            self.store.release(*key, self._process)
        except (NotFound, LeaseLost):
            pass  # deleted meanwhile, or another process has taken us for dead
        except Exception:
            # The lease stays and runs out: the sweep says what became of it once that can be
            # written. Given back now, the run would stand in mid-air for good.
            _log.exception("the end of run %s could not be kept", key[1])

    def _forget(self, key: Key) -> None:
        with self._lock:
            live = self._live.pop(key, None)
        if live:
            live.ended()
        self._watchers.wake(key)

    def _on_delta(self, key: Key, exchange: int, delta: Delta) -> None:
        with self._lock:
            self._live[key].hear(exchange, delta)
        self._watchers.wake(key)

    def _moved(self, key: Key) -> None:
        if live := self.driven(*key):
            live.moved()
        if live and self._on_moved:
            self._on_moved(*key, live.drive.journal.state)
        self._watchers.wake(key)
