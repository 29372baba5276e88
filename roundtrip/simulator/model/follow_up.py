"""A short message that only makes sense with the one before: "And in Paris?", "Oslo".

Owns joining it with the earlier words. What comes of it is decided as for any question.
"""

from __future__ import annotations

import re

from roundtrip.simulator.model.history import Situation, Turn
from roundtrip.simulator.model.words import IMPERATIVES, QUESTION_OPENERS, content_stems

_CONTINUES = re.compile(r"^\W*(?:and|also|what about|how about|or|same for)\b\s*", re.I)
_TALK = re.compile(
    r"\b(?:hi|hello|hey|thanks?|thank you|thx|bye|great|ok|okay|cool|nice"
    r"|never mind|forget (?:it|that)|no(?:pe)?|stop|cancel that|don't)\b",
    re.I,
)
_SHORT = 5
"""Words; a longer message stands for itself."""


def with_earlier_words(situation: Situation) -> Situation:
    """The situation with a follow-up's question made whole; unchanged when it is none."""
    now = situation.now
    if not situation.earlier:
        return situation
    before = situation.earlier[-1]
    asked_back = before.reply.endswith("?") and not before.outcomes
    if asked_back and _is_bare_value(now.question):
        whole = f"{before.question.rstrip(' .?!')}: {now.question}"
    elif before.outcomes and _CONTINUES.match(now.question) and _is_bare(now.question):
        whole = _in_place(before, _CONTINUES.sub("", now.question).strip(" ?.!"))
    else:
        return situation
    return Situation(Turn(whole, now.outcomes, now.reply), situation.earlier)


def _is_bare_value(text: str) -> bool:
    """Whether it looks like the answer to a question back."""
    words = text.lower().split()
    starts = words[0].strip(",.") if words else ""
    if _TALK.search(text) or text.rstrip().endswith("?"):
        return False
    return len(words) <= _SHORT * 3 and starts not in IMPERATIVES | QUESTION_OPENERS


def _is_bare(text: str) -> bool:
    rest = _CONTINUES.sub("", text)
    return len(rest.split()) <= _SHORT and bool(content_stems(rest))


def _in_place(before: Turn, new: str) -> str:
    """The question before, with the values of its calls replaced by the new ones."""
    question = before.question
    spans = []
    for outcome in before.outcomes:
        for value in outcome.arguments.values():
            if isinstance(value, str) and (at := question.lower().find(value.lower())) >= 0:
                spans.append((at, at + len(value)))
    if not spans:
        return f"{question.rstrip(' .?!')}: {new}"
    start, end = min(spans)[0], max(end for _, end in spans)
    bare = re.sub(r"^(?:in|at|for|of|to|from|the)\s+", "", new, flags=re.I)
    return f"{question[:start]}{bare}{question[end:]}"
