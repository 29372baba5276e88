"""What a server takes while it is used: memory and processor, sampled beside the load.

Owns the sampling and what is made of it. Whoever makes the load is this very process, and its own
share of the processor is told beside the server's.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import psutil

from tests.bench.figures import Figure

SAMPLES = 120
"""Of a load, however long it lasts."""


@dataclass
class Watch:
    """Megabytes by seconds since the load began, and seconds of the processor."""

    memory: list[tuple[float, float]] = field(default_factory=list)
    server_cpu_s: float = 0.0
    client_cpu_s: float = 0.0
    lasted_s: float = 0.0

    def figures(self, load: str, growth_aim: float | None = None) -> list[Figure]:
        """`growth_aim`: MB a minute in the second half, once caches are full."""
        start, middle, end = (self.memory[at][1] for at in (0, len(self.memory) // 2, -1))
        most = max(size for _, size in self.memory)
        later = self.memory[len(self.memory) // 2 :]
        growth = 60 * statistics.linear_regression(*zip(*later, strict=True)).slope
        return [
            Figure(f"{load}: memory of the server at the start", start, "MB"),
            Figure(f"{load}: memory in the middle", middle, "MB"),
            Figure(f"{load}: memory at the end", end, "MB"),
            Figure(f"{load}: memory at most", most, "MB"),
            Figure(f"{load}: growth in the second half", growth, "MB/min", growth_aim),
            Figure(f"{load}: the server, of one core", self._share(self.server_cpu_s), "%"),
            Figure(f"{load}: beside it the load itself", self._share(self.client_cpu_s), "%"),
        ]

    def _share(self, cpu_s: float) -> float:
        return 100 * cpu_s / self.lasted_s


@contextlib.asynccontextmanager
async def watching(process: int, seconds: float) -> AsyncIterator[Watch]:
    """Watch this process for as long as the block runs, about so many seconds."""
    server, client = psutil.Process(process), psutil.Process()
    watch, began = Watch(), time.perf_counter()

    def look() -> None:
        at = time.perf_counter() - began
        watch.memory.append((at, server.memory_info().rss / 2**20))

    async def sample() -> None:
        while True:
            look()
            await asyncio.sleep(seconds / SAMPLES)

    before = _cpu_s(server), _cpu_s(client)
    sampling = asyncio.create_task(sample())
    try:
        yield watch
    finally:
        sampling.cancel()
        look()
        watch.server_cpu_s = _cpu_s(server) - before[0]
        watch.client_cpu_s = _cpu_s(client) - before[1]
        watch.lasted_s = time.perf_counter() - began


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
