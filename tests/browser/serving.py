"""The app as `streamlit run app.py` serves it, for tests: one process, its own folder and port.

Owns starting, readiness and stopping. Does not know what is on the page (`playground.py`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from roundtrip.store import Store

CHECKOUT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 60.0
_POLL_S = 0.05
_KEYS = ("ANTHROPIC_", "OPENAI_", "GEMINI_", "GOOGLE_", "ROUNDTRIP_", "STREAMLIT_")


@dataclass(frozen=True)
class Served:
    """A running app."""

    url: str
    """With a slash at the end."""

    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def database(self) -> Path:
        return self.folder / "runs.sqlite3"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def store(self) -> Store:
        """The database it writes, opened beside it."""
        return Store.open(f"sqlite:///{self.database}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)


def serve(folder: Path, environment: Mapping[str, str] = MappingProxyType({})) -> Served:
    """Start the app and return when it answers; `environment` is added to its own, or changes it.

    Raises RuntimeError with its log if it does not answer.
    """
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    served_log = folder / "server.log"
    with served_log.open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=_environment(folder) | dict(environment),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    served = Served(f"http://127.0.0.1:{port}/", folder, process)
    deadline = time.monotonic() + READY_WITHIN_S
    while not _answers(served.url + "health"):
        if process.poll() is not None or time.monotonic() > deadline:
            served.stop()
            raise RuntimeError(f"the app did not come up:\n{served_log.read_text()[-4000:]}")
        time.sleep(_POLL_S)
    return served


def _environment(folder: Path) -> dict[str, str]:
    """This process's, without anybody's keys and settings, and with a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_KEYS)}
    return kept | {
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "ROUNDTRIP_DATABASE_URL": f"sqlite:///{folder / 'runs.sqlite3'}",
        "ROUNDTRIP_ORDER_DESK": str(folder / "orders.sqlite3"),
        "ROUNDTRIP_OUTBOX": str(folder / "outbox.sqlite3"),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
