"""What the model takes a question to say: in English, spelt right.

Owns the two steps between what was typed and what is read, and their order. The words themselves
are in `phrasebook.py` and `spelling.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from roundtrip.conversation import ToolDefinition
from roundtrip.simulator.model.history import Situation, Turn
from roundtrip.simulator.model.phrasebook import gloss_of
from roundtrip.simulator.model.spelling import corrected
from roundtrip.simulator.model.words import tokens


def vocabulary_of(tools: Sequence[ToolDefinition]) -> frozenset[str]:
    """The words of the tools' names and descriptions, as a person may misspell them."""
    return frozenset().union(*(_words(tool.name, tool.description or "") for tool in tools))


@lru_cache(1024)
def _words(name: str, description: str) -> frozenset[str]:
    return frozenset(word for word in tokens(f"{name} {description}") if len(word) > 2)


def heard(situation: Situation, vocabulary: frozenset[str]) -> Situation:
    """The situation with the question, and the one before it, as the model reads them."""
    earlier = situation.earlier
    if earlier:
        earlier = (*earlier[:-1], _heard(earlier[-1], vocabulary))
    return Situation(_heard(situation.now, vocabulary), earlier)


def _heard(turn: Turn, vocabulary: frozenset[str]) -> Turn:
    return replace(turn, question=_read(turn.question, vocabulary))


@lru_cache(256)
def _read(question: str, vocabulary: frozenset[str]) -> str:
    gloss = gloss_of(question)
    return gloss.text if gloss else corrected(question, vocabulary)
