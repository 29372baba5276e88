"""Several sets of arguments for one tool in one text.

Owns cutting "stage 7 in easy mode and stage 3 in hard mode" where the second set begins. A plain
list ("Tokyo and Oslo") is no second set: its values are listed beside one another, see
`mentions.py`. Which tool is meant is decided in `goals.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.mentions import Reading
from roundtrip.simulator.model.parts import parts_of
from roundtrip.simulator.model.values import Filling
from roundtrip.simulator.model.words import content_stems

_RESPECTIVELY = re.compile(r"\brespectively\b", re.I)
_MOST_PARTS = 24

Fill = Callable[[str], Filling]


@dataclass
class _Set:
    """The stretch of the text that one call is about."""

    start: int
    end: int
    has: set[str] = field(default_factory=set)
    """Parameters it gives."""


def sets_in(profile: Profile, reading: Reading, fill: Fill) -> tuple[str, ...]:
    """The stretches of the text, each for one call; one stretch where nothing is repeated.

    `fill`: what a stretch gives to the tool.
    """
    parts = parts_of(reading)
    if len(parts) < 2 or len(parts) > _MOST_PARTS or _RESPECTIVELY.search(reading.text):
        return (reading.text,)
    owned = _owners(fill(reading.text))
    proper = bool(reading.of("name", "quote"))
    wanted = {p.name for p in profile.parameters if p.required}
    sets: list[_Set] = []
    for one in parts:
        start, end = one.start, one.end
        part = reading.text[start:end]
        filling = fill(part)
        given = _given(filling, start, owned, proper)
        more = len(given) > 1 or one.ends_sentence or _says_more(part, filling)
        if sets and not (more and _repeats(given, sets[-1], wanted)):
            sets[-1].end = end
        else:
            sets.append(_Set(start, end))
        sets[-1].has.update(given)
    return tuple(reading.text[one.start : one.end] for one in sets)


def _owners(whole: Filling) -> dict[int, str]:
    """Where each value of the whole text begins, and whose it is."""
    return {one.mention.start: name for name, one in whole.values.items() if one.mention}


def _given(filling: Filling, start: int, owned: Mapping[int, str], proper: bool) -> list[str]:
    """The parameters a part firmly gives, but for values that the text gives to another one.

    `proper`: whether the text writes its names large; then small letters are no value.
    """
    return [
        name
        for name, filled in filling.values.items()
        if filled.firm
        and filled.mention is not None
        and (filled.mention.kind != "phrase" or not proper)
        and _is_its_own(name, owned.get(filled.mention.start + start, name), filling)
    ]


def _is_its_own(name: str, owner: str, filling: Filling) -> bool:
    """Whether a value is the parameter's and not another's, which this part does not speak of."""
    return owner == name or owner in filling.values


def _repeats(given: Sequence[str], before: _Set, wanted: set[str]) -> bool:
    """Whether a part begins another set: it gives again what the set before has, and that set
    is whole."""
    again = [name for name in given if name in before.has and name in (wanted or given)]
    return bool(again) and not set(given) & (wanted - before.has)


def _says_more(part: str, filling: Filling) -> bool:
    """Whether there is more to it than a value, which is one more of a list."""
    rest = part
    for start, end in sorted(filling.spans, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    return bool(content_stems(rest))
