"""A process to be killed, or to outlive one that is: drives runs without end and serves what a page
would fetch.

`python -m tests.crash.server SPEC`, where SPEC is a `Spec` in JSON, says `ready ADDRESS` when it
serves. Then each line it is told is done and answered by `done`: `go` begins to drive, `end` lets
the turns under way come to their end, `OFFER OWNER RUN` is a person's decision about a run, and
`ask OWNER RUN CITY` a person's question. Every execution of the tool appends its city to a file.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from roundtrip import intents
from roundtrip.controls import controls
from tests.live_runs import QUICK, Place, serving, sunny, weather

CITIES = ["Tokyo", "Oslo", "Paris", "Cairo", "Lima", "Berlin", "Madrid", "Rome"]
OTHER_CITIES = ["London", "Vienna", "Athens", "Dublin", "Prague", "Lisbon", "Warsaw", "Zurich"]
"""One for each run, so that an execution tells whose it was."""


@dataclass(frozen=True)
class Spec:
    """What such a process does."""

    url: str
    simulator: str
    owner: str
    executions: str
    """The file that every execution leaves a line in."""

    pause_s: float
    """How long an execution takes."""

    runs: dict[str, str]
    """By city."""

    lease_s: float = QUICK.lease_s
    turns: int | None = None
    """After so many, a city goes on in a new run."""


def counted(executions: Path, pause_s: float) -> Callable[..., Any]:
    """A tool that leaves a line behind each time it really runs."""

    def get_weather(city: str) -> dict[str, Any]:
        with executions.open("a") as file:
            file.write(f"{city}\n")
        time.sleep(pause_s)
        return sunny(city)

    return get_weather


def question(city: str) -> str:
    return f"What is the weather in {city}?"


def decide(place: Place, owner: str, run: str, offer: str) -> None:
    """What a person does about a run whose outcome nobody knows."""
    match offer:
        case "run_again" | "send_again":
            place.runner.resume(owner, run)
            place.runner.to_the_end(owner, run)
        case "enter_result":
            for pending in controls(place.state(owner, run), live=False).calls:
                place.runner.decide(owner, run, intents.enter_result(pending.index, "It is sunny."))
            place.runner.to_the_end(owner, run)
        case "give_up":
            place.runner.give_up(owner, run)
        case "go_on":
            place.runner.to_the_end(owner, run)
    place.rest(owner, run)


class Driving:
    """Asks in every run again as soon as it rests."""

    def __init__(self, place: Place, spec: Spec) -> None:
        self._place, self._spec = place, spec
        self._runs = dict(spec.runs)
        self._turns = dict.fromkeys(spec.runs, 0)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._drive, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ending.set()
        self._thread.join()
        for run in self._runs.values():
            self._place.rest(self._spec.owner, run)

    def _drive(self) -> None:
        owner = self._spec.owner
        while not self._ending.is_set():
            for city, run in self._runs.items():
                if not self._place.runner.is_live_here(owner, run):
                    self._runs[city] = self._next(city, run)
            time.sleep(0.005)

    def _next(self, city: str, run: str) -> str:
        self._turns[city] += 1
        limit = self._spec.turns
        full = limit is not None and self._turns[city] % limit == 0
        return self._place.begin(self._spec.owner, question(city), None if full else run)


def main(spec: Spec) -> None:
    import anthropic  # noqa: F401

    tool = weather(counted(Path(spec.executions), spec.pause_s))
    timing = replace(QUICK, lease_s=spec.lease_s)
    with (
        Place(spec.url, spec.simulator, tool=tool, timing=timing) as place,
        serving(place.runner) as address,
    ):
        driving = Driving(place, spec)
        print("ready", address, flush=True)
        for line in sys.stdin:
            match line.split():
                case ["go"]:
                    driving.begin()
                case ["end"]:
                    driving.end()
                case ["ask", owner, run, city]:
                    place.finish(owner, question(city), run)
                case [offer, owner, run]:
                    decide(place, owner, run, offer)
            print("done", flush=True)


if __name__ == "__main__":
    main(Spec(**json.loads(sys.argv[1])))
