"""What a failure does not do: lose a reply, wait for ever, show a key, end somebody else's reply.

The table of faults itself is `test_every_fault.py`'s.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from typing import Any

import pytest

from roundtrip.events import Failure, ReplyReceived, RequestFailed
from roundtrip.store import Store
from roundtrip.wires import failures
from roundtrip.wires.failures import ADVICE
from roundtrip.wires.retries import retry_wait
from roundtrip.wires.wire import wire_named
from tests.drive.driving import (
    KEY,
    a_room,
    call,
    chunk,
    events_of,
    refuses,
    reply,
    says,
    sends,
    streams,
    text,
)

pytestmark = pytest.mark.anyio

OK = says(text("Sunny."))
STREAM = [event.encode() for event in events_of(reply(text("Cold and wet and dark.")))]
HTML = (
    b"<html><head><title>Sign in</title></head><body>Welcome to the hotel's network</body></html>"
)
ERROR_EVENT = (
    b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error",'
    b'"message":"Overloaded"}}\n\n'
)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits are computed as ever and looked at, not waited for."""
    monkeypatch.setattr(
        "roundtrip.drive.Drive._wait_for_retry", lambda drive: asyncio.sleep(0), raising=True
    )


async def test_an_error_told_before_any_word_is_tried_again(store: Store) -> None:
    async with a_room(store, streams([STREAM[0], ERROR_EVENT]), OK) as room:
        await room.to_the_end()

        assert room.journal.state.answer is not None
        assert room.lines[2:4] == [
            room.lines[2],
            "ask: POST /v1/messages: the question (attempt 2)",
        ]
        assert room.lines[2].startswith("error: Overloaded. Tried again after ")


async def test_a_reply_that_was_whole_before_the_connection_broke_is_an_answer(
    store: Store,
) -> None:
    async with a_room(store, streams(STREAM, then="cut")) as room:
        await room.to_the_end()

        assert room.journal.state.answer is not None
        exchange = room.journal.exchange(1)
        assert exchange is not None
        assert exchange.error is not None


async def test_a_whole_last_event_without_its_empty_line_counts(store: Store) -> None:
    open_end = [*STREAM[:-1], STREAM[-1].rstrip(b"\n")]
    async with a_room(store, streams(open_end)) as room:
        await room.to_the_end()

        assert room.journal.state.answer is not None


async def test_the_whole_call_has_a_limit_of_its_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roundtrip.drive.CALL_LIMIT_S", 0.3)

    async def drips(asked: Any, writer: asyncio.StreamWriter) -> None:
        await streams(STREAM[:6], then="end")(asked, _Endless(writer))  # type: ignore[arg-type]

    class _Endless:
        """Never lets a stream end: comments keep the line from being silent."""

        def __init__(self, writer: asyncio.StreamWriter) -> None:
            self.writer = writer

        def write(self, data: bytes) -> None:
            self.writer.write(b"" if data == b"0\r\n\r\n" else data)

        async def drain(self) -> None:
            await self.writer.drain()

    async def never_ends(asked: Any, writer: asyncio.StreamWriter) -> None:
        await drips(asked, writer)
        while True:
            await chunk(writer, b": still here\n\n")
            await asyncio.sleep(0.02)

    async with a_room(store, never_ends) as room:
        began = time.monotonic()
        await room.to_the_end()

        [failed] = room.events(RequestFailed)
        assert failed.failure.kind == "timeout"
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("header", "at_least", "at_most"),
    [
        ("soon", 0.3, 0.7),
        ("nan", 0.3, 0.7),
        ("-5", 0, 0),
    ],
)
async def test_a_wait_that_makes_no_sense_is_not_waited_for(
    store: Store, header: str, at_least: float, at_most: float
) -> None:
    busy = refuses(429, "rate_limit_error", "too fast", retry_after=header)
    async with a_room(store, busy, OK) as room:
        await room.to_the_end()

        [failed] = room.events(RequestFailed)
        assert at_least <= failed.retry_in_s <= at_most


