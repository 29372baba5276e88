"""One store for the tests that drive turns; each has an owner and a run of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roundtrip.store import Store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('drive') / 'runs.sqlite3'}")
    yield store
    store.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
