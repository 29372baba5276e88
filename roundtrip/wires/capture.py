"""Capture: what crossed the wire, byte for byte, with secrets taken out before anybody keeps them.

Owns the one place where a request's bytes are seen after the SDK has added its headers and before
they leave. Plugs into the SDK's own HTTP client as event hooks, so proxies, timeouts and transport
stay the SDK's. Does not send (`send.py`), does not judge (`failures.py`) and does not know what a
secret is (`redact.py`).
"""

from __future__ import annotations

import hashlib
import os
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextvars import ContextVar
from typing import Protocol

import httpx2

from roundtrip.exchange import Exchange, Headers
from roundtrip.wires.redact import (
    environment_headers,
    redact_body,
    redact_headers,
    redact_url,
    secrets_of,
)

OnLeaving = Callable[[Exchange], Awaitable[None]]
"""Awaited with the request before its first byte leaves: the moment to commit it."""

_CURRENT: ContextVar[Recorder] = ContextVar("recorder")


class TooLong(Exception):
    """More came than whoever asked has a use for."""


class Recorder:
    """Records one exchange. Times are seconds since the epoch."""

    def __init__(
        self,
        number: int,
        attempt: int,
        *,
        secret: str | None,
        on_leaving: OnLeaving,
        longest: int | None = None,
    ) -> None:
        """`longest`: bytes of a response after which it is given up as `TooLong`."""
        self._longest = longest
        self._number = number
        self._attempt = attempt
        self._given = environment_headers(os.environ)
        self.secrets = secrets_of(secret, self._given)
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
            response_body=redact_body(bytes(self._body), self.secrets),
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
            url=redact_url(str(request.url), self.secrets),
            request_headers=redact_headers(request.headers.raw, self.secrets, self._given),
            request_body=redact_body(body, self.secrets),
            request_sha256=hashlib.sha256(body).hexdigest(),
            started_at=time.time(),
        )
        await self._on_leaving(self._exchange)

    async def arriving(self, response: httpx2.Response) -> None:
        self._status = response.status_code
        self._headers = redact_headers(response.headers.raw, self.secrets)
        self._decoder = _content_decoder(response.headers.get("content-encoding", ""))
        stream = response.stream
        assert isinstance(stream, httpx2.AsyncByteStream)
        response.stream = _Tee(stream, self)

    def take(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        decoded = self._decoder.decompress(chunk)
        self._body += decoded
        if self._longest is not None and len(self._body) > self._longest:
            raise TooLong(f"The reply is longer than {self._longest:,} bytes.")
        self._chunks.append((time.time(), len(decoded)))


async def record_request(request: httpx2.Request) -> None:
    """The request hook of every SDK client."""
    await _CURRENT.get().leaving(request)


async def record_response(response: httpx2.Response) -> None:
    """The response hook of every SDK client."""
    await _CURRENT.get().arriving(response)


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
