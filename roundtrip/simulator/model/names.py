"""Parameters that want a name, a place or an identifier.

Owns which of the proper nouns and codes in a text is meant.
"""

from __future__ import annotations

import re
from dataclasses import replace

from roundtrip.simulator.model.mentions import Mention, Reading
from roundtrip.simulator.model.parameters import Parameter, shape
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import stem, tokens, words_in

_PLACE = words_in(
    """
    city town place location country state region destination origin area address venue
    departure arrival county capital airport district
    """
)

_FROM = words_in("origin from source departure start starting")
_TO = words_in("destination to target arrival end")
_PEOPLE = frozenset({"name", "person", "customer", "user", "player"})
_CITY_AND_REGION = re.compile(r"\b[A-Z][a-z]+, ?[A-Z]")
_PLACE_PREPOSITION = re.compile(
    r"\b(?:in|at|for|near|around|of|to|from|within|about)\s+(?:the\s+)?$"
)


def is_place(parameter: Parameter) -> bool:
    """Whether the parameter wants a place, by its name or the first words about it."""
    described = set(tokens(parameter.description)[:8])
    return bool(set(parameter.name_words) & _PLACE or described & {"city", "location", "country"})


def find_identifier(parameter: Parameter, text: TextInUse) -> Filled | None:
    """A code of the right shape, or one the text says belongs to this parameter."""
    scored = [
        (score, mention)
        for mention in text.free("identifier", "number", "quote")
        if (score := _identifier_score(parameter, mention, text)) > 0
    ]
    if not scored:
        return None
    best = max(scored, key=lambda pair: (pair[0], -pair[1].start))[1]
    filled = text.take(best, [mention for _, mention in scored], "an identifier in the text")
    if parameter.type in ("string", "any"):
        listed = tuple(str(value) for value in filled.alternatives)
        return Filled(str(filled.value), filled.reason, filled.mention, listed)
    return filled if isinstance(filled.value, int) else None


def _identifier_score(parameter: Parameter, mention: Mention, text: TextInUse) -> float:
    if mention.kind == "quote" and not re.fullmatch(r"[\w-]*\d[\w-]*", str(mention.value)):
        return 0.0
    score = 1.0 if mention.kind != "number" else -0.5
    if (example := parameter.example_shape) is not None:
        score += 2 if shape(str(mention.value)) == example else -1.5
    said = [stem(word) for word in tokens(text.reading.before(mention.start))][-4:]
    for word in reversed(said):
        if word in parameter.entity or word in ("id", "number", "no"):
            return score + 2
        if word in text.other_entities:
            return score - 2
    return score


def find_place(parameter: Parameter, text: TextInUse) -> Filled | None:
    """A place, by the preposition or the direction before it."""
    free = text.free("name", "phrase", "quote")
    words = set(parameter.name_words)
    direction = (
        r"from|leaving|between" if words & _FROM else r"to|towards|into|and" if words & _TO else ""
    )
    if direction:
        directed = [
            m
            for m in free
            if re.search(rf"\b(?:{direction})\s+(?:the\s+)?$", text.reading.before(m.start))
        ]
        if directed:
            text.taken.append((directed[0].start, directed[0].end))
            return Filled(_as_name(directed[0].value), "the place after a direction", directed[0])
    free = [_as_place(parameter, mention) for mention in free]
    placed = [m for m in free if _PLACE_PREPOSITION.search(text.reading.before(m.start))]
    names = [m for m in free if m.kind != "phrase"]
    chosen = (
        [m for m in placed if m.kind != "phrase"] or names or placed or free
        if parameter.required
        else placed
    )
    if not chosen:
        return None
    filled = text.take(chosen[0], free, "a place the text names")
    return replace(filled, firm=chosen[0].kind != "phrase" or chosen[0] in placed)


def _as_place(parameter: Parameter, mention: Mention) -> Mention:
    value = str(mention.value)
    if (
        "," in value
        and "city" in parameter.name_words
        and not _CITY_AND_REGION.search(parameter.description)
    ):
        value = value.split(",")[0]
    return replace(mention, value=_as_name(value))


def _as_name(value: str) -> str:
    """A place or person typed in lower case is written as names are."""
    return value if value != value.lower() else value.title()


def find_name(parameter: Parameter, text: TextInUse) -> Filled | None:
    """What the text calls by the parameter's name, else a proper noun, else what is left."""
    free = text.free("quote", "name", "phrase", "identifier")
    free.sort(key=lambda m: not _PLACE_PREPOSITION.search(text.reading.before(m.start)))
    named = [m for m in free if _is_called(parameter, m, text.reading)]
    proper = [m for m in free if m.kind in ("quote", "name")]
    if named:
        return text.take(named[0], free, "what the text calls by that name")
    if not parameter.required:
        return None
    if proper:
        return text.take(proper[0], proper, "a name in the text")
    if free:
        spelled = [_spelled(parameter, mention) for mention in free]
        firm = bool(_PLACE_PREPOSITION.search(text.reading.before(spelled[0].start)))
        filled = text.take(spelled[0], spelled, "what is left of the text")
        return replace(filled, firm=firm)
    return None


def _spelled(parameter: Parameter, mention: Mention) -> Mention:
    if not set(parameter.name_words) & _PEOPLE or mention.kind != "phrase":
        return mention
    return replace(mention, value=_as_name(str(mention.value)))


def _is_called(parameter: Parameter, mention: Mention, reading: Reading) -> bool:
    """`title "Dune"`, `the Dune title`: the parameter's own word stands beside the value."""
    own = [
        word for word in parameter.name_words if word not in ("name", "or", "of") and len(word) > 2
    ]
    before, after = reading.before(mention.start, 24), reading.after(mention.end, 14)
    return any(
        re.search(rf"\b{re.escape(word)}s?\s*(?:is|of|to|as|named|called|[:=])?\s*[\"'“]?$", before)
        or re.match(rf"[\"'”]?\s+{re.escape(word)}\b", after)
        for word in own
    )
