"""Bodies are small in the database and exact when they come back."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from roundtrip.store import Damaged, Store
from roundtrip.store import exchanges as exchange_rows
from roundtrip.store.bodies import KEY_EVERY, KeptBody, LastBodies, pack, unpack
from roundtrip.store.tables import exchanges
from tests.figures import Figures
from tests.store.samples import an_event, an_exchange, growing_bodies


def alike(body: bytes) -> st.SearchStrategy[bytes]:
    """What might follow a body in a run: itself, more, less, or something else."""
    return st.one_of(
        st.just(body),
        st.binary(max_size=200).map(lambda more: body + more),
        st.integers(0, len(body)).map(lambda end: body[:end]),
        st.binary(max_size=300),
    )


@st.composite
def bodies_of_a_run(draw: st.DrawFn) -> list[bytes]:
    bodies = [draw(st.binary(max_size=300))]
    for _ in range(draw(st.integers(0, KEY_EVERY + 6))):
        bodies.append(draw(alike(bodies[-1])))
    return bodies


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(bodies=bodies_of_a_run())
def test_any_bodies_are_read_back_exactly(store: Store, owner: str, bodies: list[bytes]) -> None:
    run = store.new_run(owner, "Any", at=1.0).id
    sent = [an_exchange(number, body) for number, body in enumerate(bodies, 1)]
    for exchange in sent:
        store.save_progress(owner, run, exchange)
    assert list(store.exchanges(owner, run)) == sent
    assert store.exchange(owner, run, len(sent)) == sent[-1]


@given(body=st.binary(max_size=2000), base=st.binary(max_size=2000))
def test_a_frame_opens_with_the_base_it_was_made_with(body: bytes, base: bytes) -> None:
    assert unpack(pack(body, base), base) == body


class LongRun(NamedTuple):
    store: Store
    run: str
    bodies: list[bytes]
    seconds: list[float]
    """What each append took."""


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LongRun]:
    """280 turns of one conversation."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('long') / 'runs.sqlite3'}")
    run = store.new_run("owner", "Long", at=1.0).id
    bodies = growing_bodies(280)
    seconds = []
    for number, body in enumerate(bodies, 1):
        done = dataclasses.replace(
            an_exchange(number, body), status=200, response_body=body[-1500:], ended_at=2.0
        )
        began = time.perf_counter()
        store.append("owner", run, [an_event(number)], exchange=done, now=2.0)
        seconds.append(time.perf_counter() - began)
    yield LongRun(store, run, bodies, seconds)
    store.close()


def test_280_turns_take_less_than_three_megabytes(long_run: LongRun, figures: Figures) -> None:
    store, run, bodies, seconds = long_run
    raw = sum(map(len, bodies))
    assert raw > 100e6
    sums = func.sum(func.length(exchanges.c.request_frame))
    with store._engine.connect() as connection:
        kept = connection.scalar(select(sums).where(exchanges.c.run == run))
    assert store._engine.url.database is not None
    store.close()  # the write-ahead log goes into the file
    file = Path(store._engine.url.database).stat().st_size
    first, last = (median(part) * 1e3 for part in (seconds[:40], seconds[-40:]))
    figures.tell(
        f"{raw / 1e6:.0f} MB of requests: frames {kept / 1e6:.2f} MB, file {file / 1e6:.2f} MB",
        f"append p50: first 40 turns {first:.1f} ms, last 40 turns {last:.1f} ms",
    )
    assert kept < 3e6
    assert file < 4e6  # with responses, headers and the pages' own room


def test_a_long_run_is_read_back_exactly_from_any_place(long_run: LongRun) -> None:
    store, run, bodies, _ = long_run
    read = [exchange.request_body for exchange in store.exchanges("owner", run)]
    assert read == bodies
    for number in (1, KEY_EVERY, KEY_EVERY + 1, 200, 280):
        exchange = store.exchange("owner", run, number)
        assert exchange is not None
        assert exchange.request_body == bodies[number - 1]


def test_reading_a_body_unpacks_at_most_one_chain(long_run: LongRun) -> None:
    store, run, _, _ = long_run
    with store._engine.connect() as connection:
        rows = connection.execute(
            select(exchanges.c.number, exchanges.c.request_base, exchanges.c.request_depth)
            .where(exchanges.c.run == run)
            .order_by(exchanges.c.number)
        ).all()
    assert max(row.request_depth for row in rows) == KEY_EVERY - 1
    assert [row.number for row in rows if row.request_base is None] == [
        *range(1, len(rows) + 1, KEY_EVERY)
    ]


def test_appending_reads_no_chain_while_the_last_body_is_remembered(
    store: Store, owner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    bodies = growing_bodies(12)
    store.append(owner, run, [an_event(1)], exchange=an_exchange(1, bodies[0]), now=1.0)
    unpacked = []
    monkeypatch.setattr(
        exchange_rows, "unpack", lambda *args: unpacked.append(args) or unpack(*args)
    )
    for number, body in enumerate(bodies[1:], 2):
        store.append(owner, run, [an_event(number)], exchange=an_exchange(number, body), now=1.0)
    assert unpacked == []


def test_a_run_continued_by_another_process_keeps_its_bodies(url: str, owner: str) -> None:
    stores = [Store.open(url), Store.open(url)]
    run = stores[0].new_run(owner, "Weather", at=1.0).id
    bodies = growing_bodies(9)
    for number, body in enumerate(bodies, 1):
        stores[number % 2].save_progress(owner, run, an_exchange(number, body))
    for store in stores:
        assert [exchange.request_body for exchange in store.exchanges(owner, run)] == bodies
        store.close()


def test_an_attempt_that_comes_out_of_order_is_kept_too(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    bodies = growing_bodies(6)
    for number in (2, 5, 1, 4, 3, 6):
        store.save_progress(owner, run, an_exchange(number, bodies[number - 1]))
    assert [exchange.request_body for exchange in store.exchanges(owner, run)] == bodies


def test_a_damaged_body_is_reported_and_not_handed_out(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    for number, body in enumerate(growing_bodies(3), 1):
        store.save_progress(owner, run, an_exchange(number, body))
    for frame in (pack(b"something else"), b"no frame"):
        with store._writing() as connection:
            connection.execute(
                update(exchanges)
                .where(exchanges.c.run == run, exchanges.c.number == 2)
                .values(request_frame=frame)
            )
        with pytest.raises(Damaged, match="exchange 3"):
            store.exchange(owner, run, 3)
        assert store.exchange(owner, run, 1) is not None


def test_remembered_bodies_are_bounded_and_the_longest_unused_go_first() -> None:
    last = LastBodies(limit=100)
    last.keep("a", KeptBody(1, b"d", bytes(40)))
    last.keep("b", KeptBody(1, b"d", bytes(40)))
    assert last.find("a", 1, b"d") == bytes(40)
    last.keep("c", KeptBody(1, b"d", bytes(40)))
    assert [last.find(run, 1, b"d") is not None for run in "abc"] == [True, False, True]
    assert last.find("a", 2, b"d") is None
    assert last.find("a", 1, b"other") is None
    last.keep("d", KeptBody(1, b"d", bytes(101)))  # too large to keep at all
    assert last.find("d", 1, b"d") is None
