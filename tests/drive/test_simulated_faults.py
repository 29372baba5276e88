"""Every fault of the simulator on every wire, streamed and not, through the real SDKs and the loop:
the right failure or the right refused call, a row for it, nothing lost, and the next message works.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import httpx2
import pytest

from roundtrip.events import (
    ExecutionStarted,
    ReplyReceived,
    RequestFailed,
    RequestSent,
    ResultRecorded,
    Stopped,
    TurnStarted,
)
from roundtrip.lines import NOT_SENT_BACK
from roundtrip.loop import AwaitApproval, Done, next_action
from roundtrip.service import simulated_target
from roundtrip.simulator.faults import KINDS, NAMES
from roundtrip.simulator.server import Settings
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.store import Store
from roundtrip.wires.failures import ADVICE, NO_MODEL
from roundtrip.wires.send import Sender
from roundtrip.wires.wire import WIRES
from tests.drive.driving import Room, a_room
from tests.drive.simulated_faults import (
    OUTCOMES,
    Answers,
    CallRefused,
    Ends,
    Fails,
    Outcome,
    outcome_of,
)
from tests.figures import Figures
from tests.first_complaint import first_complaint
from tests.injected import EMAIL_SCHEMA, OBEYED, ORDER

pytestmark = pytest.mark.anyio

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "The name of the city."}},
    "required": ["city"],
}
WEATHER, JOKE = "What is the weather in Oslo?", "Tell me a joke."
SEEN: Counter[str] = Counter()
RIGHT: Counter[str] = Counter()
"""Cases, and those that went as they should, by kind of fault."""


@pytest.fixture(scope="module")
def simulator() -> Iterator[SimulatorThread]:
    at_once = Settings(seconds_to_first_token=0, tokens_per_second=0, drip_seconds=0.05)
    simulator = SimulatorThread(at_once)
    with simulator:
        yield simulator


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One event loop for all, and so one client of each SDK: each takes a while to build."""
    return "asyncio"


@pytest.fixture(scope="module")
async def sender(anyio_backend: str) -> AsyncIterator[Sender]:
    sender = Sender()
    yield sender
    await sender.close()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are computed as ever, not waited for."""
    monkeypatch.setattr("roundtrip.drive.Drive._wait_for_retry", lambda drive: asyncio.sleep(0))


def asking(fault: str, by_name: bool) -> dict[str, Any]:
    """What of a turn's setup asks for the fault."""
    return {"model": f"sim-large+{fault}"} if by_name else {"headers": (("x-fault", fault),)}


class Simulated:
    """A run against the simulator, and what ran in it."""

    def __init__(
        self, room: Room, simulator: SimulatorThread, sender: Sender | None = None
    ) -> None:
        self.room = room
        room.sender = sender or room.sender
        self.ran: list[tuple[str, dict[str, str]]] = []
        self._target = partial(simulated_target, simulator)
        room.offer(run=self._weather, schema=CITY)
        room.offer("send_email", self._send, schema=EMAIL_SCHEMA)

    def _weather(self, city: str) -> dict[str, str]:
        self.ran.append(("get_weather", {"city": city}))
        return {"city": city, "sky": "sunny", "note": ORDER}

    def _send(self, to: str, body: str) -> str:
        self.ran.append(("send_email", {"to": to, "body": body}))
        return "sent"

    async def ask(
        self, words: str, *, stream: bool, model: str = "sim-large", **setup: Any
    ) -> None:
        usual = self.room.setup(stream=stream)
        options = usual.options.model_copy(update={"model": model})
        changed = usual.model_copy(update={"options": options, "simulated": True, **setup})
        self.room.journal.write(partial(TurnStarted, text=words, setup=changed))
        await self.room.drive(target=self._target).to_the_end()


def check_nothing_is_lost(room: Room) -> None:
    """Every event is kept, every request has one outcome and all its bytes, none holds a trace."""
    events = room.events()
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    sent = [one.exchange for one in room.events(RequestSent)]
    ended = [one.exchange for one in room.events(ReplyReceived, RequestFailed)]
    assert sorted(sent) == sorted(ended)
    for number in sent:
        exchange = room.journal.exchange(number)
        assert exchange is not None and exchange.ended_at is not None
        assert sum(size for _, size in exchange.chunks) == len(exchange.response_body)
        assert first_complaint(room.wire, json.loads(exchange.request_body)) is None
    started = {(one.call, one.seq) for one in room.events(ExecutionStarted)}
    assert len(started) <= len(room.events(ResultRecorded))
    told = "".join(event.model_dump_json() for event in events)
    assert "Traceback" not in told and "site-packages" not in told
    told_of = [step.events for step in room.journal.steps()]
    assert {seq for first, last in told_of for seq in range(first, last + 1)} >= {
        event.seq for event in room.events(RequestFailed, ReplyReceived, ResultRecorded, Stopped)
    }


