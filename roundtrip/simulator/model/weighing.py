"""How much speaks for each tool once its arguments are looked at too.

Owns the two figures a decision is made by: `rank` compares the offered tools with one another,
`strength` is absolute and decides whether to call at all. Words alone are judged in
`evidence.py`; cutting a question into what it wants is in `goals.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from roundtrip.simulator.model.chains import Chains
from roundtrip.simulator.model.evidence import SUMMARY, Match, Profile, matches, strength_of
from roundtrip.simulator.model.exact import ARITHMETIC
from roundtrip.simulator.model.free_text import is_query
from roundtrip.simulator.model.identifiers import NAMED_KEY, OF_ITS_FORM
from roundtrip.simulator.model.measures import CONVERSION
from roundtrip.simulator.model.slots import Filled
from roundtrip.simulator.model.statements import STATEMENT, WRITTEN
from roundtrip.simulator.model.synonyms import implied_stems, related
from roundtrip.simulator.model.values import Filling, is_known_by_form
from roundtrip.simulator.model.words import (
    ACTIONS,
    GENERIC_STEMS,
    IMPERATIVES,
    content_stems,
    stem,
    tokens,
)

THRESHOLD = 2.6
"""Evidence below this is no reason to call. Set, with the weights below, on one half of public
function-calling cases and on what learners type: higher misses plain requests, lower calls on
small talk."""

_SHARE = 2.8
"""For a question all of whose words the tool explains."""

_NAME = 2.0
"""For a question that says all of the tool's name."""

_NAME_OF_NOTHING = 0.25
"""For a name of words that any tool might have: `get_data`."""

_ASKED_UNHEARD = 1.0
"""Evidence lost when the very thing asked for is nothing the tool speaks of."""

_TURN = 0.9
"""For a question that has a turn of phrase the tool knows: "how late is it" asks for the time."""

_WEAK_TURNS = frozenset({"list", "find"})
"""Turns of phrase that say little about what is meant."""

_TOPIC = 1.6
"""For a tool that says it is for questions about just that."""

_SYNONYM = 0.6
"""What a word that means alike is worth of the tool's own."""

_SEARCHED = 0.5
"""What an unexplained word counts where the tool takes any words to search for, and the question
is about one of its topics."""

_BY_KIND = {"choice": 1.3, "identifier": 1.2, "email": 1.2, "url": 1.0, "name": 0.6}
_OTHER_KIND = 0.25
"""For a value of the form the tool wants, by its kind."""

_BY_FORM = {ARITHMETIC: 4.0, STATEMENT: 4.0, WRITTEN: 3.0, CONVERSION: 3.0}
"""For what is recognised without a word of the tool's."""

_COMPARED = 1.2
"""The most that values count when tools are compared: the same key may suit several."""

_KEY = 2.4
"""For a key that is written as one: `gift_cards`."""

_GUESS = 0.5
"""Evidence lost for each value that is only the best there is."""

_PER_WORD = 0.06
_MOST_WORDS = 10
"""A long question says more: each word of it counts a little, up to so many."""

_ITS_VERB = 1.2
_ACTION_HEARD = 0.6
_ACTION_UNHEARD = 1.6
"""Evidence for a tool that changes something when that change is asked for, and lost by it when
nobody asked."""

_FOREIGN_VERB = 5.0
"""Evidence lost when the text begins with a verb of change the tool has nothing to do with."""

_POLITE = frozenset({"please", "can", "could", "would", "you", "hey", "hi", "hello"})
_STRENGTH = 1.0
_COMMON_WORDS = 0.15
"""What words that many of the offered tools share still count when tools are compared."""

_LOOKED_INTO = 6
"""Tools whose arguments are tried as well; those further down by words never win by them,
except one whose argument is known by its form: arithmetic needs no words."""

_TOLD_TO = 1.3
"""For a tool that does something, when the text says that verb."""

_UNREACHABLE = 0.5
_LONGER_CHAIN = 0.72
_SAME_WORD = 0.04


