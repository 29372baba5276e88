"""Every fault of the table, on every wire, streamed and not, through the real SDKs."""

from __future__ import annotations

import asyncio
import json
import random
from collections import defaultdict

import httpx2
import pytest

from roundtrip.events import ExecutionStarted, ReplyReceived, RequestFailed, RequestSent
from roundtrip.lines import NOT_SENT_BACK
from roundtrip.loop import Done, next_action
from roundtrip.store import Store
from roundtrip.wires.failures import ADVICE, NO_MODEL
from roundtrip.wires.retries import RETRIES
from roundtrip.wires.wire import WIRES
from tests.drive.driving import Answer, Asked, Room, a_room, call, reply, says, streams, text
from tests.drive.faults import CASES, FAULTS, SAID, Fault, begun, breaks
from tests.figures import Figures
from tests.first_complaint import first_complaint

pytestmark = pytest.mark.anyio

OK = says(text("Sunny."))
POLICY = ((0.375, 0.625), (0.75, 1.25))
"""The waits before the second and the third try, where no provider says one; in seconds."""


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are computed as ever and looked at, not waited for."""
    monkeypatch.setattr("roundtrip.drive.Drive._wait_for_retry", lambda drive: asyncio.sleep(0))


def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A silence is one after half a second."""
    monkeypatch.setattr("roundtrip.wires.send.TIMEOUT", httpx2.Timeout(5.0, read=0.5))


def named(case: tuple[Fault, bool]) -> str:
    fault, stream = case
    return f"{fault.name}, {'streamed' if stream else 'whole'}"


def check_failures(room: Room, fault: Fault) -> None:
    """The failure is told in the provider's words, as often as it was tried, and ends the turn."""
    failed = room.events(RequestFailed)
    sent = room.events(RequestSent)
    assert len(failed) == len(sent) == fault.tries == len(room.provider.asked)
    assert [one.attempt for one in sent] == list(range(1, fault.tries + 1))
    assert [one.exchange for one in failed] == list(range(1, fault.tries + 1))
    assert len({asked.raw for asked in room.provider.asked}) == 1
    for one in failed:
        assert one.failure.kind == fault.kind
        assert fault.words in one.failure.message
        assert "Traceback" not in one.failure.message
        assert one.failure.advice in (ADVICE[fault.kind or "server"], NO_MODEL)
        assert (one.failure.advice == NO_MODEL) == (fault.name == "404 model")
    assert failed[-1].retry_in_s is None
    for (least, longest), one in zip(POLICY, failed[:-1], strict=False):
        least, longest = fault.waits or (least, longest)
        assert least <= one.retry_in_s <= longest
    assert isinstance(next_action(room.journal.state), Done)
    assert room.journal.steps()[-1].phase == "error"
    assert fault.words in room.journal.steps()[-1].text


def check_exchanges(room: Room, fault: Fault) -> None:
    """Every attempt is an exchange of its own, and every byte that arrived is in it."""
    for number, asked in enumerate(room.provider.asked, 1):
        exchange = room.journal.exchange(number)
        assert exchange is not None
        assert exchange.ended_at is not None
        assert exchange.attempt == number
        assert exchange.error is not None
        assert exchange.request_body == asked.raw
        assert exchange.response_body.startswith(asked.told)
        assert sum(size for _, size in exchange.chunks) == len(exchange.response_body)
    partial = room.events(RequestFailed)[-1].partial
    assert (partial is not None) == fault.kept
    if partial is not None:
        assert SAID.startswith(partial.message.text)
        assert "wet" in partial.message.text
        assert partial.message.text.strip() in room.journal.steps()[-1].text
        assert NOT_SENT_BACK in (room.journal.steps()[-1].note or "")


async def try_again(room: Room) -> None:
    """As the person may: the whole request goes out anew, as it was."""
    first, failed = room.provider.asked[0].raw, len(room.provider.asked)
    await go_on(room)
    assert [asked.raw for asked in room.provider.asked[failed:]] == [first]
    assert room.journal.state.round_trip == 1


async def go_on(room: Room) -> None:
    room.provider.answers = [OK]
    room.go_on()
    await room.drive().to_the_end()
    assert room.journal.state.answer is not None


async def ask_something_else(room: Room, stream: bool) -> None:
    """The next message works, what is sent then is legal, and broken words are not in it."""
    room.provider.answers = [OK]
    await room.to_the_end("And now?", stream=stream)
    assert room.complaint is None
    assert room.journal.state.answer is not None
    assert room.journal.state.answer.message.text == "Sunny."


async def live_through(store: Store, wire: str, fault: Fault, stream: bool) -> None:
    async with a_room(store, fault.answer, wire=wire) as room:
        await room.to_the_end(stream=stream)
        if fault.kind is None:
            [received] = room.events(ReplyReceived)
            assert received.reply.message.text == SAID
            exchange = room.journal.exchange(1)
            assert exchange is not None
            assert b"Cold" in exchange.response_body
        else:
            check_failures(room, fault)
            check_exchanges(room, fault)
            await (ask_something_else(room, stream) if fault.kept else try_again(room))
            assert b"Cold" not in room.provider.asked[-1].raw
        await ask_something_else(room, stream)


