"""kill -9 at any moment: what was shown is there, nothing is done twice, the person decides."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from roundtrip.controls import Offer, controls
from roundtrip.loop import AwaitDecision, UnderWay, next_action
from roundtrip.simulator.server import Settings
from roundtrip.steps import Timeline
from roundtrip.store import Store
from tests.crash.server import CITIES, counted
from tests.figures import Figures
from tests.live_runs import Browser, Place, a_database, simulator, until, weather

CHECKOUT = Path(__file__).resolve().parents[2]
LIVELY = Settings(seconds_to_first_token=0.02, tokens_per_second=400)
"""Turns of a few tenths of a second, so that a kill falls into each of their parts."""

PAUSE_S = 0.05


@pytest.fixture(scope="module")
def simulated() -> Iterator[str]:
    with simulator(LIVELY) as url:
        yield url


@dataclass
class Shown:
    """What a page was shown of one run before the end."""

    head: int = 0
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)


class Victim:
    """A serving process, its runs, and all that it showed."""

    def __init__(self, folder: Path, simulated: str, runs: int, pause_s: float = PAUSE_S) -> None:
        folder.mkdir(exist_ok=True)
        self.url, self.simulated = a_database(folder), simulated
        self.executions = folder / "executions"
        self.executions.touch()
        self.browser = Browser("http://127.0.0.1")
        self.owner = self.browser.owner
        store = Store.open(self.url)
        self.runs = [store.new_run(self.owner, "to be killed", time.time()).id for _ in range(runs)]
        store.close()
        self.shown = {run: Shown() for run in self.runs}
        command = [sys.executable, "-m", "tests.crash.server", self.url, simulated, self.owner]
        command += [str(self.executions), str(pause_s), *self.runs]
        self.process = subprocess.Popen(
            command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def begin(self) -> None:
        """Let it drive its runs, once it is ready."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.browser.http.base_url = self.process.stdout.readline().split()[1]
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def watch(self, seconds: float) -> None:
        """Fetch steps of every run as its page does, and kill so long after their first answers."""
        self.begin()
        while not all(self._answered(run) for run in self.runs):
            for run in self.runs:
                self._fetch(run)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for run in self.runs:
                self._fetch(run)
        self.process.kill()
        self.process.communicate()

    def _answered(self, run: str) -> bool:
        return any(row["phase"] == "answer" for row in self.shown[run].rows.values())

    def _fetch(self, run: str) -> None:
        shown = self.shown[run]
        try:
            answer = self.browser.steps(run, shown.head)
        except httpx2.TransportError:  # pragma: no cover
            return
        shown.head = answer["head"]
        shown.rows |= {row["seq"]: row for row in answer["steps"]}

    def executed(self) -> Counter[str]:
        return Counter(self.executions.read_text().split())


def restarted(victim: Victim, pause_s: float = 0.0) -> Place:
    tool = weather(counted(victim.executions, pause_s))
    return Place(victim.url, victim.simulated, tool=tool)


def is_settled(place: Place, victim: Victim) -> bool:
    return not any(place.runner.is_live(victim.owner, run) for run in victim.runs)


def what_was_shown_is_there(place: Place, victim: Victim, run: str) -> int:
    """How many rows were checked."""
    shown = victim.shown[run]
    events = place.store.events(victim.owner, run)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert shown.head <= len(events)
    timeline = Timeline()
    timeline.feed(events[: shown.head])
    assert {row.seq: row.model_dump(mode="json") for row in timeline.after(0)} == shown.rows
    return len(shown.rows)


def nothing_ran_twice(place: Place, victim: Victim) -> None:
    executed = victim.executed()
    for city, run in zip(CITIES, victim.runs, strict=False):
        kinds = Counter(place.kinds(victim.owner, run))
        assert kinds["result_recorded"] <= executed[city] <= kinds["execution_started"]
        assert kinds["execution_started"] - kinds["result_recorded"] <= 1


def decide(place: Place, owner: str, run: str, offer: Offer) -> None:
    match offer:
        case "run_again" | "send_again":
            place.runner.resume(owner, run)
            place.runner.to_the_end(owner, run)
        case "enter_result":
            for pending in controls(place.state(owner, run), live=False).calls:
                place.runner.enter_result(owner, run, pending.index, "It is sunny.")
            place.runner.to_the_end(owner, run)
        case "give_up":
            place.runner.give_up(owner, run)
    place.rest(owner, run)


