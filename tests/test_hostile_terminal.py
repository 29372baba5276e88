"""What is asked, given back or printed by a tool: a terminal shows it and obeys nothing of it."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from pathlib import Path

import pytest

from roundtrip.simulator.thread import SimulatorThread
from tests.test_command import ROOT, OnATerminal, command, environment
from tests.turns import AT_ONCE

OUR_COLOURS = re.compile(r"\x1b\[\d+m")

TOOL = """
import sys
from tests.hostile import HALVES, HOSTILE, LARGE

def get_weather(city: str) -> list:
    '''Get the weather of a city.

    Args:
        city: Name of the city, e.g. "Tokyo".
    '''
    for text in HOSTILE.values():
        print(text[:100])
    sys.stdout.buffer.write(b"\\x1b]0;title\\x07\\xff\\n")
    if city == "Oslo":
        raise ValueError(str([HOSTILE["ansi colours"]]) + HOSTILE["ansi links and clipboard"])
    return [text for name, text in HOSTILE.items() if name not in LARGE | HALVES]
"""


@pytest.fixture(scope="module")
def address():
    with SimulatorThread(AT_ONCE) as address:
        yield f"{address}/anthropic"


def obeyed(shown: str) -> set[str]:
    """The characters that a terminal would obey, but for our colours and lines."""
    kept = OUR_COLOURS.sub("", shown).replace("\r\n", "\n")
    steer = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return {c for c in kept if unicodedata.category(c) in steer} - set("\n\t\u200c\u200d")


def test_a_terminal_obeys_nothing_of_what_tools_print_and_give_back(
    address: str, tmp_path: Path
) -> None:
    tool = tmp_path / "hostile.py"
    tool.write_text(TOOL)
    terminal = OnATerminal(address, "--tools", tool)

    assert terminal.end() == 0
    assert "␛]8;;" in terminal.shown, "the hostile words did not come"
    assert "\x1b[32m" in terminal.shown, "a terminal has colours"
    assert obeyed(terminal.shown) == set()


@pytest.mark.parametrize("prompt", [b"What is \xff in Tokyo?", b"\xed\xa0\xbd hello"])
def test_a_prompt_that_is_no_text_is_refused_in_words(address: str, prompt: bytes) -> None:
    asked = [part.encode() for part in command("--json")]
    asked[asked.index(b"ask") + 1] = prompt
    ended = subprocess.run(
        asked, cwd=ROOT, env=environment(address), capture_output=True, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert b"is not text" in ended.stderr
    assert b"Traceback" not in ended.stderr
