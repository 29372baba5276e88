"""Failures on request, so that error handling can be learned and tested.

Owns the list of faults, the two ways to ask for one, and how often it strikes. Does not own how an
API words a failure, what a model says wrongly (`odd_replies.py`), how a reply's bytes are spoiled
(`broken_replies.py`) or withheld (`pacing.py`).

A request asks by the header `x-fault: NAME` or by the end of its model's name, `sim-large+NAME`;
the header counts where there are both. `NAME` strikes every time. `NAME*N` strikes the first N
times that this very request comes, then no more: a client that tries again gets through.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

HEADER = "x-fault"

SEPARATOR = "+"
"""Stands in no provider's model names, and in a URL as it is (Gemini's model is part of one)."""

KINDS: dict[str, dict[str, str]] = {
    "refusals": {
        "400": "the request is called invalid",
        "401": "the key is called wrong",
        "403": "the key may not do this",
        "404": "the model is said not to exist",
        "408": "the request is said to have taken too long",
        "413": "the request is called too large",
        "429": "rate limited, with retry-after: 1",
        "429-no-retry-after": "rate limited, and not said for how long",
        "500": "the API's own internal error",
        "503": "overloaded",
        "529": "overloaded; each API answers either number with the one it uses itself",
    },
    "broken connections": {
        "refused": "nobody listens at the address",
        "reset": "the connection is reset before a byte of the reply",
        "reset-midway": "the connection is reset in the middle of the reply",
        "cut": "the connection closes in the middle of the reply",
        "stall": "the reply begins, then nothing more comes",
        "drip": "the reply comes whole, a few bytes at a time",
    },
    "broken replies": {
        "no-finish": "the reply ends well and never says that it is finished",
        "html": "a web page comes in place of the reply",
        "bad-chunk": "JSON breaks off in the middle of the reply",
        "error-event": "after status 200 and some words, the API says that it has failed",
    },
    "odd replies": {
        "bad-arguments": "the arguments of a call are no JSON",
        "unknown-tool": "the call names a tool that was not offered",
        "missing-argument": "the call lacks an argument that is required",
        "wrong-type": "an argument of the call has the wrong type",
        "duplicate-ids": "two calls have the same id",
        "empty-arguments": "the call has no arguments at all",
        "cut-arguments": "the output cap strikes in the middle of the arguments",
        "refuse": "the model declines: stop signal refusal, no content",
        "pause": "the model pauses once and wants to be sent on; one API has that, others say so",
        "same-call": "the model asks for the same call again, whatever comes back",
        "obey-injection": "the model does what a tool's result tells it to do",
    },
}
"""What may be asked for, by where it shows: each name with one line of what it is."""

NAMES = {name: words for kind in KINDS.values() for name, words in kind.items()}

Failure = Literal[
    "invalid",
    "wrong_key",
    "forbidden",
    "unknown_model",
    "too_slow",
    "too_large",
    "rate_limited",
    "rate_limited_silently",
    "internal",
    "overloaded",
]

_FAILURES: dict[str, Failure] = {
    "400": "invalid",
    "401": "wrong_key",
    "403": "forbidden",
    "404": "unknown_model",
    "408": "too_slow",
    "413": "too_large",
    "429": "rate_limited",
    "429-no-retry-after": "rate_limited_silently",
    "500": "internal",
    "503": "overloaded",
    "529": "overloaded",
}

_SPELLING = re.compile(r"(?P<name>[a-z0-9-]+)(?:\*(?P<times>[1-9][0-9]{0,3}))?")
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


REFUSED = Fault("refused")
"""The one that a server cannot commit itself: see `thread.py`."""


def fault_asked_for(header: str | None, model: object = None) -> Fault | None:
    """The fault that a header's value names, or the end of a model's name.

    Raises ValueError with the names there are.
    """
    if header:
        return _fault_named(header.strip(), HEADER)
    _, asked, name = model.partition(SEPARATOR) if isinstance(model, str) else ("", "", "")
    return _fault_named(name, f"model {model!r}") if asked else None


def _fault_named(spelled: str, where: str) -> Fault:
    match = _SPELLING.fullmatch(spelled.lower())
    if match is None or match["name"] not in NAMES:
        raise ValueError(
            f"{where}: no fault is called {spelled!r}; there are {', '.join(NAMES)}, "
            f"each also as NAME*N to strike the first N times only"
        )
    return Fault(match["name"], int(match["times"]) if match["times"] else None)


def without_fault(model: str) -> str:
    """The model's name without what it asks for."""
    return model.partition(SEPARATOR)[0]


class FaultMemory:
    """How often each counted fault has struck each request. Thread-safe."""

    def __init__(self) -> None:
        self._struck: OrderedDict[tuple[Fault, bytes], int] = OrderedDict()
        self._lock = threading.Lock()

    def strikes(self, fault: Fault, body: bytes) -> bool:
        """Whether it strikes this time; counts the strike."""
        if fault.times is None:
            return True
        request = (fault, hashlib.sha256(body).digest())
        with self._lock:
            struck = self._struck.get(request, 0)
            if struck >= fault.times:
                return False
            self._struck[request] = struck + 1
            if len(self._struck) > _REMEMBERED:
                self._struck.popitem(last=False)
        return True
