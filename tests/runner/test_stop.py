"""Stop, wherever it falls: what arrived is kept, and the talk goes on."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from roundtrip.loop import Done, next_action
from tests.live_runs import (
    SOON,
    Place,
    fault,
    until,
    weather,
)
from tests.runner.gate import Gate
from tests.stopwatch import Stopwatch

STOP_WITHIN = 1.0
"""Seconds; measured: a few milliseconds."""


def stopped_within(place: Place, owner: str, run: str) -> float:
    watch = Stopwatch()
    place.runner.stop(owner, run)
    place.rest(owner, run)
    return watch.seconds()


def test_stop_in_the_middle_of_a_stream_keeps_what_arrived_and_the_talk_goes_on(
    database: str, slowly: str, owner: str
) -> None:
    with Place(database, slowly) as place:
        run = place.begin(owner, "Hello")
        until(lambda: len(place.deltas(owner, run)) > 3)
        assert stopped_within(place, owner, run) < STOP_WITHIN
        state = place.state(owner, run)
        assert state.stopped.reason == "person"
        words = state.partial.message.text
        assert words
        exchange = place.store.exchange(owner, run, 1)
        assert exchange is not None
        assert exchange.error == "stopped"
        assert exchange.response_body.count(b"text_delta") == len(words.split(" ")) - 1
        place.begin(owner, "Hello again", run)
        until(lambda: place.deltas(owner, run))
        said = [message.text for message in place.state(owner, run).messages]
        assert said == ["Hello", words, "Hello again"]
        place.runner.stop(owner, run)
        place.rest(owner, run)


def test_stop_ends_a_reply_that_stalled(place: Place, owner: str) -> None:
    run = place.begin(owner, **fault("stall"))
    until(lambda: place.state(owner, run).sent)
    assert stopped_within(place, owner, run) < STOP_WITHIN
    assert place.state(owner, run).stopped.reason == "person"


def test_stop_in_the_middle_of_a_tool_does_not_wait_for_it(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        assert stopped_within(place, owner, run) < STOP_WITHIN
        assert place.state(owner, run).stopped.reason == "person"
        gate.go.set()
        until(lambda: "late_result" in place.kinds(owner, run))
        place.finish(owner, "Hello", run)
        state = place.state(owner, run)
        assert state.answer
        assert "not known" in state.messages[2].results[0].text
        assert gate.count == 1


def test_stop_is_heard_wherever_it_falls(place: Place, owner: str, sample: Any, full: bool) -> None:
    for _ in range(200 if full else 25):
        run = place.begin(owner)
        time.sleep(sample.uniform(0, 0.06))  # where in its work it is stopped is the point
        place.runner.stop(owner, run)
        place.rest(owner, run)
        state = place.state(owner, run)
        assert state.answer or state.stopped
        assert isinstance(next_action(state), Done)
        head = place.store.head(owner, run)
        assert head is not None
        assert head.lease_process is None


def test_stopping_twice_at_once_stops_once(place: Place, owner: str) -> None:
    run = place.begin(owner, **fault("stall"))
    until(lambda: place.state(owner, run).sent)
    for _ in range(5):
        place.runner.stop(owner, run)
    place.rest(owner, run)
    place.runner.stop(owner, run)
    assert place.kinds(owner, run).count("stopped") == 1


def test_a_tool_that_swallows_its_cancellation_does_not_hold_up_a_stop(
    database: str, at_once: str, owner: str
) -> None:
    begun, go = threading.Event(), threading.Event()

    async def stubborn(city: str) -> str:
        begun.set()
        while not go.is_set():
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                continue
        return city

    with Place(database, at_once, tool=weather(stubborn)) as place:
        run = place.begin(owner)
        assert begun.wait(SOON)
        assert stopped_within(place, owner, run) < STOP_WITHIN
        go.set()
