"""A database that does not do it is told in its own words, as one kind of error."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from roundtrip.store import Store, StoreError, Unavailable, database
from tests.store.samples import an_event


@pytest.fixture
def hasty(sqlite_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store that waits for nobody."""
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.01)
    store = Store.open(f"sqlite:///{sqlite_file}")
    yield store
    store.close()


def test_a_locked_database_is_unavailable_and_works_again_afterwards(
    hasty: Store, sqlite_file: Path, owner: str
) -> None:
    run = hasty.new_run(owner, "Weather", at=1.0).id
    other = sqlite3.connect(sqlite_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="database is locked"):
        hasty.append(owner, run, [an_event(1)], now=1.0)
    assert hasty.events(owner, run) == []
    other.execute("ROLLBACK")
    other.close()
    hasty.append(owner, run, [an_event(1)], now=1.0)
    assert hasty.events(owner, run) == [an_event(1)]


def test_a_full_disk_is_unavailable(hasty: Store, owner: str) -> None:
    run = hasty.new_run(owner, "Weather", at=1.0).id
    with hasty._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Unavailable, match="full"):
        hasty.append(owner, run, [an_event(seq) for seq in range(1, 400)], now=1.0)
    assert hasty.events(owner, run) == []


def test_a_file_that_is_no_database_is_told_without_what_was_asked_of_it(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("These are notes and no database, of some length. " * 100)
    with pytest.raises(StoreError, match="not a database") as told:
        Store.open(f"sqlite:///{file}")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all/runs.db", "postgresql://nobody@127.0.0.1:9/none"]
)
def test_a_database_that_is_not_there_is_unavailable(url: str) -> None:
    with pytest.raises(Unavailable):
        Store.open(url)
