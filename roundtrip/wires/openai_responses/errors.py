"""A failure that stands in an event, and complaints in this API's words.

What both of OpenAI's wires say alike when they refuse is `openai_errors.py`'s.
"""

from __future__ import annotations

import re
from typing import Any

from roundtrip.wires import openai_errors
from roundtrip.wires.json_text import KINDS, Misshapen
from roundtrip.wires.wire import WireError

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


def failure(told: dict[str, Any]) -> WireError:
    """The failure that a body with an `error`, or an event of the type `error`, reports."""
    flat = told.get("error") is None and isinstance(told.get("message"), str)
    return openai_errors.failure({"error": told | {"type": None}} if flat else told)


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
    return TYPES["null" if value is None else KINDS.get(type(value), "number")]


def _path(path: str) -> str:
    """`input.0.content.1.text` as this API writes it: `input[0].content[1].text`."""
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", path)
