"""What a person can do next with a run, in words.

Owns the label of the button that names what happens next, and the offers at a stop. Pure: state
in, words out. Doing it is `runner.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from roundtrip.conversation import ToolCall
from roundtrip.lines import call_text, listed
from roundtrip.loop import (
    Action,
    AwaitApproval,
    AwaitDecision,
    AwaitResult,
    Done,
    Execute,
    PrepareRequest,
    SendRequest,
    Stop,
    UnderWay,
    next_action,
)
from roundtrip.state import PendingCall, RunState

Offer = Literal[
    "run_again", "send_again", "enter_result", "give_up", "try_again", "go_on", "approve", "refuse"
]

VALUE_LIMIT = 30
"""Characters of an argument that a button may name."""


@dataclass(frozen=True)
class Controls:
    """What stands below the conversation."""

    next: str | None = None
    """What one click does; None when there is no such step."""

    hint: str | None = None
    """One sentence on where the run stands."""

    can_ask: bool = True
    """Whether a question can be asked now."""

    ask: str = "Ask something…"
    """What stands in the empty question field: what asking would do, or why it must wait."""

    can_edit: bool = False
    """Whether a request lies ready that can be written by hand."""

    can_hurry: bool = False
    """Whether the next try need not be waited for."""

    can_stop: bool = False
    stop: str = "Stop"
    """What stopping is called: what it ends."""

    offers: tuple[Offer, ...] = ()
    calls: tuple[PendingCall, ...] = ()
    """The calls that the offers are about."""


def controls(state: RunState, *, live: bool) -> Controls:
    """What can be done now. `live`: somebody is driving the run."""
    if live:
        told = Controls(
            hint=_at_work(state), can_stop=True, can_ask=False, ask="Wait for the step, or stop it"
        )
        if not _waits_to_retry(state):
            return told
        wait = "Wait for the next try, or cancel it"
        return replace(told, stop="Cancel the retry", can_hurry=True, ask=wait)
    told = _controls(state)
    if isinstance(next_action(state), Done):
        return told
    if state.round_trip == 0:
        return replace(told, can_ask=False, ask="Send this question first, or stop it")
    return replace(told, ask="Ask something else (this ends the turn under way)")


def _controls(state: RunState) -> Controls:
    action = next_action(state, show_first=True)
    match action:
        case AwaitApproval(calls):
            one = len(calls) == 1
            which = "This call runs only if you allow it." if one else "Each runs only if allowed."
            hint = f"{which} What it does may not be undone."
            return Controls(hint=hint, can_stop=True, offers=("approve", "refuse"), calls=calls)
        case AwaitResult(calls):
            names = listed([call_text(pending.call) for pending in calls])
            hint = f"You are the tool: enter what {names} gives back. No code runs for it."
            return Controls(hint=hint, can_stop=True, offers=("enter_result",), calls=calls)
        case AwaitDecision(()):
            hint = "The app ended while a request was out. Sending it again may cost again."
            return Controls(hint=hint, offers=("send_again", "give_up"))
        case AwaitDecision(calls):
            names = listed([call_text(pending.as_run) for pending in calls])
            hint = f"The app ended while {names} ran. Nobody knows whether it took effect."
            return Controls(hint=hint, offers=("run_again", "enter_result", "give_up"), calls=calls)
        case Done():
            return _at_rest(state)
        case UnderWay():
            hint = "Another process had this run and no longer answers. It is looked after shortly."
            return Controls(hint=hint)
        case SendRequest(attempt) if attempt > 1:
            hint = "The last try failed. Nothing has been sent since."
            again = f"Try again (attempt {attempt})"
            return Controls(next=again, hint=hint, can_stop=True, stop="Cancel the retry")
    return Controls(
        next=_label(action, state),
        hint=_standing(action, state),
        can_edit=isinstance(action, SendRequest) and state.prepared is not None,
        can_stop=True,
    )


def _at_rest(state: RunState) -> Controls:
    if state.stopped and state.stopped.reason == "gave_up":
        return Controls()
    if state.stopped and state.live_calls:
        names = listed([call_text(pending.as_run) for pending in state.live_calls])
        hint = f"{names} was under way when you stopped. Nobody knows whether it took effect."
        offers: tuple[Offer, ...] = ("run_again", "enter_result", "give_up")
        return Controls(hint=hint, offers=offers, calls=state.live_calls)
    if state.stopped and not state.failed:
        return Controls(offers=("go_on",))
    if state.failed:
        return Controls(offers=("try_again",), ask="Ask something else…")
    return Controls()


def _waits_to_retry(state: RunState) -> bool:
    return state.failed is not None and state.failed.retry_in_s is not None


def _at_work(state: RunState) -> str:
    if state.live_calls:
        names = listed([pending.call.name for pending in state.live_calls])
        return f"Your code runs {names}."
    if _waits_to_retry(state):
        return "Nothing is being sent now: the timeline counts down to the next try."
    return "The model is at work." if state.sent is not None else "At work."


def _label(action: Action, state: RunState) -> str:
    results = state.returns_results
    match action:
        case PrepareRequest():
            return "Write the request with the results" if results else "Write the request"
        case SendRequest():
            return "Send the results to the model" if results else "Send it to the model"
        case Execute(run, ()):
            return f"Run {running(tuple(pending.as_run for pending in run))}"
        case Execute((), refuse) if len(refuse) > 1:
            return f"Answer {len(refuse)} calls that cannot run"
        case Execute((), refuse):
            return f"Answer the call that cannot run ({refuse[0][1].kind.replace('_', ' ')})"
        case Execute(run, _):
            return f"Run {running(tuple(pending.as_run for pending in run))}, refuse the rest"
        case Stop():
            return "Stop here: a cap is reached"
    return "Go on"


def _standing(action: Action, state: RunState) -> str | None:
    match action:
        case PrepareRequest():
            if state.returns_results:
                return "The results are here; the model has not seen them. They go out next."
            return "Nothing of this has been sent. First your app writes the request."
        case SendRequest():
            if state.edited:
                return "The request lies ready as you wrote it. Nothing has left yet."
            return "The request lies ready: open its row and read it. Nothing has left yet."
        case Execute():
            return "The model has stopped and waits for you. What it asks for has not run."
        case Stop(_, message):
            return message
    return None


def running(calls: tuple[ToolCall, ...]) -> str:
    """Calls as a button names them: `get_weather for Tokyo and Oslo`."""
    by_name: dict[str, list[str]] = {}
    for call in calls:
        by_name.setdefault(call.name, []).append(_telling(call))
    said = []
    for name, values in by_name.items():
        told = [value for value in values if value]
        times = f" {len(values)} times" if len(values) > 1 and not told else ""
        said.append(f"{name} for {listed(told)}" if told else f"{name}{times}")
    return listed(said)


def _telling(call: ToolCall) -> str:
    """The first argument, when it is short enough to tell calls apart by."""
    for value in (call.arguments or {}).values():
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            text = " ".join(str(value).split())
            return text if len(text) <= VALUE_LIMIT else text[: VALUE_LIMIT - 1] + "…"
    return ""
