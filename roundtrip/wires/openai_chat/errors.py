"""What the API and its imitators say when they refuse, and which of our kinds that is."""

from __future__ import annotations

from typing import Any

from roundtrip.wires.json_text import load
from roundtrip.wires.wire import WireError

KINDS = {
    "invalid_request_error": "bad_request",
    "model_not_found": "bad_request",
    "context_length_exceeded": "bad_request",
    "content_policy_violation": "bad_request",
    "content_filter": "bad_request",
    "invalid_prompt": "bad_request",
    "not_found_error": "bad_request",
    "BadRequestError": "bad_request",
    "NotFoundError": "bad_request",
    "invalid_api_key": "auth",
    "invalid_authentication": "auth",
    "authentication_error": "auth",
    "permission_error": "auth",
    "permission_denied": "auth",
    "billing_not_active": "auth",
    "rate_limit_exceeded": "rate_limit",
    "rate_limit_error": "rate_limit",
    "insufficient_quota": "rate_limit",
    "requests": "rate_limit",
    "tokens": "rate_limit",
    "server_overloaded": "overloaded",
    "engine_overloaded": "overloaded",
    "overloaded": "overloaded",
    "overloaded_error": "overloaded",
    "service_unavailable": "overloaded",
    "unavailable_error": "overloaded",
    "timeout": "timeout",
    "request_timeout": "timeout",
}
"""By the error's code or type. Source: the API's guide to error codes; the capitals are vLLM's,
`unavailable_error` is llama.cpp's. An error of another name is the server's."""

_KIND_BY_STATUS = {401: "auth", 403: "auth", 408: "timeout", 429: "rate_limit", 503: "overloaded"}
"""OpenRouter's code is an HTTP status."""


def error_words(body: str) -> tuple[str | None, str]:
    """The error's own code or type, and its message; other bodies are their own message.

    Ollama's `{"error": "…"}` and vLLM's `{"object": "error", …}` are read as well.
    """
    try:
        return _words(load(body)) or (None, body.strip())
    except ValueError:
        return None, body.strip()


def failure(reported: Any) -> WireError:
    """The failure that a body or an event reports; `reported` holds it under `error`."""
    word, message = _words(reported) or (None, "the provider reported an error without words")
    names = [word, *(value for value in _named(reported).values() if isinstance(value, str))]
    known = next((KINDS[name] for name in names if name in KINDS), None)
    return WireError(known or _kind_of_status(word), message, word)


def _kind_of_status(word: str | None) -> str:
    status = int(word) if word and word.isascii() and word.isdigit() and len(word) == 3 else 500
    return _KIND_BY_STATUS.get(status) or ("server" if status >= 500 else "bad_request")


def _named(body: Any) -> dict[str, Any]:
    """The names an error goes by: its code is more telling than its type."""
    error = body.get("error") if isinstance(body, dict) else None
    holder = error if isinstance(error, dict) else body
    if not isinstance(holder, dict):
        return {}
    return {name: holder[name] for name in ("code", "type") if holder.get(name) is not None}


def _words(body: Any) -> tuple[str | None, str] | None:
    if not isinstance(body, dict):
        return None
    error = body.get("error", body if body.get("object") == "error" else None)
    if isinstance(error, str):
        return "error", error
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        return None
    names = [value for value in _named(body).values() if isinstance(value, str | int)]
    return (str(names[0]) if names else "error"), error["message"]
