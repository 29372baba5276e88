"""What happens next in a run: the state machine, pure.

Owns the decision. Does not perform it (`drive.py`). Whoever drives a run asks `next_action` after
every event, so that auto and step by step, a terminal and a page, today and after a crash all
follow the same rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from roundtrip.conversation import ToolCall
from roundtrip.events import ErrorKind, OfferedTool, Setup, StopReason
from roundtrip.state import PendingCall, RunState, Spent, call_key
from roundtrip.tools.checks import parse_arguments, problems
from roundtrip.wires.schema import says_null_for_absent, without_stand_ins


@dataclass(frozen=True)
class PrepareRequest:
    """Write the next request and let it lie ready. Only when somebody wants to see it first."""


@dataclass(frozen=True)
class SendRequest:
    """Send the request, and take its reply."""

    attempt: int = 1


@dataclass(frozen=True)
class Refusal:
    """Why a call is answered without running, in words the model reads."""

    kind: ErrorKind
    message: str


@dataclass(frozen=True)
class Execute:
    """Run these calls, all at once; answer the refused ones without running them."""

    run: tuple[PendingCall, ...]
    refuse: tuple[tuple[PendingCall, Refusal], ...] = ()


@dataclass(frozen=True)
class AwaitApproval:
    """A person must allow or refuse these calls."""

    calls: tuple[PendingCall, ...]


@dataclass(frozen=True)
class AwaitResult:
    """No code stands behind these calls: somebody must give their results."""

    calls: tuple[PendingCall, ...]


@dataclass(frozen=True)
class AwaitDecision:
    """The process ended while these calls ran (none: while a request was out).

    Nobody knows whether they took effect, so nothing is repeated unasked.
    """

    calls: tuple[PendingCall, ...]


@dataclass(frozen=True)
class UnderWay:
    """Somebody is at it."""


@dataclass(frozen=True)
class Stop:
    """A cap or a repetition ends the turn."""

    reason: StopReason
    message: str


@dataclass(frozen=True)
class Done:
    """Nothing to do until a person asks, tries again or goes on."""


Action = (
    PrepareRequest
    | SendRequest
    | Execute
    | AwaitApproval
    | AwaitResult
    | AwaitDecision
    | UnderWay
    | Stop
    | Done
)


def next_action(state: RunState, *, show_first: bool = False) -> Action:
    """What the run needs next. `show_first`: requests are prepared before they are sent."""
    if state.setup is None or state.answer or state.stopped:
        return Done()
    if state.sent is not None or state.live_calls:
        return AwaitDecision(state.live_calls) if state.interrupted else UnderWay()
    if state.failed:
        retried = state.failed.retry_in_s is not None
        return SendRequest(state.attempt + 1) if retried else Done()
    if state.pending:
        return _for_calls(state, state.setup)
    if over := _cap_reached(state, state.setup):
        return over
    if show_first and state.prepared is None:
        return PrepareRequest()
    return SendRequest()


def _for_calls(state: RunState, setup: Setup) -> Action:
    open_calls = [pending for pending in state.pending if pending.result is None]
    for pending in open_calls:
        if _repeated(state, pending.call, setup):
            return Stop(
                "repetition",
                f"The model asked for {pending.call.name} with the same arguments "
                f"{setup.caps.same_call} times in this turn.",
            )
    open_calls = [_as_given(pending, setup) for pending in open_calls]
    verdicts = [(pending, verdict(pending, setup)) for pending in open_calls]
    run = tuple(pending for pending, said in verdicts if said == "run")
    refuse = tuple((pending, said) for pending, said in verdicts if isinstance(said, Refusal))
    if run or refuse:
        return Execute(run, refuse)
    if ask := tuple(pending for pending, said in verdicts if said == "ask"):
        return AwaitApproval(ask)
    return AwaitResult(tuple(open_calls))


def verdict(pending: PendingCall, setup: Setup) -> Refusal | Literal["run", "ask", "await"]:
    """What is to become of a call: `run`, `ask` a person, `await` a result, or a refusal.

    A call runs only after its name is known, its arguments are parsed and fit the schema,
    and the tool's policy allows it.
    """
    offered = _offered(setup, pending.call.name)
    if offered is None:
        names = ", ".join(tool.definition.name for tool in setup.tools) or "none"
        return Refusal(
            "unknown_tool",
            f'There is no tool called "{pending.call.name}". The tools are: {names}.',
        )
    if refusal := _bad_arguments(pending, offered):
        return refusal
    if offered.policy == "never":
        return Refusal("not_allowed", f"{pending.call.name} is not allowed to run here.")
    if not offered.has_code:
        return "await"
    if offered.policy == "ask" and not pending.approved:
        return "ask"
    return "run"


def _as_given(pending: PendingCall, setup: Setup) -> PendingCall:
    """The call without the nulls by which a strict model says "not given"."""
    call, offered = pending.call, _offered(setup, pending.call.name)
    if pending.edited is not None:  # a person means what they wrote
        return pending
    if offered is None or not offered.definition.strict or not call.arguments:
        return pending
    if not says_null_for_absent(setup.wire):
        return pending
    given = without_stand_ins(call.arguments, offered.definition.input_schema)
    return replace(pending, call=call.model_copy(update={"arguments": given}))


def _offered(setup: Setup, name: str) -> OfferedTool | None:
    return next((tool for tool in setup.tools if tool.definition.name == name), None)


def _bad_arguments(pending: PendingCall, offered: OfferedTool) -> Refusal | None:
    call = pending.as_run
    if pending.cut_off:
        return Refusal(
            "invalid_json",
            "The output cap was reached before the arguments were written. Nothing was run.",
        )
    if call.arguments is None:
        why = call.arguments_error or "they are free text, and this tool takes a JSON object"
        return Refusal("invalid_json", f"The arguments cannot be read: {why}. Nothing was run.")
    unfit = _unfit(call.arguments, offered)
    return Refusal("invalid_arguments", f"{unfit} Nothing was run.") if unfit else None


def edited_arguments(text: str, pending: PendingCall, setup: Setup) -> dict[str, Any] | None:
    """What a person wrote in place of the arguments of a call that asks first; None where that is
    what the model asked for. Raises ValueError, in words, for what the tool does not take."""
    offered = _offered(setup, pending.call.name)
    arguments, problem = parse_arguments(text) if text.strip() else (None, "nothing is written")
    if arguments is None:
        raise ValueError(f"The arguments cannot be read: {problem}.")
    if offered and (unfit := _unfit(arguments, offered)):
        raise ValueError(unfit)
    return None if arguments == _as_given(pending, setup).call.arguments else arguments


def _unfit(arguments: dict[str, Any], offered: OfferedTool) -> str | None:
    found = problems(arguments, offered.definition.input_schema)
    listed = "; ".join(str(problem) for problem in found)
    return f"The arguments do not fit: {listed}." if found else None


def _repeated(state: RunState, call: ToolCall, setup: Setup) -> bool:
    limit = setup.caps.same_call
    return limit is not None and state.asked.count(call_key(call)) >= limit


def _cap_reached(state: RunState, setup: Setup) -> Stop | None:
    caps, spent = setup.caps, state.spent
    if caps.round_trips is not None and spent.round_trips >= caps.round_trips:
        trips = "1 round trip" if caps.round_trips == 1 else f"{caps.round_trips} round trips"
        return Stop("round_trips", f"The cap of {trips} is reached.")
    if caps.tokens is not None and spent.tokens >= caps.tokens:
        return Stop("tokens", f"The cap of {caps.tokens:,} tokens is reached ({spent.tokens:,}).")
    if caps.cost_usd is not None and spent.cost_usd >= caps.cost_usd:
        return Stop("money", _money_words(caps.cost_usd, spent, setup))
    if caps.seconds is not None and spent.seconds >= caps.seconds:
        return Stop("seconds", f"The cap of {caps.seconds:g} seconds is reached.")
    return None


def _money_words(cap_usd: float, spent: Spent, setup: Setup) -> str:
    words = f"The cap of ${cap_usd:.2f} is reached (${spent.cost_usd:.2f}"
    if spent.unpriced:
        replies = "1 reply" if spent.unpriced == 1 else f"{spent.unpriced} replies"
        words += f" and {replies} of unknown price"
    notional = " The price is notional: simulated, nothing is charged." if setup.simulated else ""
    return f"{words}).{notional}"
