"""What OpenAI's APIs and their imitators say when they refuse, and which of our kinds that is.

Owns the words and the shapes that both wires have in common. How a wire tells that a reply failed,
and how it words a complaint of its own, is the wire's.
"""

from __future__ import annotations

from typing import Any

from roundtrip.wires.json_text import load
from roundtrip.wires.statuses import kind_of_status
from roundtrip.wires.wire import WireError

KINDS = {
    "invalid_request_error": "bad_request",
    "model_not_found": "bad_request",
    "context_length_exceeded": "bad_request",
    "content_policy_violation": "bad_request",
    "content_filter": "bad_request",
    "invalid_prompt": "bad_request",
    "data_residency_mismatch": "bad_request",
    "bio_policy": "bad_request",
    "misalignment_policy_violation": "bad_request",
    "not_found_error": "bad_request",
    "BadRequestError": "bad_request",
    "NotFoundError": "bad_request",
    "invalid_image": "bad_request",
    "invalid_image_format": "bad_request",
    "invalid_base64_image": "bad_request",
    "invalid_image_url": "bad_request",
    "invalid_image_mode": "bad_request",
    "image_too_large": "bad_request",
    "image_too_small": "bad_request",
    "image_parse_error": "bad_request",
    "image_content_policy_violation": "bad_request",
    "image_file_too_large": "bad_request",
    "image_file_not_found": "bad_request",
    "unsupported_image_media_type": "bad_request",
    "empty_image_file": "bad_request",
    "failed_to_download_image": "bad_request",
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
    "server_is_overloaded": "overloaded",
    "server_overloaded": "overloaded",
    "engine_overloaded": "overloaded",
    "overloaded": "overloaded",
    "overloaded_error": "overloaded",
    "slow_down": "overloaded",
    "service_unavailable": "overloaded",
    "service_unavailable_error": "overloaded",
    "unavailable_error": "overloaded",
    "timeout": "timeout",
    "request_timeout": "timeout",
    "vector_store_timeout": "timeout",
    "server_error": "server",
    "internal_error": "server",
}
"""By the error's code or type. Source: the API's guide to error codes, and the codes the SDK lists
for a response's error; the capitals are vLLM's, `unavailable_error` is llama.cpp's. An error of
another name is the server's."""

WORDLESS = "the provider reported an error without words"


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
    word, message = _words(reported) or (None, WORDLESS)
    known = next((KINDS[name] for name in _names(reported) if name in KINDS), None)
    return WireError(known or _kind_of_number(word), message, word)


def _kind_of_number(word: str | None) -> str:
    """OpenRouter's code is an HTTP status; an error of any other name is the server's."""
    is_status = word is not None and word.isascii() and word.isdigit() and len(word) == 3
    return kind_of_status(int(word or "") if is_status else 500)


def _names(body: Any) -> list[str]:
    """The names an error goes by: its code is more telling than its type."""
    error = body.get("error") if isinstance(body, dict) else None
    holder = error if isinstance(error, dict) else body
    told = [holder.get(name) for name in ("code", "type")] if isinstance(holder, dict) else []
    return [str(name) for name in told if isinstance(name, str | int) and name != ""]


def _words(body: Any) -> tuple[str | None, str] | None:
    if not isinstance(body, dict):
        return None
    error = body.get("error", body if body.get("object") == "error" else None)
    if isinstance(error, str):
        return "error", error
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        return None
    return next(iter(_names(body)), "error"), error["message"]
