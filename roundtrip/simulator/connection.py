"""The connection below a request, for faults that HTTP has no word for.

Owns ending one: the server hands each request its connection (`BreakableProtocol`), and a reply
that is to break off asks for it (`connection_of`). A server of another kind, in which the simulator
is mounted, hands none; whoever asks then does what is nearest.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from dataclasses import dataclass
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.auto import AutoHTTPProtocol

_STATE = "connection"

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: what is closed then is reset."""


@dataclass
class Connection:
    """One client's."""

    transport: asyncio.Transport | None = None

    def close(self) -> None:
        """Hang up: what was sent arrives, and then the end."""
        if self.transport is not None:
            self.transport.close()

    def reset(self) -> None:
        """Break off, as a machine does that has crashed."""
        if self.transport is not None:
            if (beneath := self.transport.get_extra_info("socket")) is not None:
                beneath.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self.transport.abort()


class BreakableProtocol(AutoHTTPProtocol):  # type: ignore[valid-type, misc]
    """uvicorn's own, whose requests can end the connection they came on."""

    def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any], **more: Any):
        self._own = Connection()
        super().__init__(config, server_state, {**app_state, _STATE: self._own}, **more)

    def connection_made(self, transport: asyncio.Transport) -> None:
        self._own.transport = transport
        super().connection_made(transport)


def connection_of(scope: Scope) -> Connection | None:
    """A request's connection; None where the server does not hand it out."""
    connection: Connection | None = scope.get("state", {}).get(_STATE)
    return connection
