"""Hearing that the process is told to end, before the server does.

A server that is told to end waits for its open responses first, and a page's live stream never
ends by itself: unless its readers leave, the lifespan's end would never come. Owns that one call
ahead of the server's own signal handlers, which do what they did.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class OnEnding:
    """Calls `leave` when the process is told to end, from `begin` until `close`."""

    def __init__(self, leave: Callable[[], None]) -> None:
        self._leave = leave
        self._before: dict[int, Any] = {}

    def begin(self) -> None:
        """Does nothing but in the main thread, where alone Python lets one hear signals."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in _SIGNALS:
            if callable(before := signal.getsignal(number)):
                self._before[number] = before
                signal.signal(number, self._heard)

    def close(self) -> None:
        for number, before in self._before.items():
            # `==`, not `is`: every look at a method makes it anew.
            if signal.getsignal(number) == self._heard:
                signal.signal(number, before)
        self._before.clear()

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._leave()
        self._before[number](number, frame)