def test_waits_grow_and_end() -> None:
    failure = Failure(kind="server", message="broke", advice="", status=500)
    waits = [retry_wait(failure, attempt, output_seen=False) for attempt in (1, 2, 3)]

    assert waits[0] is not None and 0.375 <= waits[0] <= 0.625
    assert waits[1] is not None and 0.75 <= waits[1] <= 1.25
    assert waits[2] is None
    assert retry_wait(failure, 1, output_seen=True) is None


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_compressed_reply_is_read_and_kept_as_text(store: Store, encoding: str) -> None:
    squeeze = gzip.compress if encoding == "gzip" else zlib.compress
    whole = squeeze(b"".join(STREAM))
    pieces = [whole[at : at + 20] for at in range(0, len(whole), 20)]
    async with a_room(store, streams(pieces, content_encoding=encoding)) as room:
        await room.to_the_end()

        exchange = room.journal.exchange(1)
        assert exchange is not None
        assert exchange.response_body == b"".join(STREAM)
        assert sum(size for _, size in exchange.chunks) == len(exchange.response_body)
        assert room.events(ReplyReceived)


async def test_the_key_is_in_no_event_and_no_exchange(store: Store) -> None:
    echo = json.dumps({"type": "error", "error": {"type": "x", "message": f"bad {KEY}"}})
    split = [*STREAM[:5], b": " + KEY[:9].encode(), KEY[9:].encode() + b"\n\n", *STREAM[5:]]
    for answer in (sends(400, echo.encode(), x_echo=KEY), streams(split)):
        async with a_room(store, answer) as room:
            await room.to_the_end()

            assert room.provider.asked[0].headers["authorization"] == f"Bearer {KEY}"
            exchange = room.journal.exchange(1)
            assert KEY not in repr(exchange)
            assert KEY not in repr(room.events())
            assert KEY not in repr(room.journal.steps())


async def test_more_targets_than_clients_are_kept_do_not_end_each_others_replies(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roundtrip.wires.send.CLIENTS_KEPT", 1)
    release = asyncio.Event()

    async def slow(asked: Any, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        await OK(asked, writer)

    async with a_room(store, slow) as room, a_room(store, OK) as other:
        other.sender = room.sender
        task = asyncio.create_task(room.to_the_end())
        while not room.provider.asked:
            await asyncio.sleep(0.005)
        await other.to_the_end()
        release.set()
        await task

        assert room.journal.state.answer is not None
        assert other.journal.state.answer is not None
        assert len(room.sender._clients) <= 2


@pytest.mark.parametrize("halves", ["\\ud83d", "\\ude00", "a\\udfff b"])
@pytest.mark.parametrize("stream", [True, False])
async def test_half_a_character_in_a_reply_does_not_end_the_run(
    store: Store, halves: str, stream: bool
) -> None:
    said = call(city="XX"), text("XX")
    if stream:
        pieces = [
            event.encode().replace(b"XX", halves.encode()) for event in events_of(reply(*said))
        ]
        broken = streams(pieces)
    else:
        body = wire_named("anthropic").encode_reply(reply(*said), stream=False)
        assert isinstance(body, bytes)
        broken = sends(200, body.replace(b"XX", halves.encode()))
    async with a_room(store, broken, OK) as room:
        room.offer(run=lambda city: city)
        await room.to_the_end(stream=stream)

        assert room.journal.state.answer is not None
        assert "\ufffd" in room.provider.asked[1].raw.decode()
        assert halves.encode() in room.journal.exchange(1).response_body  # type: ignore[union-attr]


async def test_a_character_told_in_two_halves_is_one_character(store: Store) -> None:
    pieces = [event.encode() for event in events_of(reply(text("Left Right")))]
    pieces = [piece.replace(b'"Left "', b'"\\ud83d"') for piece in pieces]
    pieces = [piece.replace(b'"Right"', b'"\\ude00"') for piece in pieces]
    async with a_room(store, streams(pieces)) as room:
        await room.to_the_end()

        assert room.journal.state.messages[-1].text == "\U0001f600"


async def test_half_a_character_in_a_refusal_is_told_too(store: Store) -> None:
    body = b'{"type":"error","error":{"type":"invalid_request_error","message":"no \\ud83d"}}'
    async with a_room(store, sends(400, body)) as room:
        await room.to_the_end()

        assert room.journal.state.failed is not None
        assert room.journal.state.failed.failure.message == "no \ufffd"


def test_every_kind_has_advice() -> None:
    assert set(ADVICE) == set(Failure.model_fields["kind"].annotation.__args__)  # type: ignore[union-attr]
    assert all(advice.endswith(".") for advice in ADVICE.values())
    assert failures.incomplete().kind == "incomplete"
