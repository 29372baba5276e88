"""Live runs: stopped, raced for, taken over, shut down; none is ever left in mid-air."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from roundtrip.controls import controls
from roundtrip.events import Event, RequestSent
from roundtrip.loop import AwaitApproval, AwaitDecision, Done, next_action
from roundtrip.runner import Busy
from roundtrip.store import LeaseHeld, NotFound, Unavailable
from roundtrip.wires.capture import Recorder
from tests.live_runs import (
    AT_ONCE,
    SLOWLY,
    SOON,
    Place,
    a_database,
    an_owner,
    fault,
    simulator,
    sunny,
    until,
    weather,
)

STOP_WITHIN = 1.0
"""Seconds; measured: a few milliseconds."""


@pytest.fixture(scope="module")
def at_once() -> Iterator[str]:
    with simulator(AT_ONCE) as url:
        yield url


@pytest.fixture(scope="module")
def slowly() -> Iterator[str]:
    with simulator(SLOWLY) as url:
        yield url


@pytest.fixture
def database(tmp_path: Path) -> str:
    return a_database(tmp_path)


@pytest.fixture
def place(database: str, at_once: str) -> Iterator[Place]:
    with Place(database, at_once) as place:
        yield place


@pytest.fixture
def owner() -> str:
    return an_owner()


class Gate:
    """A tool that waits until it is let go, and counts how often it ran."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()
        self.count = 0

    def __call__(self, city: str) -> dict[str, Any]:
        self.count += 1
        self.begun.set()
        self.go.wait(SOON)
        return sunny(city)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.go.set()


def stopped_within(place: Place, owner: str, run: str) -> float:
    began = time.monotonic()
    place.runner.stop(owner, run)
    place.rest(owner, run)
    return time.monotonic() - began


# Stop


def test_stop_in_the_middle_of_a_stream_keeps_what_arrived_and_the_talk_goes_on(
    database: str, slowly: str, owner: str
) -> None:
    with Place(database, slowly) as place:
        run = place.begin(owner, "Hello")
        until(lambda: len(place.runner.deltas(owner, run)[1]) > 3)
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
        until(lambda: place.runner.deltas(owner, run)[1])
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


# Races


def at_once_in_threads(count: int, work: Callable[[], Any]) -> list[Any]:
    """What each of so many threads got: a value or its exception."""
    barrier, got = threading.Barrier(count), []

    def one() -> None:
        barrier.wait(SOON)
        try:
            got.append(work())
        except Exception as error:
            got.append(error)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    return got


def test_of_two_questions_at_once_one_is_asked(place: Place, owner: str, full: bool) -> None:
    for _ in range(20 if full else 5):
        run = place.finish(owner, "Hello")
        got = at_once_in_threads(4, lambda run=run: place.ask(owner, run=run))
        assert sum(value == run for value in got) == 1
        assert sum(isinstance(value, Busy) for value in got) == 3
        assert place.kinds(owner, run).count("turn_started") == 2
        place.runner.to_the_end(owner, run)
        place.rest(owner, run)
        assert place.state(owner, run).answer


def test_of_two_questions_in_two_processes_one_is_asked(
    place: Place, database: str, at_once: str, owner: str
) -> None:
    with Place(database, at_once) as other:
        run = place.finish(owner, "Hello")
        places = iter([place, other] * 2)
        got = at_once_in_threads(4, lambda: next(places).ask(owner, run=run))
        assert sum(value == run for value in got) == 1
        assert all(value == run or isinstance(value, Busy) for value in got)
        assert place.kinds(owner, run).count("turn_started") == 2


