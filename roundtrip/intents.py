"""What a person's intent becomes in a run's log, and when it no longer applies.

Owns the conditions, pure: state in, event out. They are looked at in the moment of writing, so
that two tabs that want the same thing at once do it once. Writing is `runner.py`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

from roundtrip.events import (
    Approved,
    Failure,
    Interrupted,
    RequestEdited,
    RequestFailed,
    ResultRecorded,
    Resumed,
    Setup,
    Stopped,
    TurnStarted,
)
from roundtrip.journal import Draft
from roundtrip.loop import AwaitDecision, Done, UnderWay, edited_arguments, next_action, verdict
from roundtrip.state import PendingCall, RunState, result_for, result_of_run

STOPPED_BY_PERSON = "You stopped it."
RETRY_CANCELLED = "You cancelled the retry: nothing more was sent."
GAVE_UP = "You gave up on it. Whether it took effect is not known."
REFUSED = "The person refused this call."
NOBODY_TO_ASK = "Not run: a person has to allow this tool, and nobody is there to be asked."
OUR_FAULT = "The fault lies in this app, not with the provider. Try again, or begin a new run."


class Busy(Exception):
    """The run cannot take this now: it is being driven, here or by another process."""


class TooLate(Exception):
    """The run has moved on, and the intent means nothing any more."""


class Unfit(Exception):
    """What a person wrote cannot be taken like that; its words say why."""


Intent = Callable[[RunState], Draft]
"""The event that an intent is, in that state. Raises `Busy` or `TooLate`."""


def ask(text: str, setup: Setup, definition_tokens: int | None = None) -> Intent:
    """Begin a turn. Not over a question that was asked a moment ago and has not been sent."""

    def event(state: RunState) -> Draft:
        at_rest = state.answer or state.stopped or state.failed
        if state.turn and not at_rest and state.round_trip == 0:
            raise Busy("a question is waiting to be sent")
        if isinstance(next_action(state), UnderWay):
            raise Busy("this run is under way")
        return partial(TurnStarted, text=text, setup=setup, definition_tokens=definition_tokens)

    return event


def stop(state: RunState) -> Draft:
    """End the turn."""
    if isinstance(next_action(state), Done):
        raise TooLate
    waited = state.failed is not None and state.failed.retry_in_s is not None
    words = RETRY_CANCELLED if waited else STOPPED_BY_PERSON
    return partial(Stopped, reason="person", message=words)


def edit_request(exchange: int, body: bytes) -> Intent:
    """Put these bytes, which are kept in its exchange, in place of the request that lies ready."""

    def event(state: RunState) -> Draft:
        if state.prepared != exchange or state.sent is not None or state.stopped:
            raise TooLate
        digest = hashlib.sha256(body).hexdigest()
        return partial(RequestEdited, exchange=exchange, sha256=digest, size=len(body))

    return event


def resume(setup: Setup | None = None) -> Intent:
    """Go on after a stop, a failure, or a process that ended; with another setup where given.

    A changed setup counts only where no call is open: a call is run as it was asked for.
    """

    def event(state: RunState) -> Draft:
        waits = isinstance(next_action(state), AwaitDecision)
        if not (waits or state.stopped or state.failed) or state.answer:
            raise TooLate
        changed = setup if setup != state.setup and not state.pending else None
        return partial(Resumed, setup=changed)

    return event


def give_up(state: RunState) -> Draft:
    """End a turn whose outcome nobody knows: its process ended, or it was stopped in a call."""
    waits = isinstance(next_action(state), AwaitDecision)
    if not waits and not (_stopped_for_now(state) and state.live_calls):
        raise TooLate
    return partial(Stopped, reason="gave_up", message=GAVE_UP)


def approve(call: int, arguments: str | None = None, *, exchange: int | None = None) -> Intent:
    """Allow a call to run; with other arguments, as JSON, where they are given.

    `exchange`: whose reply asked for it, as the person saw it; None: the newest. Raises `Unfit` for
    arguments that the tool does not take.
    """

    def event(state: RunState) -> Draft:
        pending = _open(state, call, exchange)
        if pending.approved:
            raise TooLate
        if arguments is None or state.setup is None:
            return partial(Approved, call=call)
        if verdict(pending, state.setup) != "ask":
            raise TooLate
        try:
            edited = edited_arguments(arguments, pending, state.setup)
        except ValueError as error:
            raise Unfit(str(error)) from None
        return partial(Approved, call=call, arguments=edited)

    return event


def refuse(call: int, reason: str, *, exchange: int | None = None) -> Intent:
    """Answer a call with a refusal that the model reads."""

    def event(state: RunState) -> Draft:
        words = f"{REFUSED} {reason.strip()}".strip()
        result = result_for(_open(state, call, exchange).call, words, is_error=True)
        return partial(
            ResultRecorded, call=call, result=result, source="person", error_kind="refused"
        )

    return event


def nobody_to_ask(call: int) -> Intent:
    """Answer a call of a tool that asks first, where there is no person; the model reads so."""

    def event(state: RunState) -> Draft:
        result = result_for(_open(state, call, None).call, NOBODY_TO_ASK, is_error=True)
        return partial(
            ResultRecorded, call=call, result=result, source="policy", error_kind="not_allowed"
        )

    return event


def enter_result(
    call: int, text: str, *, is_error: bool = False, exchange: int | None = None
) -> Intent:
    """Answer a call in the tool's place, also one that was under way when the turn was stopped."""

    def event(state: RunState) -> Draft:
        pending = _answerable(state, call, exchange)
        if pending.started:
            result = result_of_run(pending, text, is_error=is_error)
        else:
            result = result_for(pending.call, text, is_error=is_error)
        return partial(ResultRecorded, call=call, result=result, source="person")

    return event


def interrupt(state: RunState) -> Draft:
    """Say that whoever drove the run is gone, and what was under way has no known outcome."""
    if not isinstance(next_action(state), UnderWay):
        raise TooLate
    return partial(Interrupted)


def conclude(state: RunState, *, stopped: bool, error: BaseException | None) -> Draft:
    """What a drive leaves to be said when it ends: it must not end with the run in mid-air.

    `stopped`: a person asked for it. `error`: what the drive itself broke on.
    """
    if stopped and not isinstance(next_action(state), Done):
        return stop(state)
    if isinstance(next_action(state), UnderWay):
        return interrupt(state)
    if error is None or isinstance(next_action(state), Done):
        raise TooLate
    failure = Failure(kind="protocol", message=f"{type(error).__name__}: {error}", advice=OUR_FAULT)
    return partial(RequestFailed, exchange=None, failure=failure, elapsed_s=0.0)


def _open(state: RunState, call: int, exchange: int | None) -> PendingCall:
    """The call while it has no result and the turn goes on."""
    if state.stopped:
        raise TooLate
    return _unanswered(state, call, exchange)


def _answerable(state: RunState, call: int, exchange: int | None) -> PendingCall:
    """The call while it has no result and somebody may know one."""
    pending = _unanswered(state, call, exchange)
    if state.stopped and not (_stopped_for_now(state) and pending.started):
        raise TooLate
    return pending


def _unanswered(state: RunState, call: int, exchange: int | None) -> PendingCall:
    # Meanwhile another tab may have answered the call that was seen, and the model asked for more.
    if exchange not in (None, state.exchange):
        raise TooLate
    pending = next((one for one in state.pending if one.index == call), None)
    if pending is None or pending.result is not None:
        raise TooLate
    return pending


def _stopped_for_now(state: RunState) -> bool:
    """Whether the turn was stopped, and not given up."""
    return state.stopped is not None and state.stopped.reason != "gave_up"
