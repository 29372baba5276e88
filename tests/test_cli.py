"""The command line: a whole turn, and definitions, without the page."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from roundtrip.cli import main
from roundtrip.cli.arguments import INTERRUPTED
from roundtrip.cli.ask import ANSWERED, AWAITING, FAILED
from roundtrip.cli.setup import uses_our_simulator
from roundtrip.simulator.thread import SimulatorThread
from tests.turns import AT_ONCE, CAREFUL, WEATHER

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "Weather in Tokyo and Oslo?"

STOCK = {
    "name": "get_weather",
    "description": "Get the weather of a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "Name of the city"}},
        "required": ["city"],
    },
}


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def address():
    with SimulatorThread(AT_ONCE) as address:
        yield f"{address}/anthropic"


@pytest.fixture
def ask(address, monkeypatch, capsys):
    """Ask, and get (exit status, what was printed, what was noted)."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "any-key")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", address)

    def asked(*arguments: object, tools: Path = WEATHER) -> tuple[int, str, str]:
        given = ["ask", QUESTION, "--model", "sim-large", "--tools", tools, *arguments]
        status = main([str(argument) for argument in given])
        said = capsys.readouterr()
        return status, said.out, said.err

    return asked


@pytest.fixture
def careful(tmp_path):
    path = tmp_path / "careful.py"
    path.write_text(CAREFUL)
    return path


@pytest.fixture
def stock(tmp_path):
    path = tmp_path / "stock.json"
    path.write_text(json.dumps(STOCK))
    return path


