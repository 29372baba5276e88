"""What the API says when it refuses, and which of our kinds that is."""

from __future__ import annotations

from typing import Any

from roundtrip.wires.json_text import load
from roundtrip.wires.wire import WireError

KINDS = {
    "invalid_request_error": "bad_request",
    "authentication_error": "auth",
    "billing_error": "auth",
    "permission_error": "auth",
    "not_found_error": "bad_request",
    "conflict_error": "bad_request",
    "request_too_large": "bad_request",
    "rate_limit_error": "rate_limit",
    "timeout_error": "timeout",
    "api_error": "server",
    "overloaded_error": "overloaded",
}
"""Source: the API's errors page. An error of another name is the server's."""


def error_words(body: str) -> tuple[str | None, str]:
    """The error's type and message; a body that is no such JSON is its own message."""
    try:
        return _words(load(body)) or (None, body.strip())
    except ValueError:
        return None, body.strip()


def failure(message: dict[str, Any]) -> WireError:
    """The failure that a body or event of the type `error` reports."""
    kind, words = _words(message) or (None, "the provider reported an error without words")
    return WireError(KINDS.get(kind or "", "server"), words, kind)


def _words(body: Any) -> tuple[str | None, str] | None:
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return None, error
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        return None
    kind = error.get("type")
    return (kind if isinstance(kind, str) else None), error["message"]
