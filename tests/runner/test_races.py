"""Two clicks, two tabs, two questions at once: each thing happens once, and is seen by all."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from roundtrip import intents
from roundtrip.loop import AwaitApproval, next_action
from roundtrip.runner import Busy
from roundtrip.store import NotFound
from tests.live_runs import (
    SOON,
    Place,
    until,
    weather,
)
from tests.runner.gate import Gate


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
        sun, rain = (intents.enter_result(0, said) for said in ("sun", "rain"))
        at_once_in_threads(4, lambda: place.runner.decide(owner, run, sun))
        place.runner.decide(owner, run, rain)
        assert place.kinds(owner, run).count("result_recorded") == 1


def test_intents_that_come_too_late_change_nothing(place: Place, owner: str) -> None:
    run = place.finish(owner, policy="ask")
    assert isinstance(next_action(place.state(owner, run)), AwaitApproval)
    place.runner.decide(owner, run, intents.approve(0))
    head = place.runner.journal(owner, run).head
    place.runner.decide(owner, run, intents.approve(0))
    place.runner.decide(owner, run, intents.approve(7))
    place.runner.resume(owner, run)
    place.runner.give_up(owner, run)
    assert place.runner.journal(owner, run).head == head
    place.runner.to_the_end(owner, run)
    place.rest(owner, run)
    head = place.runner.journal(owner, run).head
    place.runner.stop(owner, run)
    place.runner.decide(owner, run, intents.refuse(0, "no"))
    assert place.runner.journal(owner, run).head == head


def test_a_decision_is_about_the_call_that_was_seen_and_no_later_one(
    place: Place, owner: str
) -> None:
    """Between a click and its writing another tab may decide, and the model ask again."""

    def asks(run: str | None = None) -> tuple[str, int]:
        run = place.finish(owner, run=run, policy="ask")
        assert isinstance(next_action(place.state(owner, run)), AwaitApproval)
        return run, place.state(owner, run).exchange

    run, seen = asks()
    place.runner.decide(owner, run, intents.refuse(0, "no", exchange=seen))
    place.runner.to_the_end(owner, run)
    place.rest(owner, run)
    run, now = asks(run)
    head = place.runner.journal(owner, run).head
    for late in (
        intents.approve(0, exchange=seen),
        intents.approve(0, '{"city": "Oslo"}', exchange=seen),
        intents.refuse(0, "no", exchange=seen),
        intents.enter_result(0, "rain", exchange=seen),
    ):
        place.runner.decide(owner, run, late)
    assert place.runner.journal(owner, run).head == head
    place.runner.decide(owner, run, intents.approve(0, exchange=now))
    place.runner.to_the_end(owner, run)
    place.rest(owner, run)
    assert place.kinds(owner, run).count("execution_started") == 1


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


def test_a_page_waits_for_a_quick_step_and_not_for_a_reply(
    database: str, slowly: str, owner: str
) -> None:
    with Place(database, slowly) as place:
        run = place.ask(owner)
        place.runner.step(owner, run)
        place.runner.settle(owner, run, SOON)
        assert not place.runner.is_live_here(owner, run)
        place.runner.step(owner, run)
        place.runner.settle(owner, run, SOON)
        assert place.runner.is_live_here(owner, run), "it waited for the reply"
        assert place.state(owner, run).sent
        place.runner.stop(owner, run)
        place.runner.settle(owner, run, SOON)
        assert place.state(owner, run).stopped


def test_whoever_sees_that_it_rests_sees_how_it_ended(place: Place, owner: str) -> None:
    for _ in range(5):
        run = place.begin(owner)
        until(lambda run=run: not place.runner.is_live(owner, run))
        assert place.state(owner, run).answer


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
