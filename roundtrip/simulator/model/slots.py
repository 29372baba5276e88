"""A value for a parameter, and a text whose spans are given away one by one.

Owns the bookkeeping. Who gets which span is decided in `values.py` and the modules it uses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    taken: list[tuple[int, int]] = field(default_factory=list)

    def free(self, *kinds: Kind) -> list[Mention]:
        """The mentions of these kinds that are nobody's value yet."""
        return [m for m in self.reading.of(*kinds) if not m.overlaps(self.taken)]

    def take(self, mention: Mention, among: Sequence[Mention], reason: str) -> Filled:
        """Give the mention away, with those listed beside it."""
        listed = coordinated(self.reading.text, among, mention)
        self.taken.extend((one.start, one.end) for one in listed)
        values = tuple(dict.fromkeys(one.value for one in listed))
        return Filled(listed[0].value, reason, listed[0], values if len(values) > 1 else ())


Finder = Callable[[Parameter, TextInUse], Filled | None]
