"""A simulated model that takes its time, behind an address of its own, and how a page is set on it.

Owns the pace. A person reaches it as they would a gateway: Settings, a real model, an address, a
key.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from roundtrip.simulator.simulation import Settings
from roundtrip.simulator.thread import SimulatorThread

TOKENS_PER_SECOND = 20.0
"""The answer about Tokyo and Oslo takes two seconds: long enough to interrupt it."""


@contextmanager
def slow_model(tokens_per_second: float = TOKENS_PER_SECOND) -> Iterator[str]:
    """The base URL, for as long as the block runs."""
    pace = Settings(seconds_to_first_token=0.05, tokens_per_second=tokens_per_second)
    with SimulatorThread(pace) as address:
        yield f"{address}/anthropic"
