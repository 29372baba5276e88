"""A process to be killed: drives runs without end and serves what a page would fetch.

`python -m tests.crash.server URL SIMULATOR OWNER EXECUTIONS PAUSE_S RUN…` says `ready ADDRESS`
when it serves, and drives once it is told to by a line. Every execution of the tool appends its
city to the file EXECUTIONS.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.live_runs import Place, serving, sunny, weather

CITIES = ["Tokyo", "Oslo", "Paris", "Cairo", "Lima", "Berlin", "Madrid", "Rome"]
"""One for each run, so that an execution tells whose it was."""


def counted(executions: Path, pause_s: float) -> Callable[..., Any]:
    """A tool that leaves a line behind each time it really runs."""

    def get_weather(city: str) -> dict[str, Any]:
        with executions.open("a") as file:
            file.write(f"{city}\n")
        time.sleep(pause_s)
        return sunny(city)

    return get_weather


def main(url: str, simulator: str, owner: str, executions: str, pause_s: str, *runs: str) -> None:
    tool = weather(counted(Path(executions), float(pause_s)))
    import anthropic  # noqa: F401

    with Place(url, simulator, tool=tool) as place, serving(place.runner) as address:
        print("ready", address, flush=True)
        sys.stdin.readline()
        while True:
            for city, run in zip(CITIES, runs, strict=False):
                if not place.runner.is_live_here(owner, run):
                    place.begin(owner, f"What is the weather in {city}?", run)
            time.sleep(0.005)


if __name__ == "__main__":
    main(*sys.argv[1:])