def check(outcome: Outcome, run: Simulated, fault: str) -> None:
    room, last = run.room, run.room.journal.steps()[-1]
    assert isinstance(next_action(room.journal.state), Done)
    match outcome:
        case Fails():
            check_failures(outcome, room, fault)
        case CallRefused(kind, words):
            refused = room.events(ResultRecorded)[0]
            [row] = [step for step in room.journal.steps() if step.error_kind]
            assert (refused.error_kind, row.error_kind) == (kind, kind)
            assert words in refused.result.text and words in row.text
            assert run.ran == [("get_weather", {"city": "Oslo"})]
            assert last.phase == "answer" and "sunny" in last.text
        case Ends("repetition", words):
            [stopped] = room.events(Stopped)
            assert stopped.reason == "repetition"
            assert last.phase == "error" and words in last.text
        case Ends(signal, words):
            assert room.journal.state.answer is not None
            assert room.journal.state.answer.stop.signal == signal
            assert words in last.text and not run.ran
        case Answers(ran):
            assert [name for name, _ in run.ran] == list(ran)
            assert last.phase == "answer" and not room.events(RequestFailed)


def check_failures(outcome: Fails, room: Room, fault: str) -> None:
    failed, last = room.events(RequestFailed), room.journal.steps()[-1]
    assert len(failed) == len(room.events(RequestSent)) == outcome.tries
    for one in failed:
        assert one.failure.kind == outcome.kind
        assert outcome.words in one.failure.message
        advice = NO_MODEL if fault == "404" else ADVICE[outcome.kind]
        assert one.failure.advice == advice
    assert all(one.retry_in_s is not None for one in failed[:-1])
    assert failed[-1].retry_in_s is None
    assert (failed[-1].partial is not None) == outcome.kept
    assert last.phase == "error" and outcome.words in last.text
    assert (NOT_SENT_BACK in (last.note or "")) == outcome.kept


async def live_through(
    store: Store,
    simulator: SimulatorThread,
    sender: Sender | None,
    wire: str,
    fault: str,
    stream: bool,
    by_name: bool,
) -> None:
    outcome = outcome_of(fault, wire, stream)
    words = WEATHER if fault in KINDS["odd replies"] else JOKE
    async with a_room(store, wire=wire) as room:
        run = Simulated(room, simulator, sender)
        await run.ask(words, stream=stream, **asking(fault, by_name))
        check(outcome, run, fault)
        await run.ask("What is the weather in Paris?", stream=stream)
        answer = room.journal.state.answer
        assert answer is not None and "Paris" in answer.message.text
        assert room.phases[-1] == "answer"
        check_nothing_is_lost(room)


@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("fault", NAMES)
async def test_a_fault_comes_out_as_what_it_is_and_the_next_message_works(
    store: Store,
    simulator: SimulatorThread,
    sender: Sender,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    wire: str,
    stream: bool,
    full: bool,
) -> None:
    kind = next(kind for kind, names in KINDS.items() if fault in names)
    SEEN[kind] += 1
    usual: Sender | None = sender
    if fault == "stall":  # a silence is one after half a second, for clients built from now on
        usual = None
        monkeypatch.setattr("roundtrip.wires.send.TIMEOUT", httpx2.Timeout(5.0, read=0.5))
    for by_name in (False, True) if full else (stream,):
        await live_through(store, simulator, usual, wire, fault, stream, by_name)
    RIGHT[kind] += 1


def test_every_fault_has_an_outcome_here() -> None:
    assert OUTCOMES.keys() == NAMES.keys()


@pytest.mark.parametrize("wire", WIRES)
async def test_a_fault_of_the_first_try_is_over_with_the_second(
    store: Store, simulator: SimulatorThread, wire: str
) -> None:
    """The engine says the same again, to the letter, and so the simulator counts it."""
    for fault in ("408*1", "429*2", "503*1", "reset*2", "refused*1"):
        async with a_room(store, wire=wire) as room:
            run = Simulated(room, simulator)
            await run.ask(WEATHER, stream=True, headers=(("x-fault", fault),))

            # The request with the result is another one: it is struck as often.
            assert len(room.events(RequestFailed)) == 2 * int(fault[-1])
            assert room.phases[-1] == "answer"


@pytest.mark.parametrize("wire", WIRES)
async def test_what_an_injected_result_orders_waits_for_a_person_where_the_tool_asks(
    store: Store, simulator: SimulatorThread, wire: str
) -> None:
    async with a_room(store, wire=wire) as room:
        run = Simulated(room, simulator)
        room.offer("send_email", run._send, schema=EMAIL_SCHEMA, policy="ask")
        await run.ask(WEATHER, stream=True, model="sim-large+obey-injection")

        action = next_action(room.journal.state)
        assert isinstance(action, AwaitApproval)
        assert action.calls[0].call.arguments == OBEYED
        assert [name for name, _ in run.ran] == ["get_weather"]


def test_each_is_right_on_every_wire_streamed_and_not(figures: Figures) -> None:
    for kind in KINDS:
        figures.tell(f"{kind:20} {RIGHT[kind]:4} of {SEEN[kind]} as they should be")
    assert RIGHT == SEEN
