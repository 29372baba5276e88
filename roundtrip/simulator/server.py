"""The simulator as one ASGI app: every simulated API below its own path, and two side doors.

Owns the addresses. Runs alone (`__main__.py`, `thread.py`) and mounted in another app alike.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route

from roundtrip import tokens
from roundtrip.simulator.anthropic import anthropic_app
from roundtrip.simulator.gemini import gemini_app
from roundtrip.simulator.openai import openai_app
from roundtrip.simulator.simulation import Settings, Simulation

__all__ = ["BASES", "DEFAULTS", "SIMULATOR_PATHS", "Settings", "simulator_app"]

DEFAULTS = Settings()

BASES: dict[str, tuple[str, Callable[[Simulation], Starlette]]] = {
    "Anthropic": ("/anthropic", anthropic_app),
    "OpenAI": ("/openai/v1", openai_app),
    "Google": ("/gemini", gemini_app),
}
"""Each SDK's base URL below the simulator's root, and what answers there."""


SIMULATOR_PATHS = {
    "anthropic": "/anthropic",
    "openai-chat": "/openai/v1",
    "openai-responses": "/openai/v1",
    "gemini": "/gemini",
}
"""What each wire's SDK takes as its base URL, below the simulator's root."""


def simulator_app(settings: Settings = DEFAULTS, *, decisions: bool = True) -> Starlette:
    """The whole simulator. Base URLs for the SDKs: `BASES` below where this is mounted.

    `GET /health` says ok; `GET /decisions/{reply id}` tells why a reply is what it is: to whoever
    asks, so a server of many owners leaves it out (`decisions=False`).
    """
    simulation = Simulation(settings)
    tokens.load_in_background()

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def decision(request: Request) -> JSONResponse:
        reply_id = request.path_params["reply_id"]
        found = simulation.decisions.of(reply_id)
        if found is None:
            return JSONResponse({"error": f"no decision is remembered for {reply_id}"}, 404)
        return JSONResponse(_plain(found))

    routes: list[BaseRoute] = [
        Route("/health", health),
        *(Mount(base, app(simulation)) for base, app in BASES.values()),
    ]
    if decisions:
        routes.append(Route("/decisions/{reply_id}", decision))
    return Starlette(routes=routes)


def _plain(decision: Any) -> Any:
    if isinstance(decision, BaseModel):
        return decision.model_dump(mode="json")
    if dataclasses.is_dataclass(decision) and not isinstance(decision, type):
        return dataclasses.asdict(decision)
    return decision
