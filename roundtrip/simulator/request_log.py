"""What other programs ask of the simulator, and what it answers: kept as it crosses.

Owns the exchanges, in memory and bounded, with the callers' keys taken out. What an exchange says
in words is `told_request.py`'s; who may see which is decided by whoever asks for them.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from roundtrip.exchange import Exchange
from roundtrip.wires.redact import Secrets, redact_body, redact_headers, redact_url

MOST_EXCHANGES = 200
MOST_BYTES = 16 * 1024 * 1024
"""Of bodies in all; the oldest exchanges go first. A workshop's group fits many times over."""

MOST_OF_A_BODY = 1024 * 1024
"""Bytes that are kept of one body: what is longer is for the program that sent it."""

_NOT_LOGGED = ("/health", "/decisions/")


@dataclass(frozen=True)
class Logged:
    """One request and what has come of it so far."""

    exchange: Exchange
    """Its number counts the log's requests from 1."""

    path: str
    """Below the simulator's root, without the query."""

    caller: str
    """Whose it is: see `caller_of`."""

    version: int
    """Grows with every change of the log: what is newer than a known version is news."""

    cut: bool = False
    """Whether only the beginning of a body is kept."""

    @property
    def size(self) -> int:
        return len(self.exchange.request_body) + len(self.exchange.response_body)


def caller_of(key: str) -> str:
    """Stands for whoever asks with this key; the key cannot be told from it."""
    return hashlib.sha256(b"caller:" + key.encode(errors="surrogateescape")).hexdigest()


class RequestLog:
    """The last exchanges of one simulator. All may be called from any thread."""

    def __init__(self, most: int = MOST_EXCHANGES, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._most_bytes = most, most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, Logged] = OrderedDict()
        self._bytes = 0
        self._version = 0
        self._numbers = 0

    def begin(self) -> int:
        """The number of a request that has just come."""
        with self._lock:
            self._numbers += 1
            return self._numbers

    def put(self, logged: Logged) -> None:
        """Keep an exchange as it is now; one that has been forgotten meanwhile stays forgotten."""
        number = logged.exchange.number
        with self._lock:
            known = self._kept.get(number)
            oldest = next(iter(self._kept), 0)
            if known is None and number < oldest:
                return
            self._version += 1
            self._bytes += logged.size - (known.size if known else 0)
            self._kept[number] = replace(logged, version=self._version)
            while len(self._kept) > self._most or self._bytes > self._most_bytes:
                _, gone = self._kept.popitem(last=False)
                self._bytes -= gone.size

    def since(self, version: int, caller: str | None) -> tuple[int, list[Logged]]:
        """The log's version, and what changed after `version`, oldest first; of one caller, or of
        all (None)."""
        with self._lock:
            return self._version, [
                one
                for one in self._kept.values()
                if one.version > version and caller in (None, one.caller)
            ]

    def one(self, number: int, caller: str | None) -> Logged | None:
        with self._lock:
            found = self._kept.get(number)
        return found if found and caller in (None, found.caller) else None

    def clear(self, caller: str | None) -> None:
        """Forget what there is, of one caller or of all."""
        with self._lock:
            for number, one in list(self._kept.items()):
                if caller in (None, one.caller):
                    self._bytes -= one.size
                    del self._kept[number]
            self._version += 1


class LoggedApp:
    """The simulator, with everything that is asked of it kept in a log."""

    def __init__(self, app: ASGIApp, log: RequestLog) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "").removeprefix(scope.get("root_path", ""))
        if scope["type"] != "http" or path.startswith(_NOT_LOGGED):
            await self._app(scope, receive, send)
            return
        crossing = _Crossing(scope, path, self._log.begin(), self._log.put)
        try:
            await self._app(scope, crossing.hearing(receive), crossing.saying(send))
        finally:
            crossing.end()


class _Crossing:
    """One request on its way through."""

    def __init__(
        self, scope: Scope, path: str, number: int, keep: Callable[[Logged], None]
    ) -> None:
        headers = Headers(scope=scope)
        key = _key_in(headers, scope.get("query_string", b""))
        self._secrets: Secrets = (key,) if key else ()
        self._path, self._keep = path, keep
        self._caller = caller_of(key)
        self._number, self._began = number, time.time()
        self._method = scope["method"]
        self._url = redact_url(_url(scope, headers), self._secrets)
        self._headers = redact_headers(scope["headers"], self._secrets)
        self._asked, self._said = bytearray(), bytearray()
        self._asked_hash, self._said_hash = hashlib.sha256(), hashlib.sha256()
        self._chunks: list[tuple[float, int]] = []
        self._status: int | None = None
        self._response_headers: tuple[tuple[str, str], ...] = ()
        self._cut = self._whole = False

    def hearing(self, receive: Receive) -> Receive:
        async def heard() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                body = message.get("body", b"")
                self._asked_hash.update(body)
                self._add(self._asked, body)
                if not message.get("more_body"):
                    self._note()
            return message

        return heard

    def saying(self, send: Send) -> Send:
        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._status = message["status"]
                self._response_headers = redact_headers(message["headers"], self._secrets)
            elif message["type"] == "http.response.body":
                body = message.get("body", b"")
                self._said_hash.update(body)
                if kept := self._add(self._said, body):
                    self._chunks.append((time.time(), kept))
                self._whole = not message.get("more_body")
            await send(message)

        return said

    def end(self) -> None:
        self._note(ended=time.time())

    def _add(self, kept: bytearray, body: bytes) -> int:
        room = MOST_OF_A_BODY - len(kept)
        self._cut = self._cut or len(body) > room
        kept += body[:room]
        return min(len(body), room)

    def _note(self, ended: float | None = None) -> None:
        broke = ended is not None and not self._whole
        exchange = Exchange(
            number=self._number,
            attempt=1,
            method=self._method,
            url=self._url,
            request_headers=self._headers,
            request_body=redact_body(bytes(self._asked), self._secrets),
            request_sha256=self._asked_hash.hexdigest(),
            started_at=self._began,
            status=self._status,
            response_headers=self._response_headers,
            response_body=redact_body(bytes(self._said), self._secrets),
            response_sha256=self._said_hash.hexdigest() if ended else None,
            chunks=tuple(self._chunks),
            ended_at=ended,
            error="the connection closed before the end of the reply" if broke else None,
        )
        self._keep(Logged(exchange, self._path, self._caller, version=0, cut=self._cut))


def _key_in(headers: Headers, query: bytes) -> str:
    """The caller's key, wherever the four APIs look for it; empty where there is none."""
    bearer = headers.get("authorization", "").partition(" ")[2].strip()
    asked = parse_qs(query.decode("latin-1")).get("key", [""])[0]
    return bearer or headers.get("x-api-key") or headers.get("x-goog-api-key") or asked


def _url(scope: Scope, headers: Headers) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    path = scope["path"] + (f"?{query}" if query else "")
    return f"{scope.get('scheme', 'http')}://{headers.get('host', 'localhost')}{path}"
