"""A plain TCP listener between a client and a server that writes down every byte that passes.

Reads HTTP/1.1 by itself, so that what it says does not come from the library under test.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field

Pairs = list[list[str]]


@dataclass
class Crossed:
    """One HTTP message as it crossed."""

    first_line: str
    headers: Pairs
    body: bytes
    """Transfer chunks joined."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


@dataclass
class Connection:
    sent: bytearray = field(default_factory=bytearray)
    received: bytearray = field(default_factory=bytearray)


class Witness:
    """Listens on loopback and passes everything on to `port`."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connections: list[Connection] = []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> int:
        """The port to connect to."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def requests(self) -> list[Crossed]:
        return [message for one in self._connections for message in _messages(bytes(one.sent))]

    def responses(self) -> list[Crossed]:
        return [message for one in self._connections for message in _messages(bytes(one.received))]

    def everything(self) -> bytes:
        return b"".join(bytes(one.sent + one.received) for one in self._connections)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        seen = Connection()
        self._connections.append(seen)
        for work in (
            _pass_on(reader, far_writer, seen.sent),
            _pass_on(far_reader, writer, seen.received),
        ):
            task = asyncio.create_task(work)
            self._tasks.add(task)


async def _pass_on(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seen: bytearray
) -> None:
    try:
        while data := await reader.read(65536):
            seen += data
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


def _messages(stream: bytes) -> list[Crossed]:
    found = []
    while stream:
        head, _, rest = stream.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [
            [name, value.strip()] for name, _, value in (one.partition(":") for one in lines)
        ]
        values = {name.lower(): value for name, value in headers}
        if values.get("transfer-encoding") == "chunked":
            body, stream = _unchunked(rest)
        else:
            length = int(values.get("content-length", "0"))
            body, stream = rest[:length], rest[length:]
        found.append(Crossed(first, headers, body))
    return found


def _unchunked(rest: bytes) -> tuple[bytes, bytes]:
    """The body of whole chunks, and what follows the last one; a stream may end before it."""
    body = b""
    while rest:
        line, _, rest = rest.partition(b"\r\n")
        length = int(line, 16)
        if length == 0:
            return body, rest.removeprefix(b"\r\n")
        body, rest = body + rest[:length], rest[length + 2 :]
    return body, b""
