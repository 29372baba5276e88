"""What all tests share: how much is counted, and the seed, printed."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests.figures import Figures, print_figures

settings.register_profile("sampled", max_examples=40, deadline=None)
settings.register_profile("full", max_examples=400, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="every count in full")
    parser.addoption("--sample-seed", type=int, default=None, help="repeat an earlier sample")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--sample-seed") is None:
        told = getattr(config, "workerinput", {}).get("sample_seed")
        told = told or os.environ.get("SAMPLE_SEED") or random.randrange(1, 10**6)
        config.option.sample_seed = int(told)
    settings.load_profile("full" if config.getoption("--full") else "sampled")


def pytest_report_header(config: pytest.Config) -> str:
    counts = "in full" if config.getoption("--full") else "sampled"
    return f"counts {counts}; repeat with --sample-seed={config.getoption('--sample-seed')}"


class OneBrowser(LoadFileScheduling):
    """Of several processes one has the browser, and a file stays in one piece."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "browser" if file.startswith("tests/browser/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneBrowser | None:
    return OneBrowser(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    node.workerinput["sample_seed"] = node.config.getoption("--sample-seed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    print_figures(terminalreporter)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where a test tells what it counted; `make test` and `make test-all` print it."""
    return Figures(request.node)


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether every count is run in full (`make test-all`)."""
    return bool(request.config.getoption("--full"))


@pytest.fixture
def sample(request: pytest.FixtureRequest) -> random.Random:
    """The source of every sample, so that a failure can be repeated."""
    return random.Random(request.config.getoption("--sample-seed"))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment without anybody's keys and addresses, and with a database of its own."""
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "OPENAI_", "GEMINI_", "GOOGLE_", "ROUNDTRIP_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("ROUNDTRIP_DATABASE_URL", f"sqlite:///{tmp_path / 'runs.sqlite3'}")
    return monkeypatch


@pytest.fixture
def shared(environment: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """One whose operator shares a key under a cap."""
    environment.setenv("ANTHROPIC_API_KEY", "the-operators-key")
    environment.setenv("ROUNDTRIP_SHARE_KEYS", "1")
    environment.setenv("ROUNDTRIP_SHARE_CAP_USD", "10")
    return environment
