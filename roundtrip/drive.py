"""Driving a run: performs the actions that `loop.next_action` decides, one after the other.

Owns the effects of one turn: encode, send, decode, commit; running tools is `calls.py`'s. Knows
nothing of pages, terminals or threads: `runner.py` and the command line call it. Cancel the task to
stop it; what arrived is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, aclosing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from roundtrip import costs
from roundtrip.calls import Calls
from roundtrip.conversation import Delta, Frozen, Reply
from roundtrip.events import (
    Cost,
    Failure,
    Interrupted,
    ReplyReceived,
    RequestFailed,
    RequestPrepared,
    RequestSent,
    Setup,
    Stopped,
)
from roundtrip.exchange import Exchange
from roundtrip.hand_edit import as_edited
from roundtrip.intents import RETRY_CANCELLED
from roundtrip.journal import Draft, Journal
from roundtrip.loop import Action, Execute, PrepareRequest, SendRequest, Stop, next_action
from roundtrip.owner import NoKey
from roundtrip.request import as_written, cannot_be_written, encode, no_key
from roundtrip.state import RunState
from roundtrip.store import StoreError
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.tool import Tool
from roundtrip.undisturbed import undisturbed
from roundtrip.wires import failures
from roundtrip.wires.address import whole_url
from roundtrip.wires.capture import Recorder
from roundtrip.wires.half_characters import whole
from roundtrip.wires.redact import Secrets, redact_value
from roundtrip.wires.retries import retry_wait
from roundtrip.wires.send import Sender, Target
from roundtrip.wires.wire import ReplyDecoder, WireRequest, wire_named

CALL_LIMIT_S = 300.0
"""Seconds for one request with its whole reply."""

PROGRESS_S = 1.0
"""What has arrived of a reply is written at least this often."""

SIMULATED_BY = "x-simulated-by"
"""The header by which a simulator says that no model is at work."""

SCRIPTED_BY = "x-scripted"
"""The header by which it names the script that it followed."""

Told = TypeVar("Told", bound=Frozen)

OnDelta = Callable[[int, Delta], None]
"""Told of each piece of a reply under way, with the exchange's number."""


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

    booked: Callable[[Target, RunState], AbstractContextManager[object]] = lambda target, state: (
        nullcontext()
    )
    """Held while the request of `state` is committed: accounts for it, and takes that back where
    it does not leave. Raises `NoKey`."""

    process: str | None = None
    """Who holds the run's lease; None where there is none."""

    on_delta: OnDelta = lambda exchange, delta: None
    stop_message: str | None = None
    """Set before the task is cancelled by a person: the turn then ends as stopped."""

    _address: str | None = field(default=None, init=False)
    """Where the newest request goes, if not to the provider."""

    _secrets: Secrets = field(default=(), init=False, repr=False)
    _request: WireRequest | None = field(default=None, init=False)
    """The newest one that was to leave: a retry says the same to the letter."""

    _held_back: Exception | None = field(default=None, init=False)
    """Why a request was not let go at the last moment; the SDK wraps what its hooks raise."""

    _hurry: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    """Set when a person will not wait for the next try."""

    _recorder: Recorder | None = field(default=None, init=False)
    _decoder: ReplyDecoder | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._calls = Calls(self.tools, self.pool, self._write, self._write_late)

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
                await undisturbed(self._keep_what_arrived(self.stop_message))
            raise
        except Exception:
            # Ours or the store's: what is under way must not look as if somebody were at it.
            if self._state.sent is not None or self._state.live_calls:
                with contextlib.suppress(Exception):
                    await self._write(partial(Interrupted))
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
                await self._calls.execute(run, refuse)
            case Stop(reason, message):
                await self._write(partial(Stopped, reason=reason, message=message))
            case _:
                return False
        return True

    async def _write(self, *drafts: Draft, exchange: Exchange | None = None) -> None:
        # A commit cannot be taken back; what comes next must know that it happened.
        write = partial(self.journal.write, *drafts, exchange=exchange, process=self.process)
        await undisturbed(asyncio.to_thread(write))

    def _write_late(self, late: Draft) -> None:
        # By now the run may rest, or be gone, or be driven elsewhere, which has no use for it.
        for process in (self.process, None):
            with contextlib.suppress(StoreError):
                self.journal.refresh()
                return self.journal.write(late, process=process)

    # Requests

    async def _prepare(self) -> None:
        setup, number = self._setup, self._state.exchange + 1
        try:
            request, changes = encode(self._state)
        except Exception as error:
            await self._never_left(cannot_be_written(error))
            return
        url = request.path
        with contextlib.suppress(NoKey):  # it may be given before the request is sent
            target = self.target(setup)
            self._secrets = (target.key,)
            url = whole_url(setup.wire, target.base_url, request.path)
        written = as_written(request, self._state, number, url, self._secrets, time.time())
        await self._write(
            partial(RequestPrepared, exchange=number, changes=changes), exchange=written
        )

    async def _send(self, attempt: int) -> None:
        await self._wait_for_retry()
        setup, state = self._setup, self._state
        number = state.prepared or state.exchange + 1
        try:
            target = self.target(setup)
        except NoKey as error:
            await self._never_left(no_key(error))
            return
        try:
            request, changes = encode(state)
            if state.edited is not None:
                request = await asyncio.to_thread(as_edited, request, self.journal)
        except Exception as error:
            await self._never_left(cannot_be_written(error))
            return
        if attempt > 1 and self._request is not None:
            request = self._request
        self._request = request
        sent = partial(
            RequestSent,
            exchange=number,
            attempt=attempt,
            method=request.method,
            path=request.path,
            size=len(request.body),
            changes=changes,
            edited=state.edited is not None,
        )
        leaves = partial(self._leaves, target, sent)
        recorder = self._recorder = Recorder(number, attempt, secret=target.key, on_leaving=leaves)
        self._held_back, self._secrets = None, recorder.secrets
        self._address = target.base_url
        self._decoder = wire_named(setup.wire).reply_decoder()
        started = time.monotonic()
        try:
            reply = await self._receive(target, request, recorder, setup)
        except Exception as error:
            if isinstance(self._held_back, NoKey):
                await self._never_left(no_key(self._held_back))
                return
            if self._held_back is not None:
                raise self._held_back from None
            await self._failed(error, recorder, attempt, time.monotonic() - started)
            return
        await self._replied(reply, recorder, time.monotonic() - started)

    async def _leaves(self, target: Target, sent: Draft, exchange: Exchange) -> None:
        try:
            with self.booked(target, self._state):
                await self._write(sent, exchange=exchange)
        except Exception as error:
            self._held_back = error
            raise

    async def _never_left(self, failure: Failure) -> None:
        await self._write(partial(RequestFailed, exchange=None, failure=failure, elapsed_s=0.0))

    def _kept(self, told: Told) -> Told:
        """What was decoded, as it may be kept."""
        return redact_value(whole(told), self._secrets)

    async def _wait_for_retry(self) -> None:
        failed = self._state.failed
        if failed is not None and failed.retry_in_s is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(failed.at + failed.retry_in_s - time.time()):
                    await self._hurry.wait()
            self._hurry.clear()

    def try_now(self) -> None:
        """Wait no longer before the next try. In the loop's thread."""
        self._hurry.set()

    async def _receive(
        self, target: Target, request: WireRequest, recorder: Recorder, setup: Setup
    ) -> Reply:
        decoder = self._decoder
        assert decoder is not None
        progress = asyncio.create_task(self._save_progress(recorder))
        try:
            async with asyncio.timeout(CALL_LIMIT_S):
                replies = self.sender.send(target, request, recorder, setup.headers)
                async with aclosing(replies) as pieces:
                    async for data in pieces:
                        for delta in decoder.feed(data):
                            self.on_delta(self._state.exchange, self._kept(delta))
            return self._kept(decoder.finish())
        finally:
            progress.cancel()

    async def _save_progress(self, recorder: Recorder) -> None:
        saved = 0
        while True:
            await asyncio.sleep(PROGRESS_S)
            exchange = recorder.exchange()
            if exchange is not None and recorder.size > saved:
                saved = recorder.size
                with contextlib.suppress(Exception):  # the end is written in any case
                    await asyncio.to_thread(self.journal.save_progress, exchange)

    async def _replied(
        self, reply: Reply, recorder: Recorder, elapsed_s: float, broke_off: str | None = None
    ) -> None:
        if reply.stop.signal == "incomplete":
            await self._failed(None, recorder, 1, elapsed_s)
            return
        recorder.end(broke_off)
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
                cost=self._cost(reply, recorder),
                simulated=_simulated(recorder),
                scripted=_header(recorder, SCRIPTED_BY) if _simulated(recorder) else None,
            ),
            exchange=exchange,
        )

    def _cost(self, reply: Reply, recorder: Recorder) -> Cost:
        setup = self._setup
        if setup.simulated or _simulated(recorder):
            return costs.notional(reply.usage)
        model = reply.model or setup.options.model
        return costs.price(reply.usage, wire=setup.wire, model=model, base_url=self._address)

    async def _failed(
        self, error: Exception | None, recorder: Recorder, attempt: int, elapsed_s: float
    ) -> None:
        wire, arrived = wire_named(self._setup.wire), self._arrived()
        failure = (
            failures.incomplete()
            if error is None
            else self._kept(failures.classify(error, wire, recorder.exchange()))
        )
        ended = arrived is not None and arrived.stop.signal != "incomplete"
        if arrived and ended and failure.kind in ("network", "timeout"):
            # The model had said that it was done: only the goodbye is missing.
            await self._replied(arrived, recorder, elapsed_s, failure.message)
            return
        seen = arrived is not None and bool(arrived.message.parts)
        recorder.end(failure.message)
        exchange = recorder.exchange()
        wait = retry_wait(failure, attempt, output_seen=seen)
        await self._write(
            partial(
                RequestFailed,
                exchange=exchange.number if exchange else None,
                failure=failure,
                elapsed_s=elapsed_s,
                partial=arrived if seen else None,
                # Where nothing left, nothing will: the address itself is at fault.
                retry_in_s=wait if exchange else None,
            ),
            exchange=exchange,
        )

    def _arrived(self) -> Reply | None:
        """As much of the reply as came."""
        try:
            return self._kept(self._decoder.finish()) if self._decoder else None
        except Exception:  # what cannot be read is in the exchange all the same
            return None

    async def _keep_what_arrived(self, message: str) -> None:
        if self._state.answer or self._state.stopped:  # it came while we stopped
            return
        if self._retrying:
            message = RETRY_CANCELLED
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


def _simulated(recorder: Recorder) -> bool:
    """Whether a simulator answered, ours by its address or another process's."""
    return _header(recorder, SIMULATED_BY) is not None


def _header(recorder: Recorder, wanted: str) -> str | None:
    headers = recorder.response_headers
    return next((value for name, value in headers if name.lower() == wanted), None)
