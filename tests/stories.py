"""A run told event by event, for the tests of what is said about it."""

from __future__ import annotations

from typing import Any

from roundtrip.controls import Controls, controls
from roundtrip.conversation import Options, ToolDefinition
from roundtrip.events import (
    Cost,
    Event,
    ExecutionStarted,
    Failure,
    OfferedTool,
    ReplyReceived,
    RequestFailed,
    RequestSent,
    ResultRecorded,
    Setup,
    TurnStarted,
)
from roundtrip.state import RunState, fold, result_for
from roundtrip.step import Step
from roundtrip.steps import Timeline
from tests.drive.driving import call, reply

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOKYO, OSLO = call(id="toolu_1", city="Tokyo"), call(id="toolu_2", city="Oslo")
LOST = Failure(kind="network", message="The connection was lost.", advice="Try again.")


class Story:
    """Events one after the other, and what can be done then."""

    def __init__(self, policy: Any = "auto", *, has_code: bool = True, **more: Any):
        definition = ToolDefinition(name="get_weather", input_schema=CITY)
        tool = OfferedTool(definition=definition, policy=policy, has_code=has_code)
        told = {"wire": "anthropic", "options": Options(model="sim-large"), "tools": (tool,)}
        setup = Setup(**told | more)
        self.events: list[Event] = []
        self.then(TurnStarted, text="Weather?", setup=setup)

    def then(self, kind: Any, **values: Any) -> Story:
        seq = len(self.events) + 1
        self.events.append(kind(seq=seq, at=float(seq), **values))
        return self

    def sent(self, attempt: int = 1) -> Story:
        path = "/v1/messages"
        return self.then(
            RequestSent, exchange=attempt, attempt=attempt, method="POST", path=path, size=1
        )

    def replied(self, *parts: Any, usd: float | None = None, **how: Any) -> Story:
        said, cost = reply(*parts, **how), Cost(usd=usd)
        return self.sent().then(ReplyReceived, exchange=1, reply=said, elapsed_s=1, cost=cost)

    def started(self, index: int = 0) -> Story:
        return self.then(ExecutionStarted, call=index, name="get_weather", arguments={})

    def failed(self, retry: float | None = None, attempt: int = 1) -> Story:
        return self.sent(attempt).then(
            RequestFailed, exchange=1, failure=LOST, elapsed_s=1, retry_in_s=retry
        )

    def ran(self, index: int = 0, **how: Any) -> Story:
        """The result of a call of the newest reply."""
        pending = self.state.pending[index]
        values = {"source": "tool", "text": "fine", "elapsed_s": 0.1, "error_kind": None, **how}
        error = values["error_kind"] is not None
        result = result_for(pending.call, values.pop("text"), is_error=error)
        return self.then(ResultRecorded, call=index, result=result, **values)

    @property
    def rows(self) -> list[Step]:
        timeline = Timeline()
        timeline.feed(self.events)
        return list(timeline.steps.values())

    @property
    def lines(self) -> list[str]:
        return [f"{row.phase}: {row.text}" for row in self.rows]

    @property
    def state(self) -> RunState:
        return fold(self.events)

    def can(self, *, live: bool = False) -> Controls:
        return controls(self.state, live=live)
