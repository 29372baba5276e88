"""Why the simulated model did what it did, as an opened row tells it.

Owns reading the simulator's header and putting it in words. Only a simulated model can say this: it
comes with the reply, in a header beside it, and no provider sends the like.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import ValidationError

from roundtrip.conversation import Frozen
from roundtrip.exchange import Headers
from roundtrip.simulator.decision_header import HEADER as HEADER
from roundtrip.simulator.model import Continuation, Decision, ToolScore

_OUTCOMES = {
    "calls": "It asks for a call",
    "answer": "It answers",
    "ask_back": "It asks back",
    "no_tool_fits": "It asks for no call",
    "small_talk": "It asks for no call",
    "told_not_to": "It asks for no call",
    "scripted": "A script answers",
}


class ToldScore(Frozen):
    """How one offered tool fared."""

    name: str
    score: float
    share: float
    """Of the longest bar, from 0 to 1."""

    enough: bool
    """Whether its evidence reaches what a call needs."""

    matched: tuple[str, ...]
    """What of the question its words explain."""


class ToldArgument(Frozen):
    """Where an argument comes from."""

    tool: str
    argument: str
    value: str
    """As JSON."""

    reason: str


class ToldDecision(Frozen):
    """One reply's reasons."""

    outcome: str
    why: str
    scores: tuple[ToldScore, ...]
    threshold: float
    threshold_share: float
    """Where on the bars the threshold stands."""

    arguments: tuple[ToldArgument, ...]
    constrained: tuple[Continuation, ...]
    """What strict mode let stand at each place of the arguments."""


def told_decision(headers: Headers) -> ToldDecision | None:
    """What the header of a reply tells; None where there is none that can be read."""
    told = next((value for name, value in headers if name.lower() == HEADER), None)
    if told is None:
        return None
    try:
        decision = Decision.model_validate_json(told)
    except ValidationError:
        return None
    longest = max([decision.threshold, *(one.score for one in decision.scores)]) or 1.0
    return ToldDecision(
        outcome=_OUTCOMES.get(decision.outcome, decision.outcome),
        why=decision.why,
        scores=_scores(decision.scores, decision.threshold, longest),
        threshold=decision.threshold,
        threshold_share=decision.threshold / longest,
        arguments=tuple(
            ToldArgument(
                tool=one.tool,
                argument=one.argument,
                value=json.dumps(one.value, ensure_ascii=False),
                reason=one.reason,
            )
            for one in decision.arguments
        ),
        constrained=decision.constrained,
    )


def _scores(scores: Sequence[ToolScore], threshold: float, longest: float) -> tuple[ToldScore, ...]:
    return tuple(
        ToldScore(
            name=one.name,
            score=one.score,
            share=max(0.0, one.score / longest),
            enough=one.score >= threshold,
            matched=one.matched,
        )
        for one in scores
    )
