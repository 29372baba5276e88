"""Driving a run: performs the actions that `loop.next_action` decides, one after the other.

Owns the effects of one turn: encode, send, decode, run tools, commit. Knows nothing of pages,
terminals or threads: `runner.py` and `cli.py` call it. Cancel the task to stop it; what arrived is
kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from roundtrip import costs
from roundtrip.conversation import Change, Delta, Reply
from roundtrip.events import (
    Cost,
    ExecutionStarted,
    Failure,
    LateResult,
    ReplyReceived,
    RequestFailed,
    RequestPrepared,
    RequestSent,
    ResultRecorded,
    Setup,
    Stopped,
)
from roundtrip.exchange import Exchange
from roundtrip.journal import Draft, Journal
from roundtrip.loop import Action, Execute, PrepareRequest, Refusal, SendRequest, Stop, next_action
from roundtrip.state import PendingCall, RunState, result_for
from roundtrip.store import Conflict, LeaseHeld, LeaseLost, NotFound
from roundtrip.tools.execute import Execution, ThreadPool, execute
from roundtrip.tools.tool import Tool
from roundtrip.wires import failures
from roundtrip.wires.capture import Recorder
from roundtrip.wires.send import Sender, Target
from roundtrip.wires.wire import ReplyDecoder, WireError, WireRequest, wire_named

CALL_LIMIT_S = 300.0
"""Seconds for one request with its whole reply."""

PROGRESS_S = 1.0
"""What has arrived of a reply is written at least this often."""

OnDelta = Callable[[int, Delta], None]
"""Told of each piece of a reply under way, with the exchange's number."""


class NoKey(Exception):
    """There is no key for the wire a turn wants."""


