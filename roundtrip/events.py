"""The append-only log of a run: everything that happened, one event each, in order.

Owns what an event is and its JSON. What a run *is* after its events is `state.py`; what a person
sees of them is `steps.py`; where they are kept is `store.py`. Events carry all that those need,
so that opening a run reads no body.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from roundtrip.conversation import (
    Change,
    Frozen,
    Options,
    ProviderTool,
    Reply,
    ToolDefinition,
    ToolResult,
)

ToolPolicy = Literal["auto", "ask", "never"]
"""Whether a call runs by itself, after a person's yes, or not at all."""

FailureKind = Literal[
    "auth",
    "bad_request",
    "rate_limit",
    "overloaded",
    "server",
    "network",
    "timeout",
    "incomplete",
    "protocol",
]

ResultSource = Literal["tool", "check", "policy", "person", "time_limit"]
"""Who wrote a result: the tool's code, our check of the call, a policy, a person, the clock."""

ErrorKind = Literal[
    "unknown_tool",
    "invalid_json",
    "invalid_arguments",
    "not_allowed",
    "refused",
    "raised",
    "timeout",
    "too_large",
    "not_json",
]

StopReason = Literal["person", "round_trips", "tokens", "money", "seconds", "repetition", "gave_up"]


class OfferedTool(Frozen):
    """A definition as one turn offers it, and what may happen when it is asked for."""

    definition: ToolDefinition
    policy: ToolPolicy = "auto"
    has_code: bool = True
    """False: no code stands behind it; the run waits for a result from outside."""


class Caps(Frozen):
    """Where a turn is ended by us. None: no cap."""

    round_trips: int | None = 8
    tokens: int | None = 200_000
    """Input and output of all requests of the turn, as measured."""

    cost_usd: float | None = 1.0
    seconds: float | None = 300.0
    """Time spent in requests and tools; a person's thinking is not counted."""

    same_call: int | None = 3
    """The same call with the same arguments may be asked for this often, less one."""


class Setup(Frozen):
    """What a turn is run with."""

    wire: str
    options: Options
    system: str | None = None
    tools: tuple[OfferedTool, ...] = ()
    provider_tools: tuple[ProviderTool, ...] = ()
    base_url: str | None = None
    """None: where the SDK sends by default (or, simulated, our own simulator)."""

    simulated: bool = False
    stepwise: bool = False
    """Whether the person wants one action a click."""

    left_out: tuple[str, ...] = ()
    """Tools a person took out of the offer, so that a new one is not taken for one of them."""

    caps: Caps = Caps()
    headers: tuple[tuple[str, str], ...] = ()
    """Extra request headers, e.g. a fault asked of the simulator."""

    @property
    def definitions(self) -> tuple[ToolDefinition | ProviderTool, ...]:
        """Every tool as a request names it, ours first."""
        return (*(offered.definition for offered in self.tools), *self.provider_tools)


class Cost(Frozen):
    """Money for one reply."""

    usd: float | None
    """None: the price is unknown, which is not 0."""

    notional: bool = False
    """True for the simulator: no such price is ever charged."""


class Failure(Frozen):
    """Why a request brought no reply."""

    kind: FailureKind
    message: str
    """The provider's own words, or the network's."""

    advice: str
    """What can be done next, in plain words."""

    status: int | None = None
    provider: str | None = None
    """The provider's word for the failure, e.g. `overloaded_error`."""

    retry_after_s: float | None = None


class _Event(Frozen):
    seq: int
    """1, 2, 3 … within the run, without a gap."""

    at: float
    """Seconds since the epoch."""


class TurnStarted(_Event):
    """A person asked something."""

    kind: Literal["turn_started"] = "turn_started"
    text: str
    setup: Setup
    definition_tokens: int | None = None
    """Estimated weight of the definitions in one request."""


class RequestPrepared(_Event):
    """A request was written and lies ready; nothing has left."""

    kind: Literal["request_prepared"] = "request_prepared"
    exchange: int
    changes: tuple[Change, ...] = ()


