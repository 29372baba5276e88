"""Opening a database: which one, with which settings, brought to the current schema.

Owns engines and migrations. Does not query.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from platformdirs import user_data_path
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from roundtrip.store.errors import Damaged, Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"

# Any number serves, as long as nothing else in the same PostgreSQL database locks it.
_MIGRATION_LOCK = 0x726F756E64

# How long a writer waits for another process's transaction before it gives up.
_BUSY_SECONDS = 30.0


def default_url(environ: Mapping[str, str] = os.environ) -> str:
    """`ROUNDTRIP_DATABASE_URL`, or a SQLite file in the user's data folder, which is created."""
    if url := environ.get("ROUNDTRIP_DATABASE_URL"):
        return url
    folder = user_data_path("roundtrip", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)  # conversations are nobody else's business on a shared machine
    return URL.create("sqlite", database=str(folder / "roundtrip.sqlite3")).render_as_string()


def open_engine(url: str) -> Engine:
    """An engine on a database of the current schema. Begins read transactions only: see
    `writing`. Raises ValueError for a SQLite database in memory, `Damaged` for a database of a
    later version, `Unavailable` for one that cannot be reached.
    """
    target = make_url(url)
    if target.drivername in ("postgres", "postgresql"):
        target = target.set(drivername="postgresql+psycopg")
    with own_errors():
        if target.get_backend_name() == "sqlite":
            engine = _sqlite(target)
        else:
            engine = create_engine(target, hide_parameters=True, pool_pre_ping=True)
        try:
            _migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    return engine


@contextmanager
def own_errors() -> Iterator[None]:
    """Whatever a driver complains of becomes `Unavailable`, in the first line of its own words:
    what may follow quotes the statement and what people wrote."""
    try:
        yield
    except (DBAPIError, sqlite3.Error, NoConnectionFree) as error:
        words = str(getattr(error, "orig", None) or error).strip()
        raise Unavailable(words.partition("\n")[0] or type(error).__name__) from error


def writing(engine: Engine, *, durably: bool = True) -> Engine:
    """The same engine, whose transactions are the only writers from their first statement on.

    Not `durably`: a power cut may lose the last of them, as it lost the process that wrote them.
    A commit that is durable keeps those before it too. Only SQLite makes that difference: there
    each sync of the disk, some milliseconds, holds up every other writer.
    """
    return engine.execution_options(roundtrip_writes="FULL" if durably else "NORMAL")


def _sqlite(target: URL) -> Engine:
    if target.database in (None, "", ":memory:"):
        raise ValueError("the SQLite database needs a file: one in memory is gone with its thread")
    # hide_parameters: an error's text must not carry what people wrote.
    engine = create_engine(target, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where `begin` below says
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later is refused when another wrote in
        # between; IMMEDIATE waits for its turn instead.
        synchronous = connection.get_execution_options().get("roundtrip_writes")
        if synchronous:
            # In WAL, NORMAL may lose the last commits.
            connection.exec_driver_sql(f"PRAGMA synchronous={synchronous}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if synchronous else "BEGIN")

    _write_ahead(engine)
    return engine


def _write_ahead(engine: Engine) -> None:
    """Switch to WAL, which stays with the file."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            # SQLite does not wait here when two processes switch a new file at once.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        finally:
            raw.close()


def _migrate(engine: Engine) -> None:
    """Bring the schema up to date; of several processes at once, one does and the others wait."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with writing(engine).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK}
            )
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Damaged(f"the database is not of this version of Roundtrip: {error}") from error
