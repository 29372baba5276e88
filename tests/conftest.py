"""What all tests share: how much is counted, and the seed, printed."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import settings

from tests.figures import Figures, print_figures

settings.register_profile("sampled", max_examples=40, deadline=None)
settings.register_profile("full", max_examples=400, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="every count in full")
    parser.addoption("--sample-seed", type=int, default=None, help="repeat an earlier sample")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--sample-seed") is None:
        config.option.sample_seed = int(os.environ.get("SAMPLE_SEED") or random.randrange(10**6))
    settings.load_profile("full" if config.getoption("--full") else "sampled")


def pytest_report_header(config: pytest.Config) -> str:
    counts = "in full" if config.getoption("--full") else "sampled"
    return f"counts {counts}; repeat with --sample-seed={config.getoption('--sample-seed')}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where several processes run the tests, one has the browser and a file stays in one piece."""
    for item in items:
        browser = item.path.parent.name == "browser"
        item.add_marker(pytest.mark.xdist_group("browser" if browser else str(item.path)))


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