def goes_on(place: Place, victim: Victim, run: str, city: str, sample: random.Random) -> str:
    """Whatever the kill left, the person can go on from it. Gives what it was."""
    owner, state = victim.owner, place.state(victim.owner, run)
    action = next_action(state)
    assert not isinstance(action, UnderWay)
    before = victim.executed()[city]
    left = "at rest"
    if isinstance(action, AwaitDecision):
        offers = controls(state, live=False).offers
        left = sample.choice(offers)
        assert set(offers) == (
            {"run_again", "enter_result", "give_up"} if action.calls else {"send_again", "give_up"}
        )
        decide(place, owner, run, left)
        if action.calls:
            assert victim.executed()[city] == before + (left == "run_again")
        assert (
            place.state(owner, run).stopped if left == "give_up" else place.state(owner, run).answer
        )
    elif not (state.answer or state.stopped):
        left = "between two steps"
        place.runner.to_the_end(owner, run)
        place.rest(owner, run)
        assert place.state(owner, run).answer
    place.finish(owner, f"What is the weather in {city}?", run)
    assert place.state(owner, run).answer
    return left


def test_a_killed_process_loses_no_step_and_repeats_none(
    tmp_path: Path, simulated: str, sample: random.Random, full: bool, figures: Figures
) -> None:
    rows, left = 0, Counter[str]()
    folders = [tmp_path / str(number) for number in range(50 if full else 5)]
    victims = [Victim(folders[0], simulated, runs=8 if full else 2)]
    for number in range(len(folders)):
        victim = victims[number]
        victim.watch(sample.uniform(0, 0.6))  # where in its work it dies is the point
        executed = victim.executed()
        if number + 1 < len(folders):  # it loads while this one is looked at
            victims.append(Victim(folders[number + 1], simulated, runs=len(victim.runs)))
        with restarted(victim) as place:
            until(lambda place=place, victim=victim: is_settled(place, victim))
            assert victim.executed() == executed  # nothing was repeated unasked
            nothing_ran_twice(place, victim)
            for city, run in zip(CITIES, victim.runs, strict=False):
                rows += what_was_shown_is_there(place, victim, run)
                left[goes_on(place, victim, run, city, sample)] += 1
    figures.tell(f"{rows} rows shown before a kill, all there after it; left: {dict(left)}")
    assert rows


def killed_in(victim: Victim, phase: str) -> None:
    """Kill while the newest row of every run is of that phase and live."""

    def newest(run: str) -> dict[str, Any]:
        victim._fetch(run)
        rows = victim.shown[run].rows
        return rows[max(rows)] if rows else {"phase": None, "standing": None}

    def are_there() -> bool:
        rows = [newest(run) for run in victim.runs]
        return all((row["phase"], row["standing"]) == (phase, "live") for row in rows)

    victim.begin()
    until(are_there)
    victim.process.kill()
    victim.process.communicate()


def test_killed_while_a_tool_runs_the_run_waits_for_a_person(
    tmp_path: Path, simulated: str
) -> None:
    offers: tuple[Offer, ...] = ("run_again", "enter_result", "give_up")
    victim = Victim(tmp_path, simulated, runs=3, pause_s=60)
    owner = victim.owner
    killed_in(victim, "run")
    assert set(victim.executed().values()) == {1}
    with restarted(victim) as place:
        # The dead one's lease has not run out: it may still be alive for all we know.
        assert all(place.runner.is_live(owner, run) for run in victim.runs)
        until(lambda: is_settled(place, victim))
        for offer, city, run in zip(offers, CITIES, victim.runs, strict=False):
            assert controls(place.state(owner, run), live=False).offers == offers
            place.runner.to_the_end(owner, run)  # a click elsewhere decides nothing
            place.rest(owner, run)
            assert victim.executed()[city] == 1
            decide(place, owner, run, offer)
            state = place.state(owner, run)
            assert victim.executed()[city] == (2 if offer == "run_again" else 1)
            assert state.stopped if offer == "give_up" else state.answer
            assert place.kinds(owner, run).count("interrupted") == 1


def test_killed_while_a_request_is_out_nothing_is_sent_again_unasked(tmp_path: Path) -> None:
    offers: tuple[Offer, ...] = ("send_again", "give_up")
    with simulator(Settings(seconds_to_first_token=0.6, tokens_per_second=200)) as simulated:
        victim = Victim(tmp_path, simulated, runs=2)
        owner = victim.owner
        killed_in(victim, "ask")
        with restarted(victim) as place:
            until(lambda: is_settled(place, victim))
            for offer, run in zip(offers, victim.runs, strict=True):
                assert controls(place.state(owner, run), live=False).offers == offers
                assert place.kinds(owner, run).count("request_sent") == 1
                decide(place, owner, run, offer)
                state = place.state(owner, run)
                assert state.stopped if offer == "give_up" else state.answer
