"""Opening a database brings it to the schema the code is written for."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, event, inspect

from roundtrip.store import Damaged, Store
from roundtrip.store.tables import metadata

CHECKOUT = Path(__file__).resolve().parents[2]


def test_the_migrations_make_the_tables_the_code_uses(store: Store) -> None:
    with store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_deleting_cascades_in_the_database_itself(store: Store) -> None:
    inspector = inspect(store._engine)
    for table in ("events", "exchanges"):
        (key,) = inspector.get_foreign_keys(table)
        assert (key["referred_table"], key["options"]) == ("runs", {"ondelete": "CASCADE"})


def test_opening_again_changes_nothing(new_database: Callable[[], str]) -> None:
    url = new_database()
    first = Store.open(url)
    run = first.new_run("owner", "Weather", at=1.0)
    first.close()
    second = Store.open(url)
    assert second.heads("owner") == [run]
    second.close()


def test_processes_that_open_a_new_database_at_once_all_succeed(
    new_database: Callable[[], str],
) -> None:
    url = new_database()
    program = "import sys; from roundtrip.store import Store; Store.open(sys.argv[1]).close()"
    command = [sys.executable, "-c", program, url]
    openers = [
        subprocess.Popen(command, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    errors = [opener.communicate(timeout=60)[1] for opener in openers]
    assert [opener.returncode for opener in openers] == [0, 0, 0, 0], errors


def test_a_database_of_a_later_version_is_refused_in_words(sqlite_file: Path) -> None:
    url = f"sqlite:///{sqlite_file}"
    Store.open(url).close()
    with sqlite3.connect(sqlite_file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(Damaged, match="version of Roundtrip"):
        Store.open(url)


def test_an_interrupted_migration_leaves_nothing_half_made(
    sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import op

    url = f"sqlite:///{sqlite_file}"
    with monkeypatch.context() as broken:
        broken.setattr(op, "create_index", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Store.open(url)
    connection = sqlite3.connect(sqlite_file)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    Store.open(url).close()


def test_sqlite_keeps_a_commit_through_a_power_cut(sqlite_file: Path) -> None:
    store = Store.open(f"sqlite:///{sqlite_file}")
    run = store.new_run("an owner", "Weather", at=1.0).id
    store.lease("an owner", run, "a process", now=1.0)  # on the same connection, not synced
    with store._writing() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    store.close()
    full = 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_a_lease_waits_for_no_disk(sqlite_file: Path) -> None:
    store = Store.open(f"sqlite:///{sqlite_file}")
    run = store.new_run("an owner", "Weather", at=1.0).id
    synced: list[int] = []

    @event.listens_for(store._engine, "commit")
    def note(connection: Connection) -> None:
        synced.append(connection.exec_driver_sql("PRAGMA synchronous").scalar_one())

    assert store.lease("an owner", run, "a process", now=1.0)
    store.release("an owner", run, "a process")
    store.close()
    normal = 1
    assert synced == [normal, normal]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM runs WHERE owner = 'o' ORDER BY updated_at DESC, id DESC LIMIT 50",
        "SELECT * FROM runs WHERE owner = 'o' AND (updated_at, id) < (5, 'x')"
        " ORDER BY updated_at DESC, id DESC LIMIT 50",
        "SELECT * FROM runs WHERE id = 'r' AND owner = 'o'",
        "SELECT owner, id FROM runs WHERE lease_until <= 5",
        "SELECT body FROM events WHERE run = 'r' AND seq > 5 ORDER BY seq",
        "SELECT * FROM exchanges WHERE run = 'r' AND number < 5 ORDER BY number DESC LIMIT 1",
    ],
)
def test_no_query_reads_a_whole_table(sqlite_file: Path, statement: str) -> None:
    store = Store.open(f"sqlite:///{sqlite_file}")
    with store._engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}").all()
    store.close()
    steps = [row.detail for row in plan]
    assert all(step.startswith("SEARCH") and "INDEX" in step for step in steps), steps


def test_both_common_spellings_of_a_postgresql_address_open(url: str, store: Store) -> None:
    run = store.new_run("spelling", "Weather", at=1.0)
    again = Store.open(url.replace("postgresql://", "postgres://"))
    assert again.head("spelling", run.id) == run
    again.close()
