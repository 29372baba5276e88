"""A workshop: many people at once on one server, each taking a step every few seconds.

Owns the load and its figures; what one person does is `person.py`. The people are one process on
the same machine as the server, so what they take of it is told beside what they measure.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from components.first_visit import STARTERS
from tests.bench.figures import Figure, percentile
from tests.bench.person import Person, Stream
from tests.bench.server_watch import watching
from tests.browser.serving import Served, serve

PEOPLE = 100
EVERY_S = 5.0
STEPS = 20
"""Clicks of one run, the questions among them; then a new conversation begins."""

ARRIVING = 5
"""At once: a hundred pages that load in the same second are another question."""

RERUN_MS = 100.0
GROWTH_MB_MIN = 1.0
"""Flat, but for what a sampled line through a heap shows: 30 MB in half an hour."""

FILLED_AFTER_S = 600.0
"""Until then caches fill, and growth says nothing about the hours after."""

MANY_CITIES = (
    "What is the weather tomorrow in Amsterdam, Athens, Bangkok, Berlin, Cairo, Chicago, Dubai, "
    "Dublin, Istanbul, Lagos, Lima, Lisbon, London, Madrid, Mumbai, Nairobi, Oslo, Paris, Rome, "
    "Singapore, Sydney and Tokyo?"
)
"""Streams for seconds, twice: the calls, then the answer about all of them."""


@dataclass
class Went:
    """What became of the load."""

    people: list[Person]
    errors: list[str]
    clicks: int = 0
    waited: int = 0
    """Times that somebody wanted to go on and the step before was still under way."""


def measure(people: int = PEOPLE, minutes: float = 1.0) -> list[Figure]:
    """Milliseconds, megabytes and per cent."""
    with tempfile.TemporaryDirectory() as folder:
        served = serve(Path(folder))
        try:
            walking = asyncio.run(_walking(served, people, minutes * 60))
            return walking + asyncio.run(_streaming(served, people))
        finally:
            served.stop()


# A step every few seconds


async def _walking(served: Served, people: int, seconds: float) -> list[Figure]:
    went = Went(await _all_arrive(served.url, people), [])
    async with watching(served.process.pid, seconds) as watch:
        ends = time.perf_counter() + seconds
        await asyncio.gather(*(_walk(person, went, ends) for person in went.people))
    await asyncio.gather(*(person.leave() for person in went.people))
    load = f"{people} people, a step every {EVERY_S:g} s"
    reruns = _reruns(went.people)
    return [
        *_times(f"{load}: a rerun", [one for some in reruns.values() for one in some], RERUN_MS),
        *(
            figure
            for what, some in sorted(reruns.items())
            for figure in _times(f"  {what}", some)[:2]
            if len(some) > 1
        ),
        Figure(f"{load}: reruns", sum(map(len, reruns.values())), ""),
        Figure(f"{load}: clicks", went.clicks, ""),
        Figure(f"{load}: clicks that had to wait for the step before", went.waited, ""),
        Figure(f"{load}: errors", _told(went), "", 0),
        *watch.figures(load, GROWTH_MB_MIN if seconds >= FILLED_AFTER_S else None),
    ]


async def _all_arrive(url: str, people: int) -> list[Person]:
    door = asyncio.Semaphore(ARRIVING)

    async def arrive() -> Person:
        async with door:
            return await Person.arrives(url)

    return await asyncio.gather(*(arrive() for _ in range(people)))


async def _walk(person: Person, went: Went, ends: float) -> None:
    """Until the time is over. Whatever breaks for this person is kept, and they go on."""
    chance = random.Random(id(person))
    due, clicks = time.perf_counter() + chance.uniform(0, EVERY_S), 0
    while due < ends:
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        try:
            clicks = await _click(person, chance, clicks)
            went.clicks += 1
        except Exception as error:
            went.errors.append(f"{type(error).__name__}: {error}")
        due += EVERY_S
        while due < time.perf_counter():
            went.waited += 1
            due += EVERY_S


async def _click(person: Person, chance: random.Random, clicks: int) -> int:
    """One click. Returns how many the run has had with it."""
    if person.next:
        await person.step()
    elif person.run and clicks >= STEPS:
        await person.new_conversation()
        return 0
    elif person.can_ask:
        await person.ask(chance.choice(STARTERS).question)
    else:
        raise RuntimeError(f"nothing can be done: {sorted(person.tab.widgets)}")
    return clicks + 1


def _reruns(people: list[Person]) -> dict[str, list[float]]:
    """Milliseconds, by what they were for."""
    reruns: dict[str, list[float]] = {}
    for person in people:
        for what, seconds in person.reruns.items():
            reruns.setdefault(what, []).extend(1000 * one for one in seconds)
    return reruns


def _times(name: str, spent: list[float], aim: float | None = None) -> list[Figure]:
    return [
        Figure(f"{name}, p50", percentile(spent, 50), "ms"),
        Figure(f"{name}, p95", percentile(spent, 95), "ms", aim),
        Figure(f"{name}, longest", max(spent), "ms"),
    ]


def _told(went: Went) -> int:
    """How many errors there were; each kind is printed."""
    errors = went.errors + [words for person in went.people for words in person.troubles]
    for words, times in Counter(errors).most_common(10):
        print(f"  {times} × {words}")
    return len(errors)


# Live streams at once


async def _streaming(served: Served, people: int) -> list[Figure]:
    alone = await _turn(served, 1)
    async with watching(served.process.pid, 60.0) as watch:
        together = await _turn(served, people)
    load = f"{people} live streams"
    first_rows = [1000 * (one.first_row - one.began) for one in together.streams]
    ends = [one.ended - one.began for one in together.streams]
    return [
        Figure("a live stream alone, from its beginning to its end", max(alone.lasted), "s"),
        Figure(f"{load} at once: to the end, p50", percentile(ends, 50), "s"),
        Figure(f"{load}: to the end, longest", max(ends), "s"),
        Figure(f"{load}: to the first row, p95", percentile(first_rows, 95), "ms"),
        Figure(f"{load}: lost or not whole", together.lost, "", 0),
        Figure(f"{load}: errors", _told(together.went), "", 0),
        *watch.figures(load),
    ]


@dataclass
class Streamed:
    """One turn of many people at once."""

    went: Went

    @property
    def streams(self) -> list[Stream]:
        """Of each person the first, which is the turn's."""
        return [person.streams[0] for person in self.went.people if person.streams]

    @property
    def lasted(self) -> list[float]:
        return [one.ended - one.began for one in self.streams]

    @property
    def lost(self) -> int:
        return sum(not _is_whole(person) for person in self.went.people)


def _is_whole(person: Person) -> bool:
    """One stream to its end, and the answer in it word for word as it was kept."""
    if len(person.streams) != 1 or not person.streams[0].ended or not person.chat:
        return False
    streamed, kept = person.streams[0].words, person.chat[-1]
    answer = streamed[max(streamed)].strip() if streamed else ""
    return person.phases[-1] == "answer" and bool(answer) and kept["text"] == answer


async def _turn(served: Served, people: int) -> Streamed:
    went = Went(await _all_arrive(served.url, people), [])

    async def go(person: Person) -> None:
        try:
            await person.to_the_end()
        except Exception as error:
            went.errors.append(f"{type(error).__name__}: {error}")

    for person in went.people:
        await person.ask(MANY_CITIES)
    await asyncio.gather(*(go(person) for person in went.people))
    await asyncio.gather(*(person.leave() for person in went.people))
    return Streamed(went)
