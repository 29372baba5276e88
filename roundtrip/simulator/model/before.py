"""Values for a parameter out of what was found or said before.

Owns looking through the results of this question and the turns before it. Which other tool could
find a value is decided in `chains.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from roundtrip.simulator.model.answer import answer
from roundtrip.simulator.model.carried import Carried, carried
from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.exact import wants_address
from roundtrip.simulator.model.found import Chosen, Found, choose, find_values
from roundtrip.simulator.model.free_text import is_message, points_at_results
from roundtrip.simulator.model.history import Situation
from roundtrip.simulator.model.measures import CONVERSION
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.values import Filling
from roundtrip.simulator.model.words import ACTIONS, GENERIC_STEMS, tokens

_POINTS_BACK = re.compile(
    r"\b(?:it|its|that|this|those|these|them|they|their|her|his|hers|him|he|she|same"
    r"|the (?:order|customer|parcel|package|item|document|invoice|one))\b",
    re.I,
)


def entity_of(profile: Profile, parameter: Parameter) -> tuple[str, ...]:
    """What the parameter identifies; a bare `id` identifies what its tool's name says."""
    named = parameter.entity
    return named or tuple(word for word in profile.name_stems if word not in GENERIC_STEMS)


def acts(profile: Profile) -> bool:
    """Whether calling the tool changes something."""
    return next(iter(tokens(profile.tool.name)), "") in ACTIONS


def carried_over(situation: Situation, profile: Profile, filling: Filling) -> Carried:
    """Numbers of what was found for this question, else for the one before."""
    now, earlier = situation.now, situation.earlier
    outcomes = now.outcomes or (earlier[-1].outcomes if earlier else ())
    others = [one for one in outcomes if one.call.name != profile.tool.name or not now.outcomes]
    target = next(
        (str(one.value) for one in filling.values.values() if one.reason == CONVERSION), None
    )
    return carried(profile.parameters, filling.missing, now.question, others, target)


def told_before(situation: Situation, parameter: Parameter, text: str) -> tuple[str, str] | None:
    """What was found or said before, for words to pass on: "email her the answer"."""
    if not is_message(parameter) or not points_at_results(text):
        return None
    now, earlier = situation.now, situation.earlier
    found = [outcome for outcome in now.outcomes if outcome.error is None]
    if found:
        return answer(now.question, found), "what was found"
    if earlier and earlier[-1].reply and not now.outcomes:
        return earlier[-1].reply, "the answer before"
    return None


def from_results(
    situation: Situation, profile: Profile, parameter: Parameter, text: str
) -> Chosen | None:
    entity = entity_of(profile, parameter)
    careful = acts(profile)
    now = [o for o in situation.now.outcomes if o.call.name != profile.tool.name]
    groups = [find_values(parameter, entity, outcome) for outcome in now]
    chosen = [choose(group, entity, text, careful=careful) for group in groups if group]
    if chosen:
        values = tuple(dict.fromkeys(value for one in chosen for value in one.values))
        return Chosen(values, chosen[0].reason, any(one.ambiguous for one in chosen))
    return _from_earlier_turns(situation, parameter, entity, text, careful)


def _from_earlier_turns(
    situation: Situation, parameter: Parameter, entity: Sequence[str], text: str, careful: bool
) -> Chosen | None:
    wanted = parameter.is_identifier or wants_address(parameter)
    if not wanted or not _POINTS_BACK.search(text):
        return None
    for turn in reversed(situation.earlier):
        for outcome in reversed(turn.outcomes):
            if parameter.name in outcome.arguments:
                value = outcome.arguments[parameter.name]
                return Chosen((value,), "from the call before")
            found: list[Found] = find_values(parameter, entity, outcome)
            if found:
                return choose(found, entity, text, careful=careful)
    return None
