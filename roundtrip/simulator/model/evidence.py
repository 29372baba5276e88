"""How much a question speaks for each tool, judged by words alone.

Owns the weights and the two figures: `rank` compares the offered tools with one another,
`strength` is absolute and decides whether to call at all. Rarity among the offered tools may
rank; it must not decide whether to call, or one tool alone would always or never be called.
Does not look at arguments (`values.py`) or results (`chains.py`).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from roundtrip.conversation import ToolDefinition
from roundtrip.simulator.model.parameters import Parameter, parameters_of
from roundtrip.simulator.model.synonyms import implied_stems, related
from roundtrip.simulator.model.words import (
    ACTIONS,
    FUNCTION_STEMS,
    GENERIC_STEMS,
    content_stems,
    stem,
    tokens,
)

_NAME, SUMMARY, _DETAILS = 2.4, 2.2, 1.5
_PARAMETER, _ENUM, _PARAMETER_DESCRIPTION = 1.0, 0.8, 0.4
_SYNONYM = 0.55
_GENERIC = 0.25
_GENERIC_IN_NAME = 0.6
"""A word any tool might say counts for little, for more where a tool is called by it."""

_LENGTH_PENALTY = 0.006
"""Per distinct word: a tool that says everything should not win everything."""

_NAME_BONUS = 0.6
"""A question that says all of a tool's name is worth this much more."""

_NAME_UNHEARD = 0.6
"""What evidence is worth when the question says nothing of the tool's name."""

_ACTION_UNHEARD = 0.35
"""The same for a tool that changes something, when nobody asked for that change."""

_EXAMPLES = re.compile(
    r"\be\.g\.,?\s*(?:[\"“'][^\"”']*[\"”'](?:(?:,| or)\s*)?)+|\be\.g\.[^.;)]*", re.I
)
_REFERRAL = re.compile(r"[^.;]*\buse (?!it\b)\w*_\w+[^.;]*[.;]?", re.I)
_TOPICS = re.compile(r"\b(?:questions?|is|are|be)\s+(?:only\s+)?about\s+([^.:;]+)", re.I)
_SNAKE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
"""A key or a name of code, whose parts say nothing: `gift_cards`."""

_DENIAL = re.compile(r"\b(?:but not|does not|do not|never|not for|not its)\b[^.;]*", re.I)


@dataclass(frozen=True, eq=False, slots=True)
class Profile:
    """What one tool says about itself. Compared by identity: it is made once for each tool."""

    tool: ToolDefinition
    parameters: tuple[Parameter, ...]
    weights: Mapping[str, float]
    """Each stem, by the strongest field it stands in."""

    name_stems: tuple[str, ...]
    """The meaningful words of its name, in order."""

    topics: frozenset[str]
    """Stems of what it says it is for: "Use it for questions about rain, snow or clothes"."""


@dataclass(frozen=True, slots=True)
class Match:
    """How well one tool fits one question."""

    profile: Profile
    rank: float
    strength: float
    matched: tuple[str, ...]
    """Stems of the question the tool knows, itself or by a synonym."""

    @property
    def tool(self) -> ToolDefinition:
        return self.profile.tool


def profile(tool: ToolDefinition) -> Profile:
    """The tool's words and parameters. Cached by what the definition says."""
    schema = json.dumps(tool.input_schema, sort_keys=False, default=str)
    return _profile(tool.name, tool.description or "", schema)


@lru_cache(512)
def _profile(name: str, description: str, schema: str) -> Profile:
    tool = ToolDefinition(name=name, description=description, input_schema=json.loads(schema))
    parameters = parameters_of(tool)
    weights: dict[str, float] = {}

    def put(text: str, weight: float) -> None:
        for word in content_stems(text):
            weights[word] = max(weights.get(word, 0.0), weight)

    for parameter in parameters:
        put(parameter.name, _PARAMETER)
        put(_claims(parameter.description), _PARAMETER_DESCRIPTION)
        for choice in parameter.choices:
            put(str(choice), _ENUM)
    put(name, _NAME)
    summary, _, details = _claims(description).partition(". ")
    put(details, _DETAILS)
    put(summary, SUMMARY)
    spoken = tuple(dict.fromkeys(stem(word) for word in tokens(name) if not word[0].isdigit()))
    names = tuple(word for word in spoken if word not in FUNCTION_STEMS)
    topics = frozenset(
        word for listed in _TOPICS.findall(_claims(description)) for word in content_stems(listed)
    )
    return Profile(tool, parameters, weights, names, topics - GENERIC_STEMS)


def _claims(description: str) -> str:
    """The description without examples, what other tools are for, and what this one is not."""
    text = " ".join(description.split())
    for left_out in (_EXAMPLES, _REFERRAL, _DENIAL):
        text = left_out.sub(" ", text)
    return text


def matches(question: str, profiles: Sequence[Profile]) -> list[Match]:
    """Every tool's match with the question, best first (ties keep the order offered)."""
    said = _SNAKE.sub(" ", question)
    asked = tuple(dict.fromkeys((*content_stems(said), *implied_stems(question))))
    spread = Counter(word for one in profiles for word in one.weights)
    found = [_match(asked, one, spread, len(profiles)) for one in profiles]
    return sorted(found, key=lambda match: -match.rank)


def _match(asked: Sequence[str], one: Profile, spread: Mapping[str, int], offered: int) -> Match:
    strength = rank = 0.0
    matched = []
    for word in asked:
        known, weight = _known(word, one)
        if known is None:
            continue
        if word in GENERIC_STEMS:
            weight *= _GENERIC_IN_NAME if word in one.name_stems else _GENERIC
        matched.append(word)
        strength += weight
        rank += weight * _rarity(spread[known], offered)
    scale = _name_factor(asked, one) / (1 + _LENGTH_PENALTY * len(one.weights))
    return Match(one, rank * scale, strength * scale, tuple(matched))


def strength_of(word: str, one: Profile) -> float:
    """What a word is worth to the tool, by the strongest field it stands in; 0 where in none."""
    return _known(word, one)[1]


def _known(word: str, one: Profile) -> tuple[str | None, float]:
    """The tool's own word for this one, and its weight."""
    if word in one.weights:
        return word, one.weights[word]
    near = [(one.weights[other] * _SYNONYM, other) for other in related(word) & one.weights.keys()]
    if not near:
        return None, 0.0
    weight, other = max(near)
    return other, weight


def _rarity(tools_with_it: int, offered: int) -> float:
    """1 for a word one tool of many uses, near 0 for a word they all use; 1 with one tool."""
    if offered == 1:
        return 1.0
    rarest = math.log(1 + (offered - 0.5) / 1.5)
    rarity = math.log(1 + (offered - tools_with_it + 0.5) / (tools_with_it + 0.5))
    return max(rarity / rarest, 0.05)


def _name_factor(asked: Sequence[str], one: Profile) -> float:
    verb = next(iter(tokens(one.tool.name)), "")
    if verb in ACTIONS and not _heard(stem(verb), asked):
        return _ACTION_UNHEARD
    meaningful = [word for word in one.name_stems if word not in GENERIC_STEMS]
    if not meaningful:
        return 1.0
    heard = sum(_heard(word, asked) for word in meaningful) / len(meaningful)
    return 1 + _NAME_BONUS * heard if heard >= 0.25 else _NAME_UNHEARD


def _heard(word: str, asked: Sequence[str]) -> float:
    if word in asked:
        return 1.0
    return _SYNONYM if related(word) & set(asked) else 0.0
