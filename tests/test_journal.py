"""A run in memory: what is shown has been committed, and readers never wait for a commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from roundtrip.events import TurnStarted
from roundtrip.journal import Journal
from roundtrip.store import Store
from tests.turns import OWNER, setup

SOON = 60.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path / 'run.db'}")
    yield store
    store.close()


def test_readers_do_not_wait_for_a_commit_that_takes_its_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(store, OWNER, store.new_run(OWNER, "a test", 0.0).id)
    journal.write(partial(TurnStarted, text="Weather?", setup=setup()))
    append, begun, go = store.append, threading.Event(), threading.Event()

    def slow(*values: Any, **more: Any) -> None:
        begun.set()
        assert go.wait(SOON)
        append(*values, **more)

    monkeypatch.setattr(store, "append", slow)
    draft = partial(TurnStarted, text="And now?", setup=setup())
    writer = threading.Thread(target=journal.write, args=(draft,))
    writer.start()
    assert begun.wait(SOON)
    read: list[Any] = []
    reader = threading.Thread(
        target=lambda: read.append((journal.steps(), journal.summary(), journal.state.turn)),
        daemon=True,
    )
    reader.start()
    reader.join(SOON / 2)
    assert [found[2] for found in read] == [1], "and what is not committed is not shown"
    go.set()
    writer.join(SOON)
    assert journal.state.turn == 2
