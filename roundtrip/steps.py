"""What a person sees of a run: the rows of its timeline, folded from its events.

Owns what each row says. Does not decide what happens (`loop.py`) and holds no payloads: a row
names its exchange, and `panels.py` opens it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Literal

from roundtrip.conversation import Change, Frozen, Reply, StopSignal, ToolCall, Usage
from roundtrip.events import (
    Approved,
    Cost,
    Event,
    ExecutionStarted,
    Failure,
    Interrupted,
    LateResult,
    ReplyReceived,
    RequestFailed,
    RequestPrepared,
    RequestSent,
    ResultRecorded,
    Resumed,
    Stopped,
    TurnStarted,
)
from roundtrip.state import RunState, fold
from roundtrip.wires.wire import wire_named

Phase = Literal["define", "ask", "stop", "run", "return", "answer", "error"]
Standing = Literal["ready", "live", "done", "failed"]

LINE_LIMIT = 240
"""Characters of a call, a result or an answer that a row shows; the rest is in its payload."""


class Segment(Frozen):
    """A piece of a row's line."""

    text: str
    kind: Literal["plain", "code", "quote"] = "plain"


class Step(Frozen):
    """One row of the timeline."""

    seq: int
    """The event that began it: the row's name, which it keeps while it grows."""

    phase: Phase
    number: int | None
    """Counted from 1 over the run; None for `define`, which is not part of a round trip."""

    turn: int
    round_trip: int
    """Within the turn; 0 for `define`."""

    events: tuple[int, int]
    """First and last event it was made of."""

    at: float
    standing: Standing = "done"
    line: tuple[Segment, ...]
    note: str | None = None
    """A sentence for whoever sees this for the first time."""

    exchange: int | None = None
    attempt: int | None = None
    call: int | None = None
    """Which call of the reply, for `run`."""

    parallel: bool = False
    """Whether it ran beside others."""

    stop: StopSignal | None = None
    stop_field: str | None = None
    usage: Usage | None = None
    cost: Cost | None = None
    tokens_estimated: int | None = None
    elapsed_s: float | None = None
    first_byte_s: float | None = None
    is_error: bool = False
    error_kind: str | None = None
    failure: Failure | None = None
    changes: tuple[Change, ...] = ()

    @property
    def text(self) -> str:
        """The line without its marks."""
        return "".join(segment.text for segment in self.line)


