"""How long something took where other things run too: bounds that hold on a busy machine.

Owns taking off what is not ours. Linux counts for each thread how long it was ready to run and got
no processor; that is nobody's delay but the machine's. Threads may have waited side by side, so
that rather too much is taken off than too little: a busy machine lets more pass, a quiet one
nothing. Elsewhere nothing is counted, and the clock is what is left.
"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import psutil


class Stopwatch:
    """Of this process and all that it has started, the browser and the served app too."""

    def __init__(self) -> None:
        self._waited = _waited()
        self._began = time.perf_counter()

    def seconds(self) -> float:
        """Since it began, less what was waited for a processor."""
        passed, before = time.perf_counter() - self._began, self._waited
        waited = sum(seconds - before.get(thread, 0.0) for thread, seconds in _waited().items())
        return max(0.0, passed - waited)


def _waited() -> dict[int, float]:
    """Seconds that each thread was kept from running so far; a thread that has ended counts no
    more."""
    ours = psutil.Process()
    waited = {}
    for process in (ours, *ours.children(recursive=True)):
        for told in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                _, nanoseconds, _ = told.read_text().split()
                waited[int(told.parent.name)] = int(nanoseconds) / 1e9
    return waited
