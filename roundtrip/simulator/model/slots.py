"""A value for a parameter, and a text whose spans are given away one by one.

Owns the bookkeeping. Who gets which span is decided in `values.py` and the modules it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from roundtrip.simulator.model.mentions import Kind, Mention, Reading, coordinated
from roundtrip.simulator.model.parameters import Parameter


@dataclass(frozen=True, slots=True)
class Filled:
    """A value for one parameter."""

    value: Any
    reason: str
    mention: Mention | None = None
    alternatives: tuple[Any, ...] = ()
    """Values listed beside it in the text, itself among them; empty when it stands alone."""

    firm: bool = True
    """Whether the text says so, or it is only the best there is."""


@dataclass
class TextInUse:
    """One reading, and the spans of it that are already somebody's value."""

    reading: Reading
    other_entities: frozenset[str]
    """Stems of what the offered tools' identifiers identify."""

    vocabulary: AbstractSet[str] = frozenset()
    """Stems of the tool at hand: a capital letter makes no name of them."""

    tool_name: Sequence[str] = ()
    """Stems of the tool's name."""

    about: str = ""
    """What the tool says of itself."""

    is_part: bool = False
    """Whether it is cut out of a longer text: then little said does not mean all was said."""

    taken: list[tuple[int, int]] = field(default_factory=list)

    def free(self, *kinds: Kind) -> list[Mention]:
        """The mentions of these kinds that are nobody's value yet; of a phrase, what is left."""
        found: list[Mention] = []
        for mention in self.reading.of(*kinds):
            if not mention.overlaps(self.taken):
                found.append(mention)
            elif mention.kind == "phrase":
                found += self._left_of(mention)
        return found

    def _left_of(self, phrase: Mention) -> Iterator[Mention]:
        """The runs of a phrase's words that are nobody's yet."""
        here = phrase.start
        inside = sorted(span for span in self.taken if phrase.overlaps([span]))
        for start, end in [*inside, (phrase.end, phrase.end)]:
            words = self.reading.text[here : max(here, start)]
            if len(bare := words.strip(" -,'\"")) > 1:
                begin = here + words.index(bare)
                yield Mention("phrase", begin, begin + len(bare), bare)
            here = max(here, end)

    def take(self, mention: Mention, among: Sequence[Mention], reason: str) -> Filled:
        """Give the mention away, with those listed beside it."""
        listed = coordinated(self.reading.text, among, mention)
        self.taken.extend((one.start, one.end) for one in listed)
        values = tuple(dict.fromkeys(one.value for one in listed))
        return Filled(listed[0].value, reason, listed[0], values if len(values) > 1 else ())


Finder = Callable[[Parameter, TextInUse], Filled | None]
