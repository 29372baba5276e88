"""How the Messages API says no: status, error type, shape and headers.

Owns the form of a refusal. What is refused is decided in `anthropic_api.py` and
`anthropic_checks.py`.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from roundtrip.simulator.identifiers import identifier

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    405: "invalid_request_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}
"""Status to error type, from the API's documentation of errors."""


class Refused(Exception):
    """The API's answer that is not a reply."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def headers_of(request: Request) -> dict[str, str]:
    """What every response carries; the id follows from what was asked (`request.state.seed`)."""
    seed = getattr(request.state, "seed", request.url.path.encode())
    return {
        "request-id": identifier("req_011C", 20, seed),
        "x-simulated-by": "roundtrip",
    }


def _error(
    request: Request, status: int, message: str, headers: dict[str, str] | None = None
) -> Response:
    ours = headers_of(request)
    retry = "true" if status == 429 or status >= 500 else "false"
    content = {
        "type": "error",
        "error": {"type": _TYPES.get(status, "invalid_request_error"), "message": message},
        "request_id": ours["request-id"],
    }
    return JSONResponse(content, status, headers=ours | {"x-should-retry": retry} | (headers or {}))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return _error(request, error.status, error.message, error.headers)


async def _no_such_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = {404: "Not Found", 405: "Method Not Allowed"}
    allowed = dict(error.headers or {})
    return _error(request, error.status_code, words.get(error.status_code, error.detail), allowed)


async def _broken(request: Request, error: Exception) -> Response:
    return _error(request, 500, "Internal server error")


EXCEPTION_HANDLERS = {Refused: _refused, HTTPException: _no_such_route, Exception: _broken}
"""For the API's own ASGI app, so that its wrong paths and breakages have its shape too."""
