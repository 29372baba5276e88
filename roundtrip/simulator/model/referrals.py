"""A tool whose description says which other one to use before answering.

Owns reading that sentence and taking the next step. "Use read_document for the whole text before
you answer" is obeyed once, for what the result names nearest to the question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from roundtrip.simulator.model.chains import Chains
from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.found import Found, find_values
from roundtrip.simulator.model.wanted import Wanted
from roundtrip.simulator.model.words import content_stems, plain

_BEFORE = re.compile(
    r"\buse (\w+)\b[^.]*\bbefore you answer\b|\bbefore you answer,? use (\w+)\b", re.I
)


def referred(chains: Chains) -> Wanted | None:
    """The call that a tool used for this question wants made before the answer, if it is open."""
    called = {outcome.call.name for outcome in chains.situation.now.outcomes}
    for outcome in reversed(chains.situation.now.outcomes):
        other = _named(outcome.call.name, chains)
        if outcome.error is not None or other is None or other.tool.name in called:
            continue
        required = [one for one in other.parameters if one.required]
        found = [find_values(one, one.entity, outcome) for one in required]
        if required and all(found):
            question = chains.situation.now.question
            arguments = {
                one.name: _nearest(values, question).value
                for one, values in zip(required, found, strict=True)
            }
            reason = f"what {outcome.call.name} gave nearest to the question"
            return Wanted(other.tool.name, arguments, dict.fromkeys(arguments, reason))
    return None


def _nearest(found: Sequence[Found], question: str) -> Found:
    """The one whose record says most of the question's words; the first of equals."""
    asked = set(content_stems(question))

    def said(one: Found) -> int:
        text = " ".join(str(value) for value in one.record.values())
        heading = str(one.record.get("title") or one.record.get("name") or "")
        return _heard(asked, text) + 2 * _heard(asked, heading)

    return max(found, key=said)


def _heard(asked: set[str], text: str) -> int:
    low = plain(text)
    stems = set(content_stems(text))
    return sum(word in stems or (len(word) > 3 and word in low) for word in asked)


def _named(tool: str, chains: Chains) -> Profile | None:
    """The other tool that the description of this one sends to."""
    said = next(
        (one.tool.description or "" for one in chains.profiles if one.tool.name == tool), ""
    )
    sent = _BEFORE.search(" ".join(said.split()))
    wanted = sent and (sent[1] or sent[2])
    return next((one for one in chains.profiles if one.tool.name == wanted), None)
