"""The examples of the Simulator page run as they stand."""

from __future__ import annotations

import subprocess
import sys

import pytest

from roundtrip.simulator.first_requests import first_request, first_requests
from roundtrip.simulator.server import BASES
from roundtrip.wires.saved_reply import read_saved_reply
from roundtrip.wires.wire import WIRES, wire_named


def run(command: list[str]) -> str:
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("wire", WIRES)
def test_a_curl_line_gets_a_call_back(simulator: str, wire: str) -> None:
    example = first_request(wire, simulator, "any-key")
    printed = run(["sh", "-c", example.curl.replace("curl ", "curl --silent --fail ", 1)])
    [call] = read_saved_reply(wire_named(wire), printed).message.calls
    assert (call.name, call.arguments) == ("get_weather", {"city": "Tokyo"})


@pytest.mark.parametrize("wire", WIRES)
def test_the_python_of_each_sdk_gets_a_call_back(simulator: str, wire: str) -> None:
    printed = run([sys.executable, "-c", first_request(wire, simulator, "any-key").python])
    assert "get_weather" in printed
    assert "Tokyo" in printed


def test_each_api_has_its_base_url_below_the_simulators_root() -> None:
    examples = first_requests("http://127.0.0.1:8600/", "any-key")
    assert [example.title for example in examples] == [wire_named(name).title for name in WIRES]
    bases = {f"http://127.0.0.1:8600{base}" for base, _ in BASES.values()}
    assert {example.base_url for example in examples} == bases
