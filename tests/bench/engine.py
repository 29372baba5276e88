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

import anthropic
import httpx2

from roundtrip.conversation import Options
from roundtrip.drive import Drive
from roundtrip.events import Event, OfferedTool, Setup, TurnStarted
from roundtrip.exchange import Exchange
from roundtrip.journal import Journal
from roundtrip.simulator.simulation import Settings
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.store import Store
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.python import tools_in
from roundtrip.tools.tool import Tool
from roundtrip.wires.capture import Recorder
from roundtrip.wires.send import Sender, Target
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import WireRequest, wire_named
from tests.bench.figures import Figure

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

    address: str
    store: Store
    tools: Mapping[str, Tool]
    client: anthropic.AsyncAnthropic
    sender: Sender = field(default_factory=Sender)
    pool: ThreadPool = field(default_factory=ThreadPool)

    @property
    def target(self) -> Target:
        return Target("anthropic", self.address, KEY)

    @property
    def setup(self) -> Setup:
        offered = tuple(
            OfferedTool(definition=tool.definition, policy=tool.policy)
            for tool in self.tools.values()
        )
        options = Options(model="sim-large", stream=True, max_output_tokens=1024)
        return Setup(wire="anthropic", options=options, tools=offered, simulated=True)

    def definitions(self) -> Any:
        """As the engine spells them: both loops send the same."""
        definitions = tuple(tool.definition for tool in self.tools.values())
        journal = self.asked()
        conversation, options = journal.state.conversation, self.setup.options
        request, _ = wire_named("anthropic").encode_request(conversation, definitions, options)
        return json.loads(request.body)["tools"]

    def asked(self) -> TimedJournal:
        """A run whose turn has begun."""
        run = self.store.new_run("bench", QUESTION, time.time()).id
        journal = TimedJournal(self.store, "bench", run)
        journal.write(partial(TurnStarted, text=QUESTION, setup=self.setup))
        journal.writing_s = 0.0
        return journal

    async def close(self) -> None:
        await self.sender.close()
        await self.client.close()
        self.pool.close()


async def turn_of_the_engine(bench: Bench, journal: Journal) -> None:
    drive = Drive(journal, bench.sender, bench.pool, lambda: bench.tools, lambda _: bench.target)
    await drive.to_the_end()
    assert journal.state.answer is not None, "the engine got no answer"


async def turn_of_the_sdk(bench: Bench, definitions: Any) -> None:
    """The loop that a provider's own guide shows."""
    messages: list[Any] = [{"role": "user", "content": QUESTION}]
    while True:
        async with bench.client.messages.stream(
            model="sim-large", max_tokens=1024, messages=messages, tools=definitions
        ) as stream:
            reply = await stream.get_final_message()
        if reply.stop_reason != "tool_use":
            return
        results = [
            {
                "type": "tool_result",
                "tool_use_id": block.id,
                "content": json.dumps(_run(bench.tools[block.name], block.input)),
            }
            for block in reply.content
            if block.type == "tool_use"
        ]
        messages += [
            {"role": "assistant", "content": reply.content},
            {"role": "user", "content": results},
        ]


def _run(tool: Tool, arguments: Any) -> Any:
    assert tool.run is not None
    return tool.run(**arguments)


def measure(turns: int = 40, paced_turns: int = 10) -> list[Figure]:
    """All figures of this file."""
    sample = Path(__file__).resolve().parents[2] / "sample_tools"
    tools = {tool.name: tool for tool in tools_in(sample).tools}
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/bench.sqlite3")
        try:
            with SimulatorThread(AT_ONCE) as url:
                figures = asyncio.run(_added(f"{url}/anthropic", store, tools, turns))
            with SimulatorThread(Settings()) as url:
                ratio = asyncio.run(_ratio(f"{url}/anthropic", store, tools, paced_turns))
        finally:
            store.close()
    return [*figures, ratio]


def _bench(address: str, store: Store, tools: Mapping[str, Tool]) -> Bench:
    client = anthropic.AsyncAnthropic(api_key=KEY, base_url=address, max_retries=0)
    return Bench(address, store, tools, client)


async def _compared(bench: Bench, turns: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of each turn of the engine and of the SDK, and what the engine's wrote."""
    definitions = bench.definitions()
    for _ in range(2):  # connections, imports and caches
        await turn_of_the_engine(bench, bench.asked())
        await turn_of_the_sdk(bench, definitions)
    engine, sdk, writing = [], [], []
    for _ in range(turns):
        journal = bench.asked()
        engine.append(await _ms(turn_of_the_engine(bench, journal)))
        writing.append(journal.writing_s * 1000)
        sdk.append(await _ms(turn_of_the_sdk(bench, definitions)))
    return engine, sdk, writing


async def _added(address: str, store: Store, tools: Mapping[str, Tool], turns: int) -> list[Figure]:
    bench = _bench(address, store, tools)
    try:
        engine, sdk, writing = (
            statistics.median(each) / ROUND_TRIPS for each in await _compared(bench, turns)
        )
        journal = bench.asked()
        await turn_of_the_engine(bench, journal)
        exchanges = list(store.exchanges("bench", journal.run))
        codec = _codec_ms(journal, exchanges)
        capture = await _capture_ms(bench, exchanges)
    finally:
        await bench.close()
    added = engine - sdk
    return [
        Figure("a round trip of the SDK's own loop, p50", sdk, "ms"),
        Figure("a round trip of the engine, p50", engine, "ms"),
        Figure("added to a round trip by the engine, p50", added, "ms", ADDED_MS),
        Figure("  of it: codec (encode, frame, decode)", codec, "ms"),
        Figure("  of it: capture (beside the SDK's plain request)", capture, "ms"),
        Figure("  of it: writes to their commits (SQLite, synchronous)", writing, "ms"),
    ]


async def _ratio(address: str, store: Store, tools: Mapping[str, Tool], turns: int) -> Figure:
    bench = _bench(address, store, tools)
    try:
        engine, sdk, _ = await _compared(bench, turns)
    finally:
        await bench.close()
    ratio = statistics.median(engine) / statistics.median(sdk)
    return Figure("a turn at the simulator's own pace, engine to SDK", ratio, "x", RATIO)


def _codec_ms(journal: Journal, exchanges: list[Exchange], times: int = 50) -> float:
    """Of one round trip; the longest request stands for all."""
    wire, setup = wire_named("anthropic"), journal.state.setup
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
            request = WireRequest("POST", "/v1/messages", (), exchange.request_body)
            recorded.append(await _ms(_send_recorded(bench, request)))
            plain.append(await _ms(_send_plain(bench, request)))
    return statistics.median(recorded) - statistics.median(plain)


async def _send_recorded(bench: Bench, request: WireRequest) -> None:
    recorder = Recorder(1, 1, secret=KEY, on_leaving=_nothing)
    async for _ in bench.sender.send(bench.target, request, recorder):
        pass
    recorder.end()
    recorder.exchange()


async def _send_plain(bench: Bench, request: WireRequest) -> None:
    headers = {"Content-Type": "application/json", "X-Stainless-Raw-Response": "stream"}
    response = await bench.client.post(
        request.path,
        content=request.body,
        cast_to=httpx2.Response,
        options={"headers": headers},
    )
    async for _ in response.aiter_bytes():
        pass
    await response.aclose()


async def _nothing(_: Exchange) -> None:
    return None


async def _ms(work: Awaitable[None]) -> float:
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1000
