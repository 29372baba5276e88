"""Whatever breaks, no run is ever left in mid-air."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from roundtrip.controls import controls
from roundtrip.events import Event, RequestSent
from roundtrip.loop import AwaitDecision, next_action
from roundtrip.store import NotFound, Unavailable
from roundtrip.wires.capture import Recorder
from tests.live_runs import (
    SOON,
    Place,
    until,
    weather,
)
from tests.runner.gate import Gate


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
