"""The simulator alone under load: many streaming conversations at once, and thousands of requests.

Owns both loads and their figures. The server is a process of its own, as a workshop would run it;
whoever asks shares the machine with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx2
import psutil

from roundtrip.conversation import Conversation, Message, Options, Reply, Text, ToolResult
from roundtrip.simulator.server import SIMULATOR_PATHS
from roundtrip.wires.saved_reply import read_saved_reply
from roundtrip.wires.wire import WIRES, wire_named
from tests.bench.figures import Figure, percentile
from tests.live_runs import WEATHER

CONVERSATIONS = 200
REQUESTS = 10_000
AT_ONCE = 20
"""Requests under way while so many are counted: enough to keep the server busy."""

GROWTH_MB = 2.0
"""For each 1,000 requests, once what is remembered has filled up; the rest is the heap's noise."""

_ROOT = Path(__file__).resolve().parents[2]
_KEYS = {"x-api-key": "any-key", "authorization": "Bearer any-key", "x-goog-api-key": "any-key"}
_CITIES = ("Tokyo", "Oslo", "Lima", "Cairo", "Paris", "Rome", "Dublin", "Athens")


@dataclass
class Went:
    """What became of a load. Seconds."""

    first_event_s: list[float] = field(default_factory=list)
    whole_s: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


def measure(conversations: int = CONVERSATIONS, requests: int = REQUESTS) -> list[Figure]:
    """Milliseconds, megabytes and counts."""
    with _simulator() as (root, _):
        alone = asyncio.run(_streaming(root, 1))
        together = asyncio.run(_streaming(root, conversations))
    load = f"simulator, {conversations} streaming conversations at once"
    slower = percentile(together.whole_s, 95) / alone.whole_s[0]
    firsts = [1000 * taken for taken in together.first_event_s]
    figures = [
        Figure("simulator, one conversation: first event", 1000 * max(alone.first_event_s), "ms"),
        Figure(f"{load}: first event, p50", percentile(firsts, 50), "ms"),
        Figure(f"{load}: first event, p95", percentile(firsts, 95), "ms"),
        Figure(f"{load}: whole, p95, against one alone", slower, "x"),
        Figure(f"{load}: errors", _told(together), "", 0),
    ]
    with _simulator("--latency", "0", "--tokens-per-second", "0") as (root, process):
        return figures + asyncio.run(_many(root, process, requests))


async def _streaming(root: str, conversations: int) -> Went:
    went = Went()
    async with _client() as client:
        wires = cycle(WIRES)
        talks = (_talk(client, root, next(wires), n, went) for n in range(conversations))
        await asyncio.gather(*talks)
    return went


async def _many(root: str, process: int, requests: int) -> list[Figure]:
    """Ask so often, and look at the server's memory on the way."""
    server, went = psutil.Process(process), Went()
    numbers = iter(range(requests))
    sizes: list[float] = []

    async def ask_on(wire: str) -> None:
        for number in numbers:
            await _talk(client, root, wire, number, went, rounds=1)
            if number % (requests // 10) == 0:
                sizes.append(server.memory_info().rss / 2**20)

    began = time.perf_counter()
    async with _client() as client:
        wires = cycle(WIRES)
        await asyncio.gather(*(ask_on(next(wires)) for _ in range(AT_ONCE)))
    lasted = time.perf_counter() - began
    sizes.append(server.memory_info().rss / 2**20)
    half = len(sizes) // 2
    growth = (sizes[-1] - sizes[half]) / (requests / 2000)
    load = f"simulator, {requests:,} requests"
    return [
        Figure(f"{load}: in a second", requests / lasted, "/s"),
        Figure(f"{load}: memory after the first", sizes[0], "MB"),
        Figure(f"{load}: memory half-way", sizes[half], "MB"),
        Figure(f"{load}: memory at the end", sizes[-1], "MB"),
        Figure(f"{load}: growth for each 1,000 in the second half", growth, "MB", GROWTH_MB),
        Figure(f"{load}: errors", _told(went), "", 0),
    ]


async def _talk(
    client: httpx2.AsyncClient, root: str, wire: str, number: int, went: Went, rounds: int = 2
) -> None:
    """One conversation: a call, and the answer from its result."""
    city = _CITIES[number % len(_CITIES)]
    words = f"What is the weather in {city}? It is question {number}."
    said = [Message(role="user", parts=(Text(text=words),))]
    try:
        began = time.perf_counter()
        reply = await _reply(client, root, wire, said, went)
        [call] = reply.message.calls
        assert call.arguments == {"city": city}, f"{wire}: {call.arguments}"
        if rounds == 2:
            told = (Text(text=f'{{"city": "{city}", "temperature_c": 18}}'),)
            result = ToolResult(call_id=call.id, name=call.name, content=told, is_error=False)
            said += [reply.message, Message(role="user", parts=(result,))]
            answer = await _reply(client, root, wire, said, went)
            assert "18" in answer.message.text, f"{wire}: {answer.message.text}"
        went.whole_s.append(time.perf_counter() - began)
    except Exception as error:
        went.errors[f"{type(error).__name__}: {error}"[:200]] += 1


async def _reply(
    client: httpx2.AsyncClient, root: str, wire: str, said: list[Message], went: Went
) -> Reply:
    options = Options(model="sim-large", max_output_tokens=1024, stream=True)
    conversation = Conversation(messages=tuple(said))
    request, _ = wire_named(wire).encode_request(conversation, (WEATHER,), options)
    url = root + SIMULATOR_PATHS[wire] + request.path
    headers = _KEYS | dict(request.headers) | {"content-type": "application/json"}
    began, pieces = time.perf_counter(), []
    async with client.stream("POST", url, content=request.body, headers=headers) as response:
        async for piece in response.aiter_bytes():
            if not pieces:
                went.first_event_s.append(time.perf_counter() - began)
            pieces.append(piece)
    text = b"".join(pieces).decode()
    assert response.status_code == 200, f"{wire}: {response.status_code} {text[:100]}"
    return read_saved_reply(wire_named(wire), text)


@contextlib.asynccontextmanager
async def _client() -> AsyncIterator[httpx2.AsyncClient]:
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx2.AsyncClient(limits=limits, timeout=120, trust_env=False) as client:
        yield client


@contextlib.contextmanager
def _simulator(*settings: str) -> Iterator[tuple[str, int]]:
    """A process of its own: its address, and its number."""
    command = [sys.executable, "-m", "roundtrip.simulator", "--port", "0", *settings]
    process = subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://[\d.]+:\d+", line)
        assert found, line
        yield found[0], process.pid
    finally:
        process.terminate()
        process.wait(20)


def _told(went: Went) -> int:
    """How many errors there were; each kind is printed."""
    for words, times in went.errors.most_common(10):
        print(f"  {times} × {words}")
    return went.errors.total()
