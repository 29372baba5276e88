"""Runs, events and exchanges are kept and read back, under one owner."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roundtrip.store import Conflict, NotFound, Store
from roundtrip.store.database import default_url
from tests.store.samples import an_event, an_exchange, growing_bodies, some_events


def test_a_new_run_is_empty_and_has_an_id_nobody_guesses(store: Store, owner: str) -> None:
    made = [store.new_run(owner, "Weather", at=5.0) for _ in range(50)]
    assert len({run.id for run in made}) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{21}", run.id) for run in made)
    assert store.head(owner, made[0].id) == made[0]
    assert made[0].head == 0
    assert store.events(owner, made[0].id) == []


def test_events_come_back_as_they_were_written(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=5.0).id
    store.append(owner, run, some_events(1, 3), now=6.0)
    store.append(owner, run, some_events(4, 4), now=7.5)
    assert store.events(owner, run) == some_events(1, 4)
    assert store.events(owner, run, after=2) == some_events(3, 4)
    assert store.events(owner, run, after=1, limit=2) == some_events(2, 3)
    head = store.head(owner, run)
    assert head is not None
    assert (head.head, head.updated_at) == (4, 7.5)


@pytest.mark.parametrize("seqs", [[1], [2, 2], [4], [3, 5], [2, 4, 3]])
def test_events_that_do_not_continue_the_run_are_refused_whole(
    store: Store, owner: str, seqs: list[int]
) -> None:
    run = store.new_run(owner, "Weather", at=5.0).id
    store.append(owner, run, [an_event(1)], now=6.0)
    with pytest.raises(Conflict):
        store.append(owner, run, [*map(an_event, seqs)], exchange=an_exchange(), now=7.0)
    assert store.events(owner, run) == [an_event(1)]
    assert store.exchange(owner, run, 1) is None


def test_the_list_of_runs_is_paged_last_changed_first(store: Store, owner: str) -> None:
    made = [store.new_run(owner, f"Run {n}", at=float(n // 2)).id for n in range(7)]
    store.append(owner, made[0], [an_event(1)], now=99.0)
    pages, before = [], None
    while page := store.heads(owner, limit=3, before=before):
        pages.append([head.id for head in page])
        before = page[-1]
    assert [len(page) for page in pages] == [3, 3, 1]
    seen = [run for page in pages for run in page]
    assert seen[0] == made[0]
    assert set(seen) == set(made)
    times = [head.updated_at for head in store.heads(owner)]
    assert times == sorted(times, reverse=True)


def test_a_fork_shares_the_beginning_and_outlives_its_parent(store: Store, owner: str) -> None:
    parent = store.new_run(owner, "Weather", at=5.0).id
    bodies = growing_bodies(5)
    sent = [an_exchange(number, body) for number, body in enumerate(bodies, 1)]
    for exchange in sent[:4]:
        store.append(owner, parent, [an_event(exchange.number)], exchange=exchange, now=6.0)
    store.lease(owner, parent, "p1", now=6.0)

    fork = store.fork(owner, parent, "Clouds", at=7.0, seq=3, exchanges=3)
    assert store.head(owner, fork.id) == fork
    assert (fork.head, fork.parent, fork.lease_process) == (3, (parent, 3), None)
    changed = dataclasses.replace(sent[4], number=4)
    store.append(owner, fork.id, [an_event(4)], exchange=changed, now=8.0)
    assert list(store.exchanges(owner, parent)) == sent[:4]

    store.delete_run(owner, parent)
    assert store.events(owner, fork.id) == some_events(1, 4)
    assert list(store.exchanges(owner, fork.id)) == [*sent[:3], changed]


def test_a_fork_cannot_begin_after_the_end(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=5.0).id
    with pytest.raises(Conflict):
        store.fork(owner, run, "Clouds", at=7.0, seq=1, exchanges=0)
    assert [head.id for head in store.heads(owner)] == [run]


def test_an_exchange_is_followed_from_its_request_to_its_end(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=5.0).id
    sent = an_exchange()
    store.append(owner, run, [an_event(1)], exchange=sent, now=6.0)
    assert store.exchange(owner, run, 1) == sent

    coming = dataclasses.replace(
        sent,
        status=200,
        response_headers=(("content-type", "text/event-stream"),),
        response_body=b"data: \x00\xff",
        chunks=((1_700_000_000.2, 3), (1_700_000_000.9, 5)),
    )
    store.save_progress(owner, run, coming)
    assert store.exchange(owner, run, 1) == coming

    ended = dataclasses.replace(
        coming, response_body=b"data: 1\n\n", response_sha256="ab" * 32, ended_at=1_700_000_001.0
    )
    store.append(owner, run, [an_event(2)], exchange=ended, now=7.0)
    store.save_progress(owner, run, coming)  # a late write of what had arrived earlier
    assert store.exchange(owner, run, 1) == ended
    assert list(store.exchanges(owner, run)) == [ended]


def test_a_request_may_be_edited_until_it_is_answered(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=5.0).id
    first = dataclasses.replace(an_exchange(1, b"first " * 9), status=200, ended_at=2.0)
    store.append(owner, run, [an_event(1)], exchange=first, now=6.0)
    store.append(owner, run, [an_event(2)], exchange=an_exchange(2, b"ready " * 9), now=6.0)
    edited = an_exchange(2, b"edited by hand")
    store.append(owner, run, [an_event(3)], exchange=edited, now=7.0)
    third = an_exchange(3, b"edited by hand, and more")
    store.append(owner, run, [an_event(4)], exchange=third, now=8.0)
    assert list(store.exchanges(owner, run)) == [first, edited, third]

    for changed in (an_exchange(1, b"another"), an_exchange(2, b"another")):
        with pytest.raises(Conflict):
            store.append(owner, run, [an_event(5)], exchange=changed, now=9.0)
    assert list(store.exchanges(owner, run)) == [first, edited, third]


def test_text_no_database_encodes_is_kept_readable(store: Store, owner: str) -> None:
    run = store.new_run(owner, " Null \0 and half \ud83d ", at=5.0).id
    head = store.head(owner, run)
    assert head is not None
    assert head.title.startswith("Null")
    broken = dataclasses.replace(an_exchange(), error="reset \0 by \udcff peer")
    store.append(owner, run, [], exchange=broken, now=6.0)
    read = store.exchange(owner, run, 1)
    assert read is not None
    assert read.error is not None
    assert read.error.startswith("reset ")


def test_a_deleted_run_leaves_nothing_behind(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=5.0).id
    store.append(owner, run, some_events(1, 2), exchange=an_exchange(), now=6.0)
    store.delete_run(owner, run)
    with store._engine.connect() as connection:
        for table in ("runs", "events", "exchanges"):
            column = "id" if table == "runs" else "run"
            count = f"SELECT count(*) FROM {table} WHERE {column} = '{run}'"
            assert connection.exec_driver_sql(count).scalar() == 0


RUN_QUERIES: dict[str, Callable[[Store, str, str], Any]] = {
    "append": lambda store, owner, run: store.append(owner, run, [an_event(2)], now=9.0),
    "save_progress": lambda store, owner, run: store.save_progress(owner, run, an_exchange()),
    "events": lambda store, owner, run: store.events(owner, run),
    "exchange": lambda store, owner, run: store.exchange(owner, run, 1),
    "exchanges": lambda store, owner, run: store.exchanges(owner, run),
    "delete_run": lambda store, owner, run: store.delete_run(owner, run),
    "lease": lambda store, owner, run: store.lease(owner, run, "thief", 9.0),
    "renew": lambda store, owner, run: store.renew(owner, run, "p1", 9.0),
    "release": lambda store, owner, run: store.release(owner, run, "p1"),
    "ask_to_stop": lambda store, owner, run: store.ask_to_stop(owner, run, 9.0),
    "fork": lambda store, owner, run: store.fork(owner, run, "Fork", 9.0, seq=1, exchanges=1),
}
ELSEWHERE = {"open", "close", "new_run", "head", "heads", "abandoned", "stops_asked"}


def test_every_query_of_the_store_is_in_the_table_of_owners() -> None:
    public = {name for name in vars(Store) if not name.startswith("_")}
    assert public == set(RUN_QUERIES) | ELSEWHERE


@pytest.mark.parametrize("query", RUN_QUERIES)
def test_another_owners_run_looks_like_no_run_at_all(store: Store, owner: str, query: str) -> None:
    run = store.new_run(owner, "Weather", at=5.0).id
    store.append(owner, run, [an_event(1)], exchange=an_exchange(), now=6.0)
    store.lease(owner, run, "p1", now=6.0)
    before = store.head(owner, run), store.events(owner, run), list(store.exchanges(owner, run))
    messages = []
    for who, which in (("somebody else", run), (owner, "no-such-run")):
        with pytest.raises(NotFound) as refused:
            RUN_QUERIES[query](store, who, which)
        messages.append(str(refused.value))
    assert messages[0] == messages[1]
    after = store.head(owner, run), store.events(owner, run), list(store.exchanges(owner, run))
    assert after == before


def test_heads_show_only_ones_own_runs(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=5.0).id
    assert store.head("somebody else", run) is None
    assert store.heads(f"{owner}x") == []
    assert [head.id for head in store.heads(owner)] == [run]


def test_without_a_url_runs_go_to_a_folder_only_this_user_may_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ROUNDTRIP_DATABASE_URL", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "100% data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for _ in range(2):  # the second time it is there
        store = Store.open()
        store.new_run("owner", "Weather", at=5.0)
        store.close()
    (file,) = tmp_path.rglob("roundtrip.sqlite3")
    assert file.parent.stat().st_mode & 0o777 == 0o700


def test_the_environment_names_the_database() -> None:
    assert default_url({"ROUNDTRIP_DATABASE_URL": "postgresql://db/runs"}) == "postgresql://db/runs"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="needs a file"):
        Store.open(url)
