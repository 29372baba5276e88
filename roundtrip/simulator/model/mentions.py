"""What a text mentions: names, quotations, identifiers, addresses, dates, numbers.

Owns finding the spans and which of them are listed side by side ("Tokyo and Oslo"). Which
parameter a span is for is decided in `values.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from roundtrip.simulator.model.common_words import COMMON_WORDS
from roundtrip.simulator.model.dates import find_dates, find_times
from roundtrip.simulator.model.numbers import Number, find_numbers, find_periods
from roundtrip.simulator.model.places import (
    is_place_in_small_letters,
    is_region,
    kinds_of,
    region_of,
)
from roundtrip.simulator.model.words import (
    FUNCTION_WORDS,
    GENERIC_WORDS,
    IMPERATIVES,
    QUESTION_OPENERS,
    plain,
    stem,
    words_in,
)

Kind = Literal[
    "quote",
    "email",
    "url",
    "identifier",
    "name",
    "phrase",
    "date",
    "time",
    "number",
    "choice",
    "literal",
    "measure",
]

_QUOTE = re.compile(
    r"[\"“”«]([^\"“”»]{1,300})[\"“”»]"
    r"|(?<!\w)['‘]((?:[^'‘’]|(?<=\w)['’](?=\w)){2,300})['’](?!\w)"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|[\w.+-]+\s?[(\[]at[)\]]\s?[\w.-]*\w")
_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_IDENTIFIER = re.compile(r"(?<![\w.])#?(?=[A-Za-z0-9_-]*\d)(?=[0-9_-]*[A-Za-z])[A-Za-z0-9][\w-]*")
_WORD = re.compile(r"[^\W\d_][\w’'.&-]*[^\W_]|[^\W\d_]")
_PARTICLES = words_in("of the de del du da di la le van von der den bin ibn al")
_NOT_NAMES = (
    FUNCTION_WORDS
    | IMPERATIVES
    | QUESTION_OPENERS
    | words_in(
        """
    hello hi thanks thank yes weather also and compare compared
    celsius fahrenheit kelvin euro euros dollar dollars pounds yen
    monday tuesday wednesday thursday friday saturday sunday january february march april june
    july august september october november december bye
    """
    )
)
_FILLERS = words_in(
    """
    right currently today's kind sort lot bit use last latest newest recent first oldest next
    please quickly again ever yet still already currently moment help idea question answer
    compared versus respectively up
    """
)
_COORDINATION = re.compile(
    r"\s*(?:,|;|&|\+|/)?\s*"
    r"(?:and also|and then|as well as|compared (?:to|with)|and|or|vs\.?|versus)?"
    r"\s*(?:also\s+)?(?:in|at|for|of|to|on|near|the|about|orders?)?\s*",
    re.I,
)
_REGION = re.compile(r",\s((?:[A-Z][\w.]*)(?:\s[A-Z][\w.]*){0,3})")


@dataclass(frozen=True, slots=True)
class Mention:
    """One span of the text that could be a value."""

    kind: Kind
    start: int
    end: int
    value: Any

    def overlaps(self, spans: Iterable[tuple[int, int]]) -> bool:
        return any(self.start < end and start < self.end for start, end in spans)


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with what it mentions, in reading order."""

    text: str
    mentions: tuple[Mention, ...]
    numbers: tuple[Number, ...]
    today: date

    def of(self, *kinds: Kind) -> tuple[Mention, ...]:
        return tuple(mention for mention in self.mentions if mention.kind in kinds)

    def spelled(self, *kinds: Kind) -> list[str]:
        """The mentions of these kinds as they stand in the text."""
        return [self.text[one.start : one.end] for one in self.of(*kinds)]

    def before(self, start: int, length: int = 40) -> str:
        """The lower-case words just before a span."""
        return self.text[max(0, start - length) : start].lower()

    def after(self, end: int, length: int = 30) -> str:
        return self.text[end : end + length].lower()


