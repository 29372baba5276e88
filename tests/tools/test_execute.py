"""Running a call: whatever a tool does, there is a result, in time and in size."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from roundtrip.conversation import ToolDefinition
from roundtrip.tools.execute import Execution, ThreadPool, execute
from roundtrip.tools.tool import Tool

PATIENCE_S = 60
"""How long a test waits for what should come at once."""


@pytest.fixture
def pool() -> Iterator[ThreadPool]:
    pool = ThreadPool(4)
    yield pool
    pool.close()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Something a tool hangs on until the test is over."""
    gate = threading.Event()
    yield gate
    gate.set()


def a_tool(run: Callable[..., Any] | None, **rules: Any) -> Tool:
    return Tool(ToolDefinition(name="tool"), run, **rules)


def ran(pool: ThreadPool, run: Callable[..., Any], **rules: Any) -> Execution:
    return asyncio.run(execute(a_tool(run, **rules), {}, pool=pool))


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.005)


class Sky(Enum):
    clear = "clear"


class Person(BaseModel):
    born: date


@dataclass
class Point:
    x: int


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("18 °C", "18 °C"),
        ("", ""),
        ({"city": "São Paulo", "temp_c": 18}, '{"city": "São Paulo", "temp_c": 18}'),
        ([1, 2.5, True, None], "[1, 2.5, true, null]"),
        (None, "null"),
        (Point(1), '{"x": 1}'),
        ({"who": Person(born=date(1815, 12, 10))}, '{"who": {"born": "1815-12-10"}}'),
        ([date(2026, 12, 31), Sky.clear], '["2026-12-31", "clear"]'),
    ],
)
def test_a_result_is_its_own_text_or_json(value: Any, text: str, pool: ThreadPool) -> None:
    began = time.monotonic()
    execution = ran(pool, lambda: value)
    assert (execution.text, execution.is_error, execution.error_kind) == (text, False, None)
    assert 0 <= execution.elapsed_s <= time.monotonic() - began


def cyclic() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), {1, 2}, b"raw", {"a": object()}, {(1, 2): 3}, cyclic(), deep(),
     "half \ud800", iter(())],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_value_that_is_not_json_is_an_error_result(value: Any, pool: ThreadPool) -> None:
    execution = ran(pool, lambda: value)
    assert (execution.is_error, execution.error_kind) == (True, "not_json")
    execution.text.encode()


def test_a_result_over_the_limit_says_its_size_and_the_limit(pool: ThreadPool) -> None:
    execution = ran(pool, lambda: "é" * 600, result_limit=1000)
    assert execution.error_kind == "too_large"
    assert "1,200 bytes" in execution.text
    assert "1,000" in execution.text
    assert ran(pool, lambda: "é" * 500, result_limit=1000).error_kind is None


class Silent(Exception):
    def __str__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no such city"), "ValueError: no such city"),
        (ValueError(), "ValueError"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (asyncio.CancelledError(), "CancelledError"),
        (Silent(), "Silent"),
        (ValueError("\ud800"), "ValueError: ?"),
    ],
)
@pytest.mark.parametrize("kind", ["plain", "async"])
def test_whatever_a_tool_raises_is_an_error_result_without_a_traceback(
    error: BaseException, text: str, kind: str, pool: ThreadPool
) -> None:
    def plain() -> None:
        raise error

    async def awaited() -> None:
        raise error

    execution = ran(pool, plain if kind == "plain" else awaited)
    assert (execution.text, execution.error_kind) == (text, "raised")


def test_arguments_are_given_by_name_whatever_they_are_called(pool: ThreadPool) -> None:
    def run(**given: Any) -> Any:
        return given

    given = {"self": 1, "tool": 2, "with space": 3, "pool": 4}
    execution = asyncio.run(execute(a_tool(run), given, pool=pool))
    assert execution.text == '{"self": 1, "tool": 2, "with space": 3, "pool": 4}'


def test_arguments_that_the_function_does_not_take_are_an_error_result(pool: ThreadPool) -> None:
    execution = asyncio.run(execute(a_tool(lambda: 1), {"city": "Oslo"}, pool=pool))
    assert execution.error_kind == "raised"
    assert "unexpected keyword argument 'city'" in execution.text


def test_code_runs_in_a_thread_of_its_own_async_code_too(pool: ThreadPool) -> None:
    async def awaited() -> str:
        return threading.current_thread().name

    class Called:
        async def __call__(self) -> str:
            return threading.current_thread().name

    for run in (awaited, Called(), lambda: threading.current_thread().name):
        assert ran(pool, run).text == "tool-tool"


def test_a_tool_without_code_cannot_be_run(pool: ThreadPool) -> None:
    with pytest.raises(ValueError, match="no code"):
        asyncio.run(execute(a_tool(None), {}, pool=pool))


def test_a_hanging_call_is_answered_in_time_and_its_late_result_reported(
    pool: ThreadPool, gate: threading.Event
) -> None:
    late: list[Execution] = []
    heard_in: list[threading.Thread] = []

    def hang() -> str:
        gate.wait()
        return "at last"

    def on_late(execution: Execution) -> None:
        late.append(execution)
        heard_in.append(threading.current_thread())

    async def scene() -> Execution:
        tool = a_tool(hang, timeout_s=0.05)
        execution = await execute(tool, {}, pool=pool, on_late=on_late)
        assert late == []
        gate.set()
        await until(lambda: late)
        return execution

    began = time.monotonic()
    execution = asyncio.run(scene())
    assert execution.error_kind == "timeout"
    assert execution.text == "tool gave no result within 0.05 seconds"
    assert 0.05 <= execution.elapsed_s <= time.monotonic() - began
    assert late[0].text == "at last"
    assert heard_in == [threading.current_thread()]


