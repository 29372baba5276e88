"""What a question wants done: one tool or several, each with the words that are about it.

Owns cutting a question into clauses and picking the tool for each. How the tool is then called
is in `chains.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from roundtrip.simulator.model.arithmetic import find_expressions
from roundtrip.simulator.model.chains import Chains
from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.statements import sql_in
from roundtrip.simulator.model.weighing import THRESHOLD, Weighed, best
from roundtrip.simulator.model.words import IMPERATIVES, QUESTION_OPENERS

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
