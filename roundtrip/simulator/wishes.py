"""What whoever asks may wish of the simulator besides an answer, and the headers that say so.

Owns the value and its headers, both ways: the page and the command line write them, a setup keeps
them. What becomes of a wish is the simulator's (`granting.py`, `faults.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from roundtrip.simulator import faults

SCRIPT_HEADER = "x-script"

SCRIPTED_BY = "x-scripted"
"""The header of a reply that a script wrote, with the script's name."""

OCCASION_HEADER = "x-fault-occasion"
"""Any word. A fault that strikes a request once strikes it once on each occasion: thirty people who
ask the same question in the same words all see it."""

PACE_HEADER = "x-pace"

REALISTIC = "realistic"

PACES = {
    REALISTIC: "as quick as a real model",
    "slow": "slow enough to watch it being written",
    "at-once": "the whole reply at once",
}

_ONCE = "*1"


@dataclass(frozen=True)
class Wishes:
    """Empty: not wished for."""

    script: str = ""
    fault: str = ""
    once: bool = False
    """Whether the fault strikes only the first try of a request."""

    occasion: str = ""
    """What tells one question from the same question asked again, for a fault that strikes once."""

    pace: str = REALISTIC

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """As a request says them, those that say something."""
        strikes = self.fault and self.fault + (_ONCE if self.once else "")
        told = {
            SCRIPT_HEADER: self.script,
            faults.HEADER: strikes,
            OCCASION_HEADER: self.occasion if strikes and self.once else "",
            PACE_HEADER: "" if self.pace == REALISTIC else self.pace,
        }
        return tuple((name, value) for name, value in told.items() if value)

    @classmethod
    def of(cls, headers: Iterable[tuple[str, str]]) -> Wishes:
        """The inverse of `headers`; other headers are passed over."""
        told = {name.lower(): value for name, value in headers}
        fault = told.get(faults.HEADER, "")
        return cls(
            script=told.get(SCRIPT_HEADER, ""),
            fault=fault.removesuffix(_ONCE),
            once=fault.endswith(_ONCE),
            occasion=told.get(OCCASION_HEADER, ""),
            pace=told.get(PACE_HEADER, REALISTIC),
        )
