"""A tool that waits, for the tests that need a run in the middle of one."""

from __future__ import annotations

import threading
from typing import Any

from tests.live_runs import (
    SOON,
    sunny,
)


class Gate:
    """A tool that waits until it is let go, and counts how often it ran."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.count = 0

    def __call__(self, city: str) -> dict[str, Any]:
        self.count += 1
        self.begun.set()
        self.go.wait(SOON)
        return sunny(city)
