"""What the API says when it refuses, which of our kinds that is, and complaints in its words."""

from __future__ import annotations

import re
from typing import Any

from roundtrip.wires.json_text import KINDS as KIND_NAMES
from roundtrip.wires.json_text import Misshapen, load
from roundtrip.wires.wire import WireError

KINDS = {
    "invalid_api_key": "auth",
    "authentication_error": "auth",
    "permission_error": "auth",
    "insufficient_quota": "rate_limit",
    "rate_limit_exceeded": "rate_limit",
    "rate_limit_error": "rate_limit",
    "requests": "rate_limit",
    "tokens": "rate_limit",
    "server_error": "server",
    "internal_error": "server",
    "server_is_overloaded": "overloaded",
    "slow_down": "overloaded",
    "service_unavailable_error": "overloaded",
    "timeout": "timeout",
    "vector_store_timeout": "timeout",
    "invalid_request_error": "bad_request",
    "invalid_prompt": "bad_request",
    "model_not_found": "bad_request",
    "context_length_exceeded": "bad_request",
    "data_residency_mismatch": "bad_request",
}
"""By code, else by type. Source: the API's error codes page, and the codes the SDK lists for a
response's error; what these say of images is a bad request too, see `failure`."""

MISSING = ": Field required"
OF_TYPE = re.compile(r"(?P<path>.*): Input should be a valid (?P<kind>\w+)")
TYPES = {
    "null": "null",
    "string": "a string",
    "dictionary": "an object",
    "list": "an array",
    "integer": "an integer",
    "boolean": "a boolean",
    "number": "a decimal",
}


def error_words(body: str) -> tuple[str | None, str]:
    """The error's code (its type where it has none) and message; a body that is no such JSON is
    its own message."""
    try:
        return _words(load(body)) or (None, body.strip())
    except ValueError:
        return None, body.strip()


def failure(told: dict[str, Any]) -> WireError:
    """The failure that a body with an `error`, or an event of the type `error`, reports."""
    error = told.get("error")
    flat = error is None and isinstance(told.get("message"), str)
    code, words = _words({"error": told | {"type": None}} if flat else told) or (
        None,
        "the provider reported an error without words",
    )
    kind = error.get("type") if isinstance(error, dict) else None
    return WireError(_kind(code, kind), words, code)


def _kind(code: str | None, kind: Any) -> str:
    if code is not None and "image" in code:
        return "bad_request"
    return KINDS.get(code or "") or KINDS.get(kind if isinstance(kind, str) else "") or "server"


def _words(body: Any) -> tuple[str | None, str] | None:
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return None, error
    if not isinstance(error, dict) or not isinstance(error.get("message"), str):
        return None
    said = [error.get("code"), error.get("type")]
    return next((word for word in said if isinstance(word, str) and word), None), error["message"]


def complaint(problem: Misshapen, body: Any) -> WireError:
    """Why a request's body cannot be read, as this API says it."""
    words = str(problem)
    if words.endswith(MISSING):
        path = _path(words.removesuffix(MISSING))
        code = "missing_required_parameter"
        return WireError("bad_request", f"Missing required parameter: '{path}'.", code)
    if wrong := OF_TYPE.fullmatch(words):
        expected, got = TYPES[wrong["kind"]], _type_at(wrong["path"], body)
        told = f"expected {expected}, but got {got} instead."
        said = f"Invalid type for '{_path(wrong['path'])}': {told}"
        return WireError("bad_request", said, "invalid_type")
    return WireError("bad_request", words, "invalid_value")


def _type_at(path: str, body: Any) -> str:
    value = body
    for step in path.split(".") if path != "body" else ():
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return TYPES["null" if value is None else KIND_NAMES.get(type(value), "number")]


def _path(path: str) -> str:
    """`input.0.content.1.text` as this API writes it: `input[0].content[1].text`."""
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", path)