class RequestEdited(_Event):
    """A person rewrote the request that lies ready; the bytes are in its exchange."""

    kind: Literal["request_edited"] = "request_edited"
    exchange: int
    sha256: str
    """Of the new body, in hexadecimal: exactly these bytes leave, or none."""

    size: int
    """Bytes of the body."""


class RequestSent(_Event):
    """Committed before the first byte leaves."""

    kind: Literal["request_sent"] = "request_sent"
    exchange: int
    attempt: int
    method: str
    path: str
    size: int
    """Bytes of the body."""

    changes: tuple[Change, ...] = ()
    edited: bool = False
    """Whether a person wrote the body, and not the conversation."""


class ReplyReceived(_Event):
    """A complete reply came, with an explicit finish signal."""

    kind: Literal["reply_received"] = "reply_received"
    exchange: int
    reply: Reply
    elapsed_s: float
    first_byte_s: float | None = None
    cost: Cost
    simulated: bool = False
    """Whether a simulator wrote it, wherever it was asked: it says so in a header."""

    scripted: str | None = None
    """The script that made the simulator say it, where one did; it says so in a header."""


class RequestFailed(_Event):
    """No complete reply came."""

    kind: Literal["request_failed"] = "request_failed"
    exchange: int | None
    """None: nothing left, e.g. for want of a key."""

    failure: Failure
    elapsed_s: float
    partial: Reply | None = None
    """What arrived of the reply before it failed."""

    retry_in_s: float | None = None
    """Seconds until we try again by ourselves; None: we do not."""


class ExecutionStarted(_Event):
    """Committed before the tool's code is called."""

    kind: Literal["execution_started"] = "execution_started"
    call: int
    """Which call of the last reply, counted from 0."""

    name: str
    arguments: dict[str, Any]


class ResultRecorded(_Event):
    """A call has its result; the model will read it."""

    kind: Literal["result_recorded"] = "result_recorded"
    call: int
    result: ToolResult
    source: ResultSource
    error_kind: ErrorKind | None = None
    elapsed_s: float | None = None
    """None where nothing ran."""


class LateResult(_Event):
    """A tool came back when nobody waited any more; the model does not see it."""

    kind: Literal["late_result"] = "late_result"
    exchange: int
    """The exchange whose reply asked for the call."""

    call: int
    """Which call of that reply, counted from 0."""

    name: str
    text: str
    elapsed_s: float


class Approved(_Event):
    """A person allowed a call to run. (A refusal is a `ResultRecorded`.)"""

    kind: Literal["approved"] = "approved"
    call: int
    arguments: dict[str, Any] | None = None
    """What the person wrote in place of the model's arguments: the call runs with these. None:
    as the model asked."""


class Stopped(_Event):
    """The turn was ended before its answer."""

    kind: Literal["stopped"] = "stopped"
    reason: StopReason
    message: str
    partial: Reply | None = None


class Interrupted(_Event):
    """The process that drove the run ended; what was under way has no known outcome."""

    kind: Literal["interrupted"] = "interrupted"


class Resumed(_Event):
    """A person said: go on. What was under way may be done again; caps count anew."""

    kind: Literal["resumed"] = "resumed"
    setup: Setup | None = None
    """What to go on with, where the person changed it; None: as before."""


Event = Annotated[
    TurnStarted
    | RequestPrepared
    | RequestEdited
    | RequestSent
    | ReplyReceived
    | RequestFailed
    | ExecutionStarted
    | ResultRecorded
    | LateResult
    | Approved
    | Stopped
    | Interrupted
    | Resumed,
    Field(discriminator="kind"),
]

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def dump(event: Event) -> str:
    """The event as JSON, for keeping."""
    return event.model_dump_json(exclude_defaults=False)


def load(text: str) -> Event:
    """The inverse of `dump`. Raises pydantic's ValidationError."""
    return _EVENT.validate_json(text)