def read(text: str, vocabulary: AbstractSet[str], today: date) -> Reading:
    """What the text mentions. `vocabulary`: stems of the tool, which are no lower-case names."""
    exact = [Mention("url", *found.span(), found.group()) for found in _URL.finditer(text)]
    exact += _apart(_quotes(text), exact)
    exact += _apart((Mention("email", *m.span(), m.group()) for m in _EMAIL.finditer(text)), exact)
    exact += _apart((Mention("date", *found) for found in find_dates(text, today)), exact)
    exact += _apart((Mention("time", *found) for found in find_times(text)), exact)
    exact += _apart(_identifiers(text), exact)
    numbers = tuple(
        number
        for number in (*find_numbers(text), *find_periods(text))
        if not Mention("number", number.start, number.end, None).overlaps(_spans(exact))
    )
    said = [number for number in numbers if not number.is_period]
    exact += [Mention("number", number.start, number.end, number.value) for number in said]
    exact += _apart(_places(text), exact)
    names = _apart(_names(text, vocabulary), exact)
    phrases = _apart(_phrases(text, vocabulary, _spans([*exact, *names])), [*exact, *names])
    found = sorted([*exact, *names, *phrases], key=lambda mention: mention.start)
    return Reading(text, tuple(found), numbers, today)


def coordinated(text: str, candidates: Sequence[Mention], chosen: Mention) -> tuple[Mention, ...]:
    """The candidates listed side by side with the chosen one, itself among them."""
    ordered = sorted(candidates, key=lambda mention: mention.start)
    place = ordered.index(chosen)
    first = last = place
    while first > 0 and are_listed(text, ordered[first - 1], ordered[first]):
        first -= 1
    while last + 1 < len(ordered) and are_listed(text, ordered[last], ordered[last + 1]):
        last += 1
    return tuple(ordered[first : last + 1])


def are_listed(text: str, left: Mention, right: Mention) -> bool:
    between = re.sub(r"^['’]s?", "", text[left.end : right.start]).strip("\"'“”‘’")
    if not between.strip() or _is_range(text, left):
        return False
    if between.strip() == "," and not _may_be_a_pair(left, right):
        return False
    if between.strip() == "/" and left.kind == "number":
        return False  # "4/5" is one mark.
    says_so = re.search(r"[,;&+/]|\b(?:and|or|vs|versus|as well as|compared)\b", between, re.I)
    if re.search(r"\bcompar", text, re.I) and re.fullmatch(r"\s+(?:with|to|and)\s+", between):
        return True
    return bool(says_so and _COORDINATION.fullmatch(between))


def _is_range(text: str, left: Mention) -> bool:
    """ "between 3 and 5"; but of a difference between two, both are meant."""
    ranged = re.search(r"\bbetween\s+$", text[: left.start], re.I)
    return bool(ranged) and not (left.kind == "name" and re.search(r"\bdifference\b", text, re.I))


def _may_be_a_pair(left: Mention, right: Mention) -> bool:
    """Whether two with nothing but a comma between are alike: "Paris, Rome" but not "Paris,
    France", nor "the Louvre, Paris"."""
    if left.kind != "name" or right.kind != "name":
        return True
    one, other = kinds_of(str(left.value)), kinds_of(str(right.value))
    return bool(one & other) or not (one or other)


def _spans(mentions: Iterable[Mention]) -> list[tuple[int, int]]:
    return [(mention.start, mention.end) for mention in mentions]


def _apart(found: Iterable[Mention], taken: Sequence[Mention]) -> list[Mention]:
    spans = _spans(taken)
    return [mention for mention in found if not mention.overlaps(spans)]


def _quotes(text: str) -> Iterator[Mention]:
    for found in _QUOTE.finditer(text):
        if found.end() - found.start() > 0.8 * len(text):
            continue  # The whole message stands in quotation marks: they say nothing.
        inner = 1 if found[1] is not None else 2
        yield Mention("quote", found.start(), found.end(), found[inner].strip())


def _identifiers(text: str) -> Iterator[Mention]:
    for found in _IDENTIFIER.finditer(text):
        # "5km", "3rd" and "2x" are numbers with a unit, not identifiers.
        if not re.fullmatch(r"\d+(?:\.\d+)?[A-Za-z°]{1,4}", found.group()):
            yield Mention("identifier", *found.span(), found.group().lstrip("#"))


def _places(text: str) -> Iterator[Mention]:
    """Places of the table that are typed in small letters: "mexico city"."""
    words = [(word.start(), word.end()) for word in _WORD.finditer(text)]
    here = 0
    while here < len(words):
        for length in (3, 2, 1):
            if here + length > len(words):
                continue
            start, end = words[here][0], words[here + length - 1][1]
            spelled = text[start:end]
            if spelled == spelled.lower() and is_place_in_small_letters(spelled):
                yield Mention("name", start, end, spelled.title())
                here += length - 1
                break
        here += 1