def results(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [event for event in document["events"] if event["kind"] == "result_recorded"]


def words(event: dict[str, Any]) -> str:
    return event["result"]["content"][0]["text"]


# A turn


def test_a_turn_is_printed_step_by_step_and_then_the_answer(ask):
    status, out, err = ask()

    assert status == 0
    phases = [line.split()[1] for line in out.splitlines() if line[:3].strip().isdigit()]
    assert phases == ["ask", "stop", "run", "run", "return", "answer"]
    assert "stop_reason: tool_use = tool_calls" in out
    *_, answer = out.rstrip().splitlines()
    assert "Tokyo" in answer
    assert "Oslo" in answer
    assert "2 replies · 2 tools run" in err
    assert "\x1b" not in out + err


@pytest.mark.parametrize("streaming", ["--stream", "--no-stream"])
def test_as_json_only_the_document_is_printed(ask, streaming):
    status, out, _ = ask("--json", streaming)

    document = json.loads(out)
    assert (status, document["format"]) == (0, "roundtrip/1")
    assert document["steps"][-1]["phase"] == "answer"
    assert bool(document["exchanges"][0]["events"]) == (streaming == "--stream")


def test_a_simulator_reached_by_its_address_is_still_told_as_one(ask):
    """It answers to real models' names too, and no such price was ever charged."""
    _, out, _ = ask("--json", "--model", "claude-sonnet-4-5")

    document = json.loads(out)
    assert document["run"]["simulated"] is True
    assert document["cost"]["notional"] is True
    replies = [event for event in document["events"] if event["kind"] == "reply_received"]
    assert all(reply["simulated"] and reply["cost"]["notional"] for reply in replies)


def test_options_reach_the_request(ask):
    _, out, _ = ask("--json", "--strict", "--system", "Be brief.", "--tool-choice", "get_weather")

    sent = json.loads(json.loads(out)["exchanges"][0]["request_body"]["text"])
    assert sent["tool_choice"] == {"type": "tool", "name": "get_weather"}
    assert sent["tools"][0]["strict"] is True
    assert "Be brief." in json.dumps(sent["system"])


def test_a_cap_ends_the_turn_with_an_error(ask):
    status, out, _ = ask("--max-round-trips", 1)

    assert status == 1
    assert "The cap of 1 round trip is reached." in out


def test_a_model_that_refuses_is_no_answer(ask, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", "x-fault: refuse")
    status, out, _ = ask()

    assert status == 1
    assert "refusal" in out


@pytest.mark.parametrize("streaming", ["--stream", "--no-stream"])
def test_an_answer_that_its_cap_cuts_off_is_told_from_a_whole_one(ask, streaming):
    status, out, _ = ask("--tool-choice", "none", "--max-output-tokens", 3, streaming)

    assert status == 1
    assert "Cut off: the output cap is reached." in out


def test_every_exit_status_is_told_in_the_help(capsys):
    with pytest.raises(SystemExit):
        main(["ask", "--help"])

    told = capsys.readouterr().out.partition("exit status:")[2]
    statuses = [ANSWERED, FAILED, 2, AWAITING, INTERRUPTED]
    assert [int(line.split()[0]) for line in told.strip().splitlines()] == statuses


def test_a_refused_key_is_an_error_in_the_providers_words(ask, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "invalid-key")
    status, out, _ = ask()

    assert status == 1
    assert "auth · HTTP 401 · authentication_error" in out
    assert "invalid-key" not in out


def test_a_key_is_never_printed(ask, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "canary-0123456789abcdef")

    for how in ((), ("--json",), ("--json", "--max-round-trips", 1)):
        _, out, err = ask(*how)
        assert out
        assert "0123456789abcdef" not in out + err


def test_a_definition_without_code_awaits_its_result(ask, stock):
    status, out, err = ask("--json", tools=stock)

    assert status == 3
    assert results(json.loads(out)) == []
    assert "--result get_weather=JSON" in err


def test_a_given_result_answers_the_call(ask, stock):
    status, out, _ = ask("--json", "--result", 'get_weather={"temp_c": 21}', tools=stock)

    assert status == 0
    given = results(json.loads(out))
    assert [words(event) for event in given] == ['{"temp_c": 21}'] * 2
    assert {event["source"] for event in given} == {"person"}


def test_results_are_given_in_order_and_the_last_stays(ask, stock):
    two = ("--result", 'get_weather="first"', "--result", 'get_weather="then"')
    _, out, _ = ask("--json", *two, tools=stock)

    assert [words(event) for event in results(json.loads(out))] == ["first", "then"]


def test_a_tool_that_asks_is_refused_where_nobody_is(ask, careful):
    status, out, err = ask("--json", tools=careful)

    refused = results(json.loads(out))
    assert status == 0, "the model reads the refusal and answers"
    assert {(event["source"], event["error_kind"]) for event in refused} == {
        ("policy", "not_allowed")
    }
    assert not careful.with_name("ran").exists()
    assert "--approve" in err


@pytest.mark.parametrize("name", ["all", "get_weather"])
def test_an_approved_tool_runs(ask, careful, name):
    status, out, _ = ask("--json", "--approve", name, tools=careful)

    document = json.loads(out)
    assert status == 0
    assert careful.with_name("ran").exists()
    assert [event["kind"] for event in document["events"]].count("approved") == 2


def test_what_a_tool_prints_or_gives_back_stays_out_of_the_terminals_way(ask, careful):
    _, out, err = ask("--approve", "all", tools=careful)

    assert "printed by the tool" not in out
    assert "printed by the tool" in err
    assert "\x1b" not in out
    assert "sunny ␛[31m" in out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "COMMAND"),
        (("ask",), "PROMPT"),
        (("ask", " "), "nothing in it to ask"),
        (("ask", "x", "--wire", "telex"), "invalid choice"),
        (("ask", "x", "--tools", "nowhere.py"), "there is no nowhere.py"),
        (("ask", "x", "--max-round-trips", "0"), "whole number from 1"),
        (("ask", "x", "--tool-choice", "fly"), "no tool is called 'fly'"),
        (("ask", "x", "--approve", "fly"), "no tool is called 'fly'"),
        (("ask", "x", "--result", "get_weather"), "is not NAME=JSON"),
        (("ask", "x", "--result", "get_weather=sunny"), "is not JSON"),
        (("ask", "x", "--result", "get_weather=NaN"), "is not JSON"),
        (("ask", "x", "--result", 'get_weather="\\ud800"'), "is not JSON"),
        (("ask", "\udce9"), "is not text"),
        (("ask", "x", "--temperature", "nan"), "not a number from 0"),
        (("ask", "x", "--simulator", "--base-url", "http://127.0.0.1:1"), "two different places"),
        (("ask", "x", "--base-url", "http://ada:pw@127.0.0.1:1"), "--base-url: it has a name or"),
        (("ask", "x", "--base-url", "http://127.0.0.1:1/?key=pw"), "--base-url: it has a key"),
        (("ask", "x", "--base-url", "127.0.0.1:1"), "--base-url: it does not begin with http"),
        (("tools", "nowhere.py"), "there is no nowhere.py"),
    ],
)
def test_a_wrong_command_line_is_a_usage_error(capsys, arguments, complaint):
    with pytest.raises(SystemExit) as ended:
        main(arguments)

    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert complaint in said.err


