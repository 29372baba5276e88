"""`--script` and `--fault`: lessons on the command line, and never a word of them to a real API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from roundtrip.cli import main
from roundtrip.simulator.thread import SimulatorThread
from tests.simulator.scripted import MINE
from tests.turns import AT_ONCE, WEATHER


@pytest.fixture
def ask(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Ask with these options, and get the exit status, the run document or what was printed."""

    def asked(*options: object) -> tuple[int, Any, str]:
        given = ["ask", "What should I wear in Tokyo?", "--tools", WEATHER, "--json", *options]
        try:
            status = main([str(option) for option in given])
        except SystemExit as left:
            assert isinstance(left.code, int)
            status = left.code
        told = capsys.readouterr()
        return status, json.loads(told.out) if told.out else None, told.err

    return asked


def scripted(document: Any) -> list[str | None]:
    return [one["scripted"] for one in document["events"] if one["kind"] == "reply_received"]


def test_a_script_is_followed_by_name_and_told_in_the_document(ask: Any) -> None:
    status, document, _ = ask("--script", "invented-fact")

    assert (status, scripted(document)) == (0, [None, "invented-fact"])
    assert "Scripted for this lesson" in document["steps"][-1]["note"]
    assert ["x-script", "invented-fact"] in document["exchanges"][0]["request_headers"]


def test_a_script_of_ones_own_is_followed_from_its_file(ask: Any, tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text(MINE)

    status, document, _ = ask("--script", mine)

    assert (status, scripted(document)) == (0, ["mine"])


def test_a_fault_strikes_as_often_as_is_asked(ask: Any) -> None:
    status, document, _ = ask("--fault", "cut*1", "--no-stream")

    assert status == 0
    assert "error" in [step["phase"] for step in document["steps"]]
    assert ask("--fault", "refuse")[0] == 1


def test_a_simulator_elsewhere_is_asked_in_its_own_words(ask: Any) -> None:
    with SimulatorThread(AT_ONCE) as root:
        there = ("--base-url", f"{root}/openai/v1", "--wire", "openai-chat", "--model", "sim-large")

        _, document, _ = ask(*there, "--script", "answers-from-memory")
        assert scripted(document) == ["answers-from-memory"]

        status, document, _ = ask(*there, "--script", "unheard-of")
        assert status == 1
        assert "no script is called 'unheard-of'" in document["steps"][-1]["failure"]["message"]

        assert "for our own simulator" in ask(*there, "--script", "mine.yaml")[2]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--script", "bogus"), "there are: answers-from-memory, command-as-prose"),
        (("--script", "none.yaml"), "none.yaml: No such file or directory"),
        (("--fault", "bogus"), "no fault is called 'bogus'"),
        (("--model", "claude-opus-4-8", "--fault", "500"), "--fault: only for a simulated model"),
        (
            ("--model", "sim-large", "--base-url", "http://127.0.0.1:1", "--script", "é\n"),
            "is no script's name",
        ),
    ],
)
def test_what_there_is_not_is_a_usage_error(ask: Any, options: Any, told: str) -> None:
    status, document, errors = ask(*options)

    assert (status, document) == (2, None)
    assert told in errors


def test_a_mistake_in_a_file_is_told_with_its_line(ask: Any, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(MINE.replace("text:", "texts:"))

    status, _, errors = ask("--script", wrong)

    assert status == 2
    assert f"{wrong}:5: replies[0].texts: there is no such field; did you mean text?" in errors


def test_a_file_called_like_a_script_that_comes_along_is_a_usage_error(
    ask: Any, tmp_path: Path
) -> None:
    twin = tmp_path / "twin.yaml"
    twin.write_text(MINE.replace("name: mine", "name: endless-loop"))

    assert "a script that comes along is called that too" in ask("--script", twin)[2]
