"""How the Messages API says no: status, error type, shape and headers.

Owns the form of a refusal. What is refused is decided in `app.py` and
`checks.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from roundtrip.simulator.faults import Failure
from roundtrip.simulator.identifiers import identifier
from roundtrip.simulator.refusals import Manners, Refusal, without_header
from roundtrip.wires.json_text import dump
from roundtrip.wires.sse import ServerSentEvent

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    408: "timeout_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}
"""Status to error type, from the API's documentation of errors."""

TOO_LARGE = Refusal(413, "Request exceeds the maximum allowed number of bytes.")
_BROKEN = Refusal(500, "Internal server error")
_OVERLOADED = Refusal(529, "Overloaded")
_RATE_LIMITED = Refusal(
    429,
    "This request would exceed your account's rate limit. Please try again later.",
    headers={
        "retry-after": "1",
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "0",
    },
)

FAILURES: Mapping[Failure, Refusal] = {
    "invalid": Refusal(400, "prompt is too long: 208310 tokens > 200000 maximum"),
    "wrong_key": Refusal(401, "invalid x-api-key"),
    "forbidden": Refusal(
        403, "Your API key does not have permission to use the specified resource."
    ),
    "unknown_model": Refusal(404, "model: {model}"),
    "too_slow": Refusal(408, "The request took too long to arrive."),
    "too_large": TOO_LARGE,
    "rate_limited": _RATE_LIMITED,
    "rate_limited_silently": without_header(_RATE_LIMITED, "retry-after"),
    "internal": _BROKEN,
    "overloaded": _OVERLOADED,
}


def headers_of(request: Request) -> dict[str, str]:
    """What every response carries; the id follows from what was asked (`request.state.seed`)."""
    seed = getattr(request.state, "seed", request.url.path.encode())
    return {
        "request-id": identifier("req_011C", 20, seed),
        "x-simulated-by": "roundtrip",
    }


def failed_late(refusal: Refusal) -> ServerSentEvent:
    """A failure in a stream that has begun."""
    return ServerSentEvent(dump(_error(refusal)), "error")


def _error(refusal: Refusal) -> dict[str, Any]:
    kind = refusal.kind or _TYPES.get(refusal.status, "invalid_request_error")
    told: dict[str, Any] = {"type": kind, "message": refusal.message}
    if refusal.details:
        told["details"] = refusal.details[0]
    return {"type": "error", "error": told}


_LIMITS = {"requests": 4_000, "tokens": 4_800_000}
_LIMITS |= {"input-tokens": 4_000_000, "output-tokens": 800_000}
"""There for clients that read them; the simulator has no limits."""


def reply_headers_of(request: Request) -> dict[str, str]:
    """What a reply carries: how much more may be asked, as if it were the first in a while."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = headers_of(request)
    for of, limit in _LIMITS.items():
        left = limit - 1 if of == "requests" else limit
        told = {"limit": str(limit), "remaining": str(left), "reset": now}
        headers |= {f"anthropic-ratelimit-{of}-{name}": value for name, value in told.items()}
    return headers


def _write(request: Request, refusal: Refusal) -> Response:
    ours = headers_of(request)
    status = refusal.status
    retry = "true" if status in (408, 429) or status >= 500 else "false"
    content = _error(refusal) | {"request_id": ours["request-id"]}
    headers = ours | {"x-should-retry": retry} | dict(refusal.headers)
    return JSONResponse(content, status, headers=headers)


MANNERS = Manners(
    write=_write,
    no_such_path=lambda request: "Not Found",
    no_such_method=lambda request: "Method Not Allowed",
    broken=_BROKEN,
)