class Timeline:
    """The rows of one run. Feed it events in order; read `steps` at any time."""

    def __init__(self) -> None:
        self.state = RunState()
        self.steps: dict[int, Step] = {}
        """By `seq`, in order."""

        self._count = 0
        self._request: int | None = None
        self._runs: dict[int, int] = {}
        self._definitions: str | None = None

    def feed(self, events: Iterable[Event]) -> None:
        for event in events:
            before, self.state = self.state, fold((event,), self.state)
            self._take(event, before)

    def after(self, seq: int) -> list[Step]:
        """Rows that began or changed after that event."""
        return [step for step in self.steps.values() if step.events[1] > seq]

    def _take(self, event: Event, before: RunState) -> None:
        match event:
            case TurnStarted():
                self._turn_started(event)
            case RequestPrepared():
                self._request_written(event, event.exchange, "ready", event.changes)
            case RequestSent():
                self._request_sent(event)
            case ReplyReceived():
                self._reply_received(event)
            case RequestFailed():
                self._request_failed(event)
            case ExecutionStarted():
                self._execution_started(event, before)
            case ResultRecorded():
                self._result_recorded(event, before)
            case Stopped():
                self._stopped(event)
            case Interrupted():
                self._interrupted(event, before)
            case Approved() | LateResult() | Resumed():
                self._remark(event)

    def _add(self, event: Event, phase: Phase, line: tuple[Segment, ...], **more: object) -> None:
        numbered = phase != "define"
        self._count += numbered
        self.steps[event.seq] = Step(
            seq=event.seq,
            phase=phase,
            number=self._count if numbered else None,
            turn=self.state.turn,
            events=(event.seq, event.seq),
            at=event.at,
            line=line,
            **{"round_trip": self.state.round_trip, **more},  # type: ignore[arg-type]
        )

    def _grow(self, seq: int | None, event: Event, **changes: object) -> None:
        if seq is None:
            return
        step = self.steps[seq]
        self.steps[seq] = step.model_copy(update={**changes, "events": (step.events[0], event.seq)})

    def _turn_started(self, event: TurnStarted) -> None:
        self._request, self._runs = None, {}
        tools = event.setup.tools
        definitions = json.dumps([tool.definition.model_dump() for tool in tools])
        if definitions == self._definitions:
            return
        self._definitions = definitions
        line = [Segment(text=_count_of(len(tools), "definition"))]
        for position, tool in enumerate(tools):
            line.append(Segment(text=", " if position else ": "))
            line.append(Segment(text=tool.definition.name, kind="code"))
        line.append(Segment(text=". They travel with every request." if tools else "."))
        line[0] = Segment(text=f"Your app holds {line[0].text}")
        self._add(
            event, "define", tuple(line), round_trip=0, tokens_estimated=event.definition_tokens
        )

    def _request_written(
        self, event: Event, exchange: int, standing: Standing, changes: tuple[Change, ...]
    ) -> None:
        waiting = standing == "ready"
        results = self.state.messages[-1].results if self.state.messages else ()
        self._add(
            event,
            "return" if results else "ask",
            (Segment(text=_request_line(self.state, len(results), waiting)),),
            round_trip=self.state.round_trip + waiting,
            exchange=exchange,
            standing=standing,
            changes=changes,
            note="Nothing has left yet. Open the row to read every byte." if waiting else None,
        )
        self._request = event.seq

    def _request_sent(self, event: RequestSent) -> None:
        ready = self.steps.get(self._request) if self._request else None
        if ready is None or ready.standing != "ready":
            self._request_written(event, event.exchange, "live", event.changes)
            ready = self.steps[event.seq]
        path = Segment(text=f"{event.method} {event.path}", kind="code")
        results = self.state.messages[-1].results
        words = _request_line(self.state, len(results), waiting=False)
        again = f" (attempt {event.attempt})" if event.attempt > 1 else ""
        self._grow(
            ready.seq,
            event,
            standing="live",
            note=None,
            attempt=event.attempt,
            line=(path, Segment(text=f": {words}{again}")),
        )

    def _reply_received(self, event: ReplyReceived) -> None:
        reply, usage = event.reply, event.reply.usage
        self._grow(
            self._request,
            event,
            standing="done",
            usage=usage
            and Usage(
                input=usage.input, cache_read=usage.cache_read, cache_write=usage.cache_write
            ),
        )
        calls = self.state.pending
        self._runs = {}
        setup = self.state.setup
        self._add(
            event,
            "stop" if calls or reply.stop.signal == "paused" else "answer",
            reply_line(reply),
            exchange=event.exchange,
            stop=reply.stop,
            stop_field=wire_named(setup.wire).spelling.stop_field if setup else None,
            usage=usage and Usage(output=usage.output, reasoning=usage.reasoning),
            cost=event.cost,
            elapsed_s=event.elapsed_s,
            first_byte_s=event.first_byte_s,
            note="The model stopped and waits. Nothing has run." if calls else None,
        )

    def _request_failed(self, event: RequestFailed) -> None:
        self._grow(self._request, event, standing="failed")
        retry = event.retry_in_s
        then = f" Trying again in {retry:.1f} s." if retry is not None else ""
        self._request = None
        self._add(
            event,
            "error",
            (Segment(text=f"{event.failure.message}{then}"),),
            exchange=event.exchange,
            standing="failed",
            failure=event.failure,
            is_error=True,
            elapsed_s=event.elapsed_s,
            note=event.failure.advice,
        )

    def _execution_started(self, event: ExecutionStarted, before: RunState) -> None:
        if event.call in self._runs:  # run again after a crash: the same row goes on
            self._grow(self._runs[event.call], event, standing="live")
            return
        call = before.pending[event.call].call
        self._add(
            event,
            "run",
            (Segment(text=call_text(call), kind="code"), Segment(text=" is running")),
            standing="live",
            call=event.call,
            exchange=self._last_exchange(),
            parallel=len(before.pending) > 1,
        )
        self._runs[event.call] = event.seq

    def _result_recorded(self, event: ResultRecorded, before: RunState) -> None:
        call = before.pending[event.call].call
        line = result_line(call, event)
        error = event.result.is_error
        values = {
            "line": line,
            "standing": "failed" if error else "done",
            "is_error": error,
            "error_kind": event.error_kind,
            "elapsed_s": event.elapsed_s,
        }
        if event.call in self._runs:
            self._grow(self._runs[event.call], event, **values)
            return
        line = values.pop("line")  # type: ignore[assignment]
        self._add(event, "run", line, call=event.call, exchange=self._last_exchange(), **values)
        self._runs[event.call] = event.seq

    def _stopped(self, event: Stopped) -> None:
        self._grow(self._request, event, standing=self._settled())
        self._add(
            event,
            "error",
            (Segment(text=event.message),),
            standing="failed",
            error_kind=event.reason,
            exchange=self.state.exchange if event.partial else None,
        )
        self._request = None

    def _settled(self) -> Standing:
        step = self.steps[self._request] if self._request else None
        return "failed" if step and step.standing in ("live", "ready") else "done"

    def _interrupted(self, event: Interrupted, before: RunState) -> None:
        if before.live_calls:
            names = " and ".join(call_text(pending.call) for pending in before.live_calls)
            words = f"The app ended while {names} ran. Nobody knows whether it took effect."
        elif before.sent is not None:
            words = "The app ended while a request was out. Its reply is lost."
            self._grow(self._request, event, standing="failed")
        else:
            return
        self._add(
            event,
            "error",
            (Segment(text=words),),
            standing="failed",
            error_kind="interrupted",
            note="So nothing is repeated by itself. You decide.",
        )
        self._request = None

    def _remark(self, event: Approved | LateResult | Resumed) -> None:
        if isinstance(event, LateResult) and self.steps:
            newest = next(reversed(self.steps))
            words = f"{event.name} came back after {event.elapsed_s:.1f} s: too late, not used."
            self._grow(newest, event, note=words)

    def _last_exchange(self) -> int | None:
        return self.state.exchange or None


