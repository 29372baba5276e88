"""What a question wants done: one tool or several, each with the words that are about it.

Owns cutting a question into clauses and picking the tool for each. How the tool is then called
is in `chains.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from roundtrip.simulator.model.carried import calculates_further
from roundtrip.simulator.model.chains import Chains
from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.exact import is_expression
from roundtrip.simulator.model.limits import goes_beyond
from roundtrip.simulator.model.measures import CONVERSION
from roundtrip.simulator.model.parts import parts_of
from roundtrip.simulator.model.requests import (
    is_forbidden,
    is_passed_on,
    reluctance,
    told_not_to_call,
    without_quotations,
)
from roundtrip.simulator.model.statements import sql_in
from roundtrip.simulator.model.values import is_known_by_form
from roundtrip.simulator.model.weighing import THRESHOLD, Weighed, best, is_by_form, weighed

_STANDS_OUT = 0.8
"""Evidence that the next tool must have more of than the one before, for words of its own."""

_VALUES_QUOTED = 0.8
"""What a tool may lack outside quotation marks, because its values stand within."""

_CALCULATING = re.compile(
    r"^\W*(?:please )?(?:add up|add|sum up|sum|calculate|compute"
    r"|what(?:'s| is) the (?:sum|total) of)\s+(?:the\s+)?",
    re.I,
)
_WRITING = re.compile(
    r"\b(?:write|compose|tell|sing|make up|draft|invent)\b.{0,24}"
    r"\b(?:poem|joke|story|song|essay|haiku|limerick|riddle|rap)\b",
    re.I,
)


@dataclass(slots=True)
class _Stretch:
    profile: Profile
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Goal:
    """A tool the question is about, and the words that say so."""

    profile: Profile
    text: str


def goals(question: str, chains: Chains) -> tuple[Goal, ...]:
    """The goals in the order asked; none when no tool fits."""
    if told_not_to_call(question) or _is_only_quoted(question, chains):
        return ()
    clauses = [] if sql_in(question) else _clauses(question, chains)
    is_none = is_forbidden(question) or _WRITING.search(question)
    whole = None if is_none else _fitting(question, chains)
    if whole and (not clauses or _is_seen_only_whole(whole, clauses, chains)):
        clauses = [Goal(whole.match.profile, question)]
    return tuple(_with_what_follows(clauses, question, chains))


def _with_what_follows(found: list[Goal], question: str, chains: Chains) -> list[Goal]:
    """With the goal of converting, or calculating with, what the others give."""
    further = next((one for one in chains.profiles if _goes_on(one, question, chains)), None)
    if further is None:
        return found
    others = [goal for goal in found if goal.profile.tool.name != further.tool.name]
    if not others and not chains.situation.now.outcomes:
        rest = _CALCULATING.sub("", question)
        first = _fitting(rest, chains) if rest != question else None
        others = [Goal(first.match.profile, rest)] if first else []
    return [*others, Goal(further, question)]


def _goes_on(profile: Profile, question: str, chains: Chains) -> bool:
    """Whether the tool is wanted for a number that the question does not say."""
    filling = chains.fill(profile, question)
    missing = {parameter.name for parameter in filling.missing}
    if any(is_expression(one) and one.name in missing for one in profile.parameters):
        return calculates_further(question)
    numbers = [one for one in profile.parameters if one.type in ("integer", "number")]
    converts = any(one.reason == CONVERSION for one in filling.values.values())
    return converts and any(one.name in missing for one in numbers)


def _is_seen_only_whole(whole: Weighed, clauses: list[Goal], chains: Chains) -> bool:
    """Whether the tool's value is told by its form, across clauses none of which holds it: "A
    jacket costs 120 and is 30% off"."""
    name = whole.match.tool.name
    told = is_known_by_form(whole.match.profile) and is_by_form(
        chains.fill(whole.match.profile, chains.situation.now.question)
    )
    return told and all(goal.profile.tool.name != name for goal in clauses)


def _fitting(text: str, chains: Chains) -> Weighed | None:
    """The tool that fits best, if it fits well enough for words like these."""
    found = best(text, chains)
    enough = THRESHOLD + reluctance(text).amount
    if found is None or found.strength < enough:
        return None
    about = found.match.tool.description or ""
    return None if goes_beyond(about, chains.read(text)) else found


def _is_only_quoted(question: str, chains: Chains) -> bool:
    """Whether only words in quotation marks speak for a tool: "Translate this: '...'"."""
    outside = without_quotations(question)
    if outside == question:
        return False
    found = best(outside, chains)
    return found is None or found.strength < THRESHOLD - _VALUES_QUOTED


def _clauses(question: str, chains: Chains) -> list[Goal]:
    """A goal for each stretch of the question that speaks for a tool by itself.

    What speaks for none belongs to the goal before it ("It arrived broken."), or to the first.
    """
    found: list[_Stretch] = []
    begins = 0
    for part in parts_of(chains.read(question)):
        clause = question[part.start : part.end]
        if is_forbidden(clause) or _WRITING.search(clause):
            begins = part.end
            continue
        pick = _fitting(clause, chains)
        if is_passed_on(clause):
            pick = None
        if pick and (not found or _is_another(found[-1], pick, clause, chains)):
            found.append(_Stretch(pick.match.profile, part.start if found else begins, part.end))
        elif found:
            found[-1].end = part.end
    return [Goal(one.profile, question[one.start : one.end].strip()) for one in found]


def _completes(before: _Stretch, clause: str, chains: Chains) -> bool:
    """Whether a clause says what the goal before it still needs: "Where is it? It is O-5017"."""
    question = chains.situation.now.question
    missing = chains.fill(before.profile, question[before.start : before.end]).missing
    given = chains.fill(before.profile, clause, is_part=True).values
    return any(one.name in given and given[one.name].firm for one in missing)


def _is_another(before: _Stretch, pick: Weighed, clause: str, chains: Chains) -> bool:
    """Whether a clause wants something else than the goal before it."""
    if before.profile.tool.name == pick.match.tool.name:
        return False  # Several calls of one tool are told apart by what they give: `repeats.py`.
    if _completes(before, clause, chains):
        return False
    rivals = {one.match.tool.name: one.strength for one in weighed(clause, chains)}
    return pick.strength - rivals[before.profile.tool.name] >= _STANDS_OUT
