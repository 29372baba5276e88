"""A body written by hand reaches the API to the byte, and what the API says to it is a step."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from roundtrip.allowance import Overspent, most
from roundtrip.drive import Drive
from roundtrip.events import RequestEdited, RequestFailed, RequestSent, TurnStarted
from roundtrip.hand_edit import CannotBeKept, edit_request
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.wires.send import Target
from roundtrip.wires.wire import WIRES
from tests.turns import AT_ONCE, Turns, setup
from tests.witness import Witness

QUESTION = "Weather in Tokyo and Zürich?"
KEY = "a-key-of-the-tests"


@pytest.fixture(scope="module")
def port():
    with SimulatorThread(AT_ONCE) as address:
        yield urlsplit(address).port


class Lying:
    """A request of a wire that lies ready, its way to the simulator watched."""

    def __init__(self, folder: Path, wire: str) -> None:
        self.turns, self.wire = Turns(folder), wire
        asked = setup(wire=wire, stepwise=True)
        self.turns.journal.write(partial(TurnStarted, text=QUESTION, setup=asked))

    def target(self, port: int, _: Any = None) -> Target:
        return Target(self.wire, f"http://127.0.0.1:{port}{SIMULATOR_PATHS[self.wire]}", KEY)

    @property
    def body(self) -> Any:
        number = self.turns.journal.state.prepared
        assert number is not None
        exchange = self.turns.journal.exchange(number)
        assert exchange is not None
        return json.loads(exchange.request_body)

    def edit(self, body: bytes) -> None:
        edit_request(self.turns.journal, body, partial(self.target, 9))

    async def step(self, port: int) -> None:
        await self.turns.drive(Drive.step, partial(self.target, port))

    async def to_the_end(self, port: int) -> None:
        await self.turns.drive(Drive.to_the_end, partial(self.target, port))

    def events(self, kind: type) -> list[Any]:
        return [event for event in self.turns.journal.events() if isinstance(event, kind)]


@pytest.mark.parametrize("wire", WIRES)
def test_an_unknown_field_reaches_the_listener_and_the_apis_refusal_is_a_step(
    wire: str, tmp_path: Path, port: int
) -> None:
    lying, witness = Lying(tmp_path, wire), Witness(port)

    async def send() -> bytes:
        async with witness as ours:
            await lying.step(ours)
            assert not witness.requests(), "a request that lies ready has not left"
            # Odd spacing and an order of keys that no library would write.
            written = json.dumps({"wonderful_field": "Zürich", **lying.body}, indent=3).encode()
            lying.edit(written)
            await lying.step(ours)
        return written

    written = asyncio.run(send())
    assert [request.body for request in witness.requests()] == [written]
    [failed] = lying.events(RequestFailed)
    assert failed.failure.kind == "bad_request" and failed.failure.status == 400
    assert "wonderful_field" in failed.failure.message
    rows = lying.turns.journal.steps()
    assert [row.phase for row in rows] == ["define", "ask", "error"]
    assert rows[1].edited and "edited by hand" in rows[1].text
    exchange = lying.turns.journal.exchange(1)
    assert exchange is not None and exchange.request_body == written


@pytest.mark.parametrize("wire", WIRES)
def test_after_the_refusal_the_next_message_works(wire: str, tmp_path: Path, port: int) -> None:
    lying = Lying(tmp_path, wire)

    async def send() -> None:
        await lying.step(port)
        lying.edit(b'{"model":')
        await lying.step(port)
        assert lying.turns.journal.state.failed is not None
        again = partial(TurnStarted, text=QUESTION, setup=setup(wire=wire))
        lying.turns.journal.write(again)
        await lying.to_the_end(port)

    asyncio.run(send())
    answer = lying.turns.journal.state.answer
    assert answer is not None and "Zürich" in answer.message.text
    assert [event.edited for event in lying.events(RequestSent)] == [True, False, False]


def test_the_model_gets_the_edited_question_and_the_history_keeps_the_one_that_was_asked(
    tmp_path: Path, port: int
) -> None:
    lying = Lying(tmp_path, "anthropic")

    async def send() -> None:
        await lying.step(port)
        lying.edit(json.dumps(lying.body).replace("Tokyo", "Oslo").encode())
        await lying.step(port)

    asyncio.run(send())
    state = lying.turns.journal.state
    assert state.pending[0].call.arguments == {"city": "Oslo"}
    assert state.messages[0].text == QUESTION


def test_no_event_holds_what_was_written(tmp_path: Path, port: int) -> None:
    lying = Lying(tmp_path, "anthropic")
    asyncio.run(lying.step(port))
    lying.edit(b'{"nothing": "but this"}')

    [edited] = lying.events(RequestEdited)
    assert edited.size == 23
    assert "but this" not in "".join(e.model_dump_json() for e in lying.turns.journal.events())
    assert lying.body == {"nothing": "but this"}


def test_a_body_with_the_key_in_it_is_not_kept_and_the_one_that_lies_ready_stays(
    tmp_path: Path, port: int
) -> None:
    lying = Lying(tmp_path, "anthropic")
    asyncio.run(lying.step(port))
    before = lying.body

    with pytest.raises(CannotBeKept, match="take it out"):
        lying.edit(f'{{"key": "{KEY}"}}'.encode())
    assert lying.body == before and lying.turns.journal.state.edited is None


def test_a_request_that_has_left_cannot_be_written_anew(tmp_path: Path, port: int) -> None:
    lying = Lying(tmp_path, "anthropic")

    async def send() -> None:
        await lying.step(port)
        await lying.step(port)

    asyncio.run(send())
    lying.edit(b"{}")
    assert not lying.events(RequestEdited)
    assert lying.turns.journal.exchange(1).request_body != b"{}"


def test_a_stop_forgets_what_was_written_by_hand(tmp_path: Path, port: int) -> None:
    from roundtrip import intents
    from roundtrip.journals import commit

    lying = Lying(tmp_path, "anthropic")

    async def send() -> None:
        await lying.step(port)
        lying.edit(b'{"model":')
        commit(lying.turns.journal, intents.stop)
        commit(lying.turns.journal, intents.resume())
        await lying.to_the_end(port)

    asyncio.run(send())
    assert lying.turns.journal.state.answer is not None


def test_a_request_written_by_hand_is_not_sent_with_a_shared_key(tmp_path: Path, port: int) -> None:
    lying = Lying(tmp_path, "anthropic")
    asyncio.run(lying.step(port))
    state = lying.turns.journal.state
    priced = state.setup.model_copy(
        update={"options": state.setup.options.model_copy(update={"model": "claude-haiku-4-5"})}
    )
    assert most(replace(state, setup=priced)) > 0
    lying.edit(b"{}")
    with pytest.raises(Overspent, match="written by hand"):
        most(replace(lying.turns.journal.state, setup=priced))
