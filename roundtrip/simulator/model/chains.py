"""From a tool the question is about to the calls it takes to get there.

Owns filling parameters from earlier results, and finding another tool that promises what is
missing: `list_orders` wants a customer_id, `find_customer` gives one. No tool is known by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from roundtrip.simulator.model.before import (
    acts,
    carried_over,
    entity_of,
    from_results,
    told_before,
)
from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.exact import wants_address
from roundtrip.simulator.model.found import find_values
from roundtrip.simulator.model.free_text import (
    WHOLE_TEXT,
    heading_of,
    is_message,
)
from roundtrip.simulator.model.history import Outcome, Situation
from roundtrip.simulator.model.mentions import Reading, read
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.recovery import next_attempt
from roundtrip.simulator.model.repeats import sets_in
from roundtrip.simulator.model.synonyms import related
from roundtrip.simulator.model.values import Filling, fill
from roundtrip.simulator.model.wanted import Resolution, Wanted, calls_of, options_of, together
from roundtrip.simulator.model.words import content_stems, tokens

_DEEPEST = 3
"""Lookups before a call; a longer chain is more likely a mistake than a plan."""

_MOST_CALLS = 8
_RESPECTIVELY = re.compile(r"\brespectively\b", re.I)


@dataclass(frozen=True)
class Chains:
    """All that resolving looks at."""

    profiles: tuple[Profile, ...]
    situation: Situation
    today: date
    entities: frozenset[str] = frozenset()
    """Stems of what the offered tools' identifiers identify."""

    _fillings: dict[tuple[str, str, bool], Filling] = field(default_factory=dict, compare=False)
    _readings: dict[str, Reading] = field(default_factory=dict, compare=False)
    weighed: dict[str, Any] = field(default_factory=dict, compare=False)
    """What `weighing.py` found for a text; remembered, as every decision asks several times."""

    def fill(self, profile: Profile, text: str, *, is_part: bool = False) -> Filling:
        """What the text gives to the tool; remembered, as every decision asks several times."""
        key = (profile.tool.name, text, is_part)
        if key not in self._fillings:
            reading = self.read(text)
            self._fillings[key] = fill(profile, reading, self.entities, is_part=is_part)
        return self._fillings[key]

    def read(self, text: str) -> Reading:
        """What the text mentions; remembered too."""
        if text not in self._readings:
            self._readings[text] = read(text, self.vocabulary, self.today)
        return self._readings[text]

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Stems the offered tools speak of, and what means alike: no lower-case names."""
        spoken = {word for one in self.profiles for word in one.weights}
        return frozenset(spoken.union(*(related(word) for word in spoken)))

    def resolve(
        self, profile: Profile, text: str, seen: frozenset[str] = frozenset()
    ) -> Resolution:
        """The tool's calls for this text, or what has to happen first."""
        fillings = self._fillings_of_sets(profile, text)
        found = [self._resolve(profile, filling, text, seen) for filling in fillings]
        return found[0] if len(found) == 1 else together(found)

    def _fillings_of_sets(self, profile: Profile, text: str) -> list[Filling]:
        """What the text gives, once for each set of arguments it holds.

        What one set does not say it has from the sets before it, and what it must have also
        from those after: "in Tokyo at 9 and in Oslo at 10, for two people".
        """

        def given(part: str) -> Filling:
            return self.fill(profile, part, is_part=part != text)

        parts = sets_in(profile, self.read(text), given)
        if len(parts) < 2:
            return [self._with_context(profile, self.fill(profile, text), text)]
        told = [given(part) for part in parts]
        fillings = []
        for place, filling in enumerate(told):
            values = dict(filling.values)
            for parameter in profile.parameters:
                others = [*reversed(told[:place]), *(told[place:] if parameter.required else ())]
                found = (
                    one.values[parameter.name] for one in others if parameter.name in one.values
                )
                if parameter.name not in values and (borrowed := next(found, None)):
                    values[parameter.name] = borrowed
            still = tuple(p for p in filling.missing if p.name not in values)
            fillings.append(
                self._with_context(profile, Filling(values, still, filling.spans), text)
            )
        return fillings

    def _asking_all(self, profile: Profile, filling: Filling) -> Filling:
        """With the whole question where a clause of it would be searched for as it stands: "Look
        in the handbook"."""
        wider = self.fill(profile, self.situation.now.question).values
        bare = [name for name, one in filling.values.items() if one.reason == WHOLE_TEXT]
        put = {name: wider[name] for name in bare if name in wider}
        return Filling({**filling.values, **put}, filling.missing, filling.spans)

    def _resolve(
        self, profile: Profile, filling: Filling, text: str, seen: frozenset[str]
    ) -> Resolution:
        options = {name: options_of(filled) for name, filled in filling.values.items()}
        for name, found in carried_over(self.situation, profile, filling).items():
            options[name] = [found]
        first: list[Wanted] = []
        missing: list[Parameter] = []
        looked_up: tuple[str, ...] = ()
        choices: tuple[Any, ...] = ()
        for parameter in filling.missing:
            if parameter.name in options:
                continue
            if told := told_before(self.situation, parameter, text):
                options[parameter.name] = [told]
                continue
            chosen = from_results(self.situation, profile, parameter, text)
            if chosen and not chosen.ambiguous:
                options[parameter.name] = [(value, chosen.reason) for value in chosen.values]
                continue
            if chosen:
                choices = chosen.values
                missing.append(parameter)
                continue
            lookup = self._look_up(profile, parameter, text, seen)
            if lookup.first:
                first += lookup.first
            else:
                missing.append(parameter)
                looked_up += lookup.looked_up
                choices = choices or lookup.choices
        for parameter in [one for one in missing if "subject" in one.name_words]:
            message = next(
                (
                    options[p.name][0][0]
                    for p in profile.parameters
                    if is_message(p) and p.name in options
                ),
                None,
            )
            if message and (heading := heading_of(parameter, str(message))):
                options[parameter.name] = [(heading, "the first words of the message")]
                missing.remove(parameter)
        if missing and acts(profile):
            first = []  # What cannot be done yet is asked first; nothing is looked up for it.
        if first or missing:
            return Resolution((), tuple(first), tuple(missing), looked_up, choices)
        as_list = any(parameter.type == "array" for parameter in profile.parameters)
        side_by_side = as_list or bool(_RESPECTIVELY.search(text))
        return Resolution(calls_of(profile, options, as_list, side_by_side))

    def is_reachable(self, profile: Profile, text: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether each value the text does not give could come from a result or another tool,
        that itself could be called."""
        seen = seen | {profile.tool.name}
        return len(seen) <= _DEEPEST and all(
            any(self.is_reachable(one, text, seen) for one in self._producers(profile, p, seen))
            or any(find_values(p, entity_of(profile, p), o) for o in self._outcomes())
            for p in self.fill(profile, text).missing
        )

    def _outcomes(self) -> list[Outcome]:
        """Newest turn first, newest call first."""
        turns = [self.situation.now, *reversed(self.situation.earlier)]
        return [outcome for turn in turns for outcome in reversed(turn.outcomes)]

    def _with_context(self, profile: Profile, filling: Filling, text: str) -> Filling:
        """With what the whole question says where the clause at hand does not."""
        whole = self.situation.now.question
        if text != whole:
            filling = self._asking_all(profile, filling)
        if not filling.missing:
            return filling
        wider = self.fill(profile, whole)
        borrowed = {p.name: wider.values[p.name] for p in filling.missing if p.name in wider.values}
        still = tuple(p for p in filling.missing if p.name not in borrowed)
        return Filling({**filling.values, **borrowed}, still, filling.spans)

    def _look_up(
        self, profile: Profile, parameter: Parameter, text: str, seen: frozenset[str]
    ) -> Resolution:
        seen = seen | {profile.tool.name}
        if len(seen) > _DEEPEST:
            return Resolution(missing=(parameter,))
        stuck: list[Resolution] = []
        for producer in self._producers(profile, parameter, seen):
            if not parameter.is_identifier and not self._is_sure(producer, text):
                continue
            below = self.resolve(producer, text, seen)
            steps = [*below.first, *below.ready]
            todo = tuple(step for step in steps if self.is_open(step))
            if todo:
                return Resolution(first=todo)
            asked = (producer.tool.name,) if below.ready else below.looked_up
            stuck.append(Resolution((), (), (parameter,), asked, below.choices))
            if asked:
                break  # It was asked and had nothing: another tool would only be a guess.
        return next((one for one in stuck if one.looked_up or one.choices), Resolution())

    def _is_sure(self, producer: Profile, text: str) -> bool:
        """Whether the text plainly gives what the producer needs; ids are worth a try anyway."""
        filling = self.fill(producer, text)
        return not filling.missing and all(filled.firm for filled in filling.values.values())

    def is_open(self, wanted: Wanted) -> bool:
        outcomes = self.situation.now.outcomes
        return next_attempt(wanted.tool, wanted.arguments, outcomes) is not None

    def _producers(
        self, profile: Profile, parameter: Parameter, seen: frozenset[str]
    ) -> list[Profile]:
        """Tools that promise the parameter without wanting it themselves, best first."""
        entity = entity_of(profile, parameter)
        scored = [
            (_promise(other, parameter, entity), other)
            for other in self.profiles
            if other.tool.name not in seen and other.tool.name != profile.tool.name
        ]
        best_first = sorted(scored, key=lambda pair: -pair[0])
        return [other for promise, other in best_first if promise >= 1]


@lru_cache(4096)
def _promise(other: Profile, parameter: Parameter, entity: tuple[str, ...]) -> float:
    if acts(other):
        return 0.0  # Nothing is changed only to look something up.
    if wants_address(parameter):
        return 2.0 if "email" in tokens(other.tool.description or "") else 0.0
    if any(one.name_words == parameter.name_words for one in other.parameters):
        return 0.0
    described = " ".join(tokens(other.tool.description or ""))
    literal = " ".join(parameter.name_words)
    promise = 2.0 if re.search(rf"\b{re.escape(literal)}\b", described) else 0.0
    if not parameter.is_identifier:
        words = content_stems(parameter.name)
        known = words and all(word in other.weights for word in words)
        return promise if len(parameter.name) > 2 and known else 0.0
    if entity and all(word in other.name_stems for word in entity):
        promise += 1.5
    return promise
