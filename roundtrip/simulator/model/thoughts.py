"""The model's reasoning in words, told from its decision.

Owns the sentences; adds nothing the decision does not hold.
"""

from __future__ import annotations

from roundtrip.simulator.model.response import Decision, Response


def thoughts(response: Response) -> str:
    """Why the model responds as it does, in the first person."""
    decision = response.decision
    lines = [f'I am asked: "{decision.question}"', *_on_tools(decision)]
    for reason in decision.arguments:
        lines.append(f"For {reason.argument} I use {reason.value!r}: {reason.reason}.")
    if len(response.calls) > 1:
        lines.append(f"These {len(response.calls)} calls do not wait for one another.")
    lines.append(decision.why)
    return "\n".join(lines)


def _on_tools(decision: Decision) -> list[str]:
    if not decision.scores:
        return ["I was offered no tools."]
    first, *rest = decision.scores
    words = f" (it speaks of {', '.join(first.matched)})" if first.matched else ""
    enough = "enough" if first.score >= decision.threshold else "not enough"
    lines = [f"{first.name} fits best{words}: evidence {first.score}, {enough} for a call."]
    if rest and rest[0].score > 0:
        lines.append(f"{rest[0].name} comes next with {rest[0].score}.")
    return lines
