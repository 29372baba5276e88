"""What of a prompt an API has read before, and so counts as read from its cache or written to it.

Owns the memory of beginnings, and how a prompt is held against it. Which of the two ways an API
caches in is its own: it finds long beginnings by itself, or a request marks where they end.
Nothing is forgotten by the clock (the real caches last minutes), so that a count does not depend on
how fast somebody clicks; and nothing of it outlives the simulator.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

from roundtrip import tokens

LEAST, STEP = 1024, 128
"""Tokens: the shortest beginning that is cached, and by how much a found one grows. OpenAI's guide
to prompt caching has both; the other providers document the same least for most of their models."""

LOOKS_BACK = 20
"""Blocks before a mark in which an earlier one is looked for, as Anthropic's guide has it."""

MOST = 50_000
"""Beginnings that are remembered; one of so many tokens has one to remember for each step."""

Lasting = Literal["5m", "1h"]


@dataclass(frozen=True)
class Piece:
    """One block of a prompt, in an API where a request marks what is cached."""

    said: Any
    """Its JSON without the mark."""

    lasting: Lasting | None = None
    """How long the beginning that ends with it is cached; None where it is not marked."""


@dataclass(frozen=True)
class Prompt:
    """A prompt, counted."""

    tokens: int
    """All of it."""

    cache_read: int = 0
    cache_write: Mapping[Lasting, int] = field(default_factory=dict)

    @property
    def written(self) -> int:
        return sum(self.cache_write.values())

    @property
    def rest(self) -> int:
        """Neither read from the cache nor written to it."""
        return self.tokens - self.cache_read - self.written


class PromptCache:
    """The beginnings that were read, each for one account and model; any thread may ask."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._changing = Lock()

    def count(self, scope: bytes, read: Any, pieces: Sequence[Piece] | None) -> Prompt:
        """The prompt, of which `read` is all a model reads. `scope` says whose cache it is: it is
        not kept, but what follows from it.

        `pieces` where the API caches what is marked: those of the prompt, in its order.
        """
        text = tokens.compact(read)
        if pieces is None:
            return self._found(scope, text)
        return self._marked(scope, tokens.count(text), pieces)

    def _found(self, scope: bytes, text: str) -> Prompt:
        if len(text.encode(errors="replace")) < LEAST:  # no token is less than a byte
            return Prompt(tokens.count(text))
        said = array("I", tokens.tokens_of(text))
        ends = range(LEAST, len(said) + 1, STEP)
        starts = (0, *ends)
        beginnings = list(
            _chained(scope, (said[a:b].tobytes() for a, b in zip(starts, ends, strict=False)))
        )
        with self._changing:
            known = [end for end, one in zip(ends, beginnings, strict=True) if one in self._known]
            self._remember(beginnings)
        return Prompt(len(said), cache_read=max(known, default=0))

    def _marked(self, scope: bytes, total: int, pieces: Sequence[Piece]) -> Prompt:
        marks = [at for at, piece in enumerate(pieces) if piece.lasting]
        if not marks:
            return Prompt(total)
        said = [json.dumps(piece.said).encode() for piece in pieces[: marks[-1] + 1]]
        beginnings = list(_chained(scope, said))
        counts: list[int] = []
        for piece in pieces[: marks[-1] + 1]:
            counts.append(min(total, (counts or [0])[-1] + tokens.count_json(piece.said)))
        marks = [at for at in marks if counts[at] >= LEAST]
        with self._changing:
            read = max(
                (counts[at] for at in _looked_at(marks) if beginnings[at] in self._known),
                default=0,
            )
            self._remember(beginnings[at] for at in marks)
        written: dict[Lasting, int] = {}
        done = read
        for at in marks:
            lasting = pieces[at].lasting
            if lasting and counts[at] > done:
                written[lasting] = written.get(lasting, 0) + counts[at] - done
                done = counts[at]
        return Prompt(total, read, written)

    def _remember(self, beginnings: Sequence[bytes] | Iterator[bytes]) -> None:
        for one in beginnings:
            self._known[one] = None
            self._known.move_to_end(one)
        while len(self._known) > self._most:
            self._known.popitem(last=False)


def _looked_at(marks: Sequence[int]) -> set[int]:
    return {at for mark in marks for at in range(max(0, mark - LOOKS_BACK), mark + 1)}


def _chained(scope: bytes, pieces: Sequence[bytes] | Iterator[bytes]) -> Iterator[bytes]:
    """What stands for each beginning: it follows from all that is in it."""
    before = scope
    for piece in pieces:
        before = hashlib.sha256(before + piece).digest()
        yield before