OUTCOMES: dict[tuple[str, str], dict[str, bool]] = defaultdict(dict)
"""By fault and wire: streamed and whole, whether it went as the table says."""


@pytest.mark.parametrize("case", CASES, ids=named)
@pytest.mark.parametrize("wire", WIRES)
async def test_a_fault_is_told_in_the_providers_words_and_survived(
    store: Store, monkeypatch: pytest.MonkeyPatch, wire: str, case: tuple[Fault, bool]
) -> None:
    fault, stream = case
    if fault.name == "stall":
        impatient(monkeypatch)
    outcomes, how = OUTCOMES[fault.name, wire], "streamed" if stream else "whole"
    outcomes[how] = False
    await live_through(store, wire, fault, stream)
    outcomes[how] = True


async def test_what_broke_off_is_asked_for_anew_as_a_whole(store: Store) -> None:
    for wire in WIRES:
        async with a_room(store, breaks("cut"), wire=wire) as room:
            await room.to_the_end()
            await try_again(room)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("wire", WIRES)
async def test_a_connection_that_is_refused_is_a_network_failure(
    store: Store, wire: str, stream: bool
) -> None:
    async with a_room(store, OK, wire=wire) as room:
        await room.to_the_end(base_url=await an_address_without_a_server(), stream=stream)

        failed = room.events(RequestFailed)
        assert [one.failure.kind for one in failed] == ["network"] * (RETRIES + 1)
        assert "cannot be reached" in failed[-1].failure.message
        await ask_something_else(room, stream)


async def an_address_without_a_server() -> str:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    return f"http://127.0.0.1:{port}"


PIECE = {"jsonPath": "$.city", "stringValue": "Oslo, the", "willContinue": True}
HALF_A_CALL = {"name": "get_weather", "partialArgs": [PIECE], "willContinue": True}


def in_a_call(then: str) -> Answer:
    """A stream that breaks in the arguments of a call."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.wire == "gemini":  # tells calls whole, unless it is asked for pieces as Vertex is
            content = {"role": "model", "parts": [{"functionCall": HALF_A_CALL}]}
            told = json.dumps({"candidates": [{"content": content}]})
            pieces = [f"data: {told}\n\n".encode()]
        else:
            pieces = begun(reply(call(city="Oslo, the capital of Norway")), asked.wire, "Oslo")
        await streams(pieces, then=then)(asked, writer)

    return answer


@pytest.mark.parametrize("then", ["cut", "stall", "end"])
@pytest.mark.parametrize("wire", WIRES)
async def test_a_call_that_broke_off_is_never_run(
    store: Store, monkeypatch: pytest.MonkeyPatch, wire: str, then: str
) -> None:
    if then == "stall":
        impatient(monkeypatch)
    ran: list[str] = []
    async with a_room(store, in_a_call(then), wire=wire) as room:
        room.offer(run=lambda city: ran.append(city))
        await room.to_the_end()

        [failed] = room.events(RequestFailed)
        assert failed.retry_in_s is None
        [half] = failed.partial.message.calls
        assert half.name == "get_weather"
        assert half.arguments is None
        assert "get_weather(" in room.journal.steps()[-1].text
        assert not room.events(ExecutionStarted)
        assert not room.journal.state.pending
        await ask_something_else(room, stream=True)
        assert b"Oslo" not in room.provider.asked[-1].raw
    assert not ran


@pytest.mark.parametrize("wire", WIRES)
async def test_a_conversation_with_a_fault_in_every_turn_goes_on(
    store: Store, monkeypatch: pytest.MonkeyPatch, wire: str, sample: random.Random, full: bool
) -> None:
    impatient(monkeypatch)
    async with a_room(store, OK, wire=wire) as room:
        room.offer(run=lambda city: "rain")
        for number, (fault, stream) in enumerate(sample.sample(CASES, len(CASES) if full else 6)):
            asks = says(text("Let me look."), call(id=f"call_{number}", city=f"Oslo {number}"))
            room.provider.answers = [asks, fault.answer]
            await room.to_the_end(f"Question {number}", stream=stream)
            assert (room.journal.state.failed is None) == (fault.kind is None)
            if room.journal.state.failed and sample.random() < 0.5:
                await go_on(room)
        await ask_something_else(room, stream=True)
        for asked in room.provider.asked:
            assert first_complaint(wire, asked.body) is None


def test_the_table_holds_on_every_wire(figures: Figures) -> None:
    figures.tell(f"{'':20} " + " ".join(f"{wire:16}" for wire in WIRES))
    for name in dict.fromkeys(fault.name for fault in FAULTS):
        told = [_in_words(OUTCOMES.get((name, wire), {})) for wire in WIRES]
        figures.tell(f"{name:20} " + " ".join(f"{words:16}" for words in told))
    wrong = [key for key, outcomes in OUTCOMES.items() if not all(outcomes.values())]
    assert not wrong


def _in_words(outcomes: dict[str, bool]) -> str:
    return " ".join(how if held else f"NOT {how}" for how, held in outcomes.items())