def call_text(call: ToolCall) -> str:
    """A call as code would write it: `get_weather(city="Tokyo")`."""
    if call.arguments is None:
        return _cut(f"{call.name}({call.arguments_text})")
    arguments = ", ".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in call.arguments.items()
    )
    return _cut(f"{call.name}({arguments})")


def reply_line(reply: Reply) -> tuple[Segment, ...]:
    """What the model said, in one line."""
    calls = reply.message.calls
    if calls:
        line = [Segment(text="Please run ")]
        for position, call in enumerate(calls):
            line.append(Segment(text=" and " if position else ""))
            line.append(Segment(text=call_text(call), kind="code"))
        return tuple(segment for segment in line if segment.text)
    words = reply.message.text.strip()
    if reply.stop.signal == "refusal":
        return (Segment(text=_cut(words) or "The model refuses to answer.", kind="quote"),)
    if not words:
        return (Segment(text="The model ends without a word."),)
    cut_off = " (cut off: the output cap was reached)" if reply.stop.signal == "max_tokens" else ""
    return (Segment(text=_cut(words), kind="quote"), Segment(text=cut_off))


def result_line(call: ToolCall, event: ResultRecorded) -> tuple[Segment, ...]:
    """What came of a call, in one line."""
    verb = {
        "tool": " fails: " if event.result.is_error else " gives back ",
        "check": " did not run: ",
        "policy": " did not run: ",
        "person": " was refused: " if event.error_kind == "refused" else " was answered by you: ",
        "time_limit": " took too long: ",
    }[event.source]
    result = Segment(
        text=_cut(event.result.text), kind="plain" if event.result.is_error else "code"
    )
    return (Segment(text=call_text(call), kind="code"), Segment(text=verb), result)


def _request_line(state: RunState, results: int, waiting: bool) -> str:
    carries = (
        f"everything again, and {_count_of(results, 'result')}"
        if results
        else "the question" + (" and all that was said before" if len(state.messages) > 1 else "")
    )
    if not results and state.setup and state.setup.tools:
        carries += f" and {_count_of(len(state.setup.tools), 'definition')}"
    return f"The request is written: {carries}" if waiting else carries


def _count_of(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _cut(text: str) -> str:
    return text if len(text) <= LINE_LIMIT else text[: LINE_LIMIT - 1] + "…"
