"""The real command in a process of its own: on a terminal, at Ctrl-C, in a pipe."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from roundtrip.simulator.thread import SimulatorThread
from tests.turns import AT_ONCE, CAREFUL

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "Weather in Tokyo and Oslo?"

SLOW = """
import time
from pathlib import Path

def get_weather(city: str) -> str:
    '''Get the weather of a city.

    Args:
        city: Name of the city, e.g. "Tokyo".
    '''
    Path(__file__).with_name("ran").write_text(city)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def address():
    with SimulatorThread(AT_ONCE) as address:
        yield f"{address}/anthropic"


@pytest.fixture
def careful(tmp_path):
    path = tmp_path / "careful.py"
    path.write_text(CAREFUL)
    return path


def command(*arguments: object) -> list[str]:
    asked = ["ask", QUESTION, "--model", "sim-large", *arguments]
    return [sys.executable, "-m", "roundtrip.cli", *(str(argument) for argument in asked)]


def environment(address: str | None = None) -> dict[str, str]:
    """`address`: a simulator that is there already, and answers at once."""
    there = {"ANTHROPIC_BASE_URL": address, "ANTHROPIC_API_KEY": "any-key"} if address else {}
    return os.environ | {"TERM": "xterm", "COLUMNS": "100"} | there


def heard_ctrl_c() -> None:
    """For the child: a shell starts what it puts in the background deaf to Ctrl-C, tests too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class OnATerminal:
    """The command with a terminal of its own."""

    def __init__(self, address: str, *arguments: object) -> None:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command(*arguments),
            cwd=ROOT,
            env=environment(address),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            preexec_fn=heard_ctrl_c,
        )
        os.close(theirs)
        self.shown = ""

    def until(self, words: str) -> None:
        """Read until the words are there, or the command has ended."""
        ends = time.monotonic() + 60
        while words not in self.shown:
            assert time.monotonic() < ends, self.shown
            ready, _, _ = select.select([self._ours], [], [], 1)
            try:
                data = os.read(self._ours, 65536) if ready else b"-"
            except OSError:  # Linux says so at the end of the other side
                return
            self.shown += data.decode(errors="replace") if ready else ""

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def end(self) -> int:
        self.until("\0 never shown")
        os.close(self._ours)
        return self.process.wait(60)


def test_on_a_terminal_a_person_is_asked_and_a_reason_reaches_the_model(address, careful):
    terminal = OnATerminal(address, "--tools", careful)
    terminal.until("why not]")
    terminal.type("too dear\n")
    terminal.shown = ""
    terminal.until("why not]")
    terminal.type("y\n")

    assert terminal.end() == 0
    assert "The person refused this call. too dear" in " ".join(terminal.shown.split())
    assert careful.with_name("ran").read_text() == "Oslo"
    assert "\x1b[32m" in terminal.shown, "a terminal has colours"


def test_on_a_terminal_a_person_changes_what_a_call_runs_with(address, careful):
    terminal = OnATerminal(address, "--tools", careful)
    terminal.until("why not]")
    terminal.type("e\n")
    for wrong, words in (("Lima", "cannot be read"), ('{"city": 3}', "expected string")):
        terminal.until("[nothing: leave them]")
        terminal.type(f"{wrong}\n")
        terminal.until(words)
        terminal.shown = terminal.shown.partition(words)[2]  # the next prompt may stand there
    terminal.until("[nothing: leave them]")
    terminal.type('{"city": "Lima"}\n')
    terminal.until("why not]")
    terminal.type("n\n")

    assert terminal.end() == 0
    assert careful.with_name("ran").read_text() == "Lima"
    assert 'you changed it to get_weather(city="Lima")' in " ".join(terminal.shown.split())


def test_on_a_terminal_a_person_is_the_tool(address, tmp_path):
    nobody = tmp_path / "nobody.json"
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    tool = {"name": "get_weather", "description": "Weather of a city.", "input_schema": schema}
    nobody.write_text(json.dumps(tool))
    terminal = OnATerminal(address, "--tools", nobody)
    terminal.until("begin with ! for an error]")
    terminal.type("frogs are falling\n")
    terminal.shown = ""
    terminal.until("begin with ! for an error]")
    terminal.type("!the station burns\n")

    assert terminal.end() == 0
    words = " ".join(terminal.shown.split())
    assert "was answered by you: frogs are falling" in words
    assert "was answered by you: the station burns" in words

    terminal = OnATerminal(address, "--tools", nobody)
    terminal.until("begin with ! for an error]")
    terminal.type("\n")
    terminal.shown = ""
    terminal.until("begin with ! for an error]")
    terminal.type("\n")
    assert terminal.end() == 3


def test_without_an_answer_of_the_person_the_call_stays_open(address, careful):
    terminal = OnATerminal(address, "--tools", careful)
    terminal.until("why not]")
    terminal.type("\x04")
    terminal.shown = ""
    terminal.until("why not]")
    terminal.type("\x04")

    assert terminal.end() == 3
    assert not careful.with_name("ran").exists()


def test_ctrl_c_ends_the_turn_and_keeps_what_happened(address, tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text(SLOW)
    process = subprocess.Popen(
        command("--tools", slow, "--json"),
        cwd=ROOT,
        env=environment(address),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heard_ctrl_c,
    )
    ends = time.monotonic() + 60
    while not (tmp_path / "ran").exists():
        assert time.monotonic() < ends and process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    events = [event["kind"] for event in json.loads(out)["events"]]
    assert process.returncode == 130
    assert events[-1] == "stopped"
    assert "execution_started" in events
    assert "result_recorded" not in events
    assert "Traceback" not in err


def test_ctrl_c_at_a_question_ends_the_turn(address, careful):
    terminal = OnATerminal(address, "--tools", careful)
    terminal.until("why not]")
    terminal.process.send_signal(signal.SIGINT)

    assert terminal.end() == 130
    assert "You stopped it." in terminal.shown
    assert "Traceback" not in terminal.shown


def test_a_reader_that_leaves_does_not_break_the_turn(address, careful):
    process = subprocess.Popen(
        command("--tools", careful, "--approve", "all"),
        cwd=ROOT,
        env=environment(address),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read().decode()

    assert process.wait(60) == 0
    assert "Traceback" not in said
    assert careful.with_name("ran").exists()


LOADED = """
import sys
from roundtrip.cli import main
from roundtrip.drive import Drive

to_the_end = Drive.to_the_end

async def told(drive):
    print("anthropic" in sys.modules, file=sys.stderr)
    await to_the_end(drive)

Drive.to_the_end = told
main()
"""
"""The command, which tells whether the SDK was there when the turn began to be driven."""


def test_the_first_request_is_not_timed_with_the_loading_of_an_sdk(address):
    # In a process of its own, where nothing is loaded yet.
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *command("--json")[3:]],
        cwd=ROOT, env=environment(address), capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert json.loads(ended.stdout)["steps"][-1]["phase"] == "answer"
    assert ended.stderr == "True\n"


def test_definitions_may_be_read_in_part(tmp_path):
    many = tmp_path / "many.py"
    many.write_text("".join(f"def tool_{n}(x: int) -> int:\n    return x\n" for n in range(900)))
    process = subprocess.Popen(
        [sys.executable, "-m", "roundtrip.cli", "tools", many, "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    assert process.stdout.read(1)
    process.stdout.close()
    said = process.stderr.read().decode()

    assert process.wait(60) == 0
    assert "Traceback" not in said and "BrokenPipe" not in said
