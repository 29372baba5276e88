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


EXPECTED = {
    "anthropic_weather": ("Tokyo", "18", "light rain"),
    "openai_chat_weather": ("Tokyo", "18", "light rain"),
    "openai_responses_horoscope": ("Aquarius", "next Tuesday you will befriend a baby otter"),
    "gemini_automatic": ("Tokyo", "18", "light rain"),
    "gemini_manual": ("Tokyo", "18", "light rain"),
}
"""What each prints, of what its function gave back."""


def test_every_tutorial_is_run():
    assert {path.stem for path in TUTORIALS.glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_tutorial_prints_an_answer_from_its_tools_result(name):
    with SimulatorThread(Settings(seconds_to_first_token=0, tokens_per_second=0)) as address:
        ended = subprocess.run(
            [sys.executable, TUTORIALS / f"{name}.py"],
            env=os.environ | _pointed_at(address),
            capture_output=True,
            text=True,
            timeout=60,
        )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert [words for words in EXPECTED[name] if words not in ended.stdout] == []


def _pointed_at(address: str) -> dict[str, str]:
    """What the official SDKs read of the environment."""
    return {
        "ANTHROPIC_BASE_URL": f"{address}/anthropic",
        "ANTHROPIC_API_KEY": "any-key",
        "OPENAI_BASE_URL": f"{address}/openai/v1",
        "OPENAI_API_KEY": "any-key",
        "GOOGLE_GEMINI_BASE_URL": f"{address}/gemini",
        "GEMINI_API_KEY": "any-key",
        "GOOGLE_API_KEY": "",
    }
