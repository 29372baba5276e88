"""Which of several finds goes to which of several takers, all at once.

Owns the pairing alone. How much a find is worth to a taker is decided by who asks: numbers in
`quantities.py`, names in `naming.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

_PASSES = 4
_WORTH_IT = 0.15
"""What an exchange must gain: ties stay in reading order."""

REQUIRED = 3.0
"""What it is worth that a required parameter has something, beside how well that fits."""

Gains = Sequence[Sequence[float]]
"""For each taker, what each find is worth to it; nothing at or below 0 is given."""


def paired(gains: Gains) -> dict[int, int]:
    """The find of each taker that gets one, by their places: the greatest worth in all.

    Best pair first, ties in order; then whatever exchange of two still gains is made.
    """
    pairs = sorted(
        (-round(gain, 1), find, taker)
        for taker, row in enumerate(gains)
        for find, gain in enumerate(row)
        if gain > 0
    )
    given: dict[int, int] = {}
    for _, find, taker in pairs:
        if taker not in given and find not in given.values():
            given[taker] = find
    for _ in range(_PASSES):
        if not _exchanged(given, gains):
            break
    return given


def _exchanged(given: dict[int, int], gains: Gains) -> bool:
    """Whether a taker that got another's find, who takes the next best, made both worth more."""
    better = False
    for one in range(len(gains)):
        for other in range(len(gains)):
            wanted = given.get(other)
            if one == other or wanted is None or gains[one][wanted] <= 0:
                continue
            held = given.get(one)
            rest = _best_of(
                gains[other], {*_free(given, gains), *([held] if held is not None else [])}
            )
            now = _worth(gains[one], held) + _worth(gains[other], wanted)
            then = gains[one][wanted] + _worth(gains[other], rest)
            if then > now + _WORTH_IT:
                better = True
                given[one] = wanted
                if rest is None:
                    del given[other]
                else:
                    given[other] = rest
    return better


def _free(given: dict[int, int], gains: Gains) -> set[int]:
    return set(range(len(gains[0]))) - set(given.values())


def _best_of(row: Sequence[float], finds: set[int]) -> int | None:
    worth = [(row[find], -find) for find in finds if row[find] > 0]
    return -max(worth)[1] if worth else None


def _worth(row: Sequence[float], find: int | None) -> float:
    return 0.0 if find is None else row[find]
