"""What a question wants done: one tool or several, each with the words that are about it.

Owns cutting a question into clauses and picking the tool for each. How the tool is then called
is in `chains.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from roundtrip.simulator.model.arithmetic import find_expressions
from roundtrip.simulator.model.chains import Chains
from roundtrip.simulator.model.evidence import Match, Profile, matches
from roundtrip.simulator.model.exact import ARITHMETIC
from roundtrip.simulator.model.measures import CONVERSION
from roundtrip.simulator.model.slots import Filled
from roundtrip.simulator.model.statements import STATEMENT, sql_in
from roundtrip.simulator.model.synonyms import related
from roundtrip.simulator.model.values import Filling, is_known_by_form
from roundtrip.simulator.model.words import (
    ACTIONS,
    GENERIC_STEMS,
    IMPERATIVES,
    QUESTION_OPENERS,
    content_stems,
    stem,
    tokens,
)

THRESHOLD = 1.5
"""Evidence below this is no reason to call. Set on the prompts of the sample tools and on
public function-calling cases: higher misses plain requests, lower calls on small talk."""

_UNEXPLAINED = 0.3
"""What each meaningful word the tool knows nothing of takes from its evidence."""

_COMMON_WORDS = 0.15
"""What words that many of the offered tools share still count when tools are compared."""

_LOOKED_INTO = 6
"""Tools whose arguments are tried as well; those further down by words never win by them,
except one whose argument is known by its form: arithmetic needs no words."""

_POLITE = frozenset({"please", "can", "could", "would", "you", "hey", "hi", "hello"})
_ITS_VERB = 1.2
_FOREIGN_VERB = 3.0
"""Evidence lost when the text begins with a verb of change the tool has nothing to do with."""

_GUESS = 0.4
"""Evidence lost for each value that is only the best there is."""

_TOLD_TO = 1.3
"""For a tool that does something, when the text says that verb."""

_BY_FORM = {ARITHMETIC: 3.0, STATEMENT: 3.0, CONVERSION: 2.0}
"""Evidence of what is recognised without a word of the tool's."""

