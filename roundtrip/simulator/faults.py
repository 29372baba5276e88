"""Failures on request, so that error handling can be learned and tested.

Owns the `x-fault` header: what may be asked for, and how often it strikes. Does not own how an
API words a failure, nor how bytes are withheld (`pacing.py`).

`x-fault: NAME` strikes every time. `x-fault: NAME*N` strikes the first N times that this header
comes with this body, then no more: a client that tries again gets through.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

HEADER = "x-fault"

NAMES = {
    "429": "rate limited, with retry-after: 1",
    "500": "the API's own internal error",
    "503": "overloaded",
    "529": "overloaded; each API answers either number with the one it uses itself",
    "cut": "the connection closes in the middle of the reply",
    "stall": "the reply begins, then nothing more comes",
    "refuse": "the model declines: stop signal refusal, no content",
}

Failure = Literal["rate_limited", "internal", "overloaded"]

_FAILURES: dict[str, Failure] = {
    "429": "rate_limited",
    "500": "internal",
    "503": "overloaded",
    "529": "overloaded",
}

_SPELLING = re.compile(r"(?P<name>[a-z0-9]+)(?:\*(?P<times>[1-9][0-9]{0,3}))?")
_REMEMBERED = 10_000
"""Counted requests; beyond it the oldest count starts anew, which only repeats a fault."""


@dataclass(frozen=True)
class Fault:
    name: str
    """One of `NAMES`."""

    times: int | None = None
    """How often it strikes one and the same request; None: always."""

    @property
    def failure(self) -> Failure | None:
        """The refusal it is, where it is one."""
        return _FAILURES.get(self.name)


def fault_asked_for(header: str | None) -> Fault | None:
    """The fault a header's value names. Raises ValueError with the names there are."""
    if not header:
        return None
    match = _SPELLING.fullmatch(header.strip().lower())
    if match is None or match["name"] not in NAMES:
        raise ValueError(
            f"{HEADER}: no fault is called {header!r}; there are {', '.join(NAMES)}, "
            f"each also as NAME*N to strike the first N times only"
        )
    return Fault(match["name"], int(match["times"]) if match["times"] else None)


class FaultMemory:
    """How often each counted fault has struck each request."""

    def __init__(self) -> None:
        self._struck: OrderedDict[tuple[Fault, bytes], int] = OrderedDict()

    def strikes(self, fault: Fault, body: bytes) -> bool:
        """Whether it strikes this time; counts the strike."""
        if fault.times is None:
            return True
        request = (fault, hashlib.sha256(body).digest())
        struck = self._struck.get(request, 0)
        if struck >= fault.times:
            return False
        self._struck[request] = struck + 1
        if len(self._struck) > _REMEMBERED:
            self._struck.popitem(last=False)
        return True
