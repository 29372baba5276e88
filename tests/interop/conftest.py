"""Other people's clients, in their own loops, over HTTP against the simulator as a process.

They need packages that the project does not, so a plain run of the tests leaves this folder out;
`make interop` installs them elsewhere and asks for it with ROUNDTRIP_INTEROP=1.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ASKED_FOR = os.environ.get("ROUNDTRIP_INTEROP") == "1"
if not ASKED_FOR:
    collect_ignore_glob = ["*"]
else:
    from tests.interop import network
    from tests.interop.asking import Desk
    from tests.interop.matrix import print_matrix

    network.keep_quiet()

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a simulator that answers at once, run by the project's own Python."""
    complaints = tmp_path_factory.mktemp("simulator") / "stderr"
    python = os.environ.get("ROUNDTRIP_PYTHON", sys.executable)
    arguments = ["--port", "0", "--latency", "0", "--tokens-per-second", "0"]
    with complaints.open("w") as errors:
        process = subprocess.Popen(
            [python, "-m", "roundtrip.simulator", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found, complaints.read_text()
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    assert (process.returncode, complaints.read_text()) == (0, "")


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.Runner]:
    """One for all: some clients share their connections, which belong to the loop they began on."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("ROUNDTRIP_ORDER_DESK", str(tmp_path / "orders.sqlite3"))
    return Desk()


@pytest.fixture(scope="session", autouse=True)
def _settings_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["LLM_USER_PATH"] = str(tmp_path_factory.mktemp("llm"))


@pytest.fixture(autouse=True)
def _nobody_reaches_the_network() -> Iterator[None]:
    yield
    wanted, network.reached[:] = list(network.reached), []
    assert wanted == []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if ASKED_FOR:
        print_matrix(terminalreporter)
