"""The simulator on a thread and an event loop of its own, on a loopback port.

Owns starting and stopping it beside other code: the app, the command line and tests use it.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable
from threading import Thread
from types import TracebackType

import uvicorn

from roundtrip.simulator.connection import BreakableProtocol
from roundtrip.simulator.faults import HEADER, REFUSED, fault_asked_for
from roundtrip.simulator.server import DEFAULTS, simulator_app
from roundtrip.simulator.simulation import Settings

_STOP_WITHIN = 5.0
"""Seconds. Connections are closed first, so that it takes a fraction of this."""


class SimulatorServer(uvicorn.Server):
    """A uvicorn server that hangs up before it waits: a stalled reply would never end."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(
                simulator_app(settings),
                http=BreakableProtocol,
                log_config=None,
                access_log=False,
                lifespan="off",
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.close()
        await super().shutdown(sockets)


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that accepts connections from now on; port 0 takes a free one.

    Raises OSError when the address is taken or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, for asyncio switches Nagle's delay off (40 ms a reply) only where it says so.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # Elsewhere the option lets two servers share one port.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    return listening


def address_of(listening: socket.socket) -> str:
    """The root URL of what listens there, e.g. `http://127.0.0.1:8600`."""
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class SimulatorThread:
    """Start it, use its address, stop it; or use it as a context, which gives the address."""

    def __init__(self, settings: Settings = DEFAULTS) -> None:
        self._settings = settings
        self._server: SimulatorServer | None = None
        self._thread: Thread | None = None
        self._address = ""
        self._deaf: socket.socket | None = None
        """Holds a port and does not listen: whoever calls there is refused by the system."""

    def start(self) -> str:
        """The root URL, e.g. `http://127.0.0.1:40123`; it answers when this returns."""
        if self._thread is not None:
            return self._address
        listening = listening_socket("127.0.0.1", 0)
        self._address = address_of(listening)
        self._deaf = socket.socket()
        self._deaf.bind(("127.0.0.1", 0))
        self._server = server = SimulatorServer(self._settings)
        self._thread = Thread(
            target=server.run,
            kwargs={"sockets": [listening]},
            name="simulator",
            daemon=True,
        )
        self._thread.start()
        while not server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the simulator's thread ended before it was ready")
            time.sleep(0.002)
        return self._address

    def root_for(self, headers: Iterable[tuple[str, str]], model: str) -> str:
        """The root URL for a request that carries these headers and names this model.

        Whoever listens cannot refuse a connection, so a request that asks for the fault `refused`
        goes where nobody does. A counted one is the server's to count: it hangs up instead.
        """
        header = next((value for name, value in headers if name.lower() == HEADER), None)
        try:
            refused = fault_asked_for(header, model) == REFUSED
        except ValueError:  # the server says so in its API's words
            refused = False
        return address_of(self._deaf) if refused and self._deaf else self._address

    def stop(self) -> None:
        """Close its connections and its port, and wait for the thread's end."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(_STOP_WITHIN)
        if self._deaf is not None:
            self._deaf.close()
        self._server, self._thread, self._deaf = None, None, None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
