"""Whether words ask for something to be done, or are only said.

Owns telling a request from a remark, from a question about the world at large, from what is
forbidden, and from words that are only quoted. Which tool could do it is not looked at here; what
is found makes a call need more evidence, or rules it out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from roundtrip.simulator.model.words import IMPERATIVES, QUESTION_OPENERS

_TOLD_NOT = re.compile(
    r"\b(?:do not|don't|don’t|never|without|no need to)\s+(?:use|using|call|calling|run|running)"
    r"\s+(?:any|a|the|your|it|that|this)?\s*(?:of the|other)?\s*(?:tools?|functions?|apis?|it)?\b",
    re.I,
)
_FORBIDDEN = re.compile(
    r"^\W*(?:(?:please|but|just|so|no|now|i|we)\W+)*"
    r"(?:do not|don't|don’t|never|stop|dont|pretend|imagine|suppose)\b",
    re.I,
)
_AT_LARGE = re.compile(
    r"^\W*(?:so\s+|and\s+)?(?:"
    r"why\b|how come\b|how (?:do|does|did|can|would|should) (?:i|you|we|one|people|they|an?|the)\b"
    r"|how (?:do|does|did) \w+s (?!\w+ing)\w+"
    r"|what(?:'s| is| are) (?:the )?(?:difference between|meaning of|point of|purpose of)"
    r"|what (?:do|does|did) .{1,40}\b(?:mean|stand for)\b|what (?:do|does) the (?:function|tool)\b"
    r"|what (?:makes|has to|have to|should (?:i|you|we|be))\b(?! (?:wear|pack|bring|take|do i))"
    r"|who (?:invented|came up with|founded|discovered|was|wrote)\b"
    r"|when (?:was|were) .{1,40}\b(?:invented|introduced|founded|discovered)\b"
    r"|(?:please )?(?:explain|describe|define)\b|what (?:is|are) an? [a-z ]+\??$"
    r"|(?:do|can|could) you (?:have|know|recommend|explain)\b|in order to\b"
    r")",
    re.I,
)
_MEANING = re.compile(
    r"^\W*what (?:do|does|did) .{1,40}\b(?:mean|stand for)\b"
    r"|^\W*what (?:do|does) the (?:function|tool)"
    r"|^\W*what(?:'s| is| are) (?:the )?(?:difference between|meaning of)"
    r"|^\W*(?:please )?(?:explain|define)\b.{0,20}\bwhat\b",
    re.I,
)
_SPEAKER = re.compile(
    r"^\W*(?:i|i'm|i’m|i've|my|we|our|it|it's|he|she|they|time|this|that|you|there)\b", re.I
)
_WANTS = re.compile(
    r"\b(?:want|need|would like|'d like|wanna|looking for|looking to|help|please|tell me|show me"
    r"|let me|know|wonder\w*|how (?:much|many|long|far)|what|when|where|which|who|could you"
    r"|can you|still (?:not|isn|hasn|haven|waiting)|never (?:arrived|worked|came)|plan\w*"
    r"|interested|hoping|trying|searching|thinking of|about to|have to)\b",
    re.I,
)
_LONG_QUOTE = re.compile(
    r"[\"“]([^\"”]{12,})[\"”]|(?<!\w)['‘]((?:[^'‘’]|(?<=\w)['’](?=\w)){12,})['’](?!\w)"
)
_PASSED_ON = re.compile(
    r"^\W*(?:thank|congratulate|wish|apologi[sz]e|greet|say|saying|that)\b", re.I
)
_SENTENCE = 4
"""Words in quotation marks that are more than a name."""

AT_LARGE, MEANING, SAID = 1.6, 6.0, 6.0
"""How much more evidence a call needs for a question about the world at large, for one about what
words mean, and for a remark."""


@dataclass(frozen=True, slots=True)
class Reluctance:
    """How much more evidence is needed before a tool is called, and why."""

    amount: float = 0.0
    why: str = ""


NONE = Reluctance()


def told_not_to_call(text: str) -> bool:
    """Whether the text itself forbids using tools."""
    found = _TOLD_NOT.search(text)
    return bool(found and re.search(r"tool|function|api|\bit\b", found.group(), re.I))


def is_forbidden(clause: str) -> bool:
    """Whether the clause asks that something is not done, or only imagined."""
    return bool(_FORBIDDEN.search(clause))


def is_passed_on(clause: str) -> bool:
    """Whether the clause is what somebody is to be told: "and thank him for his order"."""
    return bool(_PASSED_ON.search(clause))


def reluctance(clause: str) -> Reluctance:
    """How much a clause reads like anything but a request."""
    if _MEANING.search(clause):
        return Reluctance(MEANING, "it asks what something means")
    if _AT_LARGE.search(clause):
        return Reluctance(AT_LARGE, "it asks about the world at large")
    if is_remark(clause):
        return Reluctance(SAID, "nothing is asked in it")
    return NONE


def is_remark(clause: str) -> bool:
    """A sentence about oneself or the weather that asks for nothing."""
    if "?" in clause or not _SPEAKER.search(clause) or _WANTS.search(clause):
        return False
    words = re.findall(r"[a-z']+", clause.lower())
    starts = (part.split() for part in re.split(r"[,.!:;]\s+|\s+and\s+", clause.lower()))
    asks = any(
        part and part[0].strip(",.") in IMPERATIVES | QUESTION_OPENERS and index
        for index, part in enumerate(starts)
    )
    has_code = bool(re.search(r"\b[A-Za-z]+-?\d+\b|@", clause))
    return len(words) > 2 and not asks and not has_code


def without_quotations(text: str) -> str:
    """The text with every quoted sentence left out: it is material, and asks for nothing."""

    def left_out(found: re.Match[str]) -> str:
        inner = found[1] or found[2] or ""
        whole = len(found.group()) > 0.8 * len(text)
        return found.group() if whole or len(inner.split()) < _SENTENCE else '""'

    return _LONG_QUOTE.sub(left_out, text)
