"""The page's server holds nothing back: a reply is not put off for the sake of fewer packets."""

from __future__ import annotations

import asyncio
import http.client
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from roundtrip.promptly import without_delay
from tests.browser.serving import serve

FETCHES = 60
HELD_BACK_S = 0.035
"""Less than clients wait before they acknowledge (40 ms), much more than a reply takes."""


async def _delay_of_an_accepted_socket(listening: socket.socket, *, mended: bool) -> int:
    """What `TCP_NODELAY` says of it."""
    loop = asyncio.get_running_loop()
    accepted: asyncio.Future[int] = loop.create_future()

    class Accepts(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            got = transport.get_extra_info("socket")
            accepted.set_result(got.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    if mended:
        without_delay(loop)
    async with await loop.create_server(Accepts, sock=listening):
        host, port = listening.getsockname()
        _, writer = await asyncio.open_connection(host, port)
        says = await accepted
        writer.close()
    return says


@pytest.mark.parametrize("mended", [False, True])
def test_a_socket_made_as_streamlit_makes_it_delays_until_it_is_told_not_to(mended: bool) -> None:
    with socket.socket(family=socket.AF_INET) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        says = asyncio.run(_delay_of_an_accepted_socket(listening, mended=mended))
    assert bool(says) is mended


def test_a_fetch_does_not_wait_for_an_acknowledgement(tmp_path: Path) -> None:
    served = serve(tmp_path)
    try:
        connection = http.client.HTTPConnection(urlsplit(served.url).netloc)
        took = []
        for _ in range(FETCHES):
            began = time.perf_counter()
            connection.request("GET", "/health")
            assert connection.getresponse().read() == b"ok"
            took.append(time.perf_counter() - began)
        connection.close()
    finally:
        served.stop()
    # A new connection is acknowledged at once for a while; of the rest the quickest tells.
    assert min(took[FETCHES // 2 :]) < HELD_BACK_S
