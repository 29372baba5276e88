"""The simulator runs alone, on a thread, and inside another app; and it keeps its pace."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread

import anthropic
import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from roundtrip.simulator.pacing import timetable
from roundtrip.simulator.server import Settings, simulator_app
from roundtrip.simulator.thread import SimulatorThread, listening_socket
from tests.simulator.asking import AT_ONCE, ask

ROOT = Path(__file__).resolve().parents[2]


def started(*arguments: str) -> tuple[subprocess.Popen[str], str]:
    """The process, and the line it printed when it was ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "roundtrip.simulator", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline()


def test_alone_it_says_where_it_is_and_ends_quietly():
    process, line = started("--port", "0", "--latency", "0", "--tokens-per-second", "0")
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert address, line
        for base in ("/anthropic", "/openai/v1", "/gemini"):
            assert f"{address[0]}{base}" in line
        assert httpx2.get(f"{address[0]}/health").json() == {"status": "ok"}
        with anthropic.Anthropic(base_url=f"{address[0]}/anthropic", api_key="any") as client:
            assert client.messages.create(**ask("Weather in Tokyo?")).stop_reason == "tool_use"
    finally:
        process.send_signal(signal.SIGINT)
        rest, complaints = process.communicate(timeout=60)
    assert (process.returncode, rest, complaints) == (0, "", "")


def test_a_taken_port_is_said_in_one_line():
    with listening_socket("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        process, line = started("--port", port)
        _, complaint = process.communicate(timeout=60)

    assert (process.returncode, line) == (1, "")
    assert complaint.startswith(f"cannot listen on 127.0.0.1:{port}")


def test_stopping_ends_a_stalled_reply_and_frees_the_port():
    thread = SimulatorThread(AT_ONCE)
    address = thread.start()
    with anthropic.Anthropic(base_url=f"{address}/anthropic", api_key="any") as client:
        stream = client.messages.create(
            **ask("Weather in Tokyo?"), stream=True, extra_headers={"x-fault": "stall"}
        )
        serving = thread._thread
        thread.stop()
        assert serving is not None and not serving.is_alive()
        with pytest.raises(httpx2.TransportError):
            list(stream)
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{address}/health")


def test_it_can_be_started_again_after_it_was_stopped():
    thread = SimulatorThread(AT_ONCE)
    for _ in range(2):
        address = thread.start()
        assert thread.start() == address
        assert httpx2.get(f"{address}/health").status_code == 200
        thread.stop()
        thread.stop()


def test_mounted_in_another_app_it_is_the_same_but_for_what_has_no_owner():
    app = Starlette(routes=[Mount("/sim", simulator_app(AT_ONCE, decisions=False))])
    listening = listening_socket("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/sim"
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    running = Thread(target=server.run, kwargs={"sockets": [listening]})
    running.start()
    try:
        with anthropic.Anthropic(base_url=f"{address}/anthropic", api_key="any") as client:
            message = client.messages.create(**ask("Weather in Tokyo?"))
        assert message.stop_reason == "tool_use"
        assert httpx2.get(f"{address}/health").status_code == 200
        assert httpx2.get(f"{address}/decisions/{message.id}").status_code == 404
        assert httpx2.get(f"{address}/anthropic/v1/x").json()["type"] == "error"
    finally:
        server.should_exit = True
        running.join()


def test_a_reply_takes_the_time_its_tokens_take():
    settings = Settings(seconds_to_first_token=0.5, tokens_per_second=10)
    pieces = [b"a", b"b", b"c"]

    streamed = timetable(pieces, 20, settings)
    whole = timetable([b"abc"], 20, settings)

    assert [piece.at for piece in streamed.pieces] == pytest.approx([0.5, 1.5, 2.5])
    assert [piece.at for piece in whole.pieces] == pytest.approx([2.5])


def test_without_a_pace_nothing_waits():
    settings = Settings(seconds_to_first_token=0, tokens_per_second=0)

    assert [piece.at for piece in timetable([b"a", b"b"], 1000, settings).pieces] == [0, 0]


def test_a_stream_comes_in_pieces_over_time():
    with (
        SimulatorThread(Settings(seconds_to_first_token=0.1, tokens_per_second=100)) as address,
        anthropic.Anthropic(base_url=f"{address}/anthropic", api_key="any") as client,
    ):
        client.messages.create(**ask("Hello"))  # So that nothing is loaded for the first time.
        began = time.monotonic()
        request = ask("What is the weather in Tokyo and Oslo?")
        with client.messages.create(**request, stream=True) as stream:
            seen = [(time.monotonic() - began, event) for event in stream]

    tokens = next(event.usage.output_tokens for _, event in seen if event.type == "message_delta")
    assert seen[0][0] >= 0.1
    assert seen[-1][0] - seen[0][0] >= 0.8 * tokens / 100


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_a_port_that_is_none_is_a_usage_error(port: str):
    process, line = started("--port", port)
    _, errors = process.communicate(timeout=60)

    assert (process.returncode, line) == (2, "")
    assert f"{port} is no port from 0 to 65535" in errors


def test_a_day_that_is_none_is_a_usage_error():
    process, line = started("--port", "0", "--today", "not-a-day")
    process.communicate(timeout=60)

    assert (process.returncode, line) == (2, "")
