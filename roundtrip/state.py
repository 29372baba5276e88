"""What a run is after its events: a pure fold.

Owns the state that decides what may happen next, and the history the next request carries.
Does not decide (`loop.py`) and does not describe (`steps.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from roundtrip.changed_arguments import told
from roundtrip.conversation import Conversation, Message, Part, Reply, Text, ToolCall, ToolResult
from roundtrip.events import (
    Approved,
    Event,
    ExecutionStarted,
    Interrupted,
    ReplyReceived,
    RequestEdited,
    RequestFailed,
    RequestPrepared,
    RequestSent,
    ResultRecorded,
    Resumed,
    Setup,
    Stopped,
    TurnStarted,
)


@dataclass(frozen=True)
class PendingCall:
    """A call of the last reply on its way to a result."""

    index: int
    call: ToolCall
    """As the model asked for it; it goes back to the model like that, whatever became of it."""

    approved: bool = False
    edited: dict[str, Any] | None = None
    """The arguments a person put in place of the model's when they allowed it."""

    started: bool = False
    result: ToolResult | None = None
    cut_off: bool = False
    """The reply ended at its output cap before a word of the arguments was written."""

    exchange: int = 0
    """The exchange whose reply asked for it."""

    @property
    def as_run(self) -> ToolCall:
        """The call with the arguments that its code gets."""
        if self.edited is None:
            return self.call
        return self.call.model_copy(update={"arguments": self.edited})


@dataclass(frozen=True)
class ByPerson:
    """What a person did to a call: changed it before it ran, or gave its result."""

    message: int
    """The model's message that asked for it: its place in the history."""

    call: int
    """Which call of that message, counted from 0."""

    arguments: dict[str, Any] | None = None
    """What it ran with instead of what was asked for."""

    answered: bool = False
    """Whether the person was the tool."""


@dataclass(frozen=True)
class Spent:
    """What a turn has used of its caps, counted since it began or was last resumed.

    Seconds of tools that ran side by side are added up.
    """

    round_trips: int = 0
    tokens: int = 0
    cost_usd: float = 0.0
    """Of the replies whose price is known; notional where they are simulated."""

    unpriced: int = 0
    """Replies, whole or cut short, whose price nobody knows: they are not in `cost_usd`."""

    seconds: float = 0.0


@dataclass(frozen=True)
class RunState:
    """A run between two events."""

    seq: int = 0
    turn: int = 0
    setup: Setup | None = None
    messages: tuple[Message, ...] = ()
    """The history as the next request carries it; always legal."""

    by_person: tuple[ByPerson, ...] = ()
    """Of the whole run, for whoever shows it."""

    scripted: tuple[int, ...] = ()
    """The model's messages that a script wrote, by their places in the history."""

    pending: tuple[PendingCall, ...] = ()
    """The last reply's calls while any of them lacks its result; else empty."""

    exchange: int = 0
    """Number of the newest exchange."""

    prepared: int | None = None
    """The exchange that is written and has not left."""

    edited: str | None = None
    """The SHA-256 of what a person wrote in place of the prepared body."""

    sent: int | None = None
    """The exchange that has left and has no outcome."""

    attempt: int = 0
    """Tries of the request under way."""

    round_trip: int = 0
    """Requests answered or under way in this turn; one that is sent again is the same."""

    unanswered: bool = False
    """Whether this round trip's request has left, once or more often, and has no reply."""

    spent: Spent = Spent()
    asked: tuple[str, ...] = ()
    """Every call of this turn since it was last resumed, as `call_key` spells it."""

    answer: Reply | None = None
    failed: RequestFailed | None = None
    stopped: Stopped | None = None
    interrupted: bool = False
    partial: Reply | None = None
    """What arrived of a reply that never completed."""

    broken_off: tuple[tuple[int, Reply], ...] = ()
    """What arrived of the replies that broke off before something else was asked, each with how
    many messages stood before it: shown, never sent."""

    @property
    def live_calls(self) -> tuple[PendingCall, ...]:
        """Calls that were started and have no outcome."""
        return tuple(call for call in self.pending if call.started and call.result is None)

    @property
    def returns_results(self) -> bool:
        """Whether the next request carries results on, and no new question."""
        last = self.messages[-1] if self.messages else None
        return last is not None and bool(last.results) and not last.text

    @property
    def conversation(self) -> Conversation:
        """Everything said so far, as the next request says it."""
        words = self.setup.system if self.setup else None
        system = (Text(text=words),) if words else ()
        return Conversation(system=system, messages=self.messages)


