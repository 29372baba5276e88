"""What the engine adds to a round trip, beside the official SDK's own loop.

Both hold the same conversation with the same simulator, with the same tools, in turns, so that a
busy machine slows both. Owns the loops and the split into codec, capture and commits.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from roundtrip.conversation import Options
from roundtrip.drive import Drive
from roundtrip.events import Event, OfferedTool, Setup, TurnStarted
from roundtrip.exchange import Exchange
from roundtrip.journal import Journal
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.simulator.simulation import Settings
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.store import Store
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.python import tools_in
from roundtrip.tools.tool import Tool
from roundtrip.wires.capture import Recorder
from roundtrip.wires.send import Sender, Target
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import WIRES, WireRequest, wire_named
from tests.bench.figures import Figure
from tests.bench.sdk_loops import LOOPS, SdkLoop

QUESTION = "What should I wear in Tokyo and Oslo tomorrow?"
ROUND_TRIPS = 2
KEY = "any-key"
AT_ONCE = Settings(seconds_to_first_token=0.0, tokens_per_second=0.0)

ADDED_MS = 15.0
RATIO = 1.05
"""The design's aims: for a round trip, and for a turn at a quick real model's pace."""


class TimedJournal(Journal):
    """Knows how long its writes took, each to its commit."""

    writing_s = 0.0

    def write(self, *drafts: Callable[..., Event], **how: Any) -> None:
        began = time.perf_counter()
        super().write(*drafts, **how)
        self.writing_s += time.perf_counter() - began


@dataclass
class Bench:
    """Everything one conversation needs, by either loop."""

    wire: str
    address: str
    store: Store
    tools: Mapping[str, Tool]
    sdk: SdkLoop
    sender: Sender = field(default_factory=Sender)
    pool: ThreadPool = field(default_factory=ThreadPool)

    @property
    def target(self) -> Target:
        return Target(self.wire, self.address, KEY)

    @property
    def setup(self) -> Setup:
        offered = tuple(
            OfferedTool(definition=tool.definition, policy=tool.policy)
            for tool in self.tools.values()
        )
        options = Options(model="sim-large", stream=True, max_output_tokens=1024)
        return Setup(wire=self.wire, options=options, tools=offered, simulated=True)

    def body(self) -> Any:
        """A request of the engine's: both loops send the same definitions."""
        definitions = tuple(tool.definition for tool in self.tools.values())
        journal = self.asked()
        conversation, options = journal.state.conversation, self.setup.options
        request, _ = wire_named(self.wire).encode_request(conversation, definitions, options)
        return json.loads(request.body)

    def run(self, name: str, arguments: dict[str, Any]) -> Any:
        tool = self.tools[name].run
        assert tool is not None
        return tool(**arguments)

    def asked(self) -> TimedJournal:
        """A run whose turn has begun."""
        run = self.store.new_run("bench", QUESTION, time.time()).id
        journal = TimedJournal(self.store, "bench", run)
        journal.write(partial(TurnStarted, text=QUESTION, setup=self.setup))
        journal.writing_s = 0.0
        return journal

    async def close(self) -> None:
        await self.sender.close()
        await self.sdk.close()
        self.pool.close()


async def turn_of_the_engine(bench: Bench, journal: Journal) -> None:
    drive = Drive(journal, bench.sender, bench.pool, lambda: bench.tools, lambda _: bench.target)
    await drive.to_the_end()
    assert journal.state.answer is not None, "the engine got no answer"


def measure(turns: int = 40, paced_turns: int = 10) -> list[Figure]:
    """All figures of this file, wire by wire."""
    sample = Path(__file__).resolve().parents[2] / "sample_tools"
    tools = {tool.name: tool for tool in tools_in(sample).tools}
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/bench.sqlite3")
        try:
            with SimulatorThread(AT_ONCE) as quick, SimulatorThread(Settings()) as paced:
                for wire in WIRES:
                    figures += asyncio.run(_added(_bench(wire, quick, store, tools), turns))
                    figures.append(
                        asyncio.run(_ratio(_bench(wire, paced, store, tools), paced_turns))
                    )
        finally:
            store.close()
    return figures