def test_async_code_is_cancelled_at_its_time_limit_and_not_waited_for(pool: ThreadPool) -> None:
    async def scene() -> tuple[Execution, list[Execution]]:
        late: list[Execution] = []
        release = threading.Event()

        async def stubborn() -> str:
            try:
                await asyncio.sleep(PATIENCE_S)
            except asyncio.CancelledError:
                release.wait(PATIENCE_S)
            return "at last"

        tool = a_tool(stubborn, timeout_s=0.05)
        execution = await execute(tool, {}, pool=pool, on_late=late.append)
        release.set()
        await until(lambda: late)
        return execution, late

    execution, late = asyncio.run(scene())
    assert execution.error_kind == "timeout"
    assert [result.text for result in late] == ["at last"]


def test_async_code_does_not_wait_for_a_thread_that_it_left(
    pool: ThreadPool, gate: threading.Event
) -> None:
    async def gives_up() -> str:
        try:
            await asyncio.wait_for(asyncio.to_thread(gate.wait), 0.05)
        except TimeoutError:
            return "the other source"
        return "the first source"

    execution = ran(pool, gives_up, timeout_s=PATIENCE_S)
    assert (execution.text, execution.is_error) == ("the other source", False)
    assert not gate.is_set()


def test_async_code_that_was_cancelled_has_no_late_result(pool: ThreadPool) -> None:
    ended: list[bool] = []

    async def patient() -> None:
        try:
            await asyncio.sleep(PATIENCE_S)
        finally:
            ended.append(True)

    async def scene() -> list[Execution]:
        late: list[Execution] = []
        await execute(a_tool(patient, timeout_s=0.05), {}, pool=pool, on_late=late.append)
        await until(lambda: ended and no_tool_runs())
        return late

    assert asyncio.run(scene()) == []


def no_tool_runs() -> bool:
    return not any(thread.name.startswith("tool-") for thread in threading.enumerate())


def test_stopping_returns_at_once_and_the_late_result_is_reported(
    pool: ThreadPool, gate: threading.Event
) -> None:
    begun = threading.Event()

    def hang() -> str:
        begun.set()
        gate.wait()
        return "at last"

    async def scene() -> list[Execution]:
        late: list[Execution] = []
        task = asyncio.create_task(execute(a_tool(hang), {}, pool=pool, on_late=late.append))
        await until(begun.is_set)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The code still hangs: had the cancellation waited for it, this would not be reached.
        gate.set()
        await until(lambda: late)
        return late

    [late] = asyncio.run(scene())
    assert late.text == "at last"


def test_a_call_that_gets_no_place_times_out_and_never_runs(gate: threading.Event) -> None:
    pool = ThreadPool(1)
    ran_late: list[bool] = []

    async def scene() -> Execution:
        hangs = asyncio.create_task(execute(a_tool(gate.wait), {}, pool=pool))
        await asyncio.sleep(0)
        waiting = a_tool(lambda: ran_late.append(True), timeout_s=0.05)
        execution = await execute(waiting, {}, pool=pool)
        gate.set()
        await hangs
        after = await execute(a_tool(lambda: "free again"), {}, pool=pool)
        assert after.text == "free again"
        return execution

    execution = asyncio.run(scene())
    assert execution.error_kind == "timeout"
    assert "was not run: earlier calls took every place" in execution.text
    assert ran_late == []


def test_calls_that_hang_hold_up_their_own_tool_and_no_other(gate: threading.Event) -> None:
    pool = ThreadPool(8)  # of which one tool has a quarter

    async def scene() -> None:
        for n in range(12):  # each of the eight places twice, and more
            hangs = Tool(ToolDefinition(name=f"hangs_{n // 2}"), gate.wait, timeout_s=0.02)
            execution = await execute(hangs, {}, pool=pool)
            assert "gave no result within" in execution.text
        assert "earlier calls took every place" in (await execute(hangs, {}, pool=pool)).text
        assert (await execute(a_tool(lambda: "quick"), {}, pool=pool)).text == "quick"

        gate.set()
        await until(no_tool_runs)
        assert (await execute(hangs, {}, pool=pool)).text == "true"

    asyncio.run(scene())


def test_no_more_calls_of_a_tool_run_at_once_than_are_its_share() -> None:
    pool, counting = ThreadPool(12), threading.Lock()  # of which one tool has a quarter
    now = most = 0

    def count() -> None:
        nonlocal now, most
        with counting:
            now += 1
            most = max(most, now)
        time.sleep(0.002)
        with counting:
            now -= 1

    async def scene() -> list[Execution]:
        return await asyncio.gather(*(execute(a_tool(count), {}, pool=pool) for _ in range(60)))

    results = asyncio.run(scene())
    assert all(result.error_kind is None for result in results)
    assert most <= 3


def test_a_hanging_tool_does_not_keep_the_program_alive() -> None:
    script = """
import asyncio, threading
from roundtrip.conversation import ToolDefinition
from roundtrip.tools.execute import ThreadPool, execute
from roundtrip.tools.tool import Tool
tool = Tool(ToolDefinition(name="hang"), threading.Event().wait, timeout_s=0.05)
print(asyncio.run(execute(tool, {}, pool=ThreadPool(), on_late=print)).error_kind)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=30,
        cwd=Path(__file__).parents[2],
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "timeout\n", "")