def fold(events: Iterable[Event], state: RunState | None = None) -> RunState:
    """The state after `events`, from the beginning or from an earlier state."""
    state = state or RunState()
    for event in events:
        state = replace(_APPLY.get(type(event), _unmoved)(state, event), seq=event.seq)
    return state


def call_key(call: ToolCall) -> str:
    """What makes two calls the same: the tool and its arguments, in any order."""
    arguments = call.arguments if call.arguments is not None else call.arguments_text
    return f"{call.name} {json.dumps(arguments, sort_keys=True)}"


def _unmoved(state: RunState, event: Event) -> RunState:
    return state


def _turn_started(state: RunState, event: TurnStarted) -> RunState:
    messages, broken_off = state.messages, state.broken_off
    if state.partial and not state.stopped:
        broken_off += ((len(messages), state.partial),)
    elif state.partial and state.partial.message.text.strip():
        # Stopped on purpose: what was read until then has been said.
        words = Text(text=state.partial.message.text)
        messages += (Message(role="assistant", parts=(words,)),)
    parts: tuple[Part, ...] = (*_results(state), Text(text=event.text))
    return RunState(
        turn=state.turn + 1,
        setup=event.setup,
        messages=(*messages, Message(role="user", parts=parts)),
        exchange=state.exchange,
        by_person=state.by_person,
        scripted=state.scripted,
        broken_off=broken_off,
    )


def _results(state: RunState) -> tuple[ToolResult, ...]:
    """A result for every pending call; of what was left open the model is told so."""
    return tuple(pending.result or _left_open(pending) for pending in state.pending)


def _left_open(pending: PendingCall) -> ToolResult:
    if not pending.started:
        return result_for(pending.call, "Not run: the turn was stopped.", is_error=True)
    words = "Stopped while it ran. Whether it took effect is not known."
    return result_of_run(pending, words, is_error=True)


def result_for(call: ToolCall, text: str, *, is_error: bool) -> ToolResult:
    """A result of plain text that answers `call`."""
    return ToolResult(
        call_id=call.id, name=call.name, content=(Text(text=text),), is_error=is_error
    )


def result_of_run(pending: PendingCall, text: str, *, is_error: bool) -> ToolResult:
    """What came of running the call. Where a person changed it, the model's own call stands in the
    history as it was said, so the result begins with what really ran."""
    if pending.edited is not None:
        text = told(pending.edited) + text
    return result_for(pending.call, text, is_error=is_error)


def _request_prepared(state: RunState, event: RequestPrepared) -> RunState:
    return replace(state, exchange=event.exchange, prepared=event.exchange, edited=None)


def _request_edited(state: RunState, event: RequestEdited) -> RunState:
    return replace(state, edited=event.sha256)


def _request_sent(state: RunState, event: RequestSent) -> RunState:
    first = event.attempt == 1
    return replace(
        state,
        exchange=max(state.exchange, event.exchange),
        prepared=None,
        edited=None,
        sent=event.exchange,
        attempt=event.attempt,
        failed=None,
        partial=None,
        interrupted=False,
        round_trip=state.round_trip + (not state.unanswered),
        unanswered=True,
        spent=replace(state.spent, round_trips=state.spent.round_trips + first),
    )


def _reply_received(state: RunState, event: ReplyReceived) -> RunState:
    reply = event.reply
    said, calls = _heard(reply, event.exchange)
    ended = not calls and reply.stop.signal != "paused"
    return replace(
        state,
        messages=state.messages + said,
        scripted=state.scripted + ((len(state.messages),) if event.scripted and said else ()),
        pending=calls,
        sent=None,
        attempt=0,
        unanswered=False,
        spent=replace(
            _used(state.spent, reply, event.elapsed_s),
            cost_usd=state.spent.cost_usd + (event.cost.usd or 0.0),
            unpriced=state.spent.unpriced + (event.cost.usd is None),
        ),
        asked=state.asked + tuple(call_key(pending.call) for pending in calls),
        answer=reply if ended else None,
    )


