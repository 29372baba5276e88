"""Runs one call of a tool: within its time, within its size, with every failure as a result.

Owns the threads that plain functions run in, and what a returned value becomes. Whether a call
may run, and recording that it does, come before (`checks.py`, `loop.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any

from roundtrip.events import ErrorKind
from roundtrip.tools.result import NotJson, as_text
from roundtrip.tools.tool import Tool

THREADS = 16
"""Calls of plain functions at once; the rest wait, within their own time limits."""

MESSAGE_LIMIT = 4_000
"""Characters of an error that are handed back."""


@dataclass(frozen=True)
class Execution:
    """What came of running a call."""

    text: str
    """The result as the model gets it: a string as it was, anything else as JSON."""

    is_error: bool
    error_kind: ErrorKind | None
    elapsed_s: float
    """Seconds from the call to its end, waiting for a thread included."""


OnLate = Callable[[Execution], None]


class ThreadPool:
    """A bounded number of daemon threads, started when needed.

    `concurrent.futures` joins its threads when the program ends, so that one tool that never
    returns would keep the program alive for ever; these do not.
    """

    def __init__(self, size: int = THREADS) -> None:
        self._size = size
        self._waiting: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._counting = threading.Lock()
        self._started = 0
        self._open = 0
        """Calls that wait or run."""

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        """Run the work when a thread is free. `cancel()` keeps it from starting."""
        future: Future[Any] = Future()
        context = contextvars.copy_context()
        with self._counting:
            self._open += 1
            if self._open > self._started < self._size:
                self._started += 1
                name = f"tool-{self._started}"
                threading.Thread(target=self._serve, name=name, daemon=True).start()
        self._waiting.put((future, partial(context.run, work)))
        return future

    def close(self) -> None:
        """Let idle threads end; what runs is left to finish by itself."""
        with self._counting:
            for _ in range(self._started):
                self._waiting.put(None)

    def _serve(self) -> None:
        while item := self._waiting.get():
            future, work = item
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(work())
                except BaseException as error:
                    # SystemExit too: a tool ends its call, never a thread of the pool.
                    future.set_exception(error)
            with self._counting:
                self._open -= 1
            del item, future, work  # an idle thread holds no one's result


async def execute(
    tool: Tool, arguments: dict[str, Any], *, pool: ThreadPool, on_late: OnLate | None = None
) -> Execution:
    """Run the tool's code with these arguments, which have been checked.

    Raises only what cancels it, and at once; a tool without code is a ValueError. A thread
    cannot be killed: what a plain function gives after its time limit, or after a
    cancellation, goes to `on_late`, which is called in the event loop's thread.
    """
    if tool.run is None:
        raise ValueError(f"{tool.name} has no code to run")
    started = time.perf_counter()
    call = partial(tool.run, **arguments)
    if _is_async(tool.run):
        return await _run_in_loop(tool, call, started, on_late)
    return await _run_in_thread(tool, call, started, pool, on_late)


def _is_async(run: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(run) or inspect.iscoroutinefunction(type(run).__call__)


async def _run_in_loop(
    tool: Tool, call: Callable[[], Any], started: float, on_late: OnLate | None
) -> Execution:
    async def outcome() -> Execution:
        try:
            value = await call()
        except GeneratorExit:
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return _raised(error, started)
        except BaseException as error:
            # SystemExit as well: let out of a task, it would end the event loop.
            return _raised(error, started)
        return _finished(tool, value, started)

    def report(ended: asyncio.Task[Execution]) -> None:
        if on_late and not ended.cancelled():
            on_late(ended.result())

    def leave() -> None:
        # Not waited for: code that holds on to its cancellation must not hold the caller.
        task.cancel()
        task.add_done_callback(report)

    task = asyncio.create_task(outcome())
    try:
        await asyncio.wait((task,), timeout=tool.timeout_s)
    except asyncio.CancelledError:
        leave()
        raise
    if task.done():
        return task.result()
    leave()
    return _timeout(tool, started)


async def _run_in_thread(
    tool: Tool,
    call: Callable[[], Any],
    started: float,
    pool: ThreadPool,
    on_late: OnLate | None,
) -> Execution:
    def outcome() -> Execution:
        try:
            value = call()
        except BaseException as error:
            return _raised(error, started)
        return _finished(tool, value, started)

    loop = asyncio.get_running_loop()

    def report(ended: Future[Execution]) -> None:
        if on_late and not loop.is_closed():
            # The loop may close just now: then nobody is left to tell.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(on_late, ended.result())

    def leave() -> bool:
        """Whether the code had begun; if it had not, it never will."""
        had_begun = not thread.cancel()
        result.cancel()
        if had_begun:
            thread.add_done_callback(report)
        return had_begun

    thread = pool.submit(outcome)
    result = asyncio.wrap_future(thread)
    try:
        await asyncio.wait((result,), timeout=tool.timeout_s)
    except asyncio.CancelledError:
        leave()
        raise
    return result.result() if result.done() else _timeout(tool, started, leave())


def _finished(tool: Tool, value: Any, started: float) -> Execution:
    try:
        text = as_text(value)
    except NotJson as error:
        return _failed("not_json", str(error), started)
    except BaseException as error:
        # A value may be of a class whose own conversion raises.
        return _raised(error, started)
    size = len(text.encode())
    if size > tool.result_limit:
        words = f"the result is {size:,} bytes, more than the limit of {tool.result_limit:,}"
        return _failed("too_large", f"{words}; ask for less", started)
    return Execution(text, False, None, time.perf_counter() - started)


def _raised(error: BaseException, started: float) -> Execution:
    name = type(error).__name__
    try:
        message = str(error)
    except Exception:
        message = ""
    if len(message) > MESSAGE_LIMIT:
        message = f"{message[:MESSAGE_LIMIT]} … ({len(message):,} characters in all)"
    # Half of a surrogate pair cannot be sent or kept.
    message = message.encode(errors="replace").decode()
    return _failed("raised", f"{name}: {message}" if message else name, started)


def _timeout(tool: Tool, started: float, had_begun: bool = True) -> Execution:
    if had_begun:
        words = f"{tool.name} gave no result within {tool.timeout_s:g} seconds"
    else:
        words = (
            f"{tool.name} was not run: other calls took every thread for {tool.timeout_s:g} seconds"
        )
    return _failed("timeout", words, started)


def _failed(kind: ErrorKind, words: str, started: float) -> Execution:
    return Execution(words, True, kind, time.perf_counter() - started)