@dataclass
class Drive:
    """Everything a turn needs from outside."""

    journal: Journal
    sender: Sender
    pool: ThreadPool
    tools: Callable[[], Mapping[str, Tool]]
    """The tools by name, with their code, as they are now."""

    target: Callable[[Setup], Target]
    """Where and with which key. Raises `NoKey`."""

    process: str | None = None
    """Who holds the run's lease; None where there is none."""

    on_delta: OnDelta = lambda exchange, delta: None
    stop_message: str | None = None
    """Set before the task is cancelled by a person: the turn then ends as stopped."""

    _recorder: Recorder | None = field(default=None, init=False)
    _decoder: ReplyDecoder | None = field(default=None, init=False)
    _late: set[asyncio.Future[None]] = field(default_factory=set, init=False)

    async def step(self, *, show_first: bool = True) -> None:
        """Perform one action, with its retries."""
        await self._until_stopped(once=True, show_first=show_first)

    async def to_the_end(self) -> None:
        """Perform actions until there is an answer, or a person is needed."""
        await self._until_stopped(once=False, show_first=False)

    async def _until_stopped(self, *, once: bool, show_first: bool) -> None:
        try:
            while await self._perform(next_action(self._state, show_first=show_first)):
                if once and not self._retrying:
                    return
        except asyncio.CancelledError:
            if self.stop_message is not None:
                await asyncio.shield(self._keep_what_arrived(self.stop_message))
            raise

    @property
    def _state(self) -> RunState:
        return self.journal.state

    @property
    def _setup(self) -> Setup:
        assert self._state.setup is not None
        return self._state.setup

    @property
    def _retrying(self) -> bool:
        failed = self._state.failed
        return failed is not None and failed.retry_in_s is not None

    async def _perform(self, action: Action) -> bool:
        """Whether anything was done."""
        match action:
            case PrepareRequest():
                await self._prepare()
            case SendRequest(attempt):
                await self._send(attempt)
            case Execute(run, refuse):
                await self._execute(run, refuse)
            case Stop(reason, message):
                await self._write(partial(Stopped, reason=reason, message=message))
            case _:
                return False
        return True

    async def _write(self, *drafts: Draft, exchange: Exchange | None = None) -> None:
        write = partial(self.journal.write, *drafts, exchange=exchange, process=self.process)
        writing = asyncio.ensure_future(asyncio.to_thread(write))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            # A commit cannot be taken back; what comes next must know that it happened.
            await writing
            raise

    # Requests

    async def _prepare(self) -> None:
        setup, number = self._setup, self._state.exchange + 1
        request, changes = _encode(self._state)
        written = Exchange(
            number=number,
            attempt=1,
            method=request.method,
            url=request.path,
            request_headers=request.headers + setup.headers,
            request_body=request.body,
            request_sha256="",
            started_at=time.time(),
        )
        await self._write(
            partial(RequestPrepared, exchange=number, changes=changes), exchange=written
        )

    async def _send(self, attempt: int) -> None:
        await self._wait_for_retry()
        setup, state = self._setup, self._state
        number = state.prepared or state.exchange + 1
        request, changes = _encode(state)
        if state.prepared and (written := await asyncio.to_thread(self._prepared_body, number)):
            request = WireRequest(request.method, request.path, request.headers, written)
        try:
            target = self.target(setup)
        except NoKey as error:
            failure = Failure(kind="auth", message=str(error), advice=failures.ADVICE["auth"])
            await self._write(partial(RequestFailed, exchange=None, failure=failure, elapsed_s=0))
            return
        sent = partial(
            RequestSent,
            exchange=number,
            attempt=attempt,
            method=request.method,
            path=request.path,
            size=len(request.body),
            changes=changes,
        )
        recorder = self._recorder = Recorder(
            number,
            attempt,
            secret=target.key,
            on_leaving=lambda exchange: self._write(sent, exchange=exchange),
        )
        self._decoder = wire_named(setup.wire).reply_decoder()
        started = time.monotonic()
        try:
            reply = await self._receive(target, request, recorder, setup)
        except Exception as error:
            await self._failed(error, recorder, attempt, time.monotonic() - started)
            return
        await self._replied(reply, recorder, time.monotonic() - started)

    def _prepared_body(self, number: int) -> bytes | None:
        exchange = self.journal.exchange(number)
        return exchange.request_body if exchange else None

    async def _wait_for_retry(self) -> None:
        failed = self._state.failed
        if failed is not None and failed.retry_in_s is not None:
            await asyncio.sleep(max(0.0, failed.at + failed.retry_in_s - time.time()))

    async def _receive(
        self, target: Target, request: WireRequest, recorder: Recorder, setup: Setup
    ) -> Reply:
        decoder = self._decoder
        assert decoder is not None
        progress = asyncio.create_task(self._save_progress(recorder))
        try:
            async with asyncio.timeout(CALL_LIMIT_S):
                async for data in self.sender.send(target, request, recorder, setup.headers):
                    for delta in decoder.feed(data):
                        self.on_delta(self._state.exchange, delta)
            return decoder.finish()
        finally:
            progress.cancel()

    async def _save_progress(self, recorder: Recorder) -> None:
        saved = 0
        while True:
            await asyncio.sleep(PROGRESS_S)
            exchange = recorder.exchange()
            if exchange is not None and recorder.size > saved:
                saved = recorder.size
                await asyncio.to_thread(self.journal.save_progress, exchange)

    async def _replied(self, reply: Reply, recorder: Recorder, elapsed_s: float) -> None:
        if reply.stop.signal == "incomplete":
            await self._failed(None, recorder, 1, elapsed_s, partial_reply=reply)
            return
        recorder.end()
        exchange = recorder.exchange()
        assert exchange is not None
        first = recorder.first_byte_at
        await self._write(
            partial(
                ReplyReceived,
                exchange=exchange.number,
                reply=reply,
                elapsed_s=elapsed_s,
                first_byte_s=None if first is None else max(0.0, first - exchange.started_at),
                cost=_cost(reply, self._setup),
            ),
            exchange=exchange,
        )

    async def _failed(
        self,
        error: Exception | None,
        recorder: Recorder,
        attempt: int,
        elapsed_s: float,
        partial_reply: Reply | None = None,
    ) -> None:
        wire = wire_named(self._setup.wire)
        partial_reply = partial_reply or self._arrived()
        failure = (
            failures.incomplete()
            if error is None
            else failures.classify(error, wire, recorder.exchange())
        )
        seen = partial_reply is not None and bool(partial_reply.message.parts)
        recorder.end(failure.message)
        exchange = recorder.exchange()
        await self._write(
            partial(
                RequestFailed,
                exchange=exchange.number if exchange else None,
                failure=failure,
                elapsed_s=elapsed_s,
                partial=partial_reply if seen else None,
                retry_in_s=failures.retry_wait(failure, attempt, output_seen=seen),
            ),
            exchange=exchange,
        )

    def _arrived(self) -> Reply | None:
        """As much of the reply as came."""
        try:
            return self._decoder.finish() if self._decoder else None
        except WireError:
            return None

    async def _keep_what_arrived(self, message: str) -> None:
        if self._state.answer is not None:  # it came while we stopped
            return
        exchange, arrived = None, None
        if self._recorder is not None and self._state.sent is not None:
            self._recorder.end("stopped")
            exchange, arrived = self._recorder.exchange(), self._arrived()
        await self._write(
            partial(
                Stopped,
                reason="person",
                message=message,
                partial=arrived if arrived and arrived.message.parts else None,
            ),
            exchange=exchange,
        )

    # Tools

    async def _execute(
        self,
        run: tuple[PendingCall, ...],
        refuse: tuple[tuple[PendingCall, Refusal], ...],
    ) -> None:
        refused = [_refused(pending, refusal) for pending, refusal in refuse]
        started = [
            partial(
                ExecutionStarted,
                call=pending.index,
                name=pending.call.name,
                arguments=pending.call.arguments or {},
            )
            for pending in run
        ]
        await self._write(*refused, *started)
        tools = self.tools()
        async with asyncio.TaskGroup() as together:
            for pending in run:
                together.create_task(self._run_one(pending, tools.get(pending.call.name)))

    async def _run_one(self, pending: PendingCall, tool: Tool | None) -> None:
        if tool is None or tool.run is None:
            words = f"{pending.call.name} has no code here any more."
            execution = Execution(words, True, "raised", 0.0)
        else:
            execution = await execute(
                tool,
                pending.call.arguments or {},
                pool=self.pool,
                on_late=partial(self._came_late, tool.name),
            )
        await self._write(
            partial(
                ResultRecorded,
                call=pending.index,
                result=result_for(pending.call, execution.text, is_error=execution.is_error),
                source="time_limit" if execution.error_kind == "timeout" else "tool",
                error_kind=execution.error_kind,
                elapsed_s=execution.elapsed_s,
            )
        )

    def _came_late(self, name: str, execution: Execution) -> None:
        late = partial(LateResult, name=name, text=execution.text, elapsed_s=execution.elapsed_s)
        writing = asyncio.ensure_future(asyncio.to_thread(self._write_late, late))
        self._late.add(writing)  # the loop itself keeps only a weak hold on it
        writing.add_done_callback(self._late.discard)

    def _write_late(self, late: Draft) -> None:
        # By now the run may rest, or be gone, or be driven elsewhere, which has no use for it.
        for process in (self.process, None):
            with contextlib.suppress(LeaseLost, LeaseHeld, Conflict, NotFound):
                return self.journal.write(late, process=process)


def _encode(state: RunState) -> tuple[WireRequest, tuple[Change, ...]]:
    setup = state.setup
    assert setup is not None
    tools = (*(offered.definition for offered in setup.tools), *setup.provider_tools)
    return wire_named(setup.wire).encode_request(state.conversation, tools, setup.options)


def _cost(reply: Reply, setup: Setup) -> Cost:
    if setup.simulated:
        return costs.notional(reply.usage)
    model = reply.model or setup.options.model
    return costs.price(reply.usage, wire=setup.wire, model=model, base_url=setup.base_url)


def _refused(pending: PendingCall, refusal: Refusal) -> Draft:
    return partial(
        ResultRecorded,
        call=pending.index,
        result=result_for(pending.call, refusal.message, is_error=True),
        source="policy" if refusal.kind == "not_allowed" else "check",
        error_kind=refusal.kind,
    )
