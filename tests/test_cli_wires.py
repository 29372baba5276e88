"""The command line on every wire: the same turn, the same options, the same exit status."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.cli import main
from roundtrip.owner import KEY_VARIABLES
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.wires.address import BASE_URL_VARIABLES
from roundtrip.wires.wire import WIRES, WireRequest, wire_named
from tests.turns import AT_ONCE, CAREFUL, WEATHER

QUESTION = "Weather in Tokyo and Oslo?"
KEYS = {name for names in KEY_VARIABLES.values() for name in names}

OPTIONAL = '''
def search(query: str, limit: int = 5) -> str:
    """Search the archive.

    Args:
        query: The words.
        limit: At most so many.
    """
    return "nothing"
'''


@pytest.fixture(autouse=True)
def no_keys(monkeypatch):
    for name in (*KEYS, *BASE_URL_VARIABLES.values(), "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def root():
    with SimulatorThread(AT_ONCE) as address:
        yield address


@pytest.fixture(params=WIRES)
def wire(request):
    return str(request.param)


@pytest.fixture
def ask(wire, root, monkeypatch, capsys):
    """Ask on that wire, and get (exit status, the run document)."""
    monkeypatch.setenv(KEY_VARIABLES[wire][0], "any-key")

    def asked(*arguments: object, tools: Any = WEATHER) -> tuple[int, dict[str, Any]]:
        address = root + SIMULATOR_PATHS[wire]
        fixed = ("ask", QUESTION, "--json", "--wire", wire, "--base-url", address)
        given = (*fixed, "--model", "sim-large", "--tools", tools, *arguments)
        status = main([str(argument) for argument in given])
        return status, json.loads(capsys.readouterr().out)

    return asked


def sent(document: dict[str, Any], wire: str) -> tuple[Any, Any, Any]:
    """What the first request said: conversation, tools, options."""
    exchange = document["exchanges"][0]
    body = exchange["request_body"]["text"].encode()
    return wire_named(wire).decode_request(WireRequest("POST", exchange["url"], (), body))


@pytest.mark.parametrize("streaming", ["--stream", "--no-stream"])
def test_a_turn_runs_to_its_answer(ask, wire, streaming):
    status, document = ask(streaming)

    assert (status, document["run"]["wire"]) == (0, wire)
    phases = [step["phase"] for step in document["steps"]]
    assert phases == ["define", "ask", "stop", "run", "run", "return", "answer"]
    assert bool(document["exchanges"][0]["events"]) == (streaming == "--stream")
    assert sent(document, wire)[2].stream == (streaming == "--stream")


def test_options_reach_the_request(ask, wire):
    options = ("--strict", "--system", "Be brief.", "--max-output-tokens", 99)
    _, document = ask(*options, "--temperature", 0.5)
    conversation, tools, told = sent(document, wire)

    assert [text.text for text in conversation.system] == ["Be brief."]
    assert tools[0].strict is True
    assert (told.max_output_tokens, told.temperature) == (99, 0.5)


@pytest.mark.parametrize(
    ("choice", "mode", "name"),
    [
        ("auto", "auto", None),
        ("any", "any", None),
        ("none", "none", None),
        ("get_weather", "tool", "get_weather"),
    ],
)
def test_the_choice_of_tools_reaches_the_request(ask, wire, choice, mode, name):
    status, document = ask("--tool-choice", choice, "--max-round-trips", 1)
    told = sent(document, wire)[2].tool_choice

    assert (told.mode, told.name) == (mode, name)
    # Without tools the model answers; else the cap ends the turn.
    assert status == (0 if choice == "none" else 1)


def test_a_definition_without_code_awaits_its_result_or_is_given_one(ask, tmp_path):
    stock = tmp_path / "stock.json"
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    definition = {"name": "get_weather", "description": "Of a city.", "parameters": schema}
    stock.write_text(json.dumps(definition))

    assert ask(tools=stock)[0] == 3
    status, document = ask("--result", 'get_weather={"temp_c": 21}', tools=stock)
    assert status == 0
    assert "21" in document["exchanges"][1]["request_body"]["text"]


def test_a_tool_that_asks_is_refused_where_nobody_is_and_approved_by_name(ask, tmp_path):
    careful = tmp_path / "careful.py"
    careful.write_text(CAREFUL)

    assert ask(tools=careful)[0] == 0
    assert not careful.with_name("ran").exists()
    assert ask("--approve", "get_weather", tools=careful)[0] == 0
    assert careful.with_name("ran").exists()


def test_a_refused_key_is_an_error_in_the_providers_words(ask, wire, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLES[wire][0], "invalid-key")
    status, document = ask()

    failure = document["steps"][-1]["failure"]
    assert status == 1
    assert failure["provider"]


def test_with_nothing_named_the_simulator_answers(wire, capsys):
    status = main(["ask", QUESTION, "--wire", wire, "--tools", str(WEATHER), "--no-stream"])

    said = capsys.readouterr()
    assert status == 0
    assert "our simulator answers" in said.err
    assert "Tokyo" in said.out


def test_a_real_model_without_a_key_is_an_error(wire, capsys):
    model = wire_named(wire).models[0]
    status = main(["ask", "Hello", "--json", "--wire", wire, "--model", model])

    document = json.loads(capsys.readouterr().out)
    assert (status, document["exchanges"]) == (1, [])
    assert KEY_VARIABLES[wire][0] in document["steps"][-1]["failure"]["message"]


def test_a_server_on_this_machine_needs_no_key(root, capsys):
    """As those that people run speak Chat Completions and ask for none."""
    address = f"{root}/openai/v1"
    arguments = ["ask", QUESTION, "--json", "--wire", "openai-chat", "--base-url", address]
    status = main([*arguments, "--model", "sim-large", "--tools", str(WEATHER)])

    document = json.loads(capsys.readouterr().out)
    assert (status, document["steps"][-1]["phase"]) == (0, "answer")
    assert "authorization" in dict(document["exchanges"][0]["request_headers"])


@pytest.mark.parametrize("address", ["https://gateway.example/v1", "http://10.0.0.7:11434/v1"])
def test_elsewhere_a_missing_key_is_said_before_anything_leaves(address, capsys):
    arguments = ["ask", QUESTION, "--json", "--wire", "openai-chat", "--base-url", address]
    status = main([*arguments, "--model", "some-model", "--tools", str(WEATHER)])

    document = json.loads(capsys.readouterr().out)
    assert (status, document["exchanges"]) == (1, [])


@pytest.mark.parametrize("strict", [(), ("--strict",)])
def test_definitions_are_listed_as_they_are_sent(ask, wire, tmp_path, capsys, strict):
    optional = tmp_path / "optional.py"
    optional.write_text(OPTIONAL)
    _, document = ask(*strict, tools=optional)
    status = main(["tools", str(optional), "--wire", wire, "--json", *strict])

    listed = json.loads(capsys.readouterr().out)
    assert (status, listed["wire"]) == (0, wire)
    assert listed["tools"] == json.loads(document["exchanges"][0]["request_body"]["text"])["tools"]
    assert all(change["where"].startswith("tools[0]") for change in listed["changes"])


def test_what_strict_mode_rewrites_is_said(tmp_path, capsys):
    optional = tmp_path / "optional.py"
    optional.write_text(OPTIONAL)
    main(["tools", str(optional), "--wire", "openai-chat", "--strict"])

    said = capsys.readouterr().out
    assert "changed: tool " in said and "· input_schema.properties.limit" in said
    assert "null when it is not given" in said
