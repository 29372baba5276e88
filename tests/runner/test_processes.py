"""Several processes on one database, and the end of one: nobody drives what another does."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from roundtrip.controls import controls
from roundtrip.events import RequestSent
from roundtrip.loop import AwaitDecision, next_action
from roundtrip.runner import Busy
from roundtrip.store import LeaseHeld
from tests.live_runs import (
    PATIENT,
    SOON,
    Place,
    until,
    weather,
)
from tests.runner.gate import Gate
from tests.stopwatch import Stopwatch


def test_a_run_that_one_process_drives_another_leaves_alone(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    timing = replace(PATIENT, lease_s=3.0)
    with (
        Place(database, at_once, tool=weather(gate), timing=timing) as place,
        Place(database, at_once, timing=timing) as other,
    ):
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        before = place.store.head(owner, run)
        # Longer than a lease lasts: it is renewed, and the other's sweep finds nothing.
        until(lambda: place.store.head(owner, run).lease_until > before.lease_until + 3)
        for intent in (other.runner.step, other.runner.to_the_end):
            with pytest.raises(Busy):
                intent(owner, run)
        with pytest.raises(Busy):
            other.ask(owner, run=run)
        assert other.runner.is_live(owner, run)
        assert other.phases(owner, run)[-1] == "run"
        gate.go.set()
        place.rest(owner, run)
        assert not other.runner.is_live(owner, run)
        assert other.state(owner, run) == place.state(owner, run)
        assert "interrupted" not in place.kinds(owner, run)
    assert gate.count == 1


def test_a_stop_reaches_the_process_that_drives_the_run(
    database: str, slowly: str, at_once: str, owner: str, gate: Gate
) -> None:
    with (
        Place(database, slowly) as streaming,
        Place(database, at_once, tool=weather(gate)) as tool,
        Place(database, at_once) as other,
    ):
        stream, call = streaming.begin(owner, "Hello"), tool.begin(owner)
        assert gate.begun.wait(SOON)
        until(lambda: len(streaming.deltas(owner, stream)) > 3)
        for place, run in ((streaming, stream), (tool, call)):
            other.runner.stop(owner, run)
            other.runner.stop(owner, run)  # a second click
            until(lambda run=run: not other.runner.is_live(owner, run))
            assert other.state(owner, run).stopped.reason == "person"
            assert other.kinds(owner, run).count("stopped") == 1
            place.rest(owner, run)
        assert other.state(owner, stream).partial.message.text
        other.finish(owner, "Hello", stream)  # it is not stopped again
        assert other.state(owner, stream).answer
        gate.go.set()


def test_a_stop_asked_in_the_last_moment_of_a_step_is_heard(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.ask(owner)
        for _ in range(2):  # the request is written, and sent
            place.runner.step(owner, run)
            place.rest(owner, run)
        place.runner.step(owner, run)
        assert gate.begun.wait(SOON)
        assert place.store.ask_to_stop(owner, run, time.time())
        gate.go.set()
        place.rest(owner, run)
        assert place.state(owner, run).stopped.reason == "person"


def test_a_stop_asked_of_a_process_that_died_is_done_by_whoever_finds_it(
    database: str, at_once: str, owner: str
) -> None:
    with Place(database, at_once) as place:
        run = place.ask(owner)
        how = {"attempt": 1, "method": "POST", "path": "/v1/messages", "size": 1}
        sent = RequestSent(seq=2, at=time.time(), exchange=1, **how)
        place.store.lease(owner, run, "dead", time.time(), ttl=1.0)
        place.store.append(owner, run, [sent], process="dead", now=time.time())
        place.runner.stop(owner, run)
        until(lambda: not place.runner.is_live(owner, run))
        assert place.state(owner, run).stopped.reason == "person"
        assert "interrupted" not in place.kinds(owner, run)


def test_a_process_that_was_taken_for_dead_stops_driving(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        later = time.time() + 60
        assert place.store.lease(owner, run, "another", later, ttl=60)
        until(lambda: not place.runner.is_live_here(owner, run))
        head = place.store.head(owner, run)
        assert head is not None
        assert head.lease_process == "another"
        place.store.release(owner, run, "another")
        until(lambda: place.state(owner, run).interrupted)


def test_a_run_that_another_process_took_over_and_left_is_not_taken_back(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    """The machine slept for longer than a lease lasts, and others took this process for dead."""
    with (
        Place(database, at_once, tool=weather(gate), timing=replace(PATIENT, renew_s=600)) as place,
        Place(database, at_once) as other,
    ):
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        with place.store._writing() as connection:
            connection.exec_driver_sql("UPDATE runs SET lease_until = 1")
        until(lambda: "interrupted" in other.kinds(owner, run))
        until(lambda: not other.runner.is_live(owner, run))
        place.runner.leases.renew_all()
        gate.go.set()
        place.rest(owner, run)
        until(lambda: other.kinds(owner, run)[-1] == "late_result")  # kept, and decides nothing
        assert other.kinds(owner, run)[-2] == "interrupted"
        assert controls(other.state(owner, run), live=False).offers == (
            "run_again", "enter_result", "give_up",
        )  # fmt: skip
        assert place.store.head(owner, run).lease_process is None


def test_our_own_lease_that_ran_out_while_the_machine_slept_is_not_swept(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        with place.store._writing() as connection:
            connection.exec_driver_sql("UPDATE runs SET lease_until = 1")
        place.runner.leases.sweep()
        gate.go.set()
        place.rest(owner, run)
        assert place.state(owner, run).answer
        assert "interrupted" not in place.kinds(owner, run)


def threads_of_ours() -> set[threading.Thread]:
    names = ("runner", "tool-", "asyncio_")
    return {thread for thread in threading.enumerate() if thread.name.startswith(names)}


def test_shutting_down_interrupts_live_runs_and_ends_every_thread(
    database: str, at_once: str, slowly: str, owner: str, gate: Gate
) -> None:
    before = threads_of_ours()
    with (
        Place(database, slowly) as streaming,
        Place(database, at_once, tool=weather(gate)) as tool,
    ):
        streams = [streaming.begin(owner, "Hello") for _ in range(3)]
        runs = [tool.begin(owner) for _ in range(3)]
        until(lambda: gate.count == 3)
        for run in streams:
            until(lambda run=run: streaming.deltas(owner, run))
        watch = Stopwatch()
        streaming.runner.close()
        tool.runner.close()
        assert watch.seconds() < 3
        for run in streams + runs:
            assert tool.state(owner, run).interrupted
            assert isinstance(next_action(tool.state(owner, run)), AwaitDecision)
            assert not tool.runner.is_live(owner, run)
            with pytest.raises(Busy):
                tool.runner.to_the_end(owner, run)
    gate.go.set()
    # The simulator's own threads come and go.
    until(lambda: threads_of_ours() <= before)
    assert gate.count == 3


def test_a_runner_that_was_never_started_closes(database: str, at_once: str) -> None:
    place = Place(database, at_once)
    place.runner.close()
    place.store.close()


def test_a_person_cannot_write_into_a_live_run(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        with pytest.raises(Busy):
            place.ask(owner, run=run)
        with pytest.raises(Busy):
            place.runner.resume(owner, run)
        with pytest.raises(LeaseHeld):
            place.store.append(owner, run, [], now=time.time())
