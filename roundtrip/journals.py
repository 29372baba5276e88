"""The journals one process holds: one for each run, however many look at it.

Owns that a run is folded once and that its writers and readers share the result, and how an
intent is committed while others write. Knows nothing of driving (`runner.py`).
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from weakref import WeakValueDictionary

from roundtrip import intents
from roundtrip.exchange import Exchange
from roundtrip.intents import Busy, Intent, TooLate
from roundtrip.journal import Journal
from roundtrip.loop import UnderWay, next_action
from roundtrip.store import Conflict, LeaseHeld, NotFound, Store

KEPT = 128
"""Journals that stay in memory though nobody looks at them just now."""

TRIES = 5
"""Of an intent, while others write the same run."""

# Only what an id may look like is asked of the database: a zero byte is an error there.
_RUN = re.compile(r"[A-Za-z0-9_-]{1,64}")

Key = tuple[str, str]
"""(owner, run)."""


class Journals:
    """Thread-safe."""

    def __init__(self, store: Store, on_moved: Callable[[Key], None]) -> None:
        """`on_moved`: called, from any thread, after each write and each refresh with news."""
        self._store = store
        self._on_moved = on_moved
        self._lock = threading.Lock()
        self._all: WeakValueDictionary[Key, Journal] = WeakValueDictionary()
        self._recent: OrderedDict[Key, Journal] = OrderedDict()

    def open(self, key: Key) -> Journal:
        """The run as it is in the store now. Blocks. Raises `store.NotFound`."""
        if not _RUN.fullmatch(key[1]):
            raise NotFound("there is no such run")
        with self._lock:
            journal = self._all.get(key)
            if journal is None:
                journal = self._all[key] = Journal(self._store, *key)
                journal.listen(partial(self._on_moved, key))
        journal.refresh()
        self._interrupt_orphan(journal)
        with self._lock:
            self._recent[key] = journal
            self._recent.move_to_end(key)
            while len(self._recent) > KEPT:
                self._recent.popitem(last=False)
        return journal

    def _interrupt_orphan(self, journal: Journal) -> None:
        """A run in mid-air whose lease nobody holds (a fork of one) is nobody's to finish."""
        if not isinstance(next_action(journal.state), UnderWay):
            return
        head = self._store.head(journal.owner, journal.run)
        if head is None or head.lease_until is None:
            with contextlib.suppress(Busy):
                commit(journal, intents.interrupt)


def commit(
    journal: Journal,
    intent: Intent,
    process: str | None = None,
    exchange: Exchange | None = None,
) -> None:
    """Write the intent as it is in the moment of writing; nothing, where it comes too late.

    `process`: who holds the run's lease. `exchange`: what is kept with it. Raises `Busy`,
    `store.NotFound`, `LeaseLost`.
    """
    for _ in range(TRIES):
        try:
            # Called by the journal under its lock, so that the state is the one written after.
            journal.write(
                lambda **when: intent(journal.state)(**when), exchange=exchange, process=process
            )
            return
        except TooLate:
            return
        except LeaseHeld as error:
            raise Busy("another process drives this run") from error
        except Conflict:
            journal.refresh()
    raise Busy("others write this run")