_ASKED_THING = re.compile(
    r"\b(?:what(?:'s| is| are| was| were)|calculate|compute|find|determine|get|give me|show me"
    r"|tell me)\s+(?:me\s+)?the\s+([\w\s-]{3,40}?)(?=\s+(?:of|for|in|on|at|from|to|with|between"
    r"|that|when|if|by|given|using|and|does|do|is|are)\b|[?.,]|$)",
    re.I,
)
_LOOK_UP = re.compile(r"\blook (?:\w+ )?up\b", re.I)
_SOURCE = re.compile(
    r"\b(?:(?:look|search|check|find)\b.{0,12}\bin the|according to the|do(?:es)? the) (\w+)\b"
    r"(?!['’])",
    re.I,
)
_ASKS_ABOUT = re.compile(
    r"^\W*(?:has|have|had|is|are|was|were|did|does|when|who|why|which|what|where|how)\b", re.I
)
"""A question about what was done is no wish to have it done: "Has O-1 been refunded?"."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A match with what its arguments add to it."""

    match: Match
    rank: float
    strength: float


def best(text: str, chains: Chains) -> Weighed | None:
    """The tool that fits best, whether or not it fits well enough."""
    ranked = weighed(text, chains)
    strong = (one for one in ranked if one.strength >= THRESHOLD)
    return next(strong, next(iter(ranked), None))


def weighed(text: str, chains: Chains) -> tuple[Weighed, ...]:
    """All tools, best first, by words and by what the text gives them."""
    if text not in chains.weighed:
        scored = [
            _weighed(place, match, text, chains)
            for place, match in enumerate(matches(text, chains.profiles))
        ]
        chains.weighed[text] = tuple(sorted(scored, key=lambda one: -one.rank))
    return chains.weighed[text]


def _weighed(place: int, match: Match, text: str, chains: Chains) -> Weighed:
    if place >= _LOOKED_INTO and not is_known_by_form(match.profile):
        return Weighed(match, match.rank * _UNREACHABLE, _by_words(match, text, (), chains))
    filling = chains.fill(match.profile, text)
    by_words = _by_words(match, text, filling.spans, chains)
    bonus = _recognised(filling) + _by_its_verb(match.profile, text, filling)
    told = 0.5 + 0.5 * _name_heard(match)
    sure = is_by_form(filling) or any(v.reason == NAMED_KEY for v in filling.values.values())
    compared = bonus if sure else min(bonus, _COMPARED) * told
    rank = match.rank + _COMMON_WORDS * match.strength + compared
    rank = (rank + _STRENGTH * max(by_words + bonus, 0)) * _ease(match, text, filling, chains)
    rank *= 1 + _SAME_WORD * len(set(tokens(match.tool.name)) & set(tokens(text)))
    return Weighed(match, rank, by_words + bonus)


def _by_words(match: Match, text: str, spans: Sequence[tuple[int, int]], chains: Chains) -> float:
    """Evidence from the words: how many of them the tool knows, and how much of its name.

    `spans`: what became values; their words want no explaining.
    """
    unexplained = len(_unexplained(match, text, spans, chains)) + _unused_dates(text, spans, chains)
    known = len(match.matched)
    on_topic = bool(match.profile.topics & set(match.matched)) or _is_source(match, text)
    counted = unexplained * (_SEARCHED if on_topic and _searches(match.profile) else 1.0)
    share = known / (known + counted) if known else 0.0
    evidence = _SHARE * share + _NAME * _name_heard(match)
    evidence += _PER_WORD * min(known + unexplained, _MOST_WORDS) + _TOPIC * on_topic
    evidence -= _ASKED_UNHEARD if _asks_for_another(match, text) else 0.0
    turned = set(implied_stems(text)) - _WEAK_TURNS
    evidence += _TURN if turned & set(match.matched) else 0.0
    verb = next(iter(tokens(match.tool.name)), "")
    if verb not in ACTIONS:
        return evidence
    asked = _is_heard(stem(verb), match) and not _ASKS_ABOUT.search(text)
    return evidence + (_ACTION_HEARD if asked else -_ACTION_UNHEARD)


