"""What an API refuses is told in one set of words, whichever API it is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from roundtrip.conversation import Options
from roundtrip.events import Failure
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.wires.failures import ADVICE, NO_MODEL
from roundtrip.wires.send import Target
from roundtrip.wires.wire import WIRES
from tests.turns import AT_ONCE, Turns, setup


@pytest.fixture(scope="module")
def address():
    with SimulatorThread(AT_ONCE) as address:
        yield address


def failure(folder: Path, address: str, wire: str, *, key: str = "a-key", **how: Any) -> Failure:
    turns, target = Turns(folder), Target(wire, address + SIMULATOR_PATHS[wire], key)
    asyncio.run(turns.ask("Weather in Tokyo?", setup(wire=wire, **how), lambda _: target))
    failed = turns.journal.state.failed
    assert failed is not None
    return failed.failure


@pytest.mark.parametrize("wire", WIRES)
def test_a_wrong_key_is_a_matter_of_the_key(wire: str, tmp_path: Path, address: str) -> None:
    told = failure(tmp_path, address, wire, key="invalid-key")
    assert told.kind == "auth" and told.status in (400, 401, 403)
    assert told.advice == ADVICE["auth"]


@pytest.mark.parametrize("wire", WIRES)
def test_a_model_that_is_not_there_is_told_as_one(wire: str, tmp_path: Path, address: str) -> None:
    options = Options(model="no-such-model", max_output_tokens=64)
    told = failure(tmp_path, address, wire, options=options)
    assert told.kind == "bad_request"
    assert "no-such-model" in told.message and told.advice == NO_MODEL


@pytest.mark.parametrize("wire", WIRES)
def test_without_a_model_nothing_is_sent(wire: str, tmp_path: Path) -> None:
    told = failure(tmp_path, "http://127.0.0.1:1", wire, options=Options(model=""))
    assert told.kind == "bad_request"
    assert "No model is chosen" in told.message
