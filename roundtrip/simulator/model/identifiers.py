"""Parameters that want an identifier: a key out of some record.

Owns which of the codes in a text is meant. Names of people and places are in `naming.py`.
"""

from __future__ import annotations

import re

from roundtrip.simulator.model.mentions import Mention
from roundtrip.simulator.model.parameters import Parameter, shape
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import stem, tokens


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
