"""Every way a request can fail, through the real SDK: a step with a kind out of a closed set."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import zlib
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import httpx2
import pytest

from roundtrip.events import Failure, ReplyReceived, RequestFailed, RequestSent
from roundtrip.loop import Done, next_action
from roundtrip.store import Store
from roundtrip.wires import failures
from roundtrip.wires.failures import ADVICE, LONGEST_WAIT_S, RETRIES, retry_wait
from roundtrip.wires.wire import wire_named
from tests.drive.driving import (
    KEY,
    Answer,
    a_room,
    call,
    chunk,
    closes,
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


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("answer", "kind", "words", "tries"),
    [
        (refuses(400, "invalid_request_error", "max_tokens: too big"), "bad_request", "too big", 1),
        (refuses(401, "authentication_error", "invalid x-api-key"), "auth", "x-api-key", 1),
        (refuses(403, "permission_error", "not for you"), "auth", "not for you", 1),
        (refuses(404, "not_found_error", "no such path"), "bad_request", "no such path", 1),
        (sends(404, b'{"detail":"Not Found"}'), "protocol", "Not Found", 1),
        (sends(405, b"Method Not Allowed", content_type="text/plain"), "protocol", "405", 1),
        (refuses(408, "timeout_error", "too slow"), "timeout", "too slow", 3),
        (refuses(409, "conflict_error", "busy"), "bad_request", "busy", 3),
        (refuses(413, "request_too_large", "too large"), "bad_request", "too large", 1),
        (refuses(429, "rate_limit_error", "too fast", retry_after="1"), "rate_limit", "fast", 3),
        (refuses(500, "api_error", "broke"), "server", "broke", 3),
        (refuses(529, "overloaded_error", "Overloaded"), "overloaded", "Overloaded", 3),
        (sends(502, HTML, content_type="text/html"), "server", "hotel", 3),
        (sends(500, b""), "server", "500", 3),
        (closes, "network", "lost", 3),
    ],
)
async def test_a_refusal_is_a_step_in_the_providers_words(
    store: Store, answer: Answer, kind: str, words: str, tries: int, stream: bool
) -> None:
    async with a_room(store, answer) as room:
        await room.to_the_end(stream=stream)

        failed = room.events(RequestFailed)
        assert len(failed) == len(room.events(RequestSent)) == tries
        assert [one.exchange for one in failed] == list(range(1, tries + 1))
        last = failed[-1]
        assert last.failure.kind == kind
        assert words in last.failure.message
        assert last.failure.advice == ADVICE[last.failure.kind]
        assert last.retry_in_s is None
        assert all(one.retry_in_s is not None for one in failed[:-1])
        assert isinstance(next_action(room.journal.state), Done)
        for number in range(1, tries + 1):
            exchange = room.journal.exchange(number)
            assert exchange is not None
            assert exchange.ended_at is not None
            assert (exchange.attempt, exchange.error) == (number, last.failure.message)
        assert len({asked.raw for asked in room.provider.asked}) == 1

        room.provider.answers = [OK]
        await room.to_the_end("And now?")
        assert room.journal.state.answer is not None


async def test_a_model_that_is_not_there_is_told_apart_from_a_bad_request(store: Store) -> None:
    async with a_room(store, refuses(404, "not_found_error", "model: nope")) as room:
        await room.to_the_end()

        [failed] = room.events(RequestFailed)
        assert failed.failure.message == "model: nope"
        assert "This model does not exist at this address" in failed.failure.advice


@pytest.mark.parametrize(
    ("answer", "kind", "words", "kept"),
    [
        (streams(STREAM[:6], then="cut"), "network", "lost", True),
        (streams(STREAM[:6], then="stall"), "timeout", "No answer", True),
        (streams(STREAM[:6]), "incomplete", "without a finish signal", True),
        (streams([]), "incomplete", "without a finish signal", False),
        (streams([*STREAM[:6], b'data: {"type": "content_bl']), "incomplete", "finish", True),
        (streams([*STREAM[:6], ERROR_EVENT]), "overloaded", "Overloaded", True),
        (streams([*STREAM[:6], b"data: {nonsense\n\n"]), "protocol", "not JSON", True),
        (sends(200, HTML, content_type="text/html"), "protocol", "hotel", False),
        (sends(200, b""), "protocol", "empty", False),
        (sends(200, b'{"hello": "world"}'), "protocol", "hello", False),
        (
            sends(307, b"", location="http://elsewhere.example/"),
            "protocol",
            "elsewhere.example",
            False,
        ),
    ],
)
async def test_a_broken_reply_keeps_what_came_and_is_not_asked_for_again(
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
    answer: Answer,
    kind: str,
    words: str,
    kept: bool,
) -> None:
    monkeypatch.setattr("roundtrip.wires.send.TIMEOUT", httpx2.Timeout(0.3))
    async with a_room(store, answer) as room:
        await room.to_the_end()

        [failed] = room.events(RequestFailed)
        assert failed.failure.kind == kind
        assert words in failed.failure.message
        assert failed.retry_in_s is None
        assert (failed.partial is not None) == kept
        if kept:
            assert failed.partial.message.text.startswith("Cold")
        assert room.journal.steps()[-1].phase == "error"

        room.provider.answers = [OK]
        room.go_on()
        await room.drive().to_the_end()
        assert room.journal.state.answer is not None
        assert room.journal.state.round_trip == 1
        assert [m["role"] for m in room.provider.asked[-1].body["messages"]] == ["user"]


async def test_an_error_told_before_any_word_is_tried_again(store: Store) -> None:
    async with a_room(store, streams([STREAM[0], ERROR_EVENT]), OK) as room:
        await room.to_the_end()

        assert room.journal.state.answer is not None
        assert room.lines[2:4] == [
            room.lines[2],
            "ask: POST /v1/messages: the question (attempt 2)",
        ]
        assert room.lines[2].startswith("error: Overloaded. Trying again in ")


async def test_a_refused_connection_is_a_network_failure(store: Store) -> None:
    async with a_room(store) as room:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        await room.to_the_end(base_url=f"http://127.0.0.1:{port}")

        failed = room.events(RequestFailed)
        assert [one.failure.kind for one in failed] == ["network"] * (RETRIES + 1)
        assert "cannot be reached" in failed[-1].failure.message


async def test_a_body_that_breaks_off_is_a_network_failure(store: Store) -> None:
    async def half(asked: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + b'{"type": "mess')
        await writer.drain()
        writer.transport.abort()

    async with a_room(store, half, OK) as room:
        await room.to_the_end(stream=False)

        assert [one.failure.kind for one in room.events(RequestFailed)] == ["network"]
        assert room.journal.state.answer is not None


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
        ("1", 1, 1),
        ("3600", LONGEST_WAIT_S, LONGEST_WAIT_S),
        (lambda: formatdate(time.time() + 12, usegmt=True), 10, 12),
        ("soon", 0.3, 0.7),
        ("nan", 0.3, 0.7),
        ("-5", 0, 0),
    ],
)
async def test_the_wait_is_what_the_provider_asks_for_within_half_a_minute(
    store: Store, header: str | Callable[[], str], at_least: float, at_most: float
) -> None:
    said = header if isinstance(header, str) else header()
    busy = refuses(429, "rate_limit_error", "too fast", retry_after=said)
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
