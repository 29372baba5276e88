"""Turns run for a test: real store, real SDK, real HTTP, against the simulator."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from roundtrip.conversation import Options
from roundtrip.drive import Drive
from roundtrip.events import OfferedTool, Setup, TurnStarted
from roundtrip.export.file import run_document
from roundtrip.journal import Journal
from roundtrip.simulator.server import Settings
from roundtrip.store import Store
from roundtrip.tools import tools_in
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.tool import Tool
from roundtrip.wires.send import Sender, Target

AT_ONCE = Settings(seconds_to_first_token=0, tokens_per_second=0)
WEATHER = Path(__file__).resolve().parents[1] / "sample_tools" / "weather.py"
OWNER = "somebody"

CAREFUL = """
from pathlib import Path
DESTRUCTIVE = ("get_weather",)

def get_weather(city: str) -> str:
    '''Get the weather of a city.

    Args:
        city: Name of the city, e.g. "Tokyo".
    '''
    print("printed by the tool")
    Path(__file__).with_name("ran").write_text(city)
    return "sunny \\x1b[31m"
"""
"""A file with a tool that asks before it runs, and leaves a trace when it did."""


def weather_tools() -> Mapping[str, Tool]:
    return {tool.name: tool for tool in tools_in(WEATHER).tools}


def setup(**changes: Any) -> Setup:
    """A turn against the simulator that offers the weather tool."""
    offered = tuple(
        OfferedTool(definition=tool.definition, policy=tool.policy)
        for tool in weather_tools().values()
    )
    stream = changes.pop("stream", True)
    options = Options(model="sim-large", stream=stream, max_output_tokens=1024)
    values = {"wire": "anthropic", "options": options, "tools": offered, "simulated": True}
    return Setup(**values | changes)


class Turns:
    """One run in a database file, driven from a test."""

    def __init__(self, folder: Path) -> None:
        self.store = Store.open(f"sqlite:///{folder / 'run.db'}")
        run = self.store.new_run(OWNER, "a test", time.time())
        self.journal = Journal(self.store, OWNER, run.id)

    async def ask(self, text: str, setup: Setup, target: Callable[[Setup], Target]) -> None:
        """One turn, as far as it goes without a person."""
        self.journal.write(partial(TurnStarted, text=text, setup=setup))
        await self.drive(Drive.to_the_end, target)

    async def drive(self, how: Callable[[Drive], Any], target: Callable[[Setup], Target]) -> None:
        sender, pool = Sender(), ThreadPool()
        try:
            await how(Drive(self.journal, sender, pool, weather_tools, target))
        finally:
            await sender.close()
            pool.close()

    def document(self) -> dict[str, Any]:
        return run_document(self.journal, self.store.head(OWNER, self.journal.run))
