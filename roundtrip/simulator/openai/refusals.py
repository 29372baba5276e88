"""How OpenAI's APIs say no: status, error type, shape and headers.

Owns the form of a refusal and the wording that the APIs repeat for every field. What is refused is
decided in `chat_checks.py` and `responses_checks.py`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from roundtrip.simulator.faults import Failure
from roundtrip.simulator.identifiers import HEX, identifier
from roundtrip.simulator.refusals import Manners, Refusal
from roundtrip.wires.json_text import dump
from roundtrip.wires.sse import ServerSentEvent

_TYPES = {
    403: "request_forbidden",
    408: "timeout",
    429: "requests",
    500: "server_error",
    503: "server_error",
}
"""Status to error type, from the API's documentation of errors; all others are the request's."""

TOO_LARGE = Refusal(413, "The request body is larger than the maximum allowed size.")
_BROKEN = Refusal(500, "The server had an error while processing your request. Sorry about that!")
_OVERLOADED = Refusal(
    503, "The server is currently overloaded. Please try again later.", "server_is_overloaded"
)
_RATE_LIMIT = "Rate limit reached for requests per min (RPM): Limit 3, Used 3, Requested 1."
_RATE_LIMITED = Refusal(
    429,
    f"{_RATE_LIMIT} Please try again in 1s.",
    "rate_limit_exceeded",
    headers={
        "retry-after": "1",
        "x-ratelimit-limit-requests": "3",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1s",
    },
)
FAILURES: Mapping[Failure, Refusal] = {
    "invalid": Refusal(
        400,
        "Your input exceeds the context window of this model. Please adjust your input and try "
        "again.",
        "context_length_exceeded",
    ),
    "wrong_key": Refusal(
        401,
        "Incorrect API key provided. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        "invalid_api_key",
    ),
    "forbidden": Refusal(
        403,
        "Country, region, or territory not supported",
        "unsupported_country_region_territory",
    ),
    "unknown_model": Refusal(
        404,
        "The model `{model}` does not exist or you do not have access to it.",
        "model_not_found",
    ),
    "too_slow": Refusal(408, "The request took too long to arrive.", "request_timeout"),
    "too_large": TOO_LARGE,
    "rate_limited": _RATE_LIMITED,
    "rate_limited_silently": Refusal(429, _RATE_LIMIT, "rate_limit_exceeded"),
    "internal": _BROKEN,
    "overloaded": _OVERLOADED,
}

NO_KEY = Refusal(
    401,
    "You didn't provide an API key. You need to provide your API key in an Authorization header "
    "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). You can obtain an API key from "
    "https://platform.openai.com/account/api-keys.",
)
NO_JSON = Refusal(
    400,
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using "
    "your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was "
    "not valid JSON.)",
)
_LIMITS = {
    "x-ratelimit-limit-requests": "10000",
    "x-ratelimit-limit-tokens": "30000000",
    "x-ratelimit-remaining-requests": "9999",
    "x-ratelimit-remaining-tokens": "30000000",
    "x-ratelimit-reset-requests": "6ms",
    "x-ratelimit-reset-tokens": "0s",
}
"""There for clients that read them; the simulator has no limits."""

_SHOWN_AHEAD, _SHOWN_BEHIND = 8, 4
"""Characters of a wrong key that the API repeats; the rest are stars."""


def wrong_key(key: str) -> Refusal:
    hidden = len(key) - _SHOWN_AHEAD - _SHOWN_BEHIND
    shown = key
    if hidden > 0:
        shown = key[:_SHOWN_AHEAD] + "*" * hidden + key[-_SHOWN_BEHIND:]
    return Refusal(
        401,
        f"Incorrect API key provided: {shown}. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        "invalid_api_key",
    )


def missing(where: str) -> Refusal:
    words = f"Missing required parameter: '{where}'."
    return Refusal(400, words, "missing_required_parameter", where)


def empty_array(where: str) -> Refusal:
    words = (
        f"Invalid '{where}': empty array. Expected an array with minimum length 1, but got an "
        "empty array instead."
    )
    return Refusal(400, words, "empty_array", where)


def wrong_type(where: str, expected: str, value: Any) -> Refusal:
    words = f"Invalid type for '{where}': expected {expected}, but got {_said(value)} instead."
    return Refusal(400, words, "invalid_type", where)


def wrong_value(where: str, value: Any, supported: Iterable[str]) -> Refusal:
    *names, last = [f"'{name}'" for name in supported]
    listed = f"{', '.join(names)}, and {last}" if len(names) > 1 else " and ".join([*names, last])
    words = f"Invalid value: '{value}'. Supported values are: {listed}."
    return Refusal(400, words, "invalid_value", where)


def _said(value: Any) -> str:
    names: dict[type, str] = {bool: "a boolean", int: "an integer", float: "a decimal"}
    names |= {str: "a string", list: "an array", dict: "an object"}
    return names.get(type(value), "null")


def headers_of(request: Request) -> dict[str, str]:
    """What every response carries; the id follows from what was asked (`request.state.seed`)."""
    seed = getattr(request.state, "seed", request.url.path.encode())
    headers = {
        "x-request-id": identifier("req_", 32, seed, alphabet=HEX),
        "openai-version": "2020-10-01",
        "x-simulated-by": "roundtrip",
    }
    if (began := getattr(request.state, "began", None)) is not None:
        headers["openai-processing-ms"] = str(round((time.monotonic() - began) * 1000))
    return headers


def reply_headers_of(request: Request) -> dict[str, str]:
    return headers_of(request) | _LIMITS


def chat_failed_late(refusal: Refusal) -> ServerSentEvent:
    """A failure in a stream of Chat Completions that has begun."""
    return ServerSentEvent(dump({"error": _error(refusal)}))


def response_failed_late(refusal: Refusal, position: int) -> ServerSentEvent:
    """A failure in a stream of Responses that has begun: an event among the others."""
    told = {name: value for name, value in _error(refusal).items() if name != "type"}
    return ServerSentEvent(dump({"type": "error", **told, "sequence_number": position}), "error")


def _error(refusal: Refusal) -> dict[str, Any]:
    return {
        "message": refusal.message,
        "type": _TYPES.get(refusal.status, "invalid_request_error"),
        "param": refusal.where,
        "code": refusal.kind,
    }


def _write(request: Request, refusal: Refusal) -> Response:
    headers = headers_of(request) | dict(refusal.headers)
    return JSONResponse({"error": _error(refusal)}, refusal.status, headers=headers)


MANNERS = Manners(
    write=_write,
    no_such_path=lambda request: f"Invalid URL ({request.method} {_path(request)})",
    no_such_method=lambda request: (
        f"Not allowed to {request.method} on {_path(request)}. "
        "(HINT: Perhaps you meant to use a different HTTP method?)"
    ),
    broken=_BROKEN,
)


def _path(request: Request) -> str:
    """As the API knows it, from its version on."""
    root = request.scope.get("root_path", "")
    return "/v1" + request.url.path.removeprefix(root)
