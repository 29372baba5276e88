"""Tutorials written for the real APIs run against the simulator, changed in nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from roundtrip.simulator.server import Settings
from roundtrip.simulator.thread import SimulatorThread

TUTORIALS = Path(__file__).parent / "tutorials"


@pytest.mark.parametrize("name", ["anthropic_weather"])
def test_a_tutorial_prints_an_answer_from_its_tools_result(name):
    with SimulatorThread(Settings(seconds_to_first_token=0, tokens_per_second=0)) as address:
        ended = subprocess.run(
            [sys.executable, TUTORIALS / f"{name}.py"],
            env=os.environ
            | {"ANTHROPIC_BASE_URL": f"{address}/anthropic", "ANTHROPIC_API_KEY": "any-key"},
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Tokyo" in ended.stdout
    assert "18" in ended.stdout
    assert "light rain" in ended.stdout
