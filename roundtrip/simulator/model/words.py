"""Text as a lexical model sees it: tokens, stems, and which words carry meaning.

Owns no knowledge of tools or schemas. Words that mean alike are in `synonyms.py`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)?")


def words_in(listing: str) -> frozenset[str]:
    """The words of a listing, whatever its lines."""
    return frozenset(listing.split())


FUNCTION_WORDS = words_in(
    """
    a an the this that these those some any each every all both either such own i me my mine
    we us our you your he him his she her it its they them their one ones am is are was were
    be been being do does did done has have had having can could will would shall should may
    might must let lets of to in on at for from with without by about into onto over under
    between among through during before after until since against per via as than and or but
    nor so yet if then else when while because though although not no what which who whom
    whose where why how there here just only also too very more most much many please ok okay
    hey well now really actually s t d ll re ve m don doesn isn aren won want wants need needs
    like know tell show give get got go goes going thing things something anything e g i.e eg
    ie etc
    last latest first newest recent oldest next earliest say says said again
    """
)
"""They hold sentences together; they say nothing about which tool is meant."""

GENERIC_WORDS = words_in(
    """
    find look lookup search fetch retrieve return returns read check see list make create set
    use using used call run compute calculate determine perform provide provides given data
    information info detail details value values result results item items name names number
    numbers type kind id ids identifier specific particular certain based current string text
    parameter argument input output default optional required example function tool api
    service time date day today tomorrow tonight now compare compared comparison
    """
)
"""Any tool might say them: a match counts, but little."""

IMPERATIVES = words_in(
    """
    find look search fetch get give show tell list check see make create add remove delete
    update change set send write read draft book reserve order buy sell cancel refund return
    track ship calculate compute convert translate count compare plan schedule play stop start
    open close turn ask call remind summarize summarise generate explain describe estimate
    predict solve determine retrieve provide recommend suggest analyze analyse help pay
    transfer multiply divide subtract sum round query identify evaluate simulate do try put run
    perform locate fetch compile solve plot draw settle ignore pretend keep let's switch dim
    """
)
"""Verbs a request may begin with."""

QUESTION_OPENERS = words_in(
    """
    what what's whats which who whose whom where where's wheres when how why is are was were
    do does did has have had can could will would should
    """
)

_IRREGULAR = {
    "bought": "buy",
    "sold": "sell",
    "paid": "pay",
    "sent": "send",
    "won": "win",
    "spent": "spend",
    "found": "find",
    "gave": "give",
    "wore": "wear",
    "people": "person",
    "cities": "city",
}
_ENDINGS = (
    ("ership", "er"),
    ("ization", "ize"),
    ("ations", "at"),
    ("ation", "at"),
    ("ators", "at"),
    ("ator", "at"),
    ("ating", "at"),
    ("ated", "at"),
    ("ates", "at"),
    ("ate", "at"),
    ("ments", ""),
    ("ment", ""),
    ("nesses", ""),
    ("ness", ""),
    ("ingly", ""),
    ("ings", ""),
    ("ing", ""),
    ("ies", "y"),
    ("ied", "y"),
    ("sses", "ss"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("xes", "x"),
    ("ers", "er"),
    ("ed", ""),
    ("es", ""),
    ("s", ""),
)


def plain(text: str) -> str:
    """Lower case without diacritics, for comparing: `Zürich` and `zurich` are one place."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


@lru_cache(4096)
def tokens(text: str) -> tuple[str, ...]:
    """Lower-case words and numbers in order; `snake_case` and `camelCase` come apart."""
    return tuple(plain(token) for token in _TOKEN.findall(_CAMEL.sub(" ", text)))


@lru_cache(16384)
def stem(word: str) -> str:
    """What `orders`, `ordered` and `ordering` have in common. Lower case in, lower case out."""
    word = _IRREGULAR.get(word, word)
    if len(word) <= 3:
        return word
    for ending, replacement in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            if ending == "s" and word.endswith(("ss", "us", "is")):
                continue
            word = word[: -len(ending)] + replacement
            break
    word = _undoubled(word)
    if word.endswith("er") and len(word) >= 6:
        # "warmer" is warm, but "order" stays: what is left must still be a word.
        return _undoubled(word[:-2])
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


def _undoubled(word: str) -> str:
    """`shipp` is `ship`, but `call` stays."""
    doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz"
    return word[:-1] if doubled else word


ACTIONS = words_in(
    """
    add create delete remove update set send write book reserve buy sell cancel refund pay
    transfer schedule play stop start open close turn post publish approve reject assign move
    rename upload install execute launch charge reset
    """
)
"""Verbs in a tool's name that change something: called only when asked for, never to look up."""

FUNCTION_STEMS = frozenset(stem(word) for word in FUNCTION_WORDS)
GENERIC_STEMS = frozenset(stem(word) for word in GENERIC_WORDS)


@lru_cache(4096)
def content_stems(text: str) -> tuple[str, ...]:
    """The stems that carry meaning, in order and each once; generic words are among them."""
    stems = (stem(word) for word in tokens(text) if _is_content(word))
    return tuple(dict.fromkeys(stems))


def _is_content(word: str) -> bool:
    return len(word) > 1 and word not in FUNCTION_WORDS and not word[0].isdigit()


def is_plural(word: str) -> bool:
    """Whether a noun in lower case looks like more than one."""
    return len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))


TAKEN_IN = 4_000
"""Characters of a question or a description that are taken in, from its beginning and its end:
finding what a text mentions takes more time than in proportion to its length, and a pasted megabyte
must not stop a server."""


def taken_in(text: str) -> str:
    """As much of a text as the model reads."""
    half = TAKEN_IN // 2
    return text if len(text) <= TAKEN_IN else f"{text[:half]}\n{text[-half:]}"
