"""What a person sees of a run: the rows of its timeline, folded from its events.

Owns which rows there are and what each is made of; their words are `lines.py`'s. Does not decide
what happens (`loop.py`) and holds no payloads: a row names its exchange, and `panels.py` opens it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import takewhile

from roundtrip.conversation import Change, Usage
from roundtrip.events import (
    Approved,
    Event,
    ExecutionStarted,
    Interrupted,
    LateResult,
    ReplyReceived,
    RequestEdited,
    RequestFailed,
    RequestPrepared,
    RequestSent,
    ResultRecorded,
    Resumed,
    Stopped,
    TurnStarted,
)
from roundtrip.lines import (
    Segment,
    call_line,
    call_text,
    define_line,
    failure_line,
    failure_note,
    reply_line,
    reply_note,
    request_words,
    result_line,
)
from roundtrip.state import RunState, fold
from roundtrip.step import Phase, Standing, Step
from roundtrip.told_changes import Places, ToldChange
from roundtrip.wires.wire import wire_named

WRITTEN_BY_HAND = "It goes out once. The next request is written from your app's conversation."


class Timeline:
    """The rows of one run. Feed it events in order; read `steps` at any time."""

    def __init__(self) -> None:
        self.state = RunState()
        self.steps: dict[int, Step] = {}
        """By `seq`, in order."""

        self._by_change: dict[int, None] = {}
        """The rows, the one that changed last at the end: who asks for news waits for no others."""

        self._count = 0
        self._spoken: tuple[int, str] | None = None
        """The turn and what it last said of whom it asks."""

        self._request: int | None = None
        self._retry: int | None = None
        self._runs: dict[int, int] = {}
        self._rows_of_calls: dict[tuple[int, int], list[int]] = {}
        """Every call's rows, by the exchange that asked for it and its place there."""

        self._places = Places()
        self._changes: set[tuple[str, str]] = set()
        """Where and what was changed in the newest request."""

        self._definitions: str | None = None
        self._untold: int | None = None
        """The first event since the newest row that no row tells of yet; the next one does."""

        self._told = 0

    def feed(self, events: Iterable[Event]) -> None:
        for event in events:
            before, self.state = self.state, fold((event,), self.state)
            self._take(event, before)
            if self._told < event.seq and self._untold is None:
                self._untold = event.seq

    def after(self, seq: int) -> list[Step]:
        """Rows that began or changed after that event."""
        newer = takewhile(lambda row: self.steps[row].events[1] > seq, reversed(self._by_change))
        return [self.steps[row] for row in sorted(newer)]

    def _take(self, event: Event, before: RunState) -> None:
        match event:
            case TurnStarted():
                self._turn_started(event)
            case RequestPrepared():
                self._request_written(event, event.exchange, "ready", event.changes)
            case RequestEdited():
                self._request_edited(event)
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
            case LateResult():
                self._late_result(event)
            case Resumed():
                self._resumed(event, before)
            case Approved():
                pass  # told with the row that comes of it

    def _add(self, event: Event, phase: Phase, line: tuple[Segment, ...], **more: object) -> None:
        numbered = phase != "define"
        self._count += numbered
        first, self._untold, self._told = self._untold or event.seq, None, event.seq
        self._by_change[event.seq] = None
        self.steps[event.seq] = Step(
            seq=event.seq,
            phase=phase,
            number=self._count if numbered else None,
            turn=self.state.turn,
            events=(first, event.seq),
            at=event.at,
            line=line,
            **{"round_trip": self._round_trip(), **more},  # type: ignore[arg-type]
        )

    def _round_trip(self) -> int:
        """A written request has begun its round trip, whether or not it leaves."""
        newest = next(reversed(self.steps.values()), None)
        begun = newest.round_trip if newest and newest.turn == self.state.turn else 0
        return max(self.state.round_trip, begun)

    def _grow(self, seq: int | None, event: Event, **changes: object) -> None:
        if seq is None:
            return
        step, self._told = self.steps[seq], event.seq
        self._by_change[seq] = self._by_change.pop(seq)
        self.steps[seq] = step.model_copy(update={**changes, "events": (step.events[0], event.seq)})

    def _turn_started(self, event: TurnStarted) -> None:
        self._settle_request(event, "something else was asked")
        self._settle_retry(event, "Not tried again.")
        self._settle_runs(event)
        self._request, self._runs = None, {}
        tools = event.setup.tools
        definitions = json.dumps([tool.definition.model_dump() for tool in tools])
        if definitions == self._definitions:
            return
        self._definitions = definitions
        self._add(
            event,
            "define",
            define_line(tools),
            round_trip=0,
            tokens_estimated=event.definition_tokens,
        )

    def _request_written(
        self, event: Event, exchange: int, standing: Standing, changes: tuple[Change, ...]
    ) -> None:
        waiting = standing == "ready"
        words = request_words(self.state)
        self._add(
            event,
            "return" if self.state.returns_results else "ask",
            (Segment(text=f"The request is written: {words}" if waiting else words),),
            round_trip=self.state.round_trip + (waiting and not self.state.unanswered),
            exchange=exchange,
            standing=standing,
            speaks=self._speaks(),
            changes=self._told_changes(changes),
            note="Nothing has left yet. Open the row to read every byte." if waiting else None,
        )
        self._request = event.seq

    def _told_changes(self, changes: tuple[Change, ...]) -> tuple[ToldChange, ...]:
        before = self._changes
        self._changes = {(change.where, change.what) for change in changes}
        tools = self.state.setup.definitions if self.state.setup else ()
        return self._places.told(changes, self.state.conversation, tools, before)

    def _request_edited(self, event: RequestEdited) -> None:
        words = f"You wrote this request by hand: {event.size:,} bytes, sent as they are."
        line, note = (Segment(text=words),), WRITTEN_BY_HAND
        # Whom it asks is what its body says, which nobody has read.
        self._grow(self._request, event, edited=True, line=line, note=note, speaks=None)

    def _speaks(self) -> str | None:
        """Whom this request asks, where that is news: a conversation may cross APIs."""
        setup = self.state.setup
        if setup is None:
            return None
        asked = f"{setup.options.model} · {wire_named(setup.wire).title}"
        said, self._spoken = self._spoken, (self.state.turn, asked)
        return asked if said != self._spoken else None

    def _request_sent(self, event: RequestSent) -> None:
        self._settle_retry(event)
        ready = self.steps.get(self._request) if self._request else None
        if ready is None or ready.standing != "ready":
            self._request_written(event, event.exchange, "live", event.changes)
            ready = self.steps[event.seq]
        path = Segment(text=f"{event.method} {event.path}", kind="code")
        again = f" (attempt {event.attempt})" if event.attempt > 1 else ""
        words = "edited by hand" if event.edited else request_words(self.state)
        self._grow(
            ready.seq,
            event,
            standing="live",
            note=WRITTEN_BY_HAND if event.edited else None,
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
            scripted=event.scripted,
            note=reply_note(event, self.state),
        )

    def _request_failed(self, event: RequestFailed) -> None:
        if event.exchange is not None:  # else it lies ready still
            self._grow(self._request, event, standing="failed")
            self._request = None
        self._settle_retry(event, "Not tried again.")
        retry_at = None if event.retry_in_s is None else event.at + event.retry_in_s
        self._retry = None if retry_at is None else event.seq
        self._add(
            event,
            "error",
            failure_line(event, self.state.attempt),
            exchange=event.exchange,
            standing="failed",
            failure=event.failure,
            is_error=True,
            elapsed_s=event.elapsed_s,
            note=failure_note(event, self.state.setup),
            retry_at=retry_at,
        )

    def _execution_started(self, event: ExecutionStarted, before: RunState) -> None:
        line = (*call_line(before.pending[event.call]), Segment(text=" is running"))
        self._add(
            event,
            "run",
            line,
            standing="live",
            call=event.call,
            exchange=before.pending[event.call].exchange,
            parallel=len(before.pending) > 1,
        )
        self._keep_run(event, before)

    def _result_recorded(self, event: ResultRecorded, before: RunState) -> None:
        if before.pending == self.state.pending:  # it came second and does not count
            return
        line = result_line(before.pending[event.call], event)
        error = event.result.is_error
        values = {
            "line": line,
            "standing": "failed" if error else "done",
            "is_error": error,
            "error_kind": event.error_kind,
            "elapsed_s": event.elapsed_s,
        }
        row = self._runs.get(event.call)
        if row is not None and self.steps[row].standing == "live":
            self._grow(row, event, **values)
            return
        line = values.pop("line")  # type: ignore[assignment]
        self._add(
            event,
            "run",
            line,
            call=event.call,
            exchange=before.pending[event.call].exchange,
            **values,
        )
        self._keep_run(event, before)

    def _keep_run(self, event: ExecutionStarted | ResultRecorded, before: RunState) -> None:
        pending = before.pending[event.call]
        self._runs[event.call] = event.seq
        rows = self._rows_of_calls.setdefault((pending.exchange, pending.index), [])
        rows.append(event.seq)

    def _stopped(self, event: Stopped) -> None:
        self._settle_request(event, "the turn was stopped")
        self._settle_retry(event, "Not tried again.")
        self._settle_runs(event)
        self._add(
            event,
            "error",
            (Segment(text=event.message),),
            standing="failed",
            error_kind=event.reason,
            exchange=self.state.exchange if event.partial else None,
        )
        self._request = None

    def _resumed(self, event: Resumed, before: RunState) -> None:
        if before.prepared is not None and self.state.prepared is None:
            self._settle_request(event, "the settings changed, it is written anew")
            self._request = None
        self._settle_retry(event, "Not tried again by itself.")

    def _settle_request(self, event: Event, why: str) -> None:
        """A request that will not leave, or not be answered, any more says so."""
        row = self.steps[self._request] if self._request else None
        if row is not None and row.standing == "ready":
            line = (Segment(text=f"Not sent: {why}."),)
            self._grow(row.seq, event, standing="failed", line=line, note=None)
        elif row is not None and row.standing == "live":
            self._grow(row.seq, event, standing="failed")

    def _settle_retry(self, event: Event, became: str | None = None) -> None:
        """The row that waited for another try says what became of it."""
        row, self._retry = self.steps.get(self._retry or 0), None
        if row is not None:
            words = became or f"Tried again after {max(0.0, event.at - row.at):.1f} s."
            line = (row.line[0], Segment(text=f" {words}"))
            self._grow(row.seq, event, line=line, retry_at=None)

    def _settle_runs(self, event: Event) -> None:
        """Rows of calls that will not end any more say so."""
        for seq in self._runs.values():
            row = self.steps[seq]
            if row.standing == "live":
                ended = "stopped while it ran" if isinstance(event, Stopped) else "under way"
                end = Segment(text=f" was {ended}. Whether it took effect is not known.")
                self._grow(seq, event, standing="failed", line=(*row.line[:-1], end))

    def _interrupted(self, event: Interrupted, before: RunState) -> None:
        self._settle_runs(event)
        if before.live_calls:
            names = " and ".join(call_text(pending.as_run) for pending in before.live_calls)
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

    def _late_result(self, event: LateResult) -> None:
        rows = self._rows_of_calls.get((event.exchange, event.call), [])
        began = event.at - event.elapsed_s  # which of the times it was run is not told
        row = min(rows, key=lambda seq: abs(self.steps[seq].at - began), default=None)
        after = f"{event.name} came back after {event.elapsed_s:.1f} s"
        self._grow(row, event, note=f"{after}: too late, not used.")
