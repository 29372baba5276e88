"""A shop's handbook to search and read: what a model does not know, it can look up.

The documents are the Markdown files in `handbook/`. Some questions need two of them.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from pathlib import Path

OPTIONAL = ("search_documents", "read_document")
"""Functions that are offered once a person adds them in Settings."""

_FOLDER = Path(__file__).parent / "handbook"
_MOST = 10
_SATURATION, _LENGTH = 1.2, 0.75
"""BM25's usual k1 and b: how soon a repeated word stops counting, how much a long text loses."""

_TITLE_COUNTS = 3
"""A word of the title counts as often as this: it says what the document is about."""


def search_documents(query: str, limit: int = 3) -> dict[str, object]:
    """Search the shop's handbook for its rules, and learn the document_id of what fits.

    Use it for questions about the policy of the shop: how long, how much, who may, what if.
    The handbook is about delivery costs, returns, warranty, repairs, gift cards, membership,
    opening hours, payment and privacy, not about single orders. It gives titles and snippets,
    best first; one document often names another that you need too. A snippet may leave out
    the exception: use read_document for the whole text before you answer.

    Args:
        query: A few words that the document would use, e.g. "return period furniture".
        limit: How many documents to give at most, from 1 to 10, e.g. 3.
    """
    if not 1 <= limit <= _MOST:
        raise ValueError(f"limit is {limit}; it must be from 1 to {_MOST}")
    asked = _words(query)
    scores = {name: _score(asked, name) for name in _handbook()}
    best = sorted((name for name in scores if scores[name] > 0), key=lambda name: -scores[name])
    if not best:
        titles = ", ".join(_title(text) for text in _handbook().values())
        raise ValueError(f'nothing is written about "{query}"; the documents are: {titles}')
    return {"documents": [_entry(name, asked) for name in best[:limit]]}


def read_document(document_id: str) -> dict[str, str]:
    """Read one document of the shop's handbook from beginning to end.

    Use it after search_documents, before you answer from a document: the rule and its
    exceptions stand only in the whole text.

    Args:
        document_id: The document's id from search_documents, e.g. "returns".
    """
    name = document_id.strip().casefold().removesuffix(".md")
    if name not in _handbook():
        raise ValueError(
            f'there is no document "{document_id}"; the ids are: {", ".join(_handbook())}'
        )
    text = _handbook()[name]
    return {"document_id": name, "title": _title(text), "text": _body(text)}


@cache
def _handbook() -> dict[str, str]:
    return {file.stem: file.read_text("utf-8") for file in sorted(_FOLDER.glob("*.md"))}


def _title(text: str) -> str:
    return text.partition("\n")[0].lstrip("# ")


def _body(text: str) -> str:
    return text.partition("\n")[2].strip()


def _words(text: str) -> list[str]:
    """Lower-case words without the ending of a plural: "returns" finds "return"."""
    found = re.findall(r"[^\W_]+", text.casefold())
    return [re.sub(r"(?<=\w\w\w)(?:s|ed|ing)$", "", word) for word in found]


@cache
def _counts(name: str) -> Counter[str]:
    text = _handbook()[name]
    return Counter(_words(text) + _words(_title(text)) * _TITLE_COUNTS)


def _score(asked: list[str], name: str) -> float:
    """BM25 of the words asked for in one document."""
    counts, lengths = _counts(name), [_counts(one).total() for one in _handbook()]
    longer = counts.total() * len(lengths) / sum(lengths)
    score = 0.0
    for word in set(asked):
        often = counts[word] * (_SATURATION + 1)
        score += (
            _rarity(word) * often / (counts[word] + _SATURATION * (1 - _LENGTH + _LENGTH * longer))
        )
    return score


@cache
def _rarity(word: str) -> float:
    having = sum(word in _counts(name) for name in _handbook())
    return math.log(1 + (len(_handbook()) - having + 0.5) / (having + 0.5))


def _entry(name: str, asked: list[str]) -> dict[str, str]:
    text = _handbook()[name]
    sentences = re.split(r"(?<=[.?!])\s+", _body(text))
    snippet = max(sentences, key=lambda one: sum(map(_rarity, set(asked) & set(_words(one)))))
    return {"document_id": name, "title": _title(text), "snippet": snippet}
