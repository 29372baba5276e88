"""Parameters that take any words: a message, a search query, a reason.

Owns recognising them and cutting the words out of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from roundtrip.simulator.model.mentions import Reading
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.slots import Filled, TextInUse
from roundtrip.simulator.model.words import (
    GENERIC_STEMS,
    IMPERATIVES,
    QUESTION_OPENERS,
    content_stems,
    stem,
    words_in,
)

_REASON = frozenset({"reason", "cause", "why", "justification", "explanation", "comment"})
_MESSAGE = words_in("message text body content note prompt description summary")
_QUERY = words_in("query question topic subject keyword keywords term terms search q")

_BECAUSE = re.compile(
    r"(?:\b(?:because(?: of)?|since|due to|on account of|(?:the )?reason(?: is| being|:)?)"
    r"|\b(?:as|for)(?= (?:it|they|he|she|the (?:customer|item|parcel|box)|being|arriving)\b))"
    r"\s*[:,]?\s+(.+)",
    re.I | re.S,
)
_AFTER_BREAK = re.compile(r"(?:[,;:.]|\s[-–—])\s+(.+)", re.S)
_ADJECTIVE = re.compile(
    r"\b((?:arrived |was |is |never )?(?:damaged|broken|defective|faulty|late|lost|wrong|missing"
    r"|unwanted|duplicate|arrived|worked|(?:doesn't|does not|won't) (?:work|fit)"
    r"|stopped working)(?: (?:item|size|colou?r|product|address|delivery))?)\b",
    re.I,
)
_SAYING = re.compile(
    r"\b(?:saying|that says|says|say|reading|with the (?:text|message))[:,]?\s+(.+)", re.I | re.S
)
_TELLING = re.compile(
    r"\b(?:e-?mail|mail|message|text|tell|inform|notify|write|remind|know)\b.{0,80}?\bthat\s+(.+)",
    re.I | re.S,
)
_THANKING = re.compile(
    r"\band\s+((?:thank|congratulate|remind|invite|ask|tell|inform|wish)\s+.+)", re.I | re.S
)
_ANSWER = re.compile(
    r"\b(?:the (?:answer|result|results|outcome|details|status)|that|this|it|them)\b", re.I
)
_HEADING = re.compile(r"\b(?:subject|titled|headed|about)\b[\s:]*(?:line|is|of)?[\s:]*$")
_SUBJECT = re.compile(
    r"\b(?:subject(?: line)?(?: is| of|:)?|about|regarding)\s+(.+?)"
    r"(?=[.:,]\s|[.!?]*$|\s+(?:saying|that says|and say|with)\b)",
    re.I,
)
_SEARCH_FOR = re.compile(r"\bsearch\b[^.?!]{0,40}?\bfor\s+(.+)", re.I | re.S)
_COLON = re.compile(r":\s+(.+)", re.S)
_ASKED_ABOUT = re.compile(r"\b(?:about|regarding)\s+(.+)", re.I | re.S)
_QUESTION = re.compile(
    r"^\W*(?:until when|how (?:long|much|many|often|far)|what|when|who|which|where|how|is|are|can"
    r"|do|does|may|must)\b(?:\s+(?:is|are|was|were|does|do|did|can|could|may|must|has|have|will|it)\b"
    r"|['’]s\b)*\s+(.+)",
    re.I | re.S,
)
_ABOUT = re.compile(r"\b(?:about|on|for|regarding|of|search|find|look up)\s+(.+)", re.I | re.S)


WHOLE_TEXT = "the whole text"
_HEADING_WORDS = 7


@dataclass(frozen=True, slots=True)
class Words:
    value: str
    reason: str
    firm: bool
    span: tuple[int, int] | None = None
    """Where it stands, if nobody else may have it."""


def is_free_text(parameter: Parameter) -> bool:
    """Whether the parameter takes any words, by its name."""
    if parameter.type not in ("string", "any"):
        return False
    return bool(set(parameter.name_words) & (_REASON | _MESSAGE | _QUERY))


def is_message(parameter: Parameter) -> bool:
    """Whether it takes words that are passed on to somebody."""
    return is_free_text(parameter) and bool(set(parameter.name_words) & _MESSAGE)


def is_query(parameter: Parameter) -> bool:
    """Whether it takes any words to search for."""
    return is_free_text(parameter) and bool(set(parameter.name_words) & _QUERY)


def points_at_results(text: str) -> bool:
    """Whether what is to be passed on is what was found: "email her the answer"."""
    return bool(_ANSWER.search(text))


def heading_of(parameter: Parameter, message: str) -> str | None:
    """A subject line for a message, for which nobody gave one: its first words."""
    if "subject" not in parameter.name_words:
        return None
    words = re.split(r"[.!?\n]", message.strip())[0].split()
    short = " ".join(words[:_HEADING_WORDS])
    return short[:1].upper() + short[1:] if short else None


def find_free_text(parameter: Parameter, text: TextInUse) -> Filled | None:
    """The words for it, or None. A query may be the whole text, a reason may not."""
    found = _words(parameter, text.reading, text.taken, text.tool_name)
    if found and found.span:
        text.taken.append(found.span)
    return Filled(found.value, found.reason, firm=found.firm) if found else None


def _words(
    parameter: Parameter,
    reading: Reading,
    taken: Sequence[tuple[int, int]],
    tool_name: Sequence[str],
) -> Words | None:
    named = set(parameter.name_words)
    quotes = [m for m in reading.of("quote") if not m.overlaps(taken)]
    heads = [m for m in quotes if _HEADING.search(reading.before(m.start))]
    quotes = heads if "subject" in named else [m for m in quotes if m not in heads]
    if quotes:
        span = (quotes[0].start, quotes[0].end)
        return Words(str(quotes[0].value), "the words in quotation marks", True, span)
    if named & _REASON:
        return _reason(reading, taken)
    if named & _MESSAGE:
        telling = (_SAYING, _TELLING, _THANKING, _COLON)
        return _cut(reading.text, telling, "the words to pass on")
    if "subject" in named:
        return _cut(reading.text, (_SUBJECT,), "what it is about")
    asked = _QUESTION.search(reading.text)
    patterns = (_COLON, _SEARCH_FOR, _ASKED_ABOUT) if asked else (_COLON, _SEARCH_FOR, _ABOUT)
    if about := _cut(reading.text, patterns, "what the text is about"):
        return about
    if asked and asked[1].strip(" ?"):
        return Words(_tidy(asked[1]), "what is asked", True)
    if not _says_something(reading.text, tool_name):
        return None
    return Words(reading.text.strip(), WHOLE_TEXT, False)


def _says_something(text: str, tool_name: Sequence[str]) -> bool:
    """Whether there is more in it than the wish itself: "read me the document" names none."""
    dull = GENERIC_STEMS | frozenset(tool_name) | frozenset(map(stem, IMPERATIVES))
    return bool(set(content_stems(text)) - dull)


def _reason(reading: Reading, taken: Sequence[tuple[int, int]]) -> Words | None:
    text = reading.text
    if because := _BECAUSE.search(text):
        return Words(_tidy(because[1]), "what follows because", True, because.span(1))
    last = max((end for _, end in taken), default=0)
    if broken := _AFTER_BREAK.search(text, last):
        words = _tidy(broken[1])
        first = words.split(" ")[0].lower()
        request = first in QUESTION_OPENERS or first in IMPERATIVES or "please" in words.lower()
        if words and not request and not _is_value(reading, broken.start(1)):
            return Words(words, "the remark after the request", True, broken.span(1))
    if adjective := _ADJECTIVE.search(text):
        return Words(_tidy(adjective[1]), "the complaint in the text", True, adjective.span(1))
    return None


def _is_value(reading: Reading, start: int) -> bool:
    return any(
        mention.start == start for mention in reading.of("identifier", "email", "number", "date")
    )


def _cut(text: str, patterns: Sequence[re.Pattern[str]], reason: str) -> Words | None:
    for pattern in patterns:
        if found := pattern.search(text):
            return Words(_tidy(found[1]), reason, True, found.span(1))
    return None


def _tidy(words: str) -> str:
    return re.sub(r"[,\s]*(?:please|thanks|thank you)[.!]*$", "", words.strip(), flags=re.I).strip(
        " .!?,;\n"
    )
