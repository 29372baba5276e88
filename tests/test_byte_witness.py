"""What the run document calls raw is what a listener between us and the server saw."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import secrets
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from roundtrip.conversation import Message, Reply, StopSignal, Text, Usage
from roundtrip.drive import Drive
from roundtrip.events import TurnStarted
from roundtrip.export.file import as_text
from roundtrip.panels import panels
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.wires.send import Target
from roundtrip.wires.wire import WIRES, wire_named
from tests.turns import AT_ONCE, Turns, setup
from tests.witness import Crossed, Witness

SECRET = {"authorization", "x-api-key", "x-goog-api-key"}

every_wire = pytest.mark.parametrize("wire", list(WIRES))


@pytest.fixture(scope="module")
def port():
    with SimulatorThread(AT_ONCE) as address:
        yield urlsplit(address).port


@pytest.fixture(scope="module")
def drawn(request: pytest.FixtureRequest) -> str:
    """The wire that is tried in full where a sample does."""
    return random.Random(request.config.getoption("--sample-seed")).choice(list(WIRES))


def turn(
    folder: Path, port: int, wire: str, *, key: str = "any-key", **how: Any
) -> tuple[Turns, Witness]:
    """A turn about the weather on this wire through a witness."""
    turns, witness = Turns(folder), Witness(port)

    async def ask() -> None:
        async with witness as ours:
            target = Target(wire, f"http://127.0.0.1:{ours}{SIMULATOR_PATHS[wire]}", key)
            asked = setup(wire=wire, **how)
            await turns.ask("Weather in Tokyo and Zürich?", asked, lambda _: target)

    asyncio.run(ask())
    return turns, witness


def fault(name: str) -> tuple[tuple[str, str], ...]:
    return (("x-fault", name),)


CASES = {
    "streamed, with calls": ({}, 2),
    "whole bodies, with calls": ({"stream": False}, 2),
    "a wrong key": ({"key": "invalid-key"}, 1),
    "rate limited, then answered": ({"headers": fault("429*1")}, 4),
    "overloaded, then answered": ({"headers": fault("529*1"), "tools": ()}, 2),
    "a stream cut short": ({"headers": fault("cut")}, 1),
    "a body cut short, then whole": ({"headers": fault("cut*1"), "stream": False, "tools": ()}, 2),
}


@every_wire
@pytest.mark.parametrize(("how", "exchanges"), CASES.values(), ids=CASES)
def test_bodies_headers_and_hashes_are_what_crossed(
    tmp_path, port, wire, how, exchanges, full, drawn
):
    if how.get("headers") and wire != drawn and not full:
        pytest.skip("faults over one wire; over all with --full")
    turns, witness = turn(tmp_path, port, wire, **how)

    written = turns.document()["exchanges"]
    requests, responses = witness.requests(), witness.responses()
    assert (len(written), len(requests), len(responses)) == (exchanges,) * 3
    for exchange, request, response in zip(written, requests, responses, strict=True):
        same_request(exchange, request)
        # One API repeats a wrong key in its refusal.
        key = how.get("key", "any-key").encode()
        assert body(exchange["response_body"]) == response.body.replace(key, b"*" * len(key))
        assert exchange["response_sha256"] == response.sha256
        assert exchange["response_headers"] == response.headers
        assert response.first_line.split()[1] == str(exchange["status"])


def same_request(exchange: dict[str, Any], request: Crossed) -> None:
    assert body(exchange["request_body"]) == request.body
    assert exchange["request_sha256"] == request.sha256
    assert visible(exchange["request_headers"]) == visible(request.headers)
    assert f"{exchange['method']} {exchange['url']}" == line(request)


def line(request: Crossed) -> str:
    """Method and whole address, out of the first line and the header that names the host."""
    method, path, _ = request.first_line.split()
    [host] = [value for name, value in request.headers if name.lower() == "host"]
    return f"{method} http://{host}{path}"


def body(written: dict[str, str]) -> bytes:
    if "text" in written:
        return written["text"].encode()
    return base64.b64decode(written["base64"])


def visible(headers: list[list[str]]) -> list[list[str]]:
    """Pairs in order and spelling; of a secret one only the name."""
    return [[name, "" if name.lower() in SECRET else value] for name, value in headers]


@every_wire
def test_a_request_that_lies_ready_names_the_address_it_then_goes_to(tmp_path, port, wire):
    turns, witness = Turns(tmp_path), Witness(port)
    asked = setup(wire=wire, stepwise=True)
    turns.journal.write(partial(TurnStarted, text="Weather in Tokyo?", setup=asked))

    def title() -> str | None:
        row, exchange = turns.journal.steps()[1], turns.journal.exchange(1)
        return panels(row, turns.journal.events(), exchange)[0].title

    async def ask() -> list[str | None]:
        async with witness as ours:
            address = f"http://127.0.0.1:{ours}{SIMULATOR_PATHS[wire]}/"
            target = Target(wire, address, "any-key")
            await turns.drive(Drive.step, lambda _: target)
            before = title()
            await turns.drive(Drive.step, lambda _: target)
            return [before, title()]

    assert asyncio.run(ask()) == [line(witness.requests()[0])] * 2


@every_wire
def test_the_events_of_a_stream_are_its_bytes_in_order_and_time(tmp_path, port, wire):
    turns, witness = turn(tmp_path, port, wire)

    for exchange, response in zip(turns.document()["exchanges"], witness.responses(), strict=True):
        lines = response.body.decode().splitlines()
        sent = [line.removeprefix("data: ") for line in lines if line.startswith("data:")]
        times = [event["at"] for event in exchange["events"]]
        assert [event["data"] for event in exchange["events"]] == sent
        assert times == sorted(times)
        assert exchange["started_at"] <= times[0] <= times[-1] <= exchange["ended_at"]


@every_wire
def test_a_plain_body_has_no_events(tmp_path, port, wire):
    turns, _ = turn(tmp_path, port, wire, stream=False)

    assert [one["events"] for one in turns.document()["exchanges"]] == [[], []]


@every_wire
@pytest.mark.parametrize("prefix", ["canary-", "invalid-canary-", "sk-proj-", "AIza"])
def test_a_key_is_nowhere_but_in_the_header_that_leaves(tmp_path, port, capfd, wire, prefix):
    key = prefix + secrets.token_hex(24)
    turns, witness = turn(tmp_path, port, wire, key=key)
    steps = turns.journal.steps()
    shown = [
        panel.model_dump_json()
        for step in steps
        for panel in panels(
            step,
            turns.journal.events(),
            turns.journal.exchange(step.exchange) if step.exchange else None,
        )
    ]
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    said = capfd.readouterr()

    assert any(key in value for _, value in witness.requests()[0].headers)
    assert witness.everything().count(key.encode()) == len(witness.requests())
    assert "run.db" in files
    assert [name for name, data in files.items() if key.encode() in data] == []
    assert key not in as_text(turns.document())
    assert key not in json.dumps([step.model_dump(mode="json") for step in steps]) + "".join(shown)
    assert key not in said.out + said.err
    assert key not in repr(Target(wire, None, key)) + repr(turns.journal.events())


@every_wire
@pytest.mark.parametrize("stream", [True, False])
def test_a_key_that_a_server_echoes_is_not_kept(tmp_path, wire, stream):
    key = "canary-" + secrets.token_hex(24)
    turns = Turns(tmp_path)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        reply = wire_named(wire).encode_reply(saying(f"Your key is {key}."), stream=stream)
        kind = "text/event-stream" if stream else "application/json"
        body = reply if isinstance(reply, bytes) else b"".join(one.encode() for one in reply)
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n"
        writer.write(head.encode() + b"connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    async def ask() -> None:
        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            target = Target(wire, f"http://127.0.0.1:{port}", key)
            await turns.ask("Hello", setup(wire=wire, stream=stream), lambda _: target)

    asyncio.run(ask())

    assert turns.journal.state.answer is not None
    assert "Your key is ****" in turns.journal.state.answer.message.text
    assert key not in as_text(turns.document())
    assert not any(key.encode() in path.read_bytes() for path in tmp_path.iterdir())


def saying(words: str) -> Reply:
    return Reply(
        id="msg_1",
        model="a-model",
        message=Message(role="assistant", parts=(Text(text=words),)),
        stop=StopSignal(signal="end", provider="end_turn"),
        usage=Usage(input=1, output=1),
    )
