"""What the API says when it refuses, and which of our kinds that is."""

from __future__ import annotations

from typing import Any

from roundtrip.wires.json_text import load
from roundtrip.wires.wire import WireError

KINDS = {
    "INVALID_ARGUMENT": "bad_request",
    "FAILED_PRECONDITION": "bad_request",
    "OUT_OF_RANGE": "bad_request",
    "NOT_FOUND": "bad_request",
    "ALREADY_EXISTS": "bad_request",
    "UNIMPLEMENTED": "bad_request",
    "UNAUTHENTICATED": "auth",
    "PERMISSION_DENIED": "auth",
    "RESOURCE_EXHAUSTED": "rate_limit",
    "DEADLINE_EXCEEDED": "timeout",
    "UNAVAILABLE": "overloaded",
}
"""Source: google.rpc.Code. An error of another name is the server's."""

_KINDS_BY_CODE = {
    400: "bad_request",
    401: "auth",
    403: "auth",
    404: "bad_request",
    429: "rate_limit",
    503: "overloaded",
    504: "timeout",
}
_BAD_KEY = "API_KEY_INVALID"
"""A wrong key is answered with 400 INVALID_ARGUMENT; only the details tell what it is."""


def error_words(body: str) -> tuple[str | None, str]:
    """The error's status and message; a body that is no such JSON is its own message."""
    try:
        return _words(load(body)) or (None, body.strip())
    except ValueError:
        return None, body.strip()


def failure(body: dict[str, Any]) -> WireError:
    """The failure that a body or a chunk with an `error` reports."""
    status, words = _words(body) or (None, "the provider reported an error without words")
    error = body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    kind = KINDS.get(status or "") or _KINDS_BY_CODE.get(code if type(code) is int else 0)
    if _BAD_KEY in _reasons(error):
        kind = "auth"
    return WireError(kind or "server", words, status)


def _words(body: Any) -> tuple[str | None, str] | None:
    if isinstance(body, list) and len(body) == 1:  # a refused stream that is no event stream
        body = body[0]
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return None, error
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        return None
    status = error.get("status")
    return (status if isinstance(status, str) else None), error["message"]


def _reasons(error: Any) -> list[Any]:
    details = error.get("details") if isinstance(error, dict) else None
    found = details if isinstance(details, list) else []
    return [detail.get("reason") for detail in found if isinstance(detail, dict)]
