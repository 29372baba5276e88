"""What the simulated model gives back: its words, its calls, and why.

Owns the values only. `decide.py` makes them.
"""

from __future__ import annotations

from typing import Any, Literal

from roundtrip.conversation import Frozen, ToolCall


class ToolScore(Frozen):
    """How one offered tool fared."""

    name: str
    score: float
    """Evidence in the question; see `threshold` in the decision for what is enough."""

    matched: tuple[str, ...]
    """Stems of the question's words that the tool's words explain."""


class ArgumentReason(Frozen):
    """Why an argument is what it is."""

    tool: str
    argument: str
    value: Any
    reason: str


class Continuation(Frozen):
    """One place of a strict tool's arguments as constrained decoding sees it."""

    tool: str
    place: str
    """Where in the arguments, e.g. `items[0].unit`; empty for the whole."""

    of: Literal["value", "name", "end"]
    """What is written there: a value, the name of a property, or the end of an object or list."""

    chosen: str
    """As JSON."""

    allowed: tuple[str, ...]
    """All that the schema lets stand there: JSON, or a kind of JSON in words (`a number`)."""

    masked: tuple[str, ...]
    """What a model could have written there and was kept from."""


class Decision(Frozen):
    """Why the model did what it did: plain data, fit to be shown."""

    outcome: Literal[
        "calls", "answer", "ask_back", "no_tool_fits", "small_talk", "told_not_to", "scripted"
    ]
    """`scripted`: no model decided."""

    question: str
    scores: tuple[ToolScore, ...] = ()
    """Best first."""

    threshold: float
    arguments: tuple[ArgumentReason, ...] = ()
    constrained: tuple[Continuation, ...] = ()
    """For calls of strict tools, place by place in the order in which they are written."""

    why: str
    """One sentence."""


class Response(Frozen):
    """One answer of the simulated model."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    """Without ids: the server gives them."""

    thinking: str | None = None
    decision: Decision
