"""How hard a model is to think, as both of OpenAI's APIs say it: in a word.

Owns the words, and reading one from what either wire kept of its own JSON. Where the word stands
in a request is each wire's own.
"""

from __future__ import annotations

from roundtrip.conversation import Options, ThinkingOption
from roundtrip.wires.lens import untold

FIELDS = {"openai-chat": "reasoning_effort", "openai-responses": "effort"}
"""The field that each wire keeps the word in, beside the thinking it asks for."""

NO_EFFORT = "none"
"""The effort that is no reasoning."""

USUAL_EFFORT = "medium"

EFFORTS = ((2048, "low"), (8192, "medium"))
"""Thinking budgets up to so many tokens, and the effort each is said as. The APIs take no number;
these are where OpenAI's guide to reasoning sees a little, and a good deal of it."""

MOST_EFFORT = "high"


def effort_of(budget: int | None) -> str:
    """The effort that comes nearest to a budget of so many tokens."""
    if budget is None:
        return USUAL_EFFORT
    return next((word for most, word in EFFORTS if budget <= most), MOST_EFFORT)


def told_effort(thinking: ThinkingOption) -> str | None:
    """The word that either API told, while the model is still to think as much as it says."""
    native = thinking.native
    if thinking.mode != "adaptive" or native is None or native.wire not in FIELDS:
        return None
    effort = untold(native).get(FIELDS[native.wire])
    return effort if isinstance(effort, str) and effort != NO_EFFORT else None


def carried(options: Options) -> frozenset[str]:
    """The place of the word that the one API's request takes over from the other's."""
    thinking = options.thinking
    if thinking is None or thinking.native is None or told_effort(thinking) is None:
        return frozenset()
    return frozenset({f"options.thinking.{FIELDS[thinking.native.wire]}"})