def _unused_dates(text: str, spans: Sequence[tuple[int, int]], chains: Chains) -> int:
    """Days the text names that are no value of the tool's, but for today and tomorrow."""
    days = chains.read(text).of("date")
    if not days:
        return 0
    near = {chains.today.isoformat(), (chains.today + timedelta(days=1)).isoformat()}
    return sum(one.value not in near and not one.overlaps(spans) for one in days)


def _unexplained(
    match: Match, text: str, spans: Sequence[tuple[int, int]], chains: Chains
) -> set[str]:
    """Stems of the text that are neither the tool's words nor a value, a name or a date."""
    rest = text
    for start, end in sorted(spans, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    named = " ".join(chains.read(text).spelled("name", "identifier", "date", "email", "quote"))
    return set(content_stems(rest)) - set(match.matched) - GENERIC_STEMS - set(content_stems(named))


def _is_source(match: Match, text: str) -> bool:
    """Whether the question says where to look, and the tool does: "look in the handbook"."""
    named = _SOURCE.search(text)
    word = stem(named[1].lower()) if named else ""
    return word in match.matched and match.profile.weights.get(word, 0.0) >= SUMMARY


def _asks_for_another(match: Match, text: str) -> bool:
    """Whether what is asked for is nothing that the tool's name or summary speaks of: "What is
    the mean of ..." is not for a tool that gives a p-value."""
    asked = _ASKED_THING.search(text)
    things = (
        [word for word in content_stems(asked[1]) if word not in GENERIC_STEMS] if asked else []
    )
    return bool(things) and not any(strength_of(word, match.profile) >= 1.0 for word in things)


def _searches(profile: Profile) -> bool:
    return any(one.required and is_query(one) for one in profile.parameters)


def _name_heard(match: Match) -> float:
    """How much of the tool's name the question says, from 0 to 1."""
    meaningful = [word for word in match.profile.name_stems if word not in GENERIC_STEMS]
    if not meaningful:
        return _NAME_OF_NOTHING
    heard = sum(
        1.0 if word in match.matched else _SYNONYM * _is_heard(word, match) for word in meaningful
    )
    return heard / len(meaningful)


def _is_heard(word: str, match: Match) -> bool:
    return word in match.matched or bool(related(word) & set(match.matched))


def _by_its_verb(profile: Profile, text: str, filling: Filling) -> float:
    """ "Find Johnson" is for `find_customer`; "Cancel it" is not for a tool that cannot."""
    if is_by_form(filling):
        return 0.0
    first = next((word for word in tokens(text) if word not in _POLITE), "")
    first = "find" if first == "look" and _LOOK_UP.search(text) else first
    verb = next(iter(tokens(profile.tool.name)), "")
    if first == verb and first in IMPERATIVES and filling.values and not filling.missing:
        return _ITS_VERB
    knows = stem(first) in profile.weights or related(stem(first)) & profile.weights.keys()
    return 0.0 if knows or first not in ACTIONS else -_FOREIGN_VERB


def _recognised(filling: Filling) -> float:
    """What it says for a tool that the text holds values of just the form it wants."""
    values = filling.values.values()
    return max(map(_form, values), default=0.0) - _GUESS * sum(not one.firm for one in values)


def is_by_form(filling: Filling) -> bool:
    """Whether a value was told by its form, without a word of the tool's."""
    return any(one.reason in _BY_FORM for one in filling.values.values())


def _form(filled: Filled) -> float:
    if not filled.firm:
        return 0.0
    if filled.reason in _BY_FORM:
        return _BY_FORM[filled.reason]
    if filled.mention is None:
        return 0.0
    if filled.reason in (NAMED_KEY, OF_ITS_FORM):
        return _KEY
    return _BY_KIND.get(filled.mention.kind, _OTHER_KIND)


def _ease(match: Match, text: str, filling: Filling, chains: Chains) -> float:
    profile = match.profile
    verb = next(iter(tokens(profile.tool.name)), "")
    if verb in ACTIONS and _is_heard(stem(verb), match) and not _ASKS_ABOUT.search(text):
        return _TOLD_TO  # "Refund O-1" means the refund, even if the reason is still to be asked.
    if not filling.missing:
        return 1.0
    return _LONGER_CHAIN if chains.is_reachable(profile, text) else _UNREACHABLE
