"""Whatever happens to a run, its history stays one that the API accepts.

A machine plays everything a drive and a person can write, on every wire and from one to another:
replies with and without calls, results, failures, stops, a dead process, going on, new questions,
forks. After every event the rules are checked, and every request by the API it would go to.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from roundtrip.chat import bubbles
from roundtrip.controls import controls
from roundtrip.conversation import Options, Reply, Text, Thinking, ToolCall, ToolDefinition
from roundtrip.events import (
    Approved,
    Caps,
    Cost,
    Event,
    ExecutionStarted,
    Failure,
    Interrupted,
    LateResult,
    OfferedTool,
    ReplyReceived,
    RequestFailed,
    RequestPrepared,
    RequestSent,
    ResultRecorded,
    Resumed,
    Setup,
    Stopped,
    TurnStarted,
    dump,
    load,
)
from roundtrip.loop import (
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
from roundtrip.request import encode
from roundtrip.state import PendingCall, fold, result_for
from roundtrip.step import Step
from roundtrip.steps import Timeline
from roundtrip.wires.wire import WIRES, WireError, wire_named
from tests.drive.driving import body_of, reply
from tests.first_complaint import first_complaint

TOOLS = (
    OfferedTool(definition=ToolDefinition(name="runs")),
    OfferedTool(definition=ToolDefinition(name="asks"), policy="ask"),
    OfferedTool(definition=ToolDefinition(name="by_hand"), has_code=False),
    OfferedTool(definition=ToolDefinition(name="never"), policy="never"),
)
CAPS = st.sampled_from([Caps(), Caps(round_trips=2), Caps(same_call=2), Caps(tokens=150)])
ON = st.sampled_from(list(WIRES))
NAMES = st.sampled_from(["runs", "runs", "asks", "by_hand", "never", "nobody"])
WORDS = st.sampled_from(["", " ", "Let me look.", "Sunny."])


@st.composite
def replies(draw: st.DrawFn, number: int) -> Any:
    """A reply with any words and calls, whole or cut off, refused or paused."""
    parts: list[Any] = []
    if draw(st.booleans()):
        parts.append(Text(text=draw(WORDS)))
    if draw(st.integers(0, 9)) == 0:
        parts.append(Thinking(text="Hm."))
    for place in range(draw(st.integers(0, 3))):
        broken = draw(st.integers(0, 4)) == 0
        parts.append(
            ToolCall(
                id=f"toolu_{number}_{place}",
                name=draw(NAMES),
                arguments=None if broken else draw(st.sampled_from([{}, {"n": 1}])),
                arguments_text='{"n": ' if broken else None,
                arguments_error="cut off" if broken else None,
            )
        )
    signal = draw(st.sampled_from([None, None, None, "max_tokens", "refusal", "paused"]))
    return reply(*parts, signal=signal)


def as_told(wire: str, said: Reply) -> Reply:
    """The reply as that API spells it and we read it, with what only goes back to the same API."""
    decoder = wire_named(wire).reply_decoder()
    try:
        decoder.feed(body_of(said, wire).decode())
        return decoder.finish()
    except WireError:  # what it cannot say
        return said


class AnyRun(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.timeline = Timeline()
        self.shown: dict[int, Step] = {}
        self.alive = True

    @property
    def state(self) -> Any:
        return self.timeline.state

    def write(self, kind: Any, **values: Any) -> None:
        seq = len(self.events) + 1
        event = kind(seq=seq, at=float(seq), **values)
        self.events.append(event)
        before = self.timeline.state.seq
        self.timeline.feed([load(dump(event))])
        for step in self.timeline.after(before):
            self.shown[step.seq] = step

    @initialize(caps=CAPS, wire=ON)
    def begin(self, caps: Caps, wire: str) -> None:
        self.ask(caps, wire)

    @precondition(lambda self: isinstance(next_action(self.state), Done))
    @rule(caps=CAPS, wire=ON)
    def ask(self, caps: Caps, wire: str) -> None:
        self.write(TurnStarted, text="A question", setup=self.setup(wire, caps))

    def setup(self, wire: str, caps: Caps) -> Setup:
        options = Options(model="sim-large", max_output_tokens=100)
        return Setup(wire=wire, options=options, tools=TOOLS, caps=caps)

    @precondition(lambda self: len(self.events) > 1)
    @rule(data=st.data(), chance=st.integers(0, 9))
    def fork(self, data: st.DataObject, chance: int) -> None:
        """Another run begins with what this one began with."""
        if chance == 0:
            kept = self.events[: data.draw(st.integers(1, len(self.events)))]
            self.timeline, self.events = Timeline(), kept
            self.timeline.feed(kept)
            self.shown = dict(self.timeline.steps)

    @precondition(lambda self: self.state.setup and not isinstance(next_action(self.state), Done))
    @rule(chance=st.integers(0, 9))
    def ask_in_the_middle(self, chance: int) -> None:
        """Another tab asks while the run is half way: nothing forbids it."""
        if chance == 0:
            self.write(TurnStarted, text="Another", setup=self.state.setup)

    @precondition(lambda self: not isinstance(next_action(self.state), (Done, UnderWay)))
    @rule(data=st.data(), show_first=st.booleans(), times=st.integers(4, 12))
    def perform(self, data: st.DataObject, show_first: bool, times: int) -> None:
        for _ in range(times):
            self.perform_one(data, show_first)

    def perform_one(self, data: st.DataObject, show_first: bool) -> None:
        match next_action(self.state, show_first=show_first):
            case PrepareRequest():
                self.write(RequestPrepared, exchange=self.state.exchange + 1)
            case SendRequest(attempt):
                self.send(data, attempt)
            case Execute(run, refuse):
                for pending, refusal in refuse:
                    self.answer(pending, "check", refusal.kind)
                for pending in run:
                    arguments = pending.call.arguments
                    self.write(
                        ExecutionStarted,
                        call=pending.index,
                        name=pending.call.name,
                        arguments=arguments,
                    )
                for pending in data.draw(st.permutations(run)):
                    if data.draw(st.integers(0, 4)):
                        self.answer(pending, "tool", None)
            case AwaitApproval(calls):
                if data.draw(st.booleans()):
                    edited = data.draw(st.sampled_from([None, {"n": 2}]))
                    self.write(Approved, call=calls[0].index, arguments=edited)
                else:
                    self.answer(calls[0], "person", "refused")
            case AwaitResult(calls):
                self.answer(calls[0], "person", None)
            case AwaitDecision(calls):
                if calls and data.draw(st.booleans()):
                    self.answer(calls[0], "person", None)
                else:
                    self.write(Resumed)
            case Stop(reason, message):
                self.write(Stopped, reason=reason, message=message)

    def send(self, data: st.DataObject, attempt: int) -> None:
        self.check_the_request()
        if data.draw(st.integers(0, 9)) == 0:
            self.fail(None, None, None)
            return
        number = self.state.prepared or self.state.exchange + 1
        self.write(
            RequestSent,
            exchange=number,
            attempt=attempt,
            method="POST",
            path="/v1/messages",
            size=9,
        )
        said = as_told(self.state.setup.wire, data.draw(replies(number)))
        match data.draw(st.sampled_from(["reply"] * 5 + ["fails", "breaks off", "nothing"])):
            case "reply":
                cost = Cost(usd=0.01)
                self.write(ReplyReceived, exchange=number, reply=said, elapsed_s=1.0, cost=cost)
            case "fails":
                self.fail(number, None, 0.5 if attempt <= 2 else None)
            case "breaks off":
                self.fail(number, said if said.message.parts else None, None)

    def fail(self, exchange: int | None, partial: Any, retry: float | None) -> None:
        failure = Failure(kind="network", message="lost", advice="Try again.")
        self.write(
            RequestFailed,
            exchange=exchange,
            failure=failure,
            elapsed_s=0.1,
            partial=partial,
            retry_in_s=retry,
        )

    def answer(self, pending: PendingCall, source: str, kind: str | None) -> None:
        result = result_for(pending.call, "a result", is_error=kind is not None)
        self.write(
            ResultRecorded, call=pending.index, result=result, source=source, error_kind=kind
        )

    @precondition(lambda self: not isinstance(next_action(self.state), Done))
    @rule(data=st.data())
    def stop(self, data: st.DataObject) -> None:
        if isinstance(next_action(self.state), UnderWay) or data.draw(st.integers(0, 5)) == 0:
            partial = data.draw(replies(99)) if self.state.sent else None
            self.write(Stopped, reason="person", message="You stopped it.", partial=partial)

    @precondition(lambda self: isinstance(next_action(self.state), UnderWay))
    @rule()
    def the_process_dies(self) -> None:
        self.write(Interrupted)

    @precondition(lambda self: self.state.failed or self.state.stopped or self.state.interrupted)
    @rule(caps=CAPS, wire=st.none() | ON)
    def go_on(self, caps: Caps, wire: str | None) -> None:
        changed = self.setup(wire, caps) if wire and not self.state.pending else None
        self.write(Resumed, setup=changed)

    @precondition(lambda self: self.state.setup is not None)
    @rule(index=st.integers(0, 2))
    def two_tabs_answer_the_same_call(self, index: int) -> None:
        """The second one comes when the call has its result, or is gone."""
        call = ToolCall(id="toolu_x", name="runs", arguments={})
        if not any(one.index == index and one.result is None for one in self.state.pending):
            self.answer(PendingCall(index, call), "person", None)

    @precondition(lambda self: self.calls_that_ran())
    @rule(data=st.data())
    def a_late_result_comes(self, data: st.DataObject) -> None:
        row = data.draw(st.sampled_from(self.calls_that_ran()))
        before = self.timeline.steps[row.seq].events[1]
        late = {"exchange": row.exchange, "call": row.call, "name": "runs", "text": "late"}
        began = row.at  # a call may have been run more than once
        self.write(LateResult, **late, elapsed_s=len(self.events) + 1 - began)
        assert self.timeline.steps[row.seq].events[1] == self.state.seq > before

    def calls_that_ran(self) -> list[Step]:
        return [row for row in self.timeline.steps.values() if row.phase == "run"]

    @invariant()
    def what_is_folded_is_the_same_at_once_and_step_by_step(self) -> None:
        assert fold(self.events) == self.state

    @invariant()
    def every_call_has_one_result_in_the_next_message(self) -> None:
        messages = self.state.messages
        for at, message in enumerate(messages):
            assert message.parts, "no message is empty"
            answered = (
                [one.call_id for one in messages[at + 1].results] if messages[at + 1 :] else []
            )
            asked = [one.id for one in message.calls]
            if at == len(messages) - 1 and self.state.pending:
                assert asked == [one.call.id for one in self.state.pending]
            else:
                assert asked == answered or not asked
            before = [one.id for one in messages[at - 1].calls] if at else []
            assert [one.call_id for one in message.results] in (before, [])

    def check_the_request(self) -> None:
        request, _ = encode(self.state)
        assert first_complaint(self.state.setup.wire, json.loads(request.body)) is None

    @invariant()
    def the_rows_tell_of_every_event_and_updates_give_the_whole(self) -> None:
        rows = list(self.timeline.steps.values())
        assert self.shown == self.timeline.steps
        assert [row.seq for row in rows] == sorted({row.seq for row in rows})
        numbers = [row.number for row in rows if row.phase != "define"]
        assert numbers == list(range(1, len(numbers) + 1))
        told = {seq for row in rows for seq in range(row.events[0], row.events[1] + 1)}
        last = max(told, default=0)
        assert told == set(range(1, last + 1))
        for event in self.events[last:]:
            assert isinstance(event, (Approved, Resumed, TurnStarted, ResultRecorded, Interrupted))
        for row in rows:
            assert row.text.strip()
            assert row.events[0] <= row.seq <= row.events[1]

    @invariant()
    def a_row_is_live_only_while_something_is_under_way(self) -> None:
        live = [row for row in self.timeline.steps.values() if row.standing == "live"]
        if not (self.state.sent or self.state.live_calls) or self.state.interrupted:
            assert not live
        ready = [row for row in self.timeline.steps.values() if row.standing == "ready"]
        assert len(ready) == (self.state.prepared is not None)

    @invariant()
    def there_is_always_something_to_say_and_to_do(self) -> None:
        if self.state.setup is None:
            return
        for live in (True, False):
            shown = controls(self.state, live=live)
            under_way = isinstance(next_action(self.state), UnderWay)
            gave_up = self.state.answer or under_way
            assert shown.next or shown.offers or shown.can_stop or gave_up
        assert bubbles(self.state)


AnyRun.TestCase.settings = settings(
    max_examples=4 * settings.default.max_examples, stateful_step_count=30, deadline=None
)
TestAnyRun = AnyRun.TestCase
