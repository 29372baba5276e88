"""Runs one call of a tool: within its time, within its size, with every failure as a result.

Owns the threads that tools run in, and what a returned value becomes. Whether a call may run, and
recording that it does, come before (`checks.py`, `loop.py`).

The code is trusted with this process and only kept from harming others by mistake. What no thread
can be kept from: ending the process (`os._exit`, a signal), changing what all of it shares (the
working directory, `os.environ`, `sys`), taking its memory or, in one long piece of C, its
interpreter, and starting threads of its own, which nobody counts.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from roundtrip.events import ErrorKind
from roundtrip.tools.printing import held_back
from roundtrip.tools.result import NotJson, TooLarge, as_text
from roundtrip.tools.tool import Tool

PLACES = 64
"""Calls at once; the rest wait, within their own time limits."""

SHARE = 4
"""One part in so many of the places is the most that the calls of one tool take: calls that hang
or compute without an end hold up that tool and no other."""

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
    """A bounded number of calls at once, each in a daemon thread of its own.

    A thread cannot be killed. A call that nobody waits for any more gives its place to the calls
    of other tools; to its own tool it counts until it ends. `concurrent.futures` would join the
    threads when the program ends, so that one tool that never returns kept it alive for ever.
    """

    def __init__(self, places: int = PLACES) -> None:
        self._places = places
        self._share = max(1, places // SHARE)
        self._counting = threading.Lock()
        self._waiting: dict[Future[Any], tuple[str, Callable[[], Any]]] = {}
        """In order."""

        self._placed: set[Future[Any]] = set()
        self._of_tool: Counter[str] = Counter()
        """Calls that have begun and not ended, given up or not."""

    def submit(self, tool: str, work: Callable[[], Any]) -> Future[Any]:
        """Run the work, a call of this tool, when there is a place for it."""
        future: Future[Any] = Future()
        context = contextvars.copy_context()
        with self._counting:
            self._waiting[future] = tool, partial(context.run, work)
            self._begin()
        return future

    def leave(self, future: Future[Any]) -> bool:
        """Wait for it no longer: if it has not begun, it never will. Returns whether it had."""
        with self._counting:
            self._waiting.pop(future, None)
            self._placed.discard(future)
            self._begin()
        return not future.cancel()

    def close(self) -> None:
        """Begin nothing more; what runs is left to finish by itself."""
        with self._counting:
            waiting, self._waiting = self._waiting, {}
            self._places = 0
        for future in waiting:
            future.cancel()

    def _begin(self) -> None:
        """Begin what there is a place for. Whoever calls it is counting."""
        for future, (tool, work) in list(self._waiting.items()):
            if len(self._placed) >= self._places:
                return
            if self._of_tool[tool] >= self._share:
                continue
            run = partial(self._run, future, tool, work)
            try:
                threading.Thread(target=run, name=f"tool-{tool}", daemon=True).start()
            except RuntimeError:  # no more threads are to be had: it waits on
                return
            del self._waiting[future]
            self._placed.add(future)
            self._of_tool[tool] += 1

    def _run(self, future: Future[Any], tool: str, work: Callable[[], Any]) -> None:
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(work())
            except BaseException as error:
                # SystemExit too: a tool ends its call and nothing else.
                future.set_exception(error)
        with self._counting:
            self._placed.discard(future)
            self._of_tool[tool] -= 1
            self._begin()


async def execute(
    tool: Tool, arguments: dict[str, Any], *, pool: ThreadPool, on_late: OnLate | None = None
) -> Execution:
    """Run the tool's code with these arguments, which have been checked.

    Raises only what cancels it, and at once; a tool without code is a ValueError. A thread
    cannot be killed: what the code gives after its time limit, or after a cancellation, goes to
    `on_late`, which is called in the event loop's thread.
    """
    if tool.run is None:
        raise ValueError(f"{tool.name} has no code to run")
    call = _Call(tool, partial(tool.run, **arguments))
    loop = asyncio.get_running_loop()

    def report(ended: Future[Execution | None]) -> None:
        execution = ended.result()
        if on_late and execution is not None and not loop.is_closed():
            # The loop may close just now: then nobody is left to tell.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(on_late, execution)

    def leave() -> bool:
        had_begun = pool.leave(thread)
        result.cancel()
        if had_begun:
            call.cancel()
            thread.add_done_callback(report)
        return had_begun

    thread = pool.submit(tool.name, call.outcome)
    result = asyncio.wrap_future(thread)
    try:
        await asyncio.wait((result,), timeout=tool.timeout_s)
    except asyncio.CancelledError:
        leave()
        raise
    return result.result() if result.done() else call.timeout(leave())


@dataclass
class _Call:
    """One call in its thread."""

    tool: Tool
    work: Callable[[], Any]
    started: float = field(default_factory=time.perf_counter)
    _cancelled: bool = False
    _end: Callable[[], object] = lambda: None
    """Ends async code where it waits."""

    def cancel(self) -> None:
        """End async code; plain code cannot be ended."""
        self._cancelled = True
        with contextlib.suppress(RuntimeError):  # it has ended
            self._end()

    def outcome(self) -> Execution | None:
        """What came of it, whatever it did. None: it was cancelled, and nothing came."""
        try:
            with held_back():
                value = self._awaited() if _is_async(self.work) else self.work()
                text = as_text(value, self.tool.result_limit)
        except NotJson as error:
            return self._failed("not_json", str(error))
        except TooLarge as error:
            words = f"the result is {error.size:,} bytes, more than the limit of {error.limit:,}"
            return self._failed("too_large", f"{words}; ask for less")
        except BaseException as error:
            # SystemExit as well. A value may be of a class whose own conversion raises.
            if self._cancelled and isinstance(error, asyncio.CancelledError):
                return None
            return self._failed("raised", _in_words(error))
        return Execution(text, False, None, time.perf_counter() - self.started)

    def _awaited(self) -> Any:
        # In a loop of its own: in the runs' own loop, async code that blocks would stop them all.
        with asyncio.Runner() as own:

            async def whole() -> Any:
                asyncio.get_running_loop().set_default_executor(_NotWaitedFor())
                task, loop = asyncio.current_task(), asyncio.get_running_loop()
                assert task is not None
                self._end = lambda: loop.call_soon_threadsafe(task.cancel)
                if self._cancelled:
                    task.cancel()
                return await self.work()

            return own.run(whole())

    def timeout(self, had_begun: bool) -> Execution:
        name, limit = self.tool.name, f"{self.tool.timeout_s:g} seconds"
        if had_begun:
            return self._failed("timeout", f"{name} gave no result within {limit}")
        words = f"{name} was not run: earlier calls took every place for {limit}"
        return self._failed("timeout", words)

    def _failed(self, kind: ErrorKind, words: str) -> Execution:
        if len(words) > MESSAGE_LIMIT:
            words = f"{words[:MESSAGE_LIMIT]} … ({len(words):,} characters in all)"
        # Half of a surrogate pair cannot be sent or kept.
        text = words.encode(errors="replace").decode()
        return Execution(text, True, kind, time.perf_counter() - self.started)


class _NotWaitedFor(ThreadPoolExecutor):
    """Threads of async code (`asyncio.to_thread`): a loop that ends with a result in its hands
    does not wait for those it left."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        super().shutdown(wait=False, cancel_futures=True)


def _is_async(work: Callable[[], Any]) -> bool:
    run = work.func if isinstance(work, partial) else work
    return inspect.iscoroutinefunction(run) or inspect.iscoroutinefunction(type(run).__call__)


def _in_words(error: BaseException) -> str:
    name = type.__dict__["__name__"].__get__(type(error))  # a class may have a word of its own
    try:
        message = str.__str__(str(error))
    except BaseException:
        # Whatever its own words do, they end neither the thread nor the loop that reads this.
        message = ""
    return f"{name}: {message}" if message else str(name)
