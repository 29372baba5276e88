"""What to do about a call that failed: say it again, say it better, or let it be.

Owns judging a tool's error words. At most one repeat and one correction a call: a model that
does not give up burns its owner's money.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from roundtrip.simulator.model.history import Outcome, given
from roundtrip.simulator.model.words import plain

_PASSING = re.compile(
    r"try again|retry|temporar|timed? ?out|unavailable|overload|too many requests|rate limit|busy",
    re.I,
)
_OFFERS = re.compile(
    r"\b(?:did you mean|one of|valid (?:\w+ )*(?:are|is)|known (?:\w+ )*(?:are|is|include)|allowed"
    r"|available|closest|similar|options?|choose from|could be|expected|supported)\b"
    r"[^:\"'\w]*[:]?\s*(.+)",
    re.I | re.S,
)
_CLOSE_ENOUGH = 0.75
"""A corrected value must look like what was meant; anything less is inventing
one: Tokio is Tokyo, but Bergen is not Berlin."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """The next call to make for something wanted."""

    arguments: dict[str, Any]
    reason: str | None
    """Why it differs from, or repeats, what was tried; None the first time."""


def next_attempt(
    tool: str, arguments: Mapping[str, Any], outcomes: Sequence[Outcome]
) -> Attempt | None:
    """The call to make now, or None when it has been made and nothing better can be tried."""
    tried = _made(tool, arguments, outcomes)
    if not tried:
        return Attempt(dict(arguments), None)
    error = tried[-1].error
    if error is None:
        return None
    if _PASSING.search(error):
        repeat = Attempt(dict(arguments), f'it said "{error}", so I ask once more')
        return repeat if len(tried) == 1 else None
    better = corrected(arguments, error)
    if better is None or _made(tool, better, outcomes):
        return None
    return Attempt(better, f'it said "{error}", so I correct the value')


def _made(tool: str, arguments: Mapping[str, Any], outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [o for o in outcomes if o.call.name == tool and o.arguments == given(arguments)]


def corrected(arguments: Mapping[str, Any], error: str) -> dict[str, Any] | None:
    """The arguments with the value the error offers for one of them; None where it offers none."""
    offered = _OFFERS.search(error)
    if not offered:
        return None
    quoted = re.findall(r"[\"'“‘`]([^\"'”’`]+)[\"'”’`]", offered[1])
    listed = re.split(r",\s*|\s+(?:or|and)\s+|[;?.]\s*", offered[1])
    choices = [choice.strip(" .?!()\n") for choice in quoted or listed]
    best: tuple[float, str, str] | None = None
    for name, value in arguments.items():
        if not isinstance(value, str):
            continue
        for choice in choices:
            choice, meaning = _meaning(choice)
            close = max(_likeness(value, choice), float(plain(value) == plain(meaning)))
            if value != choice and close >= _CLOSE_ENOUGH and (not best or close > best[0]):
                best = (close, name, choice)
    return {**arguments, best[1]: best[2]} if best else None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, plain(one), plain(other)).ratio()


def _meaning(choice: str) -> tuple[str, str]:
    """What an offered value stands for: `AAPL (Apple)` for Apple, `Asia/Tokyo` for Tokyo."""
    if explained := re.fullmatch(r"(\S+)\s*\((.+?)\)?", choice):
        return explained[1], explained[2]
    return choice, choice.rpartition("/")[2].replace("_", " ")
