"""Misspelt words put right, against the words the offered tools use and everyday ones.

Owns what is taken for a slip of the fingers and what for a name. Short forms people type ("pls",
"tmrw") are written out too. Where a word could be right, it stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import lru_cache
from string import ascii_lowercase

from roundtrip.simulator.model.common_words import COMMON_WORDS
from roundtrip.simulator.model.places import CITY_WORDS
from roundtrip.simulator.model.synonyms import GROUPED_WORDS
from roundtrip.simulator.model.words import (
    FUNCTION_WORDS,
    GENERIC_WORDS,
    IMPERATIVES,
    QUESTION_OPENERS,
    plain,
    stem,
    words_in,
)

_SHORT_FORMS = {
    "pls": "please", "plz": "please", "plse": "please", "thx": "thanks", "tmrw": "tomorrow",
    "tmr": "tomorrow", "tmw": "tomorrow", "u": "you", "ur": "your", "whats": "what's",
    "wheres": "where's", "hows": "how's", "im": "I'm", "dont": "don't", "doesnt": "doesn't",
    "cant": "can't", "wont": "won't", "didnt": "didn't", "isnt": "isn't", "thats": "that's",
    "til": "until", "till": "until", "abt": "about", "btw": "by the way", "asap": "soon",
    "squareroot": "square root", "ive": "I've", "wanna": "want to", "gonna": "going to",
    "gimme": "give me", "hav": "have", "squareroots": "square roots",
}  # fmt: skip
_CALENDAR = words_in(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december today tomorrow yesterday tonight
    christmas easter halloween minute minutes hour hours day days week weeks month months year
    years percent percentage times plus minus euro euros dollar dollars franc francs pound pounds
    yen celsius fahrenheit inch inches mile miles meter meters litre litres gallon gallons
    kilometer kilometers kilogram kilograms database email emails
    """
)
_FUNCTION = FUNCTION_WORDS | QUESTION_OPENERS | words_in("what where please thanks")
_TARGETS = (
    GENERIC_WORDS
    | IMPERATIVES
    | GROUPED_WORDS
    | _CALENDAR
    | _FUNCTION
    | words_in("saying paid less more")
)
_KNOWN = _TARGETS | COMMON_WORDS | frozenset(_SHORT_FORMS)
_KNOWN_STEMS = frozenset(map(stem, _KNOWN))
_WORD = re.compile(r"(?<![\w@./#'’-])[A-Za-z]+(?:['’][a-z]+)?(?![\w@/#-]|\.\w)")
_VERBS = IMPERATIVES | words_in("arrive deliver say return work charge repair send cost")
_REGULAR = ("ly", "ity", "ous", "ive", "able", "ming", "ating", "inal", "tion")
"""Endings of words that are rare rather than wrong."""

_NAMES_FOLLOW = re.compile(r"\b(?:called|named|mr|mrs|ms|dr)\.?\s+$", re.I)
_LONGEST = 40
"""Words of a text that is looked through: people who type fast type little."""


def corrected(text: str, vocabulary: AbstractSet[str]) -> str:
    """The text with slips put right; itself where there are none.

    `vocabulary`: words as they stand in the offered tools, in lower case.
    """
    if len(text.split()) > _LONGEST:
        return text
    shouted = text == text.upper()
    pieces, here = [], 0
    for found in _WORD.finditer(text):
        put = _put_right(found.group(), found.start(), text, vocabulary, shouted)
        if put != found.group():
            pieces += [text[here : found.start()], put]
            here = found.end()
    return "".join([*pieces, text[here:]])


def _put_right(
    word: str, start: int, text: str, vocabulary: AbstractSet[str], shouted: bool
) -> str:
    low = plain(word)
    if low in _SHORT_FORMS:
        return _cased(_SHORT_FORMS[low], word)
    named = word[0].isupper() and not shouted and bool(text[:start].strip(" ¿¡\"'("))
    if len(low) < 3 or named or _is_known(low, vocabulary):
        return word
    if _NAMES_FOLLOW.search(text[:start]):
        return word
    if not low.isalpha() or any(ord(letter) > 127 for letter in word):
        return word
    best = _nearest(low, vocabulary)
    return _cased(best, word) if best else word


def _cased(put: str, word: str) -> str:
    return put[0].upper() + put[1:] if word[0].isupper() else put


def _is_known(word: str, vocabulary: AbstractSet[str]) -> bool:
    if word in _KNOWN or word in vocabulary or word in CITY_WORDS:
        return True
    return len(word) > 4 and stem(word) in _KNOWN_STEMS  # "tims" is no form of "time".


def _nearest(word: str, vocabulary: AbstractSet[str]) -> str | None:
    """The one word a slip away; of several the likeliest, by what kind of slip it takes."""
    shelf = [*_everyday().get(word[0], ()), *_inflected(vocabulary, word[0])]
    ranked = [(slip, other) for other in shelf if (slip := _slip(word, other)) is not None]
    if ranked:
        return min(ranked)[1]
    cities = (city for city in CITY_WORDS if city[0] == word[0])
    return min((city for city in cities if _slip(word, city) == 0), default=None)


@lru_cache(1)
def _everyday() -> dict[str, tuple[str, ...]]:
    """The words a slip may stand for whatever the tools are, by their first letter."""
    return {letter: tuple(_inflected(_TARGETS, letter)) for letter in ascii_lowercase}


def _inflected(words: AbstractSet[str], letter: str) -> Iterator[str]:
    for word in words:
        if word[:1] != letter or len(word) < 3:
            continue
        yield word
        if word in _VERBS:
            bare = word[:-1] if word.endswith("e") else word
            doubled = word + word[-1] if word[-1] in "pgtn" else bare
            yield from (f"{word}s", f"{bare}ed", f"{bare}ing", f"{doubled}ed", f"{doubled}ing")


def _slip(word: str, other: str) -> int | None:
    """How unlike they are, 0 the least; None where one is not the other misspelt."""
    apart = len(other) - len(word)
    if abs(apart) > 2 or word == f"{other}s" or other in (f"{word}s", f"{word}n", f"{word}d"):
        return None
    if apart == 0 and sorted(word) == sorted(other):
        return 0  # The same letters in another order, from the same first one.
    shorter = min(len(word), len(other))
    if shorter < 4 or (apart == 0 and shorter < 5) or len(set(word) ^ set(other)) > 4:
        return None
    if other in _FUNCTION or word.endswith(_REGULAR):
        return None
    away = _distance(word, other)
    return 1 if away == 1 else 2 if away == 2 and shorter >= 8 and apart >= 0 else None


def _distance(one: str, other: str) -> int:
    """Letters to add, drop, change or swap to get from one word to the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        before, last, row = row, before, [place]
        for column, wanted in enumerate(other, 1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != wanted))
            swapped = place > 1 and column > 1 and letter == other[column - 2]
            if swapped and one[place - 2] == wanted:
                cost = min(cost, last[column - 2] + 1)
            row.append(cost)
    return row[-1]
