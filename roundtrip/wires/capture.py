"""Capture: what crossed the wire, byte for byte, with secrets taken out before anybody keeps them.

Owns the one place where a request's bytes are seen after the SDK has added its headers and before
they leave. Plugs into the SDK's own HTTP client as event hooks, so proxies, timeouts and transport
stay the SDK's. Does not send (`send.py`) and does not judge (`failures.py`).
"""

from __future__ import annotations

import hashlib
import json
import re
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from typing import Protocol
from urllib.parse import quote

import httpx2

from roundtrip.exchange import Exchange, Headers

REDACTED = "[redacted]"
# By how the name ends, for headers a person or a proxy adds too; counts such as
# `anthropic-ratelimit-tokens-limit` are not among them.
_SECRET_HEADER = re.compile(
    r"(?:^|[-_])(?:authorization|auth|(?:api)?key|token|secret|password|cookie)$", re.IGNORECASE
)
# The shapes providers give their keys. Long enough that no prose is mistaken for one.
_SECRET_SHAPES = re.compile(
    rb"(?<![A-Za-z0-9_-])(?:sk-[A-Za-z0-9_-]{20,}|AIza[A-Za-z0-9_-]{30,}"
    rb"|Bearer\s+[A-Za-z0-9._~+/-]{20,}=*)"
)
_SECRET_QUERY = re.compile(r"([?&](?:key|api_?key|access_token)=)[^&#]*", re.IGNORECASE)
SHORTEST_SECRET = 8
"""A shorter "key" (local servers take any word) is no secret, and starring it out everywhere
would show bytes that never crossed."""

OnLeaving = Callable[[Exchange], Awaitable[None]]
"""Awaited with the request before its first byte leaves: the moment to commit it."""

_CURRENT: ContextVar[Recorder] = ContextVar("recorder")


class Recorder:
    """Records one exchange. Times are seconds since the epoch."""

    def __init__(
        self, number: int, attempt: int, *, secret: str | None, on_leaving: OnLeaving
    ) -> None:
        self._number = number
        self._attempt = attempt
        self._secret = secret.encode() if secret else None
        self._on_leaving = on_leaving
        self._exchange: Exchange | None = None
        self._status: int | None = None
        self._headers: Headers = ()
        self._body = bytearray()
        self._chunks: list[tuple[float, int]] = []
        self._hash = hashlib.sha256()
        self._decoder: _Decoder = _Identity()
        self._ended_at: float | None = None
        self._error: str | None = None

    def begin(self) -> None:
        """From here on, requests of this task are recorded here."""
        _CURRENT.set(self)

    @property
    def size(self) -> int:
        """Bytes of the response so far."""
        return len(self._body)

    @property
    def first_byte_at(self) -> float | None:
        return self._chunks[0][0] if self._chunks else None

    @property
    def status(self) -> int | None:
        return self._status

    @property
    def response_headers(self) -> Headers:
        return self._headers

    def end(self, error: str | None = None) -> None:
        """No more will come; `error` says why, where that was no complete response."""
        self._ended_at, self._error = time.time(), error

    def exchange(self) -> Exchange | None:
        """What is known so far, redacted; None while nothing has left."""
        if self._exchange is None:
            return None
        complete = self._ended_at is not None and self._status is not None
        return Exchange(
            number=self._exchange.number,
            attempt=self._exchange.attempt,
            method=self._exchange.method,
            url=self._exchange.url,
            request_headers=self._exchange.request_headers,
            request_body=self._exchange.request_body,
            request_sha256=self._exchange.request_sha256,
            started_at=self._exchange.started_at,
            status=self._status,
            response_headers=self._headers,
            response_body=redact_body(bytes(self._body), self._secret),
            response_sha256=self._hash.hexdigest() if complete else None,
            chunks=tuple(self._chunks),
            ended_at=self._ended_at,
            error=self._error,
        )

    async def leaving(self, request: httpx2.Request) -> None:
        body = await request.aread()
        self._exchange = Exchange(
            number=self._number,
            attempt=self._attempt,
            method=request.method,
            url=redact_url(str(request.url), self._secret),
            request_headers=redact_headers(request.headers.raw, self._secret),
            request_body=redact_body(body, self._secret),
            request_sha256=hashlib.sha256(body).hexdigest(),
            started_at=time.time(),
        )
        await self._on_leaving(self._exchange)

    async def arriving(self, response: httpx2.Response) -> None:
        self._status = response.status_code
        self._headers = redact_headers(response.headers.raw, self._secret)
        self._decoder = _content_decoder(response.headers.get("content-encoding", ""))
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        response.stream = _Tee(stream, self)

    def take(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        decoded = self._decoder.decompress(chunk)
        self._body += decoded
        self._chunks.append((time.time(), len(decoded)))


async def record_request(request: httpx2.Request) -> None:
    """The request hook of every SDK client."""
    await _CURRENT.get().leaving(request)


async def record_response(response: httpx2.Response) -> None:
    """The response hook of every SDK client."""
    await _CURRENT.get().arriving(response)


def redact_headers(raw: list[tuple[bytes, bytes]], secret: bytes | None) -> Headers:
    """Headers as they cross, without the secrets among them."""
    return tuple(
        (
            name.decode("latin-1"),
            REDACTED
            if _SECRET_HEADER.search(name.decode("latin-1"))
            else redact_body(value, secret).decode("latin-1"),
        )
        for name, value in raw
    )


def redact_url(url: str, secret: bytes | None) -> str:
    url = _SECRET_QUERY.sub(rf"\g<1>{REDACTED}", url)
    return redact_body(url.encode(), secret).decode()


def redact_body(body: bytes, secret: bytes | None) -> bytes:
    """The body with keys starred out. It keeps its length, so the times of its chunks stay true."""
    for spelled in _spellings(secret):
        body = body.replace(spelled, b"*" * len(spelled))
    return _SECRET_SHAPES.sub(lambda match: b"*" * len(match[0]), body)


def _spellings(secret: bytes | None) -> set[bytes]:
    """A key as it is, as JSON quotes it, and as an address does."""
    if secret is None or len(secret) < SHORTEST_SECRET:
        return set()
    text = secret.decode()
    return {secret, json.dumps(text)[1:-1].encode(), quote(text, safe="").encode()}


class _Tee(httpx2.AsyncByteStream):
    """Passes a response on as it comes, and tells the recorder."""

    def __init__(self, stream: httpx2.AsyncByteStream, recorder: Recorder) -> None:
        self._stream = stream
        self._recorder = recorder

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            self._recorder.take(chunk)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Decoder(Protocol):
    def decompress(self, data: bytes) -> bytes: ...


class _Identity:
    def decompress(self, data: bytes) -> bytes:
        return data


class _Lenient:
    """Undoes an encoding; what is not encoded as it says is kept as it crossed."""

    def __init__(self, decoder: _Decoder) -> None:
        self._decoder = decoder

    def decompress(self, data: bytes) -> bytes:
        try:
            return self._decoder.decompress(data)
        except zlib.error:
            self._decoder = _Identity()
            return data


def _content_decoder(encoding: str) -> _Decoder:
    # We ask for `identity`; a proxy that compresses all the same does so with gzip.
    if encoding.strip().lower() in ("gzip", "deflate"):
        return _Lenient(zlib.decompressobj(32 + zlib.MAX_WBITS))  # 32: told by the first bytes
    return _Identity()
