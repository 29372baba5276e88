"""One conversation over several APIs: each request is legal where it goes, and what one provider
signed goes back to that provider and to no other."""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from roundtrip.conversation import Options, ThinkingOption
from roundtrip.events import Setup
from roundtrip.export.file import as_text
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.wires.send import Target
from roundtrip.wires.wire import WIRES
from tests.turns import AT_ONCE, Turns, setup

CITIES = ("Tokyo", "Oslo", "Paris", "London")
ORDERS = tuple(itertools.permutations(WIRES))


@pytest.fixture(scope="module")
def port():
    with SimulatorThread(AT_ONCE) as address:
        yield urlsplit(address).port


def thinking(wire: str) -> Setup:
    """A turn whose model thinks, as far as the wire lets it show that."""
    options = Options(
        model="sim-thinker",
        max_output_tokens=3072,
        thinking=ThinkingOption(mode="budget", budget_tokens=2048),
    )
    return setup(wire=wire, options=options)


def told(folder: Path, port: int, wires: tuple[str, ...]) -> Turns:
    """A conversation with a turn over each of these wires."""
    turns = Turns(folder)

    async def ask() -> None:
        for wire, city in zip(wires, itertools.cycle(CITIES), strict=False):
            base_url = f"http://127.0.0.1:{port}{SIMULATOR_PATHS[wire]}"
            target = Target(wire, base_url, "a-workshops-key")
            await turns.ask(
                f"What is the weather in {city}?", thinking(wire), lambda _, target=target: target
            )
            assert turns.journal.state.answer is not None, turns.journal.state.failed

    asyncio.run(ask())
    return turns


def signatures(value: Any) -> set[str]:
    """Whatever a provider signed or encrypted, wherever it stands."""
    if isinstance(value, dict):
        named = {
            inner
            for name, inner in value.items()
            if name in ("signature", "encrypted_content", "thoughtSignature") and inner
        }
        return named.union(*map(signatures, value.values()))
    if isinstance(value, list):
        return set().union(*map(signatures, value))
    return set()


def requests(turns: Turns) -> list[tuple[str, dict[str, Any]]]:
    """Each request's path and body, in order."""
    return [
        (urlsplit(one["url"]).path, json.loads(one["request_body"]["text"]))
        for one in turns.document()["exchanges"]
    ]


def test_every_order_of_apis_is_answered_at_every_turn(tmp_path, port, full, sample):
    for number, wires in enumerate(ORDERS if full else sample.sample(ORDERS, 2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        turns = told(folder, port, wires)

        statuses = {one["status"] for one in turns.document()["exchanges"]}
        assert statuses == {200}, wires
        assert len(requests(turns)) == 2 * len(wires)
        said = as_text(turns.document())
        assert all(city in said for city in CITIES)


@pytest.mark.parametrize("wire", WIRES)
def test_what_is_signed_goes_back_to_whom_it_came_from_and_to_nobody_else(tmp_path, port, wire):
    others = tuple(other for other in WIRES if other != wire)
    turns = told(tmp_path, port, (wire, *others, wire))
    asked = requests(turns)
    at_home, abroad = asked[1], asked[2:-2]
    signed = signatures(at_home[1])

    assert bool(signed) == (wire != "openai-chat")  # that API has nothing of the kind
    assert signed <= signatures(asked[-1][1])
    for path, body in abroad:
        assert not signed & signatures(body), path
        assert not any(one in json.dumps(body) for one in signed), path
