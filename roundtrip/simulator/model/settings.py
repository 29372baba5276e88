"""Numbers that a description gives a word for: "on (100), off (0)", "from 0 (off) to 100 (full)".

Owns reading those pairs and finding the word in a text. Numbers that a text says itself are given
away in `quantities.py`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from roundtrip.simulator.model.mentions import Mention
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.slots import Filled, TextInUse

_WORD_FIRST = re.compile(r"\b([a-z]{2,20}) \((-?\d+)\)", re.I)
_NUMBER_FIRST = re.compile(r"(?<![\w.])(-?\d+) \((?:fully |completely )?([a-z]{2,20})\)", re.I)


def find_setting(parameter: Parameter, text: TextInUse) -> Filled | None:
    """The number for a word of the text, where the tool or the parameter explains that word."""
    if parameter.type not in ("integer", "number"):
        return None
    named = {**_pairs(text.about), **_pairs(parameter.description)}
    for word, number in named.items():
        at = re.search(rf"\b{re.escape(word)}\b", text.reading.text, re.I)
        if at and not Mention("choice", *at.span(), None).overlaps(text.taken):
            text.taken.append(at.span())
            mention = Mention("choice", *at.span(), number)
            return Filled(number, f'"{word}" is {number}, its description says', mention)
    return None


@lru_cache(512)
def _pairs(description: str) -> dict[str, int]:
    text = " ".join(description.split())
    pairs = {word.lower(): int(number) for word, number in _WORD_FIRST.findall(text)}
    return pairs | {word.lower(): int(number) for number, word in _NUMBER_FIRST.findall(text)}
