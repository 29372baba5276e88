"""How fast a reply is asked to come, by the header `x-pace`.

Owns what a pace means for one request. When which bytes leave is `pacing.py`'s.
"""

from __future__ import annotations

from dataclasses import replace

from roundtrip.simulator.simulation import Settings
from roundtrip.simulator.wishes import PACE_HEADER, PACES, REALISTIC

_SLOW_FIRST_S, _SLOW_TOKENS_PER_S = 1.0, 8.0
"""About a word every eighth of a second: a person reads along."""


def paced(settings: Settings, pace: str | None) -> Settings:
    """The settings for a request that asks for this pace; None and `realistic` leave them as the
    simulator was started. Raises ValueError with the names there are."""
    match (pace or REALISTIC).strip().lower():
        case "realistic":
            return settings
        case "slow":
            return replace(
                settings,
                seconds_to_first_token=_SLOW_FIRST_S,
                tokens_per_second=_SLOW_TOKENS_PER_S,
            )
        case "at-once":
            return replace(settings, seconds_to_first_token=0.0, tokens_per_second=0.0)
    raise ValueError(f"{PACE_HEADER}: no pace is called {pace!r}; there are {', '.join(PACES)}")
