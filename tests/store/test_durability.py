"""What was acknowledged is there, whoever else wrote and whatever was killed."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from roundtrip.store import Conflict, Store
from tests.figures import Figures
from tests.store.samples import an_event, an_exchange, growing_bodies, some_events

CHECKOUT = Path(__file__).resolve().parents[2]


def start_writer(url: str, owner: str, run: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.writer", url, owner, run, str(count)]
    return subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)


def acknowledged(said: str) -> list[int]:
    """The seqs a writer said; a last line without its end was cut off and does not count."""
    return [int(line) for line in said.splitlines(keepends=True) if line.endswith("\n")]


def test_a_killed_writer_loses_nothing_it_acknowledged(
    url: str, store: Store, owner: str, sample: random.Random, full: bool, figures: Figures
) -> None:
    total = 0
    for _ in range(20 if full else 2):
        run = store.new_run(owner, "Weather", at=1.0).id
        writer = start_writer(url, owner, run, 0)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        first = writer.stdout.readline()
        time.sleep(sample.uniform(0.0, 0.4))  # where in its work it dies is the point
        writer.kill()
        said = acknowledged(first + writer.communicate()[0])

        # A commit the dead process sent may still be under way: this waits for its lock.
        store.release(owner, run, "the dead one")
        kept = store.events(owner, run)
        assert kept == some_events(1, len(kept))
        assert said == list(range(1, len(said) + 1))
        assert len(said) <= len(kept) <= len(said) + 1
        head = store.head(owner, run)
        assert head is not None
        assert head.head == len(kept)
        bodies = growing_bodies(40)
        for exchange in store.exchanges(owner, run):
            assert exchange.request_body == bodies[exchange.number % len(bodies)]
        store.append(owner, run, [an_event(len(kept) + 1)], now=2.0)
        total += len(said)
    figures.tell(f"{total} acknowledged writes, none lost")


def test_two_processes_appending_leave_no_gap_and_no_double(
    url: str, store: Store, owner: str, full: bool
) -> None:
    each = 200 if full else 30
    run = store.new_run(owner, "Weather", at=1.0).id
    writers = [start_writer(url, owner, run, each) for _ in range(2)]
    said = [writer.communicate(timeout=60)[0].partition("\n")[2] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    seqs = [acknowledged(part) for part in said]
    assert sorted(seqs[0] + seqs[1]) == list(range(1, 2 * each + 1))
    assert store.events(owner, run) == some_events(1, 2 * each)
    assert [exchange.number for exchange in store.exchanges(owner, run)] == [
        *range(1, 2 * each + 1)
    ]


def test_many_threads_on_one_run_take_every_seq_once(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    won: list[int] = []

    def compete() -> None:
        while (seq := len(store.events(owner, run)) + 1) <= 40:
            try:
                store.append(owner, run, [an_event(seq)], exchange=an_exchange(seq), now=1.0)
                won.append(seq)
            except Conflict:
                continue

    threads = [threading.Thread(target=compete) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    kept = store.events(owner, run)
    assert kept == some_events(1, len(kept))
    assert sorted(won) == list(range(1, len(kept) + 1))


def test_one_of_many_takes_a_free_lease(store: Store, owner: str) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    barrier = threading.Barrier(6)
    taken: list[str] = []

    def compete(process: str) -> None:
        barrier.wait(timeout=30)
        if store.lease(owner, run, process, now=100.0):
            taken.append(process)

    threads = [threading.Thread(target=compete, args=(f"p{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    head = store.head(owner, run)
    assert head is not None
    assert taken == [head.lease_process]


def test_reading_goes_on_while_another_writes(new_database: Callable[[], str], owner: str) -> None:
    store = Store.open(new_database())
    run = store.new_run(owner, "Weather", at=1.0).id
    store.append(owner, run, [an_event(1)], now=1.0)
    with store._writing() as connection:
        connection.exec_driver_sql("UPDATE runs SET title = 'half done'")
        head = store.head(owner, run)
    assert head is not None
    assert head.title == "Weather"
    store.close()


def test_a_commit_takes_a_few_milliseconds(store: Store, owner: str, figures: Figures) -> None:
    run = store.new_run(owner, "Weather", at=1.0).id
    seconds = []
    for seq in range(1, 101):
        began = time.perf_counter()
        store.append(owner, run, [an_event(seq)], now=1.0)
        seconds.append(time.perf_counter() - began)
    p10, p50 = (sorted(seconds)[at] * 1e3 for at in (10, 50))
    database, slowest = store._engine.dialect.name, max(seconds) * 1e3
    figures.tell(f"{database}: commit p50 {p50:.1f} ms, max {slowest:.1f} ms")
    # Measured 2 to 4 ms. On a busy machine some wait for others: the quick ones tell.
    assert p10 < 50
