"""Turns on every wire through the whole engine, and conversations that cross from one to another.

Real store, SDKs and HTTP, against the simulator.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from components.first_visit import STARTERS
from roundtrip.conversation import Options, Thinking, bare
from roundtrip.drive import Drive
from roundtrip.events import OfferedTool, ReplyReceived, RequestSent, Setup
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.tools import tools_in
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.tool import Tool
from roundtrip.wires.send import Sender, Target
from roundtrip.wires.wire import WIRES
from tests.turns import AT_ONCE, Turns

SAMPLE_TOOLS = Path(__file__).resolve().parents[1] / "sample_tools"

HISTORY = {
    "anthropic": "messages",
    "openai-chat": "messages",
    "openai-responses": "input",
    "gemini": "contents",
}
"""Where a request's body holds what was said."""


class Crossing(Turns):
    """A run whose turns may each go over another wire, with the tools of a first visit."""

    def __init__(self, folder: Path, address: str) -> None:
        super().__init__(folder)
        self._address = address
        self._tools: Mapping[str, Tool] = {
            tool.name: tool for tool in tools_in(SAMPLE_TOOLS).tools if not tool.optional
        }

    def turn(self, text: str, wire: str, *, stream: bool = True, model: str = "sim-large") -> None:
        offered = tuple(
            OfferedTool(definition=tool.definition, policy=tool.policy)
            for tool in self._tools.values()
        )
        options = Options(model=model, stream=stream, max_output_tokens=2048)
        setup = Setup(wire=wire, options=options, tools=offered, simulated=True)
        asyncio.run(self.ask(text, setup, self._target))

    async def drive(self, how: Any, target: Any) -> None:
        sender, pool = Sender(), ThreadPool()
        try:
            await how(Drive(self.journal, sender, pool, lambda: self._tools, target))
        finally:
            await sender.close()
            pool.close()

    def _target(self, setup: Setup) -> Target:
        return Target(setup.wire, self._address + SIMULATOR_PATHS[setup.wire], "any-key")

    @property
    def replies(self) -> list[ReplyReceived]:
        return [event for event in self.journal.events() if isinstance(event, ReplyReceived)]

    @property
    def changes(self) -> list[list[str]]:
        """What each request could not say, as paths."""
        sent = [event for event in self.journal.events() if isinstance(event, RequestSent)]
        return [[change.where for change in event.changes] for event in sent]

    @property
    def bodies(self) -> list[str]:
        """Each request as its bytes left."""
        return [exchange["request_body"]["text"] for exchange in self.document()["exchanges"]]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with SimulatorThread(AT_ONCE) as address:
        yield address


@pytest.fixture
def crossing(tmp_path: Path, address: str) -> Iterator[Crossing]:
    crossing = Crossing(tmp_path, address)
    yield crossing
    crossing.store.close()


def calls_of(reply: ReplyReceived) -> list[tuple[str, Any]]:
    return [(call.name, call.arguments) for call in reply.reply.message.calls]


# One question on every wire


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.shows)
def test_a_starter_card_makes_the_same_calls_and_answer_on_every_wire(tmp_path, address, starter):
    told = {}
    for wire in WIRES:
        for stream in (True, False):
            folder = tmp_path / f"{wire}-{stream}"
            folder.mkdir()
            run = Crossing(folder, address)
            run.turn(starter.question, wire, stream=stream)
            assert run.journal.state.answer is not None, (wire, stream)
            told[wire, stream] = [
                [(reply.reply.message.text, calls_of(reply)) for reply in run.replies],
                [reply.reply.stop.signal for reply in run.replies],
            ]
            # Where an API has no mark for a failed call, its result says so in words.
            left = [where for changes in run.changes for where in changes]
            assert all(where.endswith(".is_error") for where in left), (wire, left)
            assert bool(run.document()["exchanges"][0]["events"]) == stream
            run.store.close()

    first = told["anthropic", True]
    assert first[1][-1] == "end"
    for where, one in told.items():
        assert one == first, where


# Two wires within one conversation


@pytest.mark.parametrize(
    ("first", "second"),
    list(permutations(WIRES, 2)),
    ids=lambda wire: wire if wire in WIRES else None,
)
def test_a_conversation_crosses_to_another_wire_and_back(crossing, first, second):
    crossing.turn("What is the weather in Tokyo?", first, model="sim-thinker")
    at_home, asked = crossing.replies, len(crossing.bodies)
    crossing.turn("What is the weather in Oslo?", second, model="sim-thinker")
    abroad = len(crossing.bodies)
    crossing.turn("What is 17% of 2,340?", first, model="sim-thinker")

    # Every turn asked for tools and came to an answer.
    assert [reply.reply.stop.signal for reply in crossing.replies] == ["tool_calls", "end"] * 3
    assert [name for reply in crossing.replies for name, _ in calls_of(reply)] == [
        "get_weather",
        "get_weather",
        "calculate",
    ]

    # What only the first wire may say stayed there, and what was left out is listed.
    for native in natives_of(at_home):
        assert native in "".join(crossing.bodies[asked - 1]), "the first wire says it back"
        assert not any(native in body for body in crossing.bodies[asked:abroad]), native
    thought = [part for reply in at_home for part in reply.reply.message.parts if signed(part)]
    assert bool(thought) <= any("parts[" in where for where in crossing.changes[asked])

    # Back on the first wire, the first turn is told to the letter as it was, and its natives too.
    before = json.loads(crossing.bodies[asked - 1])[HISTORY[first]]
    again = json.loads(crossing.bodies[abroad])[HISTORY[first]]
    assert again[: len(before)] == before
    # The other one's reasoning does not come along.
    for native in natives_of(crossing.replies[2:4]):
        assert native not in crossing.bodies[abroad], native


def signed(part: Any) -> bool:
    return isinstance(part, Thinking) and part.signed


def natives_of(replies: list[ReplyReceived]) -> list[str]:
    """What must go back as it came, and to nobody else: signatures and encrypted reasoning."""
    found: list[str] = []
    for reply in replies[:1]:  # the last reply of a turn is said back by the next turn
        for part in reply.reply.message.parts:
            if part.native is not None:
                found += secrets_in(part.native.value)
    return found


def secrets_in(value: Any) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in secrets_in(item)]
    if not isinstance(value, dict):
        return []
    names = ("signature", "encrypted_content", "thoughtSignature")
    own = [value[name] for name in names if isinstance(value.get(name), str) and value[name]]
    return own + [found for inner in value.values() for found in secrets_in(inner)]


@pytest.mark.parametrize("wire", ["anthropic", "openai-responses", "gemini"])
def test_a_thinking_reply_has_something_that_only_its_wire_may_say(crossing, wire):
    """Else the tests above compare nothing."""
    crossing.turn("What is the weather in Tokyo?", wire, model="sim-thinker")

    assert natives_of(crossing.replies)


def test_over_all_wires_in_turn_the_conversation_means_the_same(crossing):
    cities = ("Tokyo", "Oslo", "Paris", "Nairobi")
    for wire, city in zip(WIRES, cities, strict=True):
        crossing.turn(f"What is the weather in {city}?", wire, stream=wire != "gemini")

    said = crossing.journal.state.conversation
    asked = [call.arguments for message in said.messages for call in message.calls]
    assert asked == [{"city": city} for city in cities]
    assert all(
        result.name == "get_weather" for message in said.messages for result in message.results
    )
    assert bare(said).messages[-1].text
