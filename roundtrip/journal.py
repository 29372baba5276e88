"""A run as one process holds it: its events, durable in the store and folded in memory.

Owns the order of events (their seq and time) and the rule "durable before done": what `state` and
`steps` show has been committed. Thread-safe; `write` and `refresh` block and belong in a thread,
`steps`, `state` and `summary` never wait for a commit. Does not decide what to write (`drive.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, RLock
from typing import Any

from pydantic_core import PydanticSerializationError

from roundtrip.conversation import Usage
from roundtrip.events import (
    Cost,
    Event,
    ReplyReceived,
    RequestFailed,
    ResultRecorded,
    Stopped,
)
from roundtrip.exchange import Exchange
from roundtrip.state import RunState
from roundtrip.step import Step
from roundtrip.steps import Timeline
from roundtrip.store import Store
from roundtrip.wires.half_characters import whole

Draft = Callable[..., Event]
"""An event but for its `seq` and `at`, e.g. `partial(Resumed)`."""


@dataclass
class Totals:
    """What a whole run has used. None: the provider did not say (never 0)."""

    model_calls: int = 0
    tools_run: int = 0
    usage: dict[str, int | None] = field(default_factory=dict)
    cost_usd: float | None = None
    notional: bool = False
    seconds: float = 0.0
    priced: bool = True
    """False once a reply came whose price is unknown, or a notional price beside a real one."""

    unmeasured: int = 0
    """Replies whose tokens the provider did not tell, whole ones and broken ones: the counts in
    `usage` are then of the others only."""

    def add(self, event: Event) -> None:
        if isinstance(event, ReplyReceived):
            self._add_cost(event.cost)
            self.model_calls += 1
            self.seconds += event.elapsed_s
            self._add_usage(event.reply.usage)
            self.unmeasured += event.reply.usage is None
        elif isinstance(event, RequestFailed):
            self.seconds += event.elapsed_s
            self.unmeasured += event.partial is not None
        elif isinstance(event, Stopped):
            self.unmeasured += event.partial is not None
        elif isinstance(event, ResultRecorded):
            self.tools_run += event.source in ("tool", "time_limit")
            self.seconds += event.elapsed_s or 0.0

    def _add_cost(self, cost: Cost) -> None:
        mixed = self.model_calls > 0 and cost.notional != self.notional
        self.notional = cost.notional
        self.priced = self.priced and cost.usd is not None and not mixed
        self.cost_usd = (self.cost_usd or 0.0) + (cost.usd or 0.0) if self.priced else None

    def _add_usage(self, usage: Usage | None) -> None:
        for name, count in (usage.model_dump() if usage else {}).items():
            if count is not None:
                self.usage[name] = (self.usage.get(name) or 0) + count


class Journal:
    """One run of one owner."""

    def __init__(self, store: Store, owner: str, run: str) -> None:
        self.owner = owner
        self.run = run
        self.totals = Totals()
        self._store = store
        self._timeline = Timeline()
        self._writing = RLock()
        """Held over a whole commit: one writer at a time, which knows the state it follows."""

        self._folding = Lock()
        """Held only while events are folded, so that readers need not wait for the database."""

        self._listeners: list[Callable[[], None]] = []

    @property
    def state(self) -> RunState:
        return self._timeline.state

    @property
    def head(self) -> int:
        return self._timeline.state.seq

    def steps(self, after: int = 0) -> list[Step]:
        """Rows that began or changed after that event."""
        with self._folding:
            return self._timeline.after(after)

    def step(self, seq: int) -> Step | None:
        return self._timeline.steps.get(seq)

    def refresh(self) -> None:
        """Take in what another process has written. Raises `store.NotFound`."""
        with self._writing:
            self._feed(self._store.events(self.owner, self.run, after=self.head))

    def write(
        self, *drafts: Draft, exchange: Exchange | None = None, process: str | None = None
    ) -> None:
        """Commit, then show. Raises what `Store.append` raises, and then shows nothing."""
        with self._writing:
            at = time.time()
            events = [
                draft(seq=self.head + position, at=at)
                for position, draft in enumerate(drafts, start=1)
            ]
            append = partial(
                self._store.append,
                self.owner,
                self.run,
                exchange=exchange,
                process=process,
                now=at,
            )
            try:
                append(events)
            except PydanticSerializationError:
                # Half a character somewhere, which nothing can keep or send: it becomes \ufffd.
                events = [whole(event) for event in events]
                append(events)
            self._feed(events)

    def save_progress(self, exchange: Exchange) -> None:
        self._store.save_progress(self.owner, self.run, exchange)

    def exchange(self, number: int) -> Exchange | None:
        return self._store.exchange(self.owner, self.run, number)

    def events(self, first: int = 1, last: int | None = None) -> list[Event]:
        """From the store: a row's own events, or all."""
        limit = None if last is None else last - first + 1
        return self._store.events(self.owner, self.run, after=first - 1, limit=limit)

    def events_behind(self, step: Step) -> list[Event]:
        """From the store: the row's turn up to the row's last event."""
        first = min(one.seq for one in self.steps() if one.turn == step.turn)
        return self.events(first, step.events[1])

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener`, from any thread, after each write. Returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _feed(self, events: list[Event]) -> None:
        if not events:
            return
        with self._folding:
            self._timeline.feed(events)
            for event in events:
                self.totals.add(event)
        for listener in tuple(self._listeners):
            listener()

    def summary(self) -> dict[str, Any]:
        """The totals as the page shows them. Seconds, US dollars, tokens as measured."""
        names = ("input", "output", "cache_read", "cache_write", "reasoning")
        with self._folding:
            totals = self.totals
            return {
                "model_calls": totals.model_calls,
                "tools_run": totals.tools_run,
                "usage": {name: totals.usage.get(name) for name in names},
                "cost_usd": totals.cost_usd,
                "notional": totals.notional,
                "seconds": totals.seconds,
                "unmeasured": totals.unmeasured,
            }