def _heard(reply: Reply, exchange: int) -> tuple[tuple[Message, ...], tuple[PendingCall, ...]]:
    """What of a reply goes into the history, and the calls that want a result."""
    message, calls = reply.message, reply.message.calls
    if calls and reply.stop.signal == "refusal":
        # The model took them back: they are not run, and without results they cannot be told.
        parts = tuple(part for part in message.parts if not isinstance(part, ToolCall))
        message, calls = message.model_copy(update={"parts": parts}), ()
    # An output cap that falls just after a call's name leaves a call that looks complete.
    last = message.parts[-1] if message.parts and reply.stop.signal == "max_tokens" else None
    pending = tuple(
        PendingCall(index, call, cut_off=call is last and call.arguments == {}, exchange=exchange)
        for index, call in enumerate(calls)
    )
    # A refusal may be empty, and no API takes an empty message back.
    return ((message,) if message.parts else ()), pending


def _used(spent: Spent, reply: Reply | None, elapsed_s: float) -> Spent:
    """With the tokens of a reply, or of as much of it as came, and its time."""
    usage = reply.usage if reply else None
    counts = (usage.input, usage.output, usage.cache_read, usage.cache_write) if usage else ()
    return replace(
        spent,
        tokens=spent.tokens + sum(count or 0 for count in counts),
        seconds=spent.seconds + elapsed_s,
    )


def _request_failed(state: RunState, event: RequestFailed) -> RunState:
    spent = _used(state.spent, event.partial, event.elapsed_s)
    spent = replace(spent, unpriced=spent.unpriced + (event.partial is not None))
    return replace(state, sent=None, failed=event, partial=event.partial, spent=spent)


def _pending(state: RunState, index: int, **changes: Any) -> tuple[PendingCall, ...]:
    return tuple(
        replace(pending, **changes) if pending.index == index else pending
        for pending in state.pending
    )


def _approved(state: RunState, event: Approved) -> RunState:
    pending = _pending(state, event.call, approved=True, edited=event.arguments)
    done = state.by_person
    if event.arguments is not None:
        done += (ByPerson(len(state.messages) - 1, event.call, event.arguments),)
    return replace(state, pending=pending, by_person=done)


def _execution_started(state: RunState, event: ExecutionStarted) -> RunState:
    pending = _pending(state, event.call, started=True)
    return replace(state, pending=pending, interrupted=False)


def _result_recorded(state: RunState, event: ResultRecorded) -> RunState:
    if not any(one.index == event.call and one.result is None for one in state.pending):
        return state  # the first result counts: somebody was quicker, in another tab
    spent = replace(state.spent, seconds=state.spent.seconds + (event.elapsed_s or 0.0))
    done = state.by_person
    if event.source == "person" and event.error_kind is None:
        done += (ByPerson(len(state.messages) - 1, event.call, answered=True),)
    pending = _pending(state, event.call, result=event.result)
    state = replace(state, pending=pending, spent=spent, by_person=done)
    if any(pending.result is None for pending in state.pending):
        return state
    results = Message(role="user", parts=_results(state))
    return replace(
        state, messages=(*state.messages, results), pending=(), attempt=0, interrupted=False
    )


def _stopped(state: RunState, event: Stopped) -> RunState:
    partial = event.partial or state.partial
    return replace(state, stopped=event, sent=None, prepared=None, edited=None, partial=partial)


def _interrupted(state: RunState, event: Interrupted) -> RunState:
    return replace(state, interrupted=state.sent is not None or bool(state.live_calls))


def _resumed(state: RunState, event: Resumed) -> RunState:
    pending = tuple(
        replace(call, started=call.started and call.result is not None) for call in state.pending
    )
    return replace(
        state,
        setup=event.setup or state.setup,
        pending=pending,
        # A request that lies ready was written for the setup before.
        prepared=None if event.setup else state.prepared,
        edited=None if event.setup else state.edited,
        sent=None,
        failed=None,
        stopped=None,
        interrupted=False,
        partial=None,
        attempt=0,
        spent=Spent(),
        asked=(),
    )


_APPLY: dict[type, Callable[[RunState, Any], RunState]] = {
    TurnStarted: _turn_started,
    RequestPrepared: _request_prepared,
    RequestEdited: _request_edited,
    RequestSent: _request_sent,
    ReplyReceived: _reply_received,
    RequestFailed: _request_failed,
    Approved: _approved,
    ExecutionStarted: _execution_started,
    ResultRecorded: _result_recorded,
    Stopped: _stopped,
    Interrupted: _interrupted,
    Resumed: _resumed,
}