def test_a_run_is_driven_once_however_often_it_is_started(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.ask(owner)
        got = at_once_in_threads(6, lambda: place.runner.to_the_end(owner, run))
        assert sum(isinstance(value, Busy) for value in got) == 5
        gate.go.set()
        place.rest(owner, run)
        assert place.state(owner, run).answer
        assert gate.count == 1


def test_a_result_entered_in_two_tabs_at_once_counts_once(
    database: str, at_once: str, owner: str
) -> None:
    with Place(database, at_once, tool=weather(None)) as place:
        run = place.finish(owner)
        at_once_in_threads(4, lambda: place.runner.enter_result(owner, run, 0, "sun"))
        place.runner.enter_result(owner, run, 0, "rain")
        assert place.kinds(owner, run).count("result_recorded") == 1


def test_intents_that_come_too_late_change_nothing(place: Place, owner: str) -> None:
    run = place.finish(owner, policy="ask")
    assert isinstance(next_action(place.state(owner, run)), AwaitApproval)
    place.runner.approve(owner, run, 0)
    head = place.runner.journal(owner, run).head
    place.runner.approve(owner, run, 0)
    place.runner.approve(owner, run, 7)
    place.runner.resume(owner, run)
    place.runner.give_up(owner, run)
    assert place.runner.journal(owner, run).head == head
    place.runner.to_the_end(owner, run)
    place.rest(owner, run)
    head = place.runner.journal(owner, run).head
    place.runner.stop(owner, run)
    place.runner.refuse(owner, run, 0, "no")
    assert place.runner.journal(owner, run).head == head


def test_a_step_can_follow_a_step_at_once(place: Place, owner: str) -> None:
    run = place.ask(owner)
    for _ in range(8):
        place.runner.step(owner, run)  # Busy here would be our own lease on its way out
        until(lambda: not place.runner.is_live(owner, run))
    assert place.state(owner, run).answer


def test_to_the_end_may_be_clicked_while_a_step_is_ending(place: Place, owner: str) -> None:
    run = place.ask(owner)
    for _ in range(3):
        place.runner.step(owner, run)
        until(lambda: not place.runner.is_live_here(owner, run))
    place.runner.step(owner, run)
    place.runner.to_the_end(owner, run)
    place.rest(owner, run)
    assert place.state(owner, run).answer


def test_a_second_click_on_a_step_does_not_do_the_next_one(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.ask(owner)
        for _ in range(2):
            place.runner.step(owner, run)
            place.rest(owner, run)
        place.runner.step(owner, run)
        with pytest.raises(Busy):
            place.runner.step(owner, run)
        gate.go.set()


def test_whoever_sees_that_it_rests_sees_how_it_ended(place: Place, owner: str) -> None:
    for _ in range(5):
        run = place.begin(owner)
        until(lambda run=run: not place.runner.is_live(owner, run))
        assert place.state(owner, run).answer


# Two processes


def test_a_run_that_one_process_drives_another_leaves_alone(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with (
        Place(database, at_once, tool=weather(gate)) as place,
        Place(database, at_once) as other,
    ):
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        before = place.store.head(owner, run)
        # Longer than a lease lasts: it is renewed, and the other's sweep finds nothing.
        until(lambda: place.store.head(owner, run).lease_until > before.lease_until + 1)
        for intent in (other.runner.step, other.runner.stop, other.runner.to_the_end):
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


def test_our_own_lease_that_ran_out_while_the_machine_slept_is_not_swept(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        with place.store._writing() as connection:
            connection.exec_driver_sql("UPDATE runs SET lease_until = 1")
        place.runner._take_over_abandoned()
        gate.go.set()
        place.rest(owner, run)
        assert place.state(owner, run).answer
        assert "interrupted" not in place.kinds(owner, run)


# Nothing is left in mid-air


def broken_store(place: Place, monkeypatch: pytest.MonkeyPatch, fails: Any) -> None:
    """From now on, an append of events for which `fails` holds cannot be written."""
    append = place.store.append

    def failing(owner: str, run: str, events: list[Event], **more: Any) -> None:
        if any(fails(event) for event in events):
            raise Unavailable("disk I/O error")
        append(owner, run, events, **more)

    monkeypatch.setattr(place.store, "append", failing)


def test_a_database_that_fails_in_mid_run_ends_in_a_state_one_can_go_on_from(
    place: Place, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = threading.Event()
    broken_store(place, monkeypatch, lambda event: event.seq > 2 and not works.is_set())
    run = place.begin(owner)
    place.rest(owner, run)
    assert place.runner.is_live(owner, run)  # the lease stays until what happened is written
    works.set()
    until(lambda: not place.runner.is_live(owner, run))
    state = place.state(owner, run)
    assert next_action(state) == AwaitDecision(())
    assert controls(state, live=False).offers == ("send_again", "give_up")


def test_a_run_that_cannot_be_read_just_now_is_free_again_at_once(
    place: Place, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = place.ask(owner)
    journal = place.runner.journal(owner, run)
    read, lease = place.store.events, place.store.lease

    def lease_then_break(*values: Any) -> bool:
        monkeypatch.setattr(place.store, "events", broken)
        return lease(*values)

    def broken(*_: object, **__: object) -> list[Event]:
        raise Unavailable("database is locked")

    monkeypatch.setattr(place.store, "lease", lease_then_break)
    with pytest.raises(Unavailable):
        place.runner.to_the_end(owner, run)
    monkeypatch.setattr(place.store, "events", read)
    monkeypatch.setattr(place.store, "lease", lease)
    assert not place.runner.is_live(owner, run)
    place.runner.to_the_end(owner, run)
    place.rest(owner, run)
    assert journal.state.answer


def test_a_drive_that_breaks_before_anything_left_shows_as_a_failure(
    place: Place, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken_store(place, broken, lambda event: isinstance(event, RequestSent))
        run = place.begin(owner)
        place.rest(owner, run)
    state = place.state(owner, run)
    assert state.sent is None
    assert state.failed is not None
    assert controls(state, live=False).offers == ("try_again",)
    place.runner.resume(owner, run)
    place.runner.to_the_end(owner, run)
    place.rest(owner, run)
    assert place.state(owner, run).answer


def test_a_drive_that_breaks_by_a_fault_of_ours_shows_as_a_failure(
    place: Place, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "__init__", broken)
        run = place.begin(owner)
        place.rest(owner, run)
    state = place.state(owner, run)
    assert "a fault of ours" in state.failed.failure.message
    assert not place.runner.is_live(owner, run)


def test_a_run_deleted_while_it_is_driven_is_gone(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        place.store.delete_run(owner, run)
        gate.go.set()
        place.rest(owner, run)
        with pytest.raises(NotFound):
            place.runner.journal(owner, run)


def test_a_fork_of_a_run_in_mid_air_asks_what_to_do(
    database: str, at_once: str, owner: str, gate: Gate
) -> None:
    with Place(database, at_once, tool=weather(gate)) as place:
        run = place.begin(owner)
        assert gate.begun.wait(SOON)
        seq = place.runner.journal(owner, run).head
        fork = place.store.fork(owner, run, "a fork", time.time(), seq=seq, exchanges=1).id
        action = next_action(place.state(owner, fork))
        assert isinstance(action, AwaitDecision)
        assert len(action.calls) == 1


def test_two_tabs_that_open_a_run_at_once_share_it(place: Place, owner: str) -> None:
    run = place.finish(owner)
    place.runner._journals._recent.clear()
    gc.collect()
    got = at_once_in_threads(8, lambda: place.runner.journal(owner, run))
    assert len({id(journal) for journal in got}) == 1


def test_a_journal_that_is_looked_at_is_never_replaced(
    place: Place, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roundtrip.journals.KEPT", 2)
    run = place.ask(owner)
    looked_at = place.runner.journal(owner, run)
    forgotten = weakref.ref(place.runner.journal(owner, place.ask(owner)))
    for _ in range(3):
        place.ask(owner)
    assert place.runner.journal(owner, run) is looked_at
    gc.collect()
    assert forgotten() is None


@pytest.mark.parametrize("run", ["", "nowhere", "a" * 65, "zero\0byte", "../x", "ü", "\ud800"])
def test_a_run_that_cannot_be_is_not_found(place: Place, owner: str, run: str) -> None:
    with pytest.raises(NotFound):
        place.runner.journal(owner, run)


# The end


def threads_of_ours() -> set[threading.Thread]:
    names = ("runner", "tool-", "asyncio_")
    return {thread for thread in threading.enumerate() if thread.name.startswith(names)}


def test_shutting_down_interrupts_live_runs_and_ends_every_thread(
    database: str, at_once: str, slowly: str, owner: str, gate: Gate
) -> None:
    before = threads_of_ours()
    with Place(database, slowly) as streaming, Place(database, at_once, tool=weather(gate)) as tool:
        streams = [streaming.begin(owner, "Hello") for _ in range(3)]
        runs = [tool.begin(owner) for _ in range(3)]
        until(lambda: gate.count == 3)
        for run in streams:
            until(lambda run=run: streaming.runner.deltas(owner, run)[1])
        began = time.monotonic()
        streaming.runner.close()
        tool.runner.close()
        assert time.monotonic() - began < 3
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
    began = time.monotonic()
    place.runner.close()
    place.store.close()
    assert time.monotonic() - began < 1


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
