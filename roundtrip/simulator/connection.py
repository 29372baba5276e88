"""The connection below a request, for faults that HTTP has no word for.

Owns resetting one: the server tells each request how (`ResettableProtocol`), and a response that is
to break off asks (`reset_of`). A server of another kind, in which the simulator is mounted, tells
nothing; whoever asks then does what is nearest.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.auto import AutoHTTPProtocol

_STATE = "reset_connection"

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: what is closed then is reset."""


class ResettableProtocol(AutoHTTPProtocol):  # type: ignore[valid-type, misc]
    """uvicorn's own, whose requests can reset the connection they came on."""

    def __init__(self, config: Any, server_state: Any, app_state: dict[str, Any], **more: Any):
        super().__init__(config, server_state, {**app_state, _STATE: self._reset}, **more)

    def _reset(self) -> None:
        connection = self.transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()


def reset_of(scope: Scope) -> Callable[[], None] | None:
    """Resets the connection of a request; None where the server cannot."""
    reset: Callable[[], None] | None = scope.get("state", {}).get(_STATE)
    return reset