def _bench(wire: str, simulator: str, store: Store, tools: Mapping[str, Tool]) -> Bench:
    address = simulator + SIMULATOR_PATHS[wire]
    return Bench(wire, address, store, tools, LOOPS[wire](address, KEY))


async def _compared(bench: Bench, turns: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each turn of the engine and of the SDK, and what the engine's wrote."""
    body = bench.body()
    for _ in range(2):  # connections, imports and caches
        await turn_of_the_engine(bench, bench.asked())
        await bench.sdk.turn(QUESTION, body, bench.run)
    engine, sdk, writing = [], [], []
    for _ in range(turns):
        journal = bench.asked()
        engine.append(await _ms(turn_of_the_engine(bench, journal)))
        writing.append(journal.writing_s * 1000)
        sdk.append(await _ms(bench.sdk.turn(QUESTION, body, bench.run)))
    return engine, sdk, writing


async def _added(bench: Bench, turns: int) -> list[Figure]:
    wire = bench.wire
    try:
        engine, sdk, writing = (
            statistics.median(each) / ROUND_TRIPS for each in await _compared(bench, turns)
        )
        journal = bench.asked()
        await turn_of_the_engine(bench, journal)
        exchanges = list(bench.store.exchanges("bench", journal.run))
        codec = _codec_ms(wire, journal, exchanges)
        capture = await _capture_ms(bench, exchanges)
    finally:
        await bench.close()
    added = engine - sdk
    return [
        Figure(f"{wire}: a round trip of the SDK's own loop, p50", sdk, "ms"),
        Figure(f"{wire}: a round trip of the engine, p50", engine, "ms"),
        Figure(f"{wire}: added to a round trip, p50", added, "ms", ADDED_MS),
        Figure("  of it: codec (encode, frame, decode)", codec, "ms"),
        Figure("  of it: capture (beside the SDK's plain request)", capture, "ms"),
        Figure("  of it: writes to their commits (SQLite, synchronous)", writing, "ms"),
    ]


async def _ratio(bench: Bench, turns: int) -> Figure:
    try:
        engine, sdk, _ = await _compared(bench, turns)
    finally:
        await bench.close()
    ratio = statistics.median(engine) / statistics.median(sdk)
    return Figure(f"{bench.wire}: a turn at its own pace, engine to SDK", ratio, "x", RATIO)


def _codec_ms(name: str, journal: Journal, exchanges: list[Exchange], times: int = 50) -> float:
    """Of one round trip; the longest request stands for all."""
    wire, setup = wire_named(name), journal.state.setup
    assert setup is not None
    definitions = tuple(tool.definition for tool in setup.tools)
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        for exchange in exchanges:
            wire.encode_request(journal.state.conversation, definitions, setup.options)
            parser, decoder = SseParser(), wire.reply_decoder()
            for event in [*parser.feed(exchange.response_body), *parser.finish()]:
                decoder.feed(event.data)
            decoder.finish()
        spent.append((time.perf_counter() - began) * 1000 / len(exchanges))
    return statistics.median(spent)


async def _capture_ms(bench: Bench, exchanges: list[Exchange], times: int = 30) -> float:
    """What sending recorded takes more than the SDK's own client sending the same bytes."""
    recorded, plain = [], []
    for _ in range(times):
        for exchange in exchanges:
            path = exchange.url.removeprefix(bench.address)
            request = WireRequest("POST", path, (), exchange.request_body)
            recorded.append(await _ms(_send_recorded(bench, request)))
            plain.append(await _ms(bench.sdk.send(path, exchange.request_body)))
    return statistics.median(recorded) - statistics.median(plain)


async def _send_recorded(bench: Bench, request: WireRequest) -> None:
    recorder = Recorder(1, 1, secret=KEY, on_leaving=_nothing)
    async for _ in bench.sender.send(bench.target, request, recorder):
        pass
    recorder.end()
    recorder.exchange()


async def _nothing(_: Exchange) -> None:
    return None


async def _ms(work: Awaitable[None]) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1000