def _names(text: str, vocabulary: AbstractSet[str]) -> Iterator[Mention]:
    words = [(word.start(), word.end(), word.group()) for word in _WORD.finditer(text)]
    here = 0
    while here < len(words):
        start, end, word = words[here]
        if not word[0].isupper() or _is_no_name(text, start, word, vocabulary):
            here += 1
            continue
        while here + 1 < len(words) and not _is_possessive(word):
            ahead = here + 1
            while ahead < len(words) and words[ahead][2] in _PARTICLES:
                ahead += 1
            if ahead >= len(words) or not words[ahead][2][0].isupper():
                break
            if re.sub(r"[\s\w.]", "", text[end : words[ahead][0]]):
                break
            if re.search(r"[.!?]\s", text[end - 1 : words[ahead][0]]) and end - start > 3:
                break
            here, end, word = ahead, words[ahead][1], words[ahead][2]
        end = _with_region(text, start, end)
        name = text[start:end].rstrip(".")
        if not _is_a_house(text, start, end):
            name = re.sub(r"['’]s?$", "", name)
        yield Mention("name", start, start + len(name), name)
        here += 1
        while here < len(words) and words[here][0] < end:
            here += 1


def _is_no_name(text: str, start: int, word: str, vocabulary: AbstractSet[str]) -> bool:
    low = re.sub(r"['’](?:s|re|m|ll|ve|d|t)?$", "", word.lower())
    if low in _NOT_NAMES:
        return True
    opens = not text[:start].strip() or text[:start].rstrip()[-1] in ".!?:;\"'“"
    everyday = low in GENERIC_WORDS or low in COMMON_WORDS
    return opens and (everyday or stem(plain(low)) in vocabulary)


def _is_a_house(text: str, start: int, end: int) -> bool:
    """ "at Luigi's for four": the name of a place, not a possession of somebody's."""
    stands = re.search(r"\b(?:at|from|to|in)\s+$", text[:start], re.I)
    return bool(stands) and bool(
        re.match(r"\s*(?:[.,?!]|$)|\s+(?:for|on|at|to|tomorrow)\b", text[end:])
    )


def _is_possessive(word: str) -> bool:
    return bool(re.search(r"['’]s$|s['’]$", word))


def _with_region(text: str, start: int, end: int) -> int:
    """`Paris, France` and `Austin, TX` are one place; `Paris, Rome` are two."""
    found = _REGION.match(text, end)
    if not found or (is_region(text[start:end]) and "city" not in kinds_of(text[start:end])):
        return end
    words = found[1].split(" ")
    for length in range(len(words), 0, -1):
        region = " ".join(words[:length]).rstrip(".")
        if "city" in kinds_of(region) and region_of(text[start:end]) != region:
            continue
        if is_region(region) or (length == 1 and re.fullmatch(r"[A-Z]{2}", region)):
            return found.start(1) + len(region)
    return end


def _phrases(
    text: str, vocabulary: AbstractSet[str], taken: Sequence[tuple[int, int]]
) -> Iterator[Mention]:
    """Runs of words that neither the language nor the tool explains: "new york"."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        touches = run and text[run[-1].end() : word.start()] in (" ", "-")
        if run and not touches:
            yield _phrase(text, run)
            run = []
        if _is_explained(word.group(), vocabulary) or Mention(
            "phrase", *word.span(), None
        ).overlaps(taken):
            if run:
                yield _phrase(text, run)
            run = []
        else:
            run.append(word)
    if run:
        yield _phrase(text, run)


def _phrase(text: str, run: Sequence[re.Match[str]]) -> Mention:
    start, end = run[0].start(), run[-1].end()
    value = re.sub(r"['’]s$", "", text[start:end].rstrip("."))
    return Mention("phrase", start, start + len(value), value)


def _is_explained(word: str, vocabulary: AbstractSet[str]) -> bool:
    low = plain(re.sub(r"['’](?:s|re|m|ll|ve|d|t)$", "", word))
    return (
        low in FUNCTION_WORDS
        or low in IMPERATIVES
        or low in QUESTION_OPENERS
        or low in GENERIC_WORDS
        or low in _FILLERS
        or stem(low) in vocabulary
    )
