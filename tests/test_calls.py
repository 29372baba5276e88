"""The calls of one reply run side by side, and none of them holds up or harms what else runs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from roundtrip.calls import Calls
from roundtrip.conversation import ToolDefinition
from roundtrip.events import Event, LateResult, ResultRecorded
from roundtrip.journal import Draft
from roundtrip.state import PendingCall
from roundtrip.store import Conflict
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.tool import Tool
from tests.drive.driving import call, until

pytestmark = pytest.mark.anyio


class Log:
    """What was written, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def write(self, *drafts: Draft) -> None:
        for draft in drafts:
            self.write_late(draft)

    def write_late(self, draft: Draft) -> None:
        self.events.append(draft(seq=len(self.events) + 1, at=0.0))

    def of(self, kind: Any) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def pool() -> Iterator[ThreadPool]:
    pool = ThreadPool()
    yield pool
    pool.close()


def a_tool(run: Any, timeout_s: float = 10.0) -> Tool:
    return Tool(ToolDefinition(name="slow"), run, timeout_s=timeout_s)


def asked(*numbers: int, exchange: int = 1) -> tuple[PendingCall, ...]:
    return tuple(
        PendingCall(index, call("slow", id=f"toolu_{n}", n=n), exchange=exchange)
        for index, n in enumerate(numbers)
    )


async def test_a_late_result_names_its_call(pool: ThreadPool) -> None:
    log, release = Log(), {n: threading.Event() for n in (7, 8)}

    def slow(n: int) -> str:
        release[n].wait(10)
        return f"result of {n}"

    tools = {"slow": a_tool(slow, timeout_s=0.05)}
    calls = Calls(lambda: tools, pool, log.write, log.write_late)
    await calls.execute(asked(7, 8, exchange=3), ())
    for count, n in enumerate((8, 7), start=1):
        release[n].set()
        await until(lambda count=count: len(log.of(LateResult)) == count)  # type: ignore[misc]

    late = [(one.exchange, one.call, one.text) for one in log.of(LateResult)]
    assert late == [(3, 1, "result of 8"), (3, 0, "result of 7")]


async def test_loading_a_tool_file_that_takes_its_time_holds_up_nobody(pool: ThreadPool) -> None:
    log, loading, others_went_on = Log(), threading.Event(), threading.Event()

    def tools() -> dict[str, Tool]:
        loading.set()
        others_went_on.wait(10)  # a file that does much when it is loaded
        return {"slow": a_tool(lambda n: n)}

    async def somebody_else() -> None:
        await until(loading.is_set)
        others_went_on.set()

    waiting = asyncio.create_task(somebody_else())
    await Calls(tools, pool, log.write, log.write_late).execute(asked(1), ())

    assert [one.result.text for one in log.of(ResultRecorded)] == ["1"]
    assert waiting.done()


async def test_one_result_that_cannot_be_written_leaves_the_others_alone(pool: ThreadPool) -> None:
    log, release = Log(), threading.Event()

    async def write(*drafts: Draft) -> None:
        for draft in drafts:
            event = draft(seq=1, at=0.0)
            if isinstance(event, ResultRecorded) and event.call == 0:
                release.set()  # only now may the other one end
                raise Conflict("the run's next event is 9")
        await log.write(*drafts)

    def slow(n: int) -> int:
        if n == 2:
            release.wait(10)
        return n

    calls = Calls(lambda: {"slow": a_tool(slow)}, pool, write, log.write_late)
    with pytest.raises(Conflict):
        await calls.execute(asked(1, 2), ())

    assert [one.result.text for one in log.of(ResultRecorded)] == ["2"]
