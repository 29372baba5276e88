"""A run of a thousand steps costs the page what a run of ten does."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from roundtrip.chat import bubbles
from roundtrip.controls import controls
from roundtrip.conversation import Message, Reply, StopSignal, Text, ToolCall, Usage
from roundtrip.events import (
    Cost,
    Event,
    ExecutionStarted,
    ReplyReceived,
    RequestSent,
    ResultRecorded,
    TurnStarted,
)
from roundtrip.state import result_for
from tests.figures import Figures
from tests.live_runs import AT_ONCE, Browser, Place, a_database, serving, setup, simulator
from tests.stopwatch import Stopwatch

FACTOR = 1.5
"""What 1,000 steps may cost of what 10 do; measured: 0.9 to 1.2."""

TURNS = {10: 2, 40: 8, 1000: 200}
"""Five steps a turn: ask, stop, run, return, answer. From 40 on the chat draws its last 30
messages, of which ten steps have 8."""


def one_turn(number: int) -> list[Callable[..., Event]]:
    call = ToolCall(id=f"call_{number}", name="get_weather", arguments={"city": "Tokyo"})
    asks = Message(role="assistant", parts=(call,))
    words = Message(role="assistant", parts=(Text(text="In Tokyo it rains, at 18 °C. " * 8),))
    result = result_for(call, '{"city":"Tokyo","condition":"rain"}', is_error=False)
    sent = partial(RequestSent, attempt=1, method="POST", path="/v1/messages", size=2000)
    replied = partial(ReplyReceived, elapsed_s=0.5, cost=Cost(usd=0.001, notional=True))
    usage = Usage(input=500, output=30)

    def reply(message: Message, signal: Any, provider: str) -> Reply:
        stop = StopSignal(signal=signal, provider=provider)
        return Reply(id="msg", model="sim-large", message=message, stop=stop, usage=usage)

    first = 2 * number + 1
    return [
        partial(TurnStarted, text=f"What is the weather in Tokyo ({number})?", setup=setup()),
        partial(sent, exchange=first),
        partial(replied, exchange=first, reply=reply(asks, "tool_calls", "tool_use")),
        partial(ExecutionStarted, call=0, name="get_weather", arguments={"city": "Tokyo"}),
        partial(ResultRecorded, call=0, result=result, source="tool", elapsed_s=0.01),
        partial(sent, exchange=first + 1),
        partial(replied, exchange=first + 1, reply=reply(words, "end", "end_turn")),
    ]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder: Path = tmp_path_factory.mktemp("scale")
    with simulator(AT_ONCE) as url, Place(a_database(folder), url) as place:
        yield place


@pytest.fixture(scope="module")
def address(place: Place) -> Iterator[str]:
    with serving(place.runner) as address:
        yield address


@pytest.fixture(scope="module")
def browser(address: str) -> Browser:
    return Browser(address)


@pytest.fixture(scope="module")
def runs(place: Place, browser: Browser) -> dict[int, str]:
    """A run of each size, written as its turns would be."""
    made = {}
    for steps, turns in TURNS.items():
        run = place.store.new_run(browser.owner, "long", 1.0).id
        drafts = [draft for number in range(turns) for draft in one_turn(number)]
        events = [draft(seq=seq, at=float(seq)) for seq, draft in enumerate(drafts, start=1)]
        place.store.append(browser.owner, run, events, now=1.0)
        rows = place.runner.journal(browser.owner, run).steps()
        assert len([row for row in rows if row.number]) == steps
        made[steps] = run
    return made


def seconds(works: dict[int, Callable[[], Any]], repetitions: int) -> dict[int, float]:
    """The median of each, taken in turns, so that a busy machine is busy for both."""
    taken: dict[int, list[float]] = {size: [] for size in works}
    for work in works.values():
        work()
    gc.collect()
    gc.disable()
    try:
        for _ in range(repetitions):
            for size, work in works.items():
                began = time.perf_counter()
                work()
                taken[size].append(time.perf_counter() - began)
    finally:
        gc.enable()
    return {size: median(times) for size, times in taken.items()}


def costs_the_same(
    works: dict[int, Callable[[], Any]], figures: Figures, repetitions: int = 300
) -> None:
    for _ in range(3):  # a busy machine may spoil one measurement, and not three
        taken = seconds(works, repetitions)
        few, many = min(taken), max(taken)
        ratio = taken[many] / taken[few]
        figures.tell(*(f"{size:,} steps {took * 1e3:.2f} ms" for size, took in taken.items()))
        if ratio <= FACTOR:
            return
    raise AssertionError(f"{many:,} steps cost {ratio:.2f} times what {few} do")


def test_what_a_page_reads_to_draw_a_run_does_not_grow(
    place: Place, browser: Browser, runs: dict[int, str], figures: Figures
) -> None:
    owner = browser.owner

    def draw(run: str) -> tuple[Any, ...]:
        journal = place.runner.journal(owner, run)
        live = place.runner.is_live(owner, run)
        return controls(journal.state, live=live), journal.head

    def draw_all(run: str) -> tuple[Any, ...]:
        return bubbles(place.runner.journal(owner, run).state), draw(run)

    costs_the_same({size: partial(draw, runs[size]) for size in (10, 1000)}, figures)
    costs_the_same({size: partial(draw_all, runs[size]) for size in (40, 1000)}, figures)


def test_asking_for_what_is_new_does_not_grow(
    place: Place, browser: Browser, runs: dict[int, str], figures: Figures
) -> None:
    def ask(size: int, missed: int) -> None:
        browser.steps(runs[size], heads[size] - missed)

    heads = {size: place.runner.journal(browser.owner, run).head for size, run in runs.items()}
    for missed in (0, 7):
        works = {size: partial(ask, size, missed) for size in (10, 1000)}
        costs_the_same(works, figures, repetitions=150)


def test_what_is_handed_to_the_page_does_not_grow(
    place: Place, browser: Browser, runs: dict[int, str], figures: Figures
) -> None:
    """Bytes: the chat, the controls, and the newest rows."""
    sizes = {}
    for size in (10, 1000):
        run = runs[size]
        journal = place.runner.journal(browser.owner, run)
        chat = [bubble.model_dump(mode="json") for bubble in bubbles(journal.state)]
        shown = asdict(controls(journal.state, live=False))
        rows = browser.steps(run, journal.head - 7)
        sizes[size] = (len(json.dumps(chat)), len(json.dumps(shown)), len(json.dumps(rows)))
    chat, shown, rows = zip(sizes[10], sizes[1000], strict=True)
    figures.tell(f"bytes at 10 and at 1,000 steps: chat {chat}, controls {shown}, rows {rows}")
    assert shown[1] == shown[0]
    assert rows[1] < rows[0] * 1.1  # a few digits more
    # Ten steps are 8 messages and the last thirty are drawn: so many times as much, and no more.
    assert chat[1] < chat[0] * 30 / 8 * 1.1


def test_writing_the_next_event_does_not_grow(
    place: Place, browser: Browser, runs: dict[int, str], figures: Figures
) -> None:
    def write(run: str) -> None:
        # A step that is written and seen: what a live run does all the time.
        place.runner.ask(browser.owner, run, "And now?", setup())
        place.runner.stop(browser.owner, run)

    works = {size: partial(write, runs[size]) for size in (10, 1000)}
    costs_the_same(works, figures, repetitions=20)


def test_a_thousand_steps_open_within_a_second(
    place: Place, browser: Browser, runs: dict[int, str], figures: Figures
) -> None:
    """The first look after a restart folds every event, once."""
    with Place(str(place.store._engine.url), "http://127.0.0.1:9") as after_a_restart:
        watch = Stopwatch()
        rows = after_a_restart.runner.journal(browser.owner, runs[1000]).steps()
        taken = watch.seconds()
    figures.tell(f"{len(rows)} rows in {taken * 1e3:.0f} ms")
    assert taken < 1.0  # measured 0.1 to 0.2 s
