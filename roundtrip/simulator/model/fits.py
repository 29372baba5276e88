"""How well a name, quotation or phrase suits a parameter.

Owns the score: by the words around it, by what kind of name it is, and by what the parameter
wishes for. Who gets which is decided in `naming.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from roundtrip.simulator.model.mentions import Mention
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.places import Kind as PlaceKind
from roundtrip.simulator.model.places import kinds_of
from roundtrip.simulator.model.slots import TextInUse
from roundtrip.simulator.model.wishes import Sort, direction, own_words, sort_of
from roundtrip.simulator.model.words import content_stems, stem, tokens, words_in

CALLED = "what the text calls by that name"
DIRECTED = "the place after a direction"
PLACED = "a place the text names"
NAMED = "a name in the text"
LEFT = "what is left of the text"

_KIND = {"quote": 1.3, "name": 1.0, "phrase": 0.3, "identifier": 0.4, "number": -0.7, "date": -2.0}
_LINKS = words_in("is are of to as named called titled entitled a an the name by with for like")
_PLACE_WORDS = words_in("in at for near around of to from within about visiting over across")
_STANDING = words_in("in at near around within")
_FROM = words_in("from leaving between departing of")
_TO = words_in("to towards into and reaching toward until")
_MAKERS = words_in("author artist composer director painter sculptor writer designer architect")
_COMPANY_SHAPE = re.compile(
    r"\b(?:inc|llc|ltd|corp|corporation|company|co|gmbh|plc|group|bank|airlines|motors)\b\.?$", re.I
)
_PERSON_SHAPE = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof)\.?\s+)?[A-Z][\w'’.-]+(?:\s[A-Z][\w'’.-]*){1,3}$"
)
_AUXILIARIES = [(word,) for word in words_in("did does has have is was will who")]
_SENTENCE = 4
"""Words in quotation marks that are more than a name."""

_POINTING = [(word,) for word in words_in("of for by find up called named from customer to")]
_VAGUE = re.compile(
    r"^(?:same|different|available|certain|specific|new|possible|whole|entire|(?:includ|offer"
    r"|perform|regard|concern|involv|us|happen|start|contain)ing)$"
)
_ASKED = re.compile(r"\b(?:which|what)\s+([a-z]+)", re.I)


@dataclass(frozen=True, slots=True)
class Seen:
    """A mention with all that is looked at for every parameter alike."""

    mention: Mention
    value: str
    before: tuple[str, ...]
    """The words before it, nearest first."""

    after: tuple[str, ...]
    heard: str
    """The nearest word before it that says something."""

    beside: tuple[str, ...]
    """Stems of that word and of the one after it."""

    stems: frozenset[str]
    places: frozenset[PlaceKind]
    """What it may be in the table of places."""


def seen_in(text: TextInUse, mention: Mention) -> Seen:
    value = str(mention.value)
    before, after = _around(text.reading.text, mention.start, mention.end)
    heard = next((word for word in before if word not in _LINKS), "")
    beside = tuple(stem(word) for word in (heard, *after[:1]) if word)
    stems = frozenset(content_stems(value))
    return Seen(mention, value, before, after, heard, beside, stems, kinds_of(value.split(", ")[0]))


def wanted_region(parameter: Parameter) -> str | None:
    words = set(parameter.name_words)
    return next((one for one in ("state", "country") if one in words), None)


def fit(seen: Seen, parameter: Parameter, text: TextInUse) -> tuple[float, str]:
    """How well the mention suits the parameter, and why."""
    mention, wished = seen.mention, sort_of(parameter)
    score, reason = _KIND.get(mention.kind, 0.0), NAMED if mention.kind != "phrase" else LEFT
    if mention.kind in ("number", "identifier") and wished in ("place", "person", "company"):
        score -= 1.5
    own = own_words(parameter)
    if seen.before and stem(seen.heard) in own:
        score, reason = score + 4.0, CALLED
    elif seen.after and stem(seen.after[0]) in own:
        score, reason = score + 2.5, CALLED
    elif mention.kind == "name" and own & seen.stems:
        score, reason = score + 1.8, CALLED  # "Premier League" is a league.
    if own and _asked_for(text.reading.text).intersection(parameter.name_words):
        score -= 2.0  # "Which city does she live in?": the city is what is to be found out.
    described = _described(parameter)
    score += 0.5 * sum(word in described for word in seen.beside)
    if wished == "place":
        gain, why = _as_place(seen, parameter)
        score, reason = score + gain, why or reason
    else:
        score += _as_thing(seen, wished, parameter)
    if mention.kind == "phrase" and wished in ("place", "person"):
        pointed = _is_pointed_at(seen, wished, reason)
        score -= 0.0 if pointed or _is_all_there_is(seen, text) else 0.8
    if mention.kind == "phrase" and _VAGUE.search(seen.value.lower()):
        score -= 0.6
    if mention.kind == "name" and seen.stems <= text.vocabulary:
        score -= 1.0
    return score, reason


@lru_cache(256)
def _asked_for(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _ASKED.findall(text))


def _is_pointed_at(seen: Seen, wished: Sort, reason: str) -> bool:
    """Whether the words before small letters say that a name comes: "orders of ada lovelace"."""
    if reason not in (LEFT, NAMED) or seen.before[:1] in _POINTING:
        return True
    # "when did ramanujan order", "grace hopper wants to know"
    subject = seen.before[:1] in _AUXILIARIES or (seen.mention.start == 0 and " " in seen.value)
    return wished == "person" and subject


def _is_all_there_is(seen: Seen, text: TextInUse) -> bool:
    """ "ada lovelace orders": where little is said, what is left is the name."""
    if text.is_part:
        return False
    return len(text.reading.text.split()) <= 2 + len(seen.value.split())


@lru_cache(2048)
def _described(parameter: Parameter) -> frozenset[str]:
    return frozenset(content_stems(parameter.description.split(". ")[0])[:8])


def _as_place(seen: Seen, parameter: Parameter) -> tuple[float, str | None]:
    score, reason = 0.0, None
    ahead = next((word for word in seen.before if word not in ("the", "a", "an")), "")
    way = direction(parameter)
    if way and ahead in (_FROM if way == "from" else _TO):
        score, reason = 2.5, DIRECTED
    elif way and ahead in (_TO if way == "from" else _FROM):
        score -= 1.5
    elif ahead in _PLACE_WORDS:
        score, reason = 2.0, PLACED
    if seen.places:
        score, reason = score + 1.2, reason or PLACED
    elif score <= 0 and seen.mention.kind == "name" and _PERSON_SHAPE.fullmatch(seen.value):
        score -= 0.9  # Two names and no "in" before them: more likely a person.
    asked = wanted_region(parameter) or ("city" if "city" in parameter.name_words else None)
    if asked and seen.places:
        score += 1.0 if asked in seen.places else -2.0
    elif asked in ("state", "country"):
        score -= 1.2
    return score, reason


def _as_thing(seen: Seen, wished: Sort, parameter: Parameter) -> float:
    mention, value = seen.mention, seen.value
    ahead = seen.before[0] if seen.before else ""
    score = 0.0
    if seen.places:
        score -= 0.7 if wished == "thing" else 1.6
    if wished == "span" and mention.kind == "number" and _looks_like_a_year(mention):
        score += 3.0
    if mention.kind == "quote" and len(value.split()) >= _SENTENCE:
        score -= 1.2
    elif ahead in _STANDING and mention.kind == "name":
        score -= 0.5
    if _COMPANY_SHAPE.search(value):
        score += 2.0 if wished == "company" else -0.6
    elif mention.kind == "name" and _PERSON_SHAPE.fullmatch(value):
        score += 0.8 if wished == "person" else 0.0
    if wished == "person" and ahead == "by" and set(parameter.name_words) & _MAKERS:
        score += 2.0
    if wished in ("company", "person") and ahead in ("of", "for", "at", "by", "against"):
        score += 0.6
    return score


def _looks_like_a_year(mention: Mention) -> bool:
    return isinstance(mention.value, int) and 1500 <= mention.value <= 2100


@lru_cache(4096)
def _around(text: str, start: int, end: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words before a span, nearest first, and those after it, within its sentence part."""
    before = re.split(r"[.!?;]\s", text[max(0, start - 60) : start])[-1]
    after = re.split(r"[.!?;](?:\s|$)", text[end : end + 40])[0]
    return tuple(reversed(tokens(before)[-4:])), tokens(after)[:3]
