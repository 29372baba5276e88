"""The URL, which holds what other wires say in the body: the model, and whether to stream.

Owns reading and changing a request's path. Versions, projects and locations in it stay as they are;
that a key in it (`?key=…`, as the API's own examples send it) is not kept is `redact.py`'s.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_SHAPE = re.compile(
    r"(?P<before>.*/)(?P<model>[^/:?]*):(?P<method>generateContent|streamGenerateContent)"
    r"(?P<query>\?.*)?",
    re.DOTALL,
)
_OTHER = re.compile(r"[^?]*/[^/:?]*:(?P<method>\w+)(?:\?.*)?", re.DOTALL)
_METHODS = {False: "generateContent", True: "streamGenerateContent"}
_BEFORE = "/v1beta/models/"
_SSE = "alt=sse"
"""Without it a stream comes as one JSON array."""


def read_path(path: str) -> tuple[str, bool] | None:
    """The model a path names and whether it asks for a stream; None for another path."""
    found = _SHAPE.fullmatch(path)
    return (unquote(found["model"]), found["method"] == _METHODS[True]) if found else None


def other_method(path: str) -> str | None:
    """What a path asks of a model instead of a reply, e.g. `countTokens`; None for none."""
    found = None if _SHAPE.fullmatch(path) else _OTHER.fullmatch(path)
    return found["method"] if found else None


def write_path(told: str | None, model: str, stream: bool) -> str:
    """The path that says this, the `told` one wherever it says the same."""
    if told is not None and (read_path(told) or ("", False)) == (model, stream):
        return told
    found = _SHAPE.fullmatch(told or "")
    before, query = (found["before"], found["query"] or "") if found else (_BEFORE, "")
    asked = [word for word in query.removeprefix("?").split("&") if word not in ("", _SSE)]
    asked += [_SSE] if stream else []
    name = quote(model.removeprefix("models/"), safe="")
    return f"{before}{name}:{_METHODS[stream]}" + ("?" + "&".join(asked) if asked else "")
