"""Parameters that want an identifier: a key out of some record.

Owns which of the codes in a text is meant. Names of people and places are in `naming.py`.
"""

from __future__ import annotations

import re

from roundtrip.simulator.model.descriptions import examples_in
from roundtrip.simulator.model.mentions import Mention
from roundtrip.simulator.model.parameters import Parameter, shape
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import (
    FUNCTION_WORDS,
    IMPERATIVES,
    QUESTION_OPENERS,
    stem,
    tokens,
    words_in,
)

OF_ITS_FORM = "an identifier of just the form it wants"
NAMED_KEY = "named as a key in the text"

_SNAKE = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
_NO_KEY = FUNCTION_WORDS | QUESTION_OPENERS | words_in("id called named number please says is")


def find_identifier(parameter: Parameter, text: TextInUse) -> Filled | None:
    """A code of the right shape, or one the text says belongs to this parameter."""
    scored = [
        (score, mention)
        for mention in text.free("identifier", "number", "quote")
        if (score := _identifier_score(parameter, mention, text)) > 0
    ]
    if not scored:
        return _named_key(parameter, text) if _is_wordy(parameter) else None
    best = max(scored, key=lambda pair: (pair[0], -pair[1].start))[1]
    of_its_form = shape(str(best.value)) == parameter.example_shape
    reason = OF_ITS_FORM if of_its_form else "an identifier in the text"
    filled = text.take(best, [mention for _, mention in scored], reason)
    if parameter.type in ("string", "any"):
        listed = tuple(_written(parameter, value) for value in filled.alternatives)
        return Filled(_written(parameter, filled.value), reason, filled.mention, listed)
    return filled if isinstance(filled.value, int) else None


def _written(parameter: Parameter, value: object) -> str:
    """As the example is written, where only its number is said: invoice 303 is `INV-303`."""
    example = parameter.example or ""
    if isinstance(value, int) and re.fullmatch(r"[A-Za-z]+-?\d+", example):
        return re.sub(r"\d+$", str(value), example)
    return str(value)


def _identifier_score(parameter: Parameter, mention: Mention, text: TextInUse) -> float:
    if mention.kind == "quote" and not re.fullmatch(r"[\w-]*\d[\w-]*", str(mention.value)):
        return 0.0
    score = 1.0 if mention.kind != "number" else -0.5
    if (example := parameter.example_shape) is not None:
        score += 2 if shape(str(mention.value)) == example else -1.0
    said = [stem(word) for word in tokens(text.reading.before(mention.start))][-4:]
    for word in reversed(said):
        if word in parameter.entity or word in ("id", "number", "no"):
            return score + 2
        if word in text.other_entities:
            return score - 2
    return score


def _is_wordy(parameter: Parameter) -> bool:
    """Whether its keys are words, as an example of it shows: `e.g. "returns"`."""
    examples = examples_in(parameter.description)
    return bool(examples) and not any(re.search(r"\d", example) for example in examples)


def _named_key(parameter: Parameter, text: TextInUse) -> Filled | None:
    """A word that is a key by how it is written, or stands beside what it identifies: `gift_cards`,
    "document warranty", the document 'returns'. "The document about returns" names none."""
    written = text.reading.text
    found = [Mention("identifier", *at.span(), at.group()) for at in _SNAKE.finditer(written)]
    found += text.free("quote")
    for at in re.finditer(r"[A-Za-z]\w*", written):
        before = tokens(written[max(0, at.start() - 24) : at.start()])
        beside = bool(before) and stem(before[-1]) in parameter.entity
        if beside and at.group().lower() not in _NO_KEY:
            found.append(Mention("identifier", *at.span(), at.group()))
    found = [one for one in found if not one.overlaps(text.taken)]
    if not found:
        return None
    first = min(found, key=lambda one: one.start)
    listed = sorted({one.start: one for one in [*found, *_more(first, text)]}.values(), key=_start)
    filled = text.take(first, listed, NAMED_KEY)
    values = tuple(str(value) for value in filled.alternatives)
    return Filled(str(filled.value), filled.reason, filled.mention, values)


def _more(first: Mention, text: TextInUse) -> list[Mention]:
    """Words listed beside a key are keys too."""
    following = re.compile(r"(?:\s*,\s*|\s+and\s+)([A-Za-z]\w*)")
    more, here = [], first.end
    while at := following.match(text.reading.text, here):
        if at[1].lower() in _NO_KEY | IMPERATIVES:
            break
        more.append(Mention("identifier", at.start(1), at.end(1), at[1]))
        here = at.end()
    return more


def _start(mention: Mention) -> int:
    return mention.start
