"""An API's answer that is not a reply, and where such answers come from.

Owns the value that is raised and the three ways to an answer of that kind: a rule that was broken,
an address that is not there, a fault of the simulator's own. Status words, JSON shape and headers
are each API's own (each `refusals.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass(frozen=True)
class Refusal:
    """What is wrong, before an API has put it in its own shape."""

    status: int
    message: str
    kind: str | None = None
    """The API's own word, e.g. `model_not_found`, where the status does not settle it."""

    where: str | None = None
    """The field that is at fault, where the API names it."""

    details: tuple[Any, ...] = ()
    """What else the API says in JSON."""

    headers: Mapping[str, str] = field(default_factory=dict)


def without_header(refusal: Refusal, name: str) -> Refusal:
    """The same, but for this header."""
    rest = {said: value for said, value in refusal.headers.items() if said != name}
    return replace(refusal, headers=rest)


class Refused(Exception):
    """Raised by what reads a request; answered by the app it was sent to."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


@dataclass(frozen=True)
class Manners:
    """How an API says no."""

    write: Callable[[Request, Refusal], Response]
    no_such_path: Callable[[Request], str]
    no_such_method: Callable[[Request], str]
    broken: Refusal
    """For a fault of the simulator's own."""


def api_app(routes: list[Route], manners: Manners) -> Starlette:
    """An API's ASGI app, whose wrong paths and breakages have its shape too."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        return manners.write(request, error.refusal)

    async def no_such_route(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        known = {404: manners.no_such_path, 405: manners.no_such_method}
        words = known[error.status_code](request) if error.status_code in known else error.detail
        refusal = Refusal(error.status_code, words, headers=dict(error.headers or {}))
        return manners.write(request, refusal)

    async def broken(request: Request, error: Exception) -> Response:
        return manners.write(request, manners.broken)

    return Starlette(
        routes=routes,
        exception_handlers={Refused: refused, HTTPException: no_such_route, Exception: broken},
    )
