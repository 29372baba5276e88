"""Running the calls of one reply, all at once, each with a result that the model can read.

Owns the order: `execution_started` is committed before any code is called, a result when it is
there, and what comes after a call's time limit as a late result that nobody uses. Does not decide
what may run (`loop.py`) and does not run a single call (`tools/execute.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Protocol

from roundtrip.events import ExecutionStarted, LateResult, ResultRecorded
from roundtrip.journal import Draft
from roundtrip.loop import Refusal
from roundtrip.state import PendingCall, result_for, result_of_run
from roundtrip.tools.execute import Execution, ThreadPool, execute
from roundtrip.tools.tool import Tool


class Write(Protocol):
    """Commits events."""

    def __call__(self, *drafts: Draft) -> Awaitable[None]: ...


class Calls:
    """What the calls of a run need from outside."""

    def __init__(
        self,
        tools: Callable[[], Mapping[str, Tool]],
        pool: ThreadPool,
        write: Write,
        write_late: Callable[[Draft], None],
    ) -> None:
        """`write_late` commits what nobody waits for any more; it blocks and never raises."""
        self._tools = tools
        self._pool = pool
        self._write = write
        self._write_late = write_late
        self._late: set[asyncio.Future[None]] = set()

    async def execute(
        self,
        run: tuple[PendingCall, ...],
        refuse: tuple[tuple[PendingCall, Refusal], ...],
    ) -> None:
        """Answer the refused calls, run the others side by side; return when all have results."""
        # Looking runs files that were dropped in or changed: not on the loop of every other run.
        tools = await asyncio.to_thread(self._tools)
        refused = [_refused(pending, refusal) for pending, refusal in refuse]
        started = [
            partial(
                ExecutionStarted,
                call=pending.index,
                name=pending.call.name,
                arguments=pending.as_run.arguments or {},
            )
            for pending in run
        ]
        await self._write(*refused, *started)
        running = [self._run(pending, tools.get(pending.call.name)) for pending in run]
        # Where one cannot be written down, the others still end by themselves and are kept.
        for outcome in await asyncio.gather(*running, return_exceptions=True):
            if outcome is not None:
                raise outcome

    async def _run(self, pending: PendingCall, tool: Tool | None) -> None:
        if tool is None or tool.run is None:
            words = f"{pending.call.name} has no code here any more."
            execution = Execution(words, True, "raised", 0.0)
        else:
            execution = await execute(
                tool,
                pending.as_run.arguments or {},
                pool=self._pool,
                on_late=partial(self._came_late, pending),
            )
        await self._write(
            partial(
                ResultRecorded,
                call=pending.index,
                result=result_of_run(pending, execution.text, is_error=execution.is_error),
                source="time_limit" if execution.error_kind == "timeout" else "tool",
                error_kind=execution.error_kind,
                elapsed_s=execution.elapsed_s,
            )
        )

    def _came_late(self, pending: PendingCall, execution: Execution) -> None:
        late = partial(
            LateResult,
            exchange=pending.exchange,
            call=pending.index,
            name=pending.call.name,
            text=execution.text,
            elapsed_s=execution.elapsed_s,
        )
        writing = asyncio.ensure_future(self._keep_late(late))
        self._late.add(writing)  # the loop itself keeps only a weak hold on it
        writing.add_done_callback(self._late.discard)

    async def _keep_late(self, late: Draft) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is ending: it came too late for that
            await asyncio.to_thread(self._write_late, late)


def _refused(pending: PendingCall, refusal: Refusal) -> Draft:
    return partial(
        ResultRecorded,
        call=pending.index,
        result=result_for(pending.call, refusal.message, is_error=True),
        source="policy" if refusal.kind == "not_allowed" else "check",
        error_kind=refusal.kind,
    )
