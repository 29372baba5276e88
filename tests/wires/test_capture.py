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
from roundtrip.wires.capture import (
    REDACTED,
    Recorder,
    record_request,
    record_response,
    redact_body,
    redact_headers,
    redact_url,
)

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


def test_headers_are_kept_in_order_and_spelling_without_their_secrets() -> None:
    raw = [(b"X-Api-Key", KEY.encode()), (b"x-Twice", b"1"), (b"x-Twice", b"2")]
    raw += [(b"Set-Cookie", b"a=b"), (b"x-echo", f"you sent {KEY}".encode())]

    assert redact_headers(raw, KEY.encode()) == (
        ("X-Api-Key", REDACTED),
        ("x-Twice", "1"),
        ("x-Twice", "2"),
        ("Set-Cookie", REDACTED),
        ("x-echo", "you sent " + "*" * len(KEY)),
    )


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("authorization", True),
        ("Proxy-Authorization", True),
        ("x-goog-api-key", True),
        ("apikey", True),
        ("x-auth-token", True),
        ("cf-access-client-secret", True),
        ("Cookie", True),
        ("anthropic-ratelimit-tokens-remaining", False),
        ("x-request-id", False),
        ("www-authenticate", False),
        ("monkey", False),
    ],
)
def test_a_secret_header_is_known_by_its_name(name: str, is_secret: bool) -> None:
    [(_, value)] = redact_headers([(name.encode(), b"some words")], None)

    assert (value == REDACTED) == is_secret


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefghijklmnopqrstuvwx",
        "sk-ant-api03-abcdefghijklmnopqrstuvwx_yz-0",
        "AIzaSyA-abcdefghijklmnopqrstuvwxyz012345",
        "Bearer abcdefghijklmnopqrstuvwxyz",
    ],
)
def test_what_looks_like_anybodys_key_is_starred_out_too(secret: str) -> None:
    body = f'{{"text": "mine is {secret}, yes"}}'.encode()

    assert secret.encode() not in redact_body(body, None)
    assert len(redact_body(body, None)) == len(body)


@pytest.mark.parametrize("words", ["ask-a-question-about-the-weather-in-oslo", "sk-short", "AIza"])
def test_prose_is_no_key(words: str) -> None:
    assert redact_body(words.encode(), None) == words.encode()


def test_a_word_that_serves_as_a_key_of_a_local_server_is_not_starred_out() -> None:
    assert redact_body(b'{"model": "ollama"}', b"ollama") == b'{"model": "ollama"}'


def test_a_key_in_an_address_is_taken_out() -> None:
    plain = "https://api.example/v1/models?key=secret&alt=sse"

    assert redact_url(plain, None) == f"https://api.example/v1/models?key={REDACTED}&alt=sse"
    assert KEY not in redact_url(f"https://{KEY}@api.example/x?API_KEY={KEY}", KEY.encode())


def test_a_key_is_starred_out_in_any_spelling() -> None:
    key = 'pass"word/with\\signs'
    said = rb'{"a": "pass\"word/with\\signs", "b": "pass%22word%2Fwith%5Csigns"}'

    assert b"signs" not in redact_body(said, key.encode())


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
