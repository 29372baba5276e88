"""How Gemini's API says no: status, status word, details and headers.

Owns the form of a refusal. What is refused is decided in `fields.py` and `checks.py`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from roundtrip.simulator.faults import Failure
from roundtrip.simulator.refusals import Manners, Refusal
from roundtrip.wires.json_text import dump
from roundtrip.wires.sse import ServerSentEvent

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
"""HTTP status to the API's word, from google.rpc.Code."""

JSON_TYPE = "application/json; charset=UTF-8"

_GOOGLE = "type.googleapis.com/google.rpc."

NO_SUCH_MODEL = (
    "is not found for API version {version}, or is not supported for generateContent. Call "
    "ListModels to see the list of available models and their supported methods."
)
TOO_LARGE = Refusal(413, "Request payload size exceeds the limit.")
_BROKEN = Refusal(500, "An internal error has occurred. Please retry.")
_OVERLOADED = Refusal(503, "The model is overloaded. Please try again later.")
_QUOTA = "You exceeded your current quota, please check your plan."
_QUOTA_FAILURE = {
    "@type": f"{_GOOGLE}QuotaFailure",
    "violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}],
}
_RATE_LIMITED = Refusal(
    429,
    f"{_QUOTA} Please retry in 1s.",
    details=(_QUOTA_FAILURE, {"@type": f"{_GOOGLE}RetryInfo", "retryDelay": "1s"}),
    headers={"retry-after": "1"},
)
FAILURES: Mapping[Failure, Refusal] = {
    "invalid": Refusal(
        400,
        "The input token count (1204311) exceeds the maximum number of tokens allowed (1048576).",
    ),
    "wrong_key": Refusal(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login "
        "cookie or other valid authentication credential.",
    ),
    "forbidden": Refusal(403, "The caller does not have permission"),
    "unknown_model": Refusal(404, f"models/{{model}} {NO_SUCH_MODEL.format(version='v1beta')}"),
    "too_slow": Refusal(408, "The request took too long to arrive."),
    "too_large": TOO_LARGE,
    "rate_limited": _RATE_LIMITED,
    "rate_limited_silently": Refusal(429, _QUOTA, details=(_QUOTA_FAILURE,)),
    "internal": _BROKEN,
    "overloaded": _OVERLOADED,
}

NO_KEY = Refusal(
    403,
    "Method doesn't allow unregistered callers (callers without established identity). Please use "
    "API Key or other form of API consumer identity to call this API.",
)
_WRONG_KEY_WORDS = "API key not valid. Please pass a valid API key."
WRONG_KEY = Refusal(
    400,
    _WRONG_KEY_WORDS,
    details=(
        {
            "@type": f"{_GOOGLE}ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        },
        {"@type": f"{_GOOGLE}LocalizedMessage", "locale": "en-US", "message": _WRONG_KEY_WORDS},
    ),
)


def field_violations(violations: list[tuple[str, str]]) -> Refusal:
    """Fields that the API cannot read, as (field, description): all are told at once."""
    listed = [
        {"field": field, "description": words} if field else {"description": words}
        for field, words in violations
    ]
    details = ({"@type": f"{_GOOGLE}BadRequest", "fieldViolations": listed},)
    return Refusal(400, "\n".join(words for _, words in violations), details=details)


def headers_of(request: Request) -> dict[str, str]:
    """What every response carries."""
    headers = {"x-simulated-by": "roundtrip"}
    if (began := getattr(request.state, "began", None)) is not None:
        milliseconds = round((time.monotonic() - began) * 1000)
        headers["server-timing"] = f"gfet4t7; dur={milliseconds}"
    return headers


def failed_late(refusal: Refusal) -> ServerSentEvent:
    """A failure in a stream that has begun."""
    return ServerSentEvent(dump(_error(refusal)))


def _error(refusal: Refusal) -> dict[str, Any]:
    error: dict[str, Any] = {
        "code": refusal.status,
        "message": refusal.message,
        "status": refusal.kind or _STATUSES.get(refusal.status, "UNKNOWN"),
    }
    return {"error": error | ({"details": list(refusal.details)} if refusal.details else {})}


def _write(request: Request, refusal: Refusal) -> Response:
    content: Any = _error(refusal)
    if request.url.path.endswith(":streamGenerateContent") and (
        request.query_params.get("alt") != "sse"
    ):
        content = [content]  # the API streams an array there, of errors too
    headers = headers_of(request) | {"content-type": JSON_TYPE} | dict(refusal.headers)
    return JSONResponse(content, refusal.status, headers=headers)


MANNERS = Manners(
    write=_write,
    no_such_path=lambda request: "Requested entity was not found.",
    no_such_method=lambda request: f"The method {request.method} is not allowed here.",
    broken=_BROKEN,
)
