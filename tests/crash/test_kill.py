"""kill -9 at any moment: what was shown is there, nothing is done twice, the person decides.

Two processes work on one database. One is killed again and again; the other neither loses a turn
nor takes one over that is not its own, and it is there that people go on with what was left.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from roundtrip.controls import Offer, controls
from roundtrip.loop import AwaitDecision, UnderWay, next_action
from roundtrip.simulator.server import Settings
from roundtrip.state import RunState, fold
from roundtrip.steps import Timeline
from roundtrip.store import Store
from tests.crash.server import CITIES, OTHER_CITIES, Spec, counted, decide
from tests.figures import Figures
from tests.live_runs import PATIENT, Browser, Place, a_database, simulator, until, weather

CHECKOUT = Path(__file__).resolve().parents[2]
LIVELY = Settings(seconds_to_first_token=0.02, tokens_per_second=400)
"""Turns of a few tenths of a second, so that a kill falls into each of their parts."""

PAUSE_S = 0.05
LEASE_S = 3.0
"""Of a process that is to be killed: so long the other one waits before it looks after its runs."""

TURNS = 10
"""Of one run: what it costs to say everything again grows with it."""


@pytest.fixture(scope="module")
def simulated() -> Iterator[str]:
    with simulator(LIVELY) as url:
        yield url


@dataclass
class Shown:
    """What a page was shown of one run before the end."""

    head: int = 0
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)


class Process:
    """A serving process, its runs, and all that it showed."""

    def __init__(
        self,
        folder: Path,
        simulated: str,
        cities: list[str],
        *,
        url: str | None = None,
        **how: Any,
    ) -> None:
        """`url`: the database, where it is not a new one."""
        folder.mkdir(exist_ok=True)
        self.url, self.simulated = url or a_database(folder), simulated
        self.executions = folder / "executions"
        self.executions.touch()
        self.browser = Browser("http://127.0.0.1")
        self.owner = self.browser.owner
        self.store = Store.open(self.url)
        self.runs = {city: self._new_run() for city in cities}
        self.shown = {run: Shown() for run in self.runs.values()}
        self.before = Counter[str]()
        """What was executed before it began."""

        values = (self.url, simulated, self.owner, str(self.executions))
        spec = Spec(*values, **{"pause_s": PAUSE_S, "runs": self.runs} | how)
        command = [sys.executable, "-m", "tests.crash.server", json.dumps(asdict(spec))]
        self.process = subprocess.Popen(
            command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def _new_run(self) -> str:
        return self.store.new_run(self.owner, "to be killed", time.time()).id

    def begin(self) -> None:
        """Let it drive its runs, once it is ready."""
        self.browser.http.base_url = self._line().split()[1]
        self.before = self._in_file()
        self.tell("go")

    def tell(self, words: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()
        assert self._line() == "done\n"

    def _line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def watch(self, seconds: float) -> None:
        """Fetch steps of every run as its page does, and kill so long after their first answers."""
        self.begin()
        until(self._all_have_answered)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._look()
        self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _look(self) -> None:
        for run in self.shown:
            self.fetch(run)

    def _all_have_answered(self) -> bool:
        self._look()
        shown = [one.rows.values() for one in self.shown.values()]
        return all(any(row["phase"] == "answer" for row in rows) for rows in shown)

    def fetch(self, run: str) -> None:
        shown = self.shown[run]
        try:
            answer = self.browser.steps(run, shown.head)
        except httpx2.TransportError:  # pragma: no cover
            return
        shown.head = answer["head"]
        shown.rows |= {row["seq"]: row for row in answer["steps"]}

    def executed(self) -> Counter[str]:
        """Since it began."""
        return self._in_file() - self.before

    def _in_file(self) -> Counter[str]:
        return Counter(self.executions.read_text().split())

    def state(self, run: str) -> RunState:
        return fold(self.store.events(self.owner, run))

    def kinds(self, run: str) -> Counter[str]:
        return Counter(event.kind for event in self.store.events(self.owner, run))


def restarted(victim: Process, pause_s: float = 0.0) -> Place:
    tool = weather(counted(victim.executions, pause_s))
    return Place(victim.url, victim.simulated, tool=tool)


def is_settled(victim: Process) -> bool:
    """Whether nobody holds any of its runs."""
    heads = [victim.store.head(victim.owner, run) for run in victim.shown]
    return all(head is not None and head.lease_process is None for head in heads)


def what_was_shown_is_there(victim: Process, run: str) -> int:
    """How many rows were checked."""
    shown = victim.shown[run]
    events = victim.store.events(victim.owner, run)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert shown.head <= len(events)
    timeline = Timeline()
    timeline.feed(events[: shown.head])
    assert {row.seq: row.model_dump(mode="json") for row in timeline.after(0)} == shown.rows
    return len(shown.rows)


def nothing_ran_twice(victim: Process) -> None:
    executed = victim.executed()
    for city, run in victim.runs.items():
        kinds = victim.kinds(run)
        assert kinds["result_recorded"] <= executed[city] <= kinds["execution_started"]
        assert kinds["execution_started"] - kinds["result_recorded"] <= 1


def goes_on(victim: Process, survivor: Process, run: str, city: str, sample: random.Random) -> str:
    """Whatever the kill left, the person can go on from it where another process serves them.
    Gives what it was."""
    owner, state = victim.owner, victim.state(run)
    action = next_action(state)
    assert not isinstance(action, UnderWay)
    before, left = victim.executed()[city], "at rest"
    if isinstance(action, AwaitDecision):
        offers = controls(state, live=False).offers
        left = sample.choice(offers)
        assert set(offers) == (
            {"run_again", "enter_result", "give_up"} if action.calls else {"send_again", "give_up"}
        )
        survivor.tell(f"{left} {owner} {run}")
        if action.calls:
            assert victim.executed()[city] == before + (left == "run_again")
        state = victim.state(run)
        assert state.stopped if left == "give_up" else state.answer
    elif not (state.answer or state.stopped):
        left = "between two steps"
        survivor.tell(f"go_on {owner} {run}")
        assert victim.state(run).answer
    return left


def answers(process: Process) -> int:
    """How many turns of its runs came to their answer; none of them was touched from outside."""
    answered = 0
    executed, started = process.executed(), Counter[str]()
    for head in process.store.heads(process.owner, limit=10_000):
        kinds = process.kinds(head.id)
        assert not kinds["interrupted"]
        assert not kinds["stopped"]
        answered += kinds["reply_received"] - kinds["execution_started"]
        for event in process.store.events(process.owner, head.id):
            if event.kind == "execution_started":
                started[event.arguments["city"]] += 1
            # A connection that broke is tried again; what is ours, or the store's, is not.
            elif event.kind == "request_failed":
                assert event.retry_in_s is not None, event.failure
    assert all(executed[city] <= started[city] for city in OTHER_CITIES)
    return answered


def test_a_killed_process_loses_no_step_and_repeats_none_and_leaves_the_other_alone(
    tmp_path: Path, simulated: str, sample: random.Random, full: bool, figures: Figures
) -> None:
    kills, runs = (50, 8) if full else (3, 3)
    rows, executions, left = 0, 0, Counter[str]()
    cities = OTHER_CITIES[:runs]
    # On a busy machine a short lease runs out by accident, and this process is to be left alone.
    survivor = Process(tmp_path, simulated, cities, turns=TURNS, lease_s=PATIENT.lease_s)
    try:
        survivor.begin()
        victim = another(survivor, runs)
        for number in range(kills):
            victim.watch(sample.uniform(0, 0.6))  # where in its work it dies is the point
            executed, answered = victim.executed(), answers(survivor)
            mine = {city: executed[city] for city in victim.runs}
            until(lambda victim=victim: is_settled(victim))  # the other process looked after them
            assert {city: victim.executed()[city] for city in victim.runs} == mine
            nothing_ran_twice(victim)
            executions += sum(mine.values())
            following = another(survivor, runs) if number + 1 < kills else victim
            for city, run in victim.runs.items():
                rows += what_was_shown_is_there(victim, run)
                left[goes_on(victim, survivor, run, city, sample)] += 1
            city, run = sample.choice(list(victim.runs.items()))
            survivor.tell(f"ask {victim.owner} {run} {city}")  # the talk goes on too
            assert victim.state(run).answer
            until(lambda answered=answered: answers(survivor) > answered)
            victim = following
        survivor.tell("end")
        finished = answers(survivor)
        assert sum(survivor.executed()[city] for city in OTHER_CITIES) == finished
    finally:
        survivor.kill()
    figures.tell(
        f"{kills} kills, {runs} runs live in each of two processes: {rows} rows shown before a "
        f"kill, 0 lost; {executions} executions, 0 doubled; left: {dict(left)}",
        f"the other process: {finished} turns, all answered, 0 interrupted",
    )
    assert rows


def another(survivor: Process, runs: int) -> Process:
    """One more process on the same database; it loads while something else is looked at."""
    folder, cities = survivor.executions.parent, CITIES[:runs]
    return Process(folder, survivor.simulated, cities, url=survivor.url, lease_s=LEASE_S)


def killed_in(victim: Process, phase: str) -> None:
    """Kill while the newest row of every run is of that phase and live."""

    def newest(run: str) -> dict[str, Any]:
        victim.fetch(run)
        rows = victim.shown[run].rows
        return rows[max(rows)] if rows else {"phase": None, "standing": None}

    def are_there() -> bool:
        rows = [newest(run) for run in victim.shown]
        return all((row["phase"], row["standing"]) == (phase, "live") for row in rows)

    victim.begin()
    until(are_there)
    victim.kill()


def test_killed_while_a_tool_runs_the_run_waits_for_a_person(
    tmp_path: Path, simulated: str
) -> None:
    offers: tuple[Offer, ...] = ("run_again", "enter_result", "give_up")
    victim = Process(tmp_path, simulated, CITIES[:3], pause_s=60)
    owner = victim.owner
    killed_in(victim, "run")
    assert set(victim.executed().values()) == {1}
    with restarted(victim) as place:
        # The dead one's lease has not run out: it may still be alive for all we know.
        assert all(place.runner.is_live(owner, run) for run in victim.shown)
        until(lambda: is_settled(victim))
        for offer, (city, run) in zip(offers, victim.runs.items(), strict=True):
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
        victim = Process(tmp_path, simulated, CITIES[:2])
        owner = victim.owner
        killed_in(victim, "ask")
        with restarted(victim) as place:
            until(lambda: is_settled(victim))
            for offer, run in zip(offers, victim.shown, strict=True):
                assert controls(place.state(owner, run), live=False).offers == offers
                assert place.kinds(owner, run).count("request_sent") == 1
                decide(place, owner, run, offer)
                state = place.state(owner, run)
                assert state.stopped if offer == "give_up" else state.answer
