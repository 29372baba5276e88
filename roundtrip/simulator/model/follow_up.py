"""A short message that only makes sense with the one before: "And in Paris?", "Oslo".

Owns joining it with the earlier words. What comes of it is decided as for any question.
"""

from __future__ import annotations

import re

from roundtrip.simulator.model.history import Situation, Turn
from roundtrip.simulator.model.words import (
    IMPERATIVES,
    QUESTION_OPENERS,
    content_stems,
    plain,
    tokens,
)

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
    says = content_stems(rest) or re.search(r"\d", rest) or set(tokens(rest)) & {"on", "off"}
    return len(rest.split()) <= _SHORT and bool(says)


def _in_place(before: Turn, new: str) -> str:
    """The question before, with the values of its calls replaced by the new ones."""
    question = before.question
    if placed := _number_in_place(question, new) or _switched(question, new):
        return placed
    spans = []
    for outcome in before.outcomes:
        for value in outcome.arguments.values():
            if isinstance(value, str) and (at := plain(question).find(plain(value))) >= 0:
                spans.append((at, at + len(value)))
    if not spans:
        return f"{question.rstrip(' .?!')}: {new}"
    start, end = min(spans)[0], max(end for _, end in spans)
    bare = re.sub(r"^(?:in|at|for|of|to|from|the)\s+", "", new, flags=re.I)
    bare = re.sub(r"['’]s$", "", bare)
    return f"{question[:start]}{bare}{question[end:]}"


def _number_in_place(question: str, new: str) -> str | None:
    """ "and 19%?" after "What is 17% of 2,340?"."""
    found = re.fullmatch(r"(?:with\s+)?(\d[\d.,]*)\s?(%|percent)", new, re.I)
    if not found or not re.search(r"\d[\d.,]*\s?(?:%|percent)", question, re.I):
        return None
    return re.sub(r"\d[\d.,]*\s?(?:%|percent)", f"{found[1]}%", question, count=1, flags=re.I)


def _switched(question: str, new: str) -> str | None:
    """ "and off again" after "Switch on the light in the hall"."""
    said = set(tokens(new))
    for one, other in (("on", "off"), ("off", "on")):
        if said <= {other, "again", "now"} and other in said and one in tokens(question):
            return re.sub(rf"\b{one}\b", other, question, count=1, flags=re.I)
    return None
