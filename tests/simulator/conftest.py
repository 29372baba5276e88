"""A running simulator for the tests of its server, and a client of the official SDK for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import anthropic
import httpx2
import pytest

from roundtrip.simulator.thread import SimulatorThread
from tests.simulator.asking import AT_ONCE
from tests.simulator.speakers import SPEAKERS, Speaker, close_clients


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    """The root address of a simulator that answers at once."""
    with SimulatorThread(AT_ONCE) as address:
        yield address


@pytest.fixture
def client(simulator: str) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(
        base_url=f"{simulator}/anthropic", api_key="any-key", max_retries=0, timeout=20
    ) as client:
        yield client


@pytest.fixture(params=SPEAKERS)
def api(request: pytest.FixtureRequest) -> Speaker:
    """Each simulated API in turn, through its official SDK."""
    return SPEAKERS[request.param]


@pytest.fixture
def speaking(api: Speaker, simulator: str) -> Any:
    """A client of that API's SDK."""
    return api.client(simulator)


@dataclass
class Overheard:
    """A client of the SDK, and the newest answer it got as it crossed, whatever it made of it."""

    client: Any
    status: int = 0
    body: bytes = b""


@pytest.fixture
def overheard(api: Speaker, simulator: str) -> Overheard:
    def keep(response: httpx2.Response) -> None:
        with contextlib.suppress(httpx2.TransportError):
            heard.status, heard.body = response.status_code, b""
            heard.body = response.read()

    heard = Overheard(api.client(simulator, hook=keep))
    return heard


@pytest.fixture(autouse=True)
def _clients_are_closed() -> Iterator[None]:
    yield
    close_clients()