_UNREACHABLE = 0.5
_LONGER_CHAIN = 0.93
_SAME_WORD = 0.04
_OPENERS = "|".join(sorted(IMPERATIVES | QUESTION_OPENERS, key=len, reverse=True))
_BREAK = re.compile(
    rf"[.?!;]\s+|,?\s+(?:and then|then also|and also|as well as|after that|then)\s+"
    rf"|,?\s+and\s+(?=(?:please\s+)?(?:{_OPENERS})\b)|,\s+(?=(?:{_OPENERS})\b)",
    re.I,
)
_WRITING = re.compile(
    r"\b(?:write|compose|tell|sing|make up|draft|invent)\b.{0,24}"
    r"\b(?:poem|joke|story|song|essay|haiku|limerick|riddle|rap)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Goal:
    """A tool the question is about, and the words that say so."""

    profile: Profile
    text: str


@dataclass(frozen=True, slots=True)
class Weighed:
    """A match with what its arguments add to it."""

    match: Match
    rank: float
    strength: float


def goals(question: str, chains: Chains) -> tuple[Goal, ...]:
    """The goals in the order asked; none when no tool fits."""
    if _WRITING.search(question):
        return ()
    whole = best(question, chains)
    clauses = [] if sql_in(question) else _clauses(question, chains)
    if len(clauses) > 1:
        return tuple(clauses)
    if whole is None or whole.strength < THRESHOLD:
        return tuple(clauses)
    return (Goal(whole.match.profile, question),)


def best(text: str, chains: Chains) -> Weighed | None:
    """The tool that fits best, whether or not it fits well enough."""
    ranked = weighed(text, chains)
    strong = (one for one in ranked if one.strength >= THRESHOLD)
    return next(strong, next(iter(ranked), None))


def weighed(text: str, chains: Chains) -> list[Weighed]:
    """All tools, best first, by words and by what the text gives them."""
    scored = []
    for place, match in enumerate(matches(text, chains.profiles)):
        if place >= _LOOKED_INTO and not is_known_by_form(match.profile):
            scored.append(Weighed(match, match.rank * _UNREACHABLE, match.strength))
            continue
        filling = chains.fill(match.profile, text)
        bonus = _recognised(filling)
        bonus += _by_its_verb(match.profile, text, filling)
        rank = (match.rank + _COMMON_WORDS * match.strength + bonus) * _ease(
            match.profile, text, filling, chains
        )
        rank *= 1 + _SAME_WORD * len(set(tokens(match.tool.name)) & set(tokens(text)))
        unheard = _UNEXPLAINED * len(_unexplained(text, match, filling, chains))
        scored.append(Weighed(match, rank, match.strength + bonus - unheard))
    return sorted(scored, key=lambda one: -one.rank)


def _by_its_verb(profile: Profile, text: str, filling: Filling) -> float:
    """ "Find Johnson" is for `find_customer`; "Cancel it" is not for a tool that cannot."""
    first = next((word for word in tokens(text) if word not in _POLITE), "")
    verb = next(iter(tokens(profile.tool.name)), "")
    if first == verb and first in IMPERATIVES and filling.values and not filling.missing:
        return _ITS_VERB
    knows = stem(first) in profile.weights or related(stem(first)) & profile.weights.keys()
    return 0.0 if knows or first not in ACTIONS else -_FOREIGN_VERB


def _unexplained(text: str, match: Match, filling: Filling, chains: Chains) -> set[str]:
    """Stems of the text that are neither the tool's words nor a value, a name or a date."""
    rest = text
    for start, end in sorted(filling.spans, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    named = " ".join(chains.read(text).spelled("name", "identifier", "date", "email", "quote"))
    return set(content_stems(rest)) - set(match.matched) - GENERIC_STEMS - set(content_stems(named))


def _recognised(filling: Filling) -> float:
    """What it says for a tool that the text holds values of just the form it wants."""
    values = filling.values.values()
    return max(map(_form, values), default=0.0) - _GUESS * sum(not one.firm for one in values)


def _form(filled: Filled) -> float:
    if not filled.firm:
        return 0.0
    if filled.reason in _BY_FORM:
        return _BY_FORM[filled.reason]
    if filled.mention is None:
        return 0.0
    by_kind = {"choice": 1.0, "identifier": 0.9, "email": 0.9, "url": 0.8, "name": 0.45}
    return by_kind.get(filled.mention.kind, 0.2)


def _ease(profile: Profile, text: str, filling: Filling, chains: Chains) -> float:
    verb = next(iter(tokens(profile.tool.name)), "")
    if verb in ACTIONS and stem(verb) in content_stems(text):
        return _TOLD_TO  # "Refund O-1" means the refund, even if the reason is still to be asked.
    if not filling.missing:
        return 1.0
    return _LONGER_CHAIN if chains.is_reachable(profile, filling) else _UNREACHABLE


def _clauses(question: str, chains: Chains) -> list[Goal]:
    found: list[Goal] = []
    for clause in _merged([part.strip() for part in _BREAK.split(question) if part.strip()]):
        pick = best(clause, chains)
        fits = pick is not None and pick.strength >= THRESHOLD
        if pick and fits and not (found and _adds_nothing(found[-1], pick, clause, chains)):
            found.append(Goal(pick.match.profile, clause))
        elif found and found[-1].profile.parameters:
            found[-1] = Goal(found[-1].profile, f"{found[-1].text}. {clause}")
    return found


def _adds_nothing(before: Goal, pick: Weighed, clause: str, chains: Chains) -> bool:
    """Whether a clause about the same tool only says more about the same call."""
    same = before.profile.tool.name == pick.match.tool.name
    return same and bool(chains.fill(before.profile, clause).missing)


def _merged(parts: list[str]) -> list[str]:
    """A remark ("It arrived broken.") belongs to the request before it."""
    merged: list[str] = []
    for part in parts:
        words = part.lower().split()
        asks = words[0].strip(",") in IMPERATIVES | QUESTION_OPENERS | {"please", "also", "and"}
        if merged and not asks and not find_expressions(part):
            merged[-1] = f"{merged[-1]}. {part}"
        else:
            merged.append(part)
    return merged
