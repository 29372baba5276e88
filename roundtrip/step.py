"""One row of the timeline, as a finished value.

Owns what a row can say. Which rows there are is `steps.py`'s, their words are `lines.py`'s.
"""

from __future__ import annotations

from typing import Literal

from roundtrip.conversation import Frozen, StopSignal, Usage
from roundtrip.events import Cost, Failure
from roundtrip.lines import Segment
from roundtrip.told_changes import ToldChange

Phase = Literal["define", "ask", "stop", "run", "return", "answer", "error"]
Standing = Literal["ready", "live", "done", "failed"]


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

    speaks: str | None = None
    """The model and the API it is asked over, on a turn's first request and where one changes."""

    exchange: int | None = None
    attempt: int | None = None
    edited: bool = False
    """Whether a person wrote the request's body, and not the conversation."""

    call: int | None = None
    """Which call of the reply, for `run`."""

    parallel: bool = False
    """Whether it ran beside others."""

    scripted: str | None = None
    """The script that wrote the reply, where one did."""

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
    retry_at: float | None = None
    """When the request goes out again by itself, in seconds since the epoch; None: it does not."""

    changes: tuple[ToldChange, ...] = ()

    @property
    def text(self) -> str:
        """The line without its marks."""
        return "".join(segment.text for segment in self.line)
