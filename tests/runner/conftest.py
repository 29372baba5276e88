"""A runner on a database of its own, beside a simulator that answers at once or slowly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_runs import (
    AT_ONCE,
    SLOWLY,
    Place,
    a_database,
    an_owner,
    simulator,
)
from tests.runner.gate import Gate


@pytest.fixture(scope="module")
def at_once() -> Iterator[str]:
    with simulator(AT_ONCE) as url:
        yield url


@pytest.fixture(scope="module")
def slowly() -> Iterator[str]:
    with simulator(SLOWLY) as url:
        yield url


@pytest.fixture
def database(tmp_path: Path) -> str:
    return a_database(tmp_path)


@pytest.fixture
def place(database: str, at_once: str) -> Iterator[Place]:
    with Place(database, at_once) as place:
        yield place


@pytest.fixture
def owner() -> str:
    return an_owner()


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.go.set()
