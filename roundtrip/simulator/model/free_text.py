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
from roundtrip.simulator.model.words import IMPERATIVES, QUESTION_OPENERS, words_in

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
    r"|unwanted|duplicate|arrived)(?: (?:item|size|colou?r|product|address|delivery))?)\b",
    re.I,
)
_SAYING = re.compile(
    r"\b(?:saying|that says|says|say|reading|with the (?:text|message))[:,]?\s+(.+)", re.I | re.S
)
_HEADING = re.compile(r"\b(?:subject|titled|headed|about)\b[\s:]*(?:line|is|of)?[\s:]*$")
_SUBJECT = re.compile(
    r"\b(?:subject(?: line)?(?: is| of|:)?|about|regarding)\s+(.+?)"
    r"(?=[.:,]\s|[.!?]*$|\s+(?:saying|that says|and say|with)\b)",
    re.I,
)
_SEARCH_FOR = re.compile(r"\bsearch\b[^.?!]{0,40}?\bfor\s+(.+)", re.I | re.S)
_COLON = re.compile(r":\s+(.+)", re.S)
_ABOUT = re.compile(r"\b(?:about|on|for|regarding|of|search|find|look up)\s+(.+)", re.I | re.S)


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


def find_free_text(parameter: Parameter, text: TextInUse) -> Filled | None:
    """The words for it, or None. A query may be the whole text, a reason may not."""
    found = _words(parameter, text.reading, text.taken)
    if found and found.span:
        text.taken.append(found.span)
    return Filled(found.value, found.reason, firm=found.firm) if found else None


def _words(
    parameter: Parameter, reading: Reading, taken: Sequence[tuple[int, int]]
) -> Words | None:
    named = set(parameter.name_words)
    quotes = [m for m in reading.of("quote") if not m.overlaps(taken)]
    if "subject" in named:
        quotes = [m for m in quotes if _HEADING.search(reading.before(m.start))]
    if quotes:
        span = (quotes[0].start, quotes[0].end)
        return Words(str(quotes[0].value), "the words in quotation marks", True, span)
    if named & _REASON:
        return _reason(reading, taken)
    if named & _MESSAGE:
        return _cut(reading.text, (_SAYING, _COLON), "the words to pass on")
    if "subject" in named and (heading := _cut(reading.text, (_SUBJECT,), "what it is about")):
        return heading
    about = _cut(reading.text, (_COLON, _SEARCH_FOR, _ABOUT), "what the text is about")
    return about or Words(reading.text.strip(), "the whole text", False)


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
