"""One process at a time writes a run; a dead one's runs are found."""

from __future__ import annotations

import pytest

from roundtrip.store import LeaseHeld, LeaseLost, RunHead, Store
from tests.store.samples import an_event


def head(store: Store, owner: str, run: str) -> RunHead:
    found = store.head(owner, run)
    assert found is not None
    return found


def test_a_lease_is_taken_renewed_and_given_back(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    assert store.lease(owner, run, "p1", now=100.0, ttl=15.0)
    assert not store.lease(owner, run, "p2", now=114.0)
    assert store.renew(owner, run, "p1", now=110.0, ttl=15.0)
    assert not store.renew(owner, run, "p2", now=110.0, ttl=15.0)
    assert not store.lease(owner, run, "p2", now=120.0)
    assert (head(store, owner, run).lease_process, head(store, owner, run).lease_until) == (
        "p1",
        125.0,
    )
    store.release(owner, run, "p2")  # not theirs to give
    assert head(store, owner, run).lease_process == "p1"
    store.release(owner, run, "p1")
    assert head(store, owner, run).lease_until is None
    assert store.lease(owner, run, "p2", now=120.0)


def test_an_expired_lease_may_be_taken(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    store.lease(owner, run, "p1", now=100.0, ttl=15.0)
    assert store.lease(owner, run, "p2", now=115.0)
    assert not store.lease(owner, run, "p1", now=115.0)


def test_a_lease_that_another_had_in_between_is_not_renewed(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    store.lease(owner, run, "p1", now=100.0, ttl=15.0)
    assert store.renew(owner, run, "p1", now=120.0)  # late, but nobody came
    store.lease(owner, run, "p2", now=150.0)
    assert not store.renew(owner, run, "p1", now=151.0)
    store.release(owner, run, "p2")
    assert not store.renew(owner, run, "p1", now=152.0)
    assert head(store, owner, run).lease_process is None


def test_only_the_holder_writes_while_a_lease_lasts(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    store.lease(owner, run, "p1", now=100.0, ttl=15.0)
    with pytest.raises(LeaseHeld):
        store.append(owner, run, [an_event(1)], now=101.0)
    with pytest.raises(LeaseLost):
        store.append(owner, run, [an_event(1)], process="p2", now=101.0)
    store.append(owner, run, [an_event(1)], process="p1", now=101.0)
    store.append(owner, run, [an_event(2)], now=115.0)  # expired: nobody's
    assert head(store, owner, run).head == 2


def test_a_process_that_lost_its_lease_writes_no_more(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    store.lease(owner, run, "p1", now=100.0, ttl=15.0)
    store.append(owner, run, [an_event(1)], process="p1", now=120.0)  # late, but nobody came
    store.lease(owner, run, "p2", now=121.0)
    with pytest.raises(LeaseLost):
        store.append(owner, run, [an_event(2)], process="p1", now=122.0)
    store.release(owner, run, "p2")
    with pytest.raises(LeaseLost):
        store.append(owner, run, [an_event(2)], process="p1", now=123.0)
    assert store.events(owner, run) == [an_event(1)]


def test_runs_of_a_dead_process_are_found_with_their_owners(store: Store, owner: str) -> None:
    dead, alive, ended = (store.new_run(owner, "Weather", at=1.0).id for _ in range(3))
    for run in (dead, ended):
        store.lease(owner, run, "p1", now=100.0, ttl=15.0)
    store.lease(owner, alive, "p2", now=110.0, ttl=15.0)
    store.release(owner, ended, "p1")
    mine = [found for found in store.abandoned(now=116.0) if found[0] == owner]
    assert mine == [(owner, dead)]
    store.lease(owner, dead, "p2", now=116.0)
    assert (owner, dead) not in store.abandoned(now=116.0)


def test_a_wish_to_stop_stays_until_the_lease_is_given_back(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    assert not store.ask_to_stop(owner, run, now=100.0)  # nobody is there to hear it
    store.lease(owner, run, "p1", now=100.0)
    assert store.stops_asked([(owner, run)]) == []
    assert store.ask_to_stop(owner, run, now=101.0)
    store.lease(owner, run, "p1", now=102.0)
    assert store.stops_asked([(owner, run)]) == [(owner, run)]
    assert store.stops_asked([("somebody else", run), (owner, "no-such-run")]) == []
    store.release(owner, run, "p1")
    store.lease(owner, run, "p1", now=103.0)
    assert store.stops_asked([(owner, run)]) == []
