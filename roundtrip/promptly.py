"""Replies leave at once.

Owns one option of the sockets that the page's server accepts. Streamlit makes its listening socket
without naming TCP, and asyncio switches Nagle's delay off only where it is named: the second piece
of a reply would then wait until the first is acknowledged, which clients put off by 40 ms. That is
more than a rerun takes.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any


def without_delay(loop: asyncio.AbstractEventLoop) -> None:
    """From now on, what servers of this loop accept sends what it has. For a server that begins:
    its socket lies ready, and is listened to once the app has started."""
    create = loop.create_server

    async def create_server(*how: Any, sock: socket.socket | None = None, **named: Any) -> Any:
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # whom it accepts has it too
        return await create(*how, sock=sock, **named)

    with contextlib.suppress(AttributeError):  # a loop of another make sees to it by itself
        loop.create_server = create_server  # type: ignore[method-assign]