# Who answers


@pytest.mark.parametrize(
    ("named", "environ", "ours"),
    [
        ({}, {}, True),
        ({"model": "sim-small"}, {}, True),
        ({"model": "sim-small"}, {"ANTHROPIC_API_KEY": "k"}, True),
        ({"model": "claude-opus-4-8"}, {}, False),
        ({"simulator": True, "model": "claude-opus-4-8"}, {"ANTHROPIC_API_KEY": "k"}, True),
        ({}, {"ANTHROPIC_API_KEY": "k"}, False),
        ({"base_url": "http://127.0.0.1:9"}, {}, False),
        ({"base_url": "http://127.0.0.1:9", "model": "sim-large"}, {}, False),
        ({}, {"ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}, False),
    ],
)
def test_the_simulator_answers_unless_something_real_is_named(named, environ, ours):
    values = {"wire": "anthropic", "model": None, "base_url": None, "simulator": False}

    assert uses_our_simulator(Namespace(**values | named), environ) is ours


def test_without_model_address_and_key_it_says_that_it_simulates(capsys):
    status = main(["ask", "Hello", "--json", "--tools", str(WEATHER)])

    said = capsys.readouterr()
    document = json.loads(said.out)
    assert status == 0
    assert document["run"]["simulated"] is True
    assert document["run"]["model"].startswith("sim-")
    assert "our simulator answers" in said.err


def test_a_real_model_without_a_key_is_an_error(capsys):
    status = main(["ask", "Hello", "--json", "--model", "claude-opus-4-8"])

    document = json.loads(capsys.readouterr().out)
    assert (status, document["exchanges"]) == (1, [])
    failure = document["steps"][-1]["failure"]
    assert failure["kind"] == "auth"
    assert "ANTHROPIC_API_KEY" in failure["message"]


# Definitions


def test_definitions_are_printed_as_the_wire_sends_them(ask, stock, capsys):
    _, out, _ = ask("--json", "--result", "get_weather=1", tools=stock)
    sent = json.loads(json.loads(out)["exchanges"][0]["request_body"]["text"])

    status = main(["tools", str(stock), "--json"])

    assert status == 0
    assert json.loads(capsys.readouterr().out) == {
        "wire": "anthropic",
        "tools": sent["tools"],
        "changes": [],
    }


def test_definitions_of_several_paths_are_one_list(careful, stock, capsys):
    status = main(["tools", str(WEATHER), str(ROOT / "sample_tools" / "calculator.py")])

    listed = json.loads(capsys.readouterr().out)
    assert status == 0
    assert [tool["name"] for tool in listed] == ["get_weather", "calculate"]


def test_what_cannot_be_used_is_said_and_none_at_all_is_an_error(tmp_path, capsys):
    broken = tmp_path / "broken.py"
    broken.write_text("def tool(:\n")

    status = main(["tools", str(broken)])

    said = capsys.readouterr()
    assert (status, said.out) == (1, "")
    assert "broken.py, line 1" in said.err


def test_listing_definitions_loads_no_sdk_and_no_database():
    code = (
        "import sys; from roundtrip.cli import main; main(['tools', sys.argv[1]]);"
        "print([n for n in ('anthropic', 'sqlalchemy', 'httpx2', 'streamlit') if n in sys.modules])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, WEATHER], cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert ended.stdout.splitlines()[-1] == "[]", ended.stderr
