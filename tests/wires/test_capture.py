"""What is kept of an exchange is what crossed the wire, but for the secrets in it."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import zlib
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.exchange import Exchange
from roundtrip.wires.capture import Recorder, record_request, record_response
from roundtrip.wires.redact import REDACTED

KEY = "sk-ant-canary-0123456789abcdefghij"
PIECES = st.lists(st.binary(max_size=40), max_size=8)


class Pieces(httpx2.AsyncByteStream):
    def __init__(self, pieces: Sequence[bytes]) -> None:
        self.pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece


def exchanged(
    pieces: Sequence[bytes],
    *,
    secret: str | None = KEY,
    request: bytes = b"{}",
    headers: dict[str, str] | None = None,
    url: str = "http://api.example/v1/messages",
) -> tuple[Exchange, bytes]:
    """What a real client's hooks record, and what the caller read."""

    async def story() -> tuple[Exchange, bytes]:
        committed: list[Exchange] = []

        async def leaving(exchange: Exchange) -> None:
            committed.append(exchange)

        async def answer(asked: httpx2.Request) -> httpx2.Response:
            assert committed, "committed before it leaves"
            return httpx2.Response(200, headers=headers, stream=Pieces(pieces))

        recorder = Recorder(1, 1, secret=secret, on_leaving=leaving)
        hooks = {"request": [record_request], "response": [record_response]}
        transport = httpx2.MockTransport(answer)
        async with httpx2.AsyncClient(transport=transport, event_hooks=hooks) as client:
            recorder.begin()
            sent = {"authorization": f"Bearer {KEY}", "x-mine": "1", "X-Api-Key": KEY}
            response = await client.post(url, content=request, headers=sent)
        recorder.end()
        found = recorder.exchange()
        assert found is not None
        assert found.request_body == committed[0].request_body
        return found, response.content

    return asyncio.run(story())


@given(PIECES, st.binary(max_size=60))
def test_bodies_are_kept_byte_for_byte(pieces: list[bytes], request: bytes) -> None:
    exchange, read = exchanged(pieces, request=request)

    assert exchange.response_body == read == b"".join(pieces)
    assert exchange.request_body == request
    assert exchange.request_sha256 == hashlib.sha256(request).hexdigest()
    assert exchange.response_sha256 == hashlib.sha256(read).hexdigest()
    assert sum(size for _, size in exchange.chunks) == len(read)
    times = [at for at, _ in exchange.chunks]
    assert times == sorted(times)


@given(
    st.binary(max_size=400),
    st.lists(st.integers(0, 400), max_size=5),
    st.sampled_from(["gzip", "deflate"]),
)
def test_a_compressed_body_is_kept_as_it_reads_and_hashed_as_it_crossed(
    body: bytes, cuts: list[int], encoding: str
) -> None:
    crossed = gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
    ends = [0, *sorted(cut % (len(crossed) + 1) for cut in cuts), len(crossed)]
    pieces = [crossed[begin:end] for begin, end in pairwise(ends)]
    exchange, read = exchanged(pieces, headers={"content-encoding": encoding})

    assert exchange.response_body == read == body
    assert exchange.response_sha256 == hashlib.sha256(crossed).hexdigest()
    assert sum(size for _, size in exchange.chunks) == len(body)


def test_a_body_that_is_not_compressed_as_it_says_is_kept_as_it_crossed() -> None:
    async def story() -> bytes:
        async def leaving(exchange: Exchange) -> None: ...

        recorder = Recorder(1, 1, secret=None, on_leaving=leaving)
        await recorder.leaving(httpx2.Request("POST", "http://api.example/", content=b"{}"))
        says_gzip = {"content-encoding": "gzip"}
        await recorder.arriving(httpx2.Response(200, headers=says_gzip, stream=Pieces([])))
        recorder.take(b"plain ")
        recorder.take(b"words")
        found = recorder.exchange()
        return found.response_body if found else b""

    assert asyncio.run(story()) == b"plain words"


@given(st.integers(0, len(KEY)), st.binary(max_size=20), st.binary(max_size=20))
def test_a_key_is_starred_out_wherever_it_is_cut(at: int, before: bytes, after: bytes) -> None:
    key = KEY.encode()
    exchange, read = exchanged([before + key[:at], key[at:] + after], request=before + key)

    assert key in read
    assert key not in exchange.response_body + exchange.request_body
    assert len(exchange.response_body) == len(read)
    assert sum(size for _, size in exchange.chunks) == len(read)


def test_headers_of_the_environment_are_kept_without_their_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They may be called anything: `X-Gateway`. An echo is starred out like the key's."""
    given = "X-Mine: 1\nX-Gateway: gateway-password\nX-Auth-By: Bearer a-gateways-word"
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", given)
    exchange, _ = exchanged([b"you are gateway-password, or a-gateways-word"])

    assert ("x-mine", REDACTED) in exchange.request_headers
    assert exchange.response_body == b"you are " + b"*" * 16 + b", or " + b"*" * 15


def test_the_hash_of_a_response_waits_for_its_end() -> None:
    async def story() -> None:
        async def leaving(exchange: Exchange) -> None:
            assert exchange.response_sha256 is None

        recorder = Recorder(1, 1, secret=None, on_leaving=leaving)
        assert recorder.exchange() is None
        await recorder.leaving(httpx2.Request("POST", "http://api.example/", content=b"{}"))
        response = httpx2.Response(200, stream=Pieces([b"half"]))
        await recorder.arriving(response)
        recorder.take(b"half")
        found = recorder.exchange()
        assert found is not None
        assert (found.response_body, found.response_sha256) == (b"half", None)

    asyncio.run(story())
