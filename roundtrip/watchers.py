"""Who is woken when a run moves: pages that follow it.

Owns the list and that it is called without a lock held. What has moved, the woken look up
themselves (`runner.py`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from roundtrip.journals import Key

Wake = Callable[[], None]
"""Called from any thread; must not block."""


class Watchers:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: dict[Key, list[Wake]] = {}

    def add(self, key: Key, wake: Wake) -> Callable[[], None]:
        """Have `wake` called whenever the run moves. Returns what ends that."""
        with self._lock:
            self._all.setdefault(key, []).append(wake)

        def end() -> None:
            with self._lock:
                left = self._all.get(key, [])
                left.remove(wake)
                if not left:
                    self._all.pop(key, None)

        return end

    def wake(self, key: Key) -> None:
        with self._lock:
            waiting = tuple(self._all.get(key, ()))
        for wake in waiting:
            wake()

    def wake_all(self) -> None:
        with self._lock:
            keys = list(self._all)
        for key in keys:
            self.wake(key)

    def __len__(self) -> int:
        """Runs that somebody watches."""
        with self._lock:
            return len(self._all)
