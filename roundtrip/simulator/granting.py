"""What of a request's wishes comes true: its script, its pace, and the mark on a scripted reply.

Owns reading them from a request and refusing what there is not. What they are called is
`wishes.py`'s, what a pace means `paces.py`'s; failures are `faults.py`'s.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from roundtrip.conversation import Conversation
from roundtrip.simulator import paces
from roundtrip.simulator.refusals import Refusal, Refused
from roundtrip.simulator.scripts import Script, Scripted, ScriptedDecision, play
from roundtrip.simulator.scripts.values import NoSuchValue
from roundtrip.simulator.simulation import Settings, Simulation
from roundtrip.simulator.wishes import (
    OCCASION_HEADER,
    PACE_HEADER,
    SCRIPT_HEADER,
    SCRIPTED_BY,
)


def script_of(request: Request, simulation: Simulation) -> Script | None:
    """The script a request asks for. Raises `Refused` with the names there are."""
    name = script_asked_for(request)
    if not name:
        return None
    scripts = simulation.scripts
    if name not in scripts:
        listed = ", ".join(scripts)
        words = f"{SCRIPT_HEADER}: no script is called {name!r}; there are {listed}"
        raise Refused(Refusal(400, words))
    return scripts[name]


def script_asked_for(request: Request) -> str:
    """Its name; empty where none is."""
    return request.headers.get(SCRIPT_HEADER, "").strip()


def says(script: Script | None, conversation: Conversation) -> Scripted | None:
    """What the script says now; None where the model is to answer. Raises `Refused`."""
    if script is None:
        return None
    try:
        return play(script, conversation)
    except NoSuchValue as error:
        raise Refused(Refusal(400, str(error))) from None


def mark(decision: Any) -> dict[str, str]:
    """The headers that say who wrote a reply, where it was a script."""
    return {SCRIPTED_BY: decision.script} if isinstance(decision, ScriptedDecision) else {}


def pace_of(request: Request, simulation: Simulation) -> Settings:
    """The settings, at the pace the request asks for. Raises `Refused` with the names there are."""
    try:
        return paces.paced(simulation.settings, request.headers.get(PACE_HEADER))
    except ValueError as error:
        raise Refused(Refusal(400, str(error))) from None


def occasion(request: Request) -> bytes:
    """What tells this request from the same one at another time, as far as that is said."""
    return request.headers.get(OCCASION_HEADER, "").encode()
