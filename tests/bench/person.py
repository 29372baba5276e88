"""A person at the Playground, without a browser: asks, takes the next step, reads what comes.

Owns what the page's components do for them: after each step they fetch the new rows and the chat,
follow the live stream while the run is live, and have the page drawn once more when it rests. What
is measured and what must hold stands with those who use it.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx2

from roundtrip.wires.sse import SseParser
from tests.bench.streamlit_client import Tab, open_tab

REPORTS_AFTER_S = 0.12
"""As `timeline.js` does: steps that land together are one rerun of the page."""

LIVE_FOR_S = 300.0


@dataclass
class Stream:
    """What one live stream brought. Times are of `time.perf_counter`."""

    began: float
    first_row: float = 0.0
    last_row: float = 0.0
    ended: float = 0.0
    """0 while the stream has not said that it is at its end."""

    deltas: int = 0
    words: dict[int, str] = field(default_factory=dict)
    """By exchange: the text that came piece by piece."""

    def take(self, event: str | None, data: str) -> None:
        now = time.perf_counter()
        if event == "steps":
            self.first_row = self.first_row or now
            self.last_row = now
        elif event == "delta":
            told = json.loads(data)
            self.deltas += 1
            if told["kind"] == "text":
                exchange = told["exchange"]
                self.words[exchange] = self.words.get(exchange, "") + told["text"]
        elif event == "end":
            self.ended = now


@dataclass
class Person:
    """One tab on one run."""

    tab: Tab
    reruns: dict[str, list[float]] = field(default_factory=dict)
    """Seconds of each, by what it was for."""

    streams: list[Stream] = field(default_factory=list)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    """The timeline's, by seq."""

    chat: list[dict[str, Any]] = field(default_factory=list)
    head: int = 0
    run: str = ""

    @classmethod
    async def arrives(cls, url: str) -> Person:
        """With a browser of their own, and the page drawn before them."""
        return cls(await open_tab(url))

    @property
    def next(self) -> str | None:
        """What the button says that takes the next step; None where there is none."""
        button = self.tab.widgets.get("control-next")
        return button.label.replace("\\", "") if button else None

    @property
    def can_ask(self) -> bool:
        return not self.tab.widget("ask").disabled

    @property
    def phases(self) -> list[str]:
        return [row["phase"] for _, row in sorted(self.rows.items())]

    @property
    def troubles(self) -> list[str]:
        """What a page must not show, and what it said instead of doing what it was asked."""
        return self.tab.errors + self.tab.toasts

    async def ask(self, question: str) -> None:
        self._count("ask", await self.tab.say("ask", question))
        self._at(self.tab.query["run"][0])
        await self._look()

    async def step(self) -> None:
        self._count("step", await self.tab.press("control-next"))
        await self._look()

    async def to_the_end(self) -> None:
        self._count("to the end", await self.tab.press("control-end"))
        await self._look()

    async def new_conversation(self) -> None:
        self._count("new conversation", await self.tab.press("New conversation"))
        self._at("")

    async def leave(self) -> None:
        await self.tab.close()

    def _at(self, run: str) -> None:
        if run != self.run:
            self.run, self.head = run, 0
            self.rows, self.chat = {}, []

    def _count(self, what: str, seconds: float) -> None:
        self.reruns.setdefault(what, []).append(seconds)

    async def _look(self) -> None:
        """Until the run rests, and the page shows that it does."""
        await self._read_chat()
        while await self._read_rows():
            await self._follow()
        shown = json.loads(self.tab.widget("timeline").data)
        if shown["live"] or shown["head"] < self.head:
            await asyncio.sleep(REPORTS_AFTER_S)
            self._count("report", await self.tab.report("timeline", "advanced", self.head))
            await self._read_chat()

    async def _read_rows(self) -> bool:
        """Whether the run is live."""
        return self._take_rows(await self._json(f"steps?after={self.head}"))

    def _take_rows(self, told: dict[str, Any]) -> bool:
        self.head = max(self.head, told["head"])
        self.rows |= {row["seq"]: row for row in told["steps"]}
        return bool(told["live"])

    async def _read_chat(self) -> None:
        self.chat = (await self._json("chat"))["bubbles"]

    async def _follow(self) -> None:
        stream, parser = Stream(time.perf_counter()), SseParser()
        self.streams.append(stream)
        path = self._path(f"live?after={self.head}")
        async with asyncio.timeout(LIVE_FOR_S):
            async with self.tab.http.stream("GET", path, timeout=LIVE_FOR_S) as answer:
                answer.raise_for_status()
                async for chunk in answer.aiter_bytes():
                    for event in parser.feed(chunk):
                        stream.take(event.event, event.data)
                        if event.event == "steps":
                            self._take_rows(json.loads(event.data))

    async def _json(self, path: str) -> Any:
        answer: httpx2.Response = await self.tab.http.get(self._path(path))
        answer.raise_for_status()
        return answer.json()

    def _path(self, path: str) -> str:
        return f"api/runs/{self.run}/{path}"
