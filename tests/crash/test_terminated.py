"""The real app, told to end while a page listens."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest

from roundtrip.events import TurnStarted
from roundtrip.owner import OWNER_COOKIE, owner_of
from roundtrip.store import Store
from tests.live_runs import SOON, a_database, setup, until

CHECKOUT = Path(__file__).resolve().parents[2]


def a_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(http: httpx2.Client) -> bool:
    try:
        return http.get("/health").status_code == 200
    except httpx2.TransportError:
        return False


def test_the_app_ends_when_it_is_told_to_though_a_page_listens(tmp_path: Path, full: bool) -> None:
    if not full:
        pytest.skip("starting the whole app takes seconds: with --full")
    url, port = a_database(tmp_path), str(a_free_port())
    app = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    app += ["--server.address", "127.0.0.1", "--server.port", port]
    environment = os.environ | {"ROUNDTRIP_DATABASE_URL": url}
    process = subprocess.Popen(app, cwd=CHECKOUT, env=environment, stdout=subprocess.DEVNULL)
    try:
        http = httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers={"accept": "text/html"})
        until(lambda: answers(http), seconds=60)
        http.get("/")
        owner = owner_of(http.cookies[OWNER_COOKIE])
        store = Store.open(url)
        run = store.new_run(owner, "of another process", time.time()).id
        store.append(owner, run, [TurnStarted(seq=1, at=1.0, text="Hi", setup=setup())], now=1.0)
        store.lease(owner, run, "another process", time.time(), ttl=600)
        store.close()
        heard = threading.Event()

        def listen() -> None:
            with http.stream("GET", f"/api/runs/{run}/live") as response:
                for _ in response.iter_lines():
                    heard.set()

        threading.Thread(target=listen, daemon=True).start()
        assert heard.wait(SOON)
        process.send_signal(signal.SIGTERM)
        process.wait(SOON)  # it would not end by itself; measured: 0.7 s
    finally:
        process.kill()
        process.wait()
