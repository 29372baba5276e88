"""`roundtrip recode`: requests of one wire in, the same on another wire out, a line each.

Owns the shapes of the lines and the address that stands in them. What is lost between two wires
is `wires/recode.py`'s.
"""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any
from urllib.parse import urlsplit

from roundtrip.cli.json_lines import answer_lines
from roundtrip.wires.address import whole_url
from roundtrip.wires.json_text import dump
from roundtrip.wires.recode import recode as recoded
from roundtrip.wires.redact import path_without_keys
from roundtrip.wires.wire import WireError, WireRequest

BAD_REQUEST = "bad_request"


def recode(arguments: Namespace) -> int:
    """Recode every line. Returns the exit status; a usage error raises SystemExit(2)."""
    source, target = arguments.source, arguments.target
    return answer_lines(arguments, BAD_REQUEST, lambda line: _answer(line, source, target))


def _answer(line: Any, source: str, target: str) -> dict[str, Any]:
    request, url = _request_of(line)
    sent, changes = recoded(request, source, target)
    if url is not None and source == target:
        url = path_without_keys(url)
    else:
        url = whole_url(target, None, sent.path) if sent.path else None
    answer = {
        "body": json.loads(sent.body),
        "url": url,
        "changes": [change.model_dump() for change in changes],
    }
    return answer | ({"headers": dict(sent.headers)} if sent.headers else {})


def _request_of(line: Any) -> tuple[WireRequest, str | None]:
    """The request that a line holds, and the URL it names. Raises `WireError`."""
    if not isinstance(line, dict):
        raise WireError(BAD_REQUEST, "a request is an object: a body, or one with url and body")
    if not _is_wrapped(line):
        return WireRequest("POST", "", (), dump(line).encode()), None
    url, headers = line.get("url"), line.get("headers")
    if not isinstance(url, str | None):
        raise WireError(BAD_REQUEST, "url: a text is expected")
    body = line["body"]
    text = body if isinstance(body, str) else dump(body)
    return WireRequest("POST", _path(url or ""), _pairs(headers), text.encode()), url or None


def _is_wrapped(line: dict[str, Any]) -> bool:
    """Whether the body stands within; no wire's own body has a field of that name."""
    return "body" in line


def _path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as problem:
        raise WireError(BAD_REQUEST, f"url: {problem}") from None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _pairs(headers: Any) -> tuple[tuple[str, str], ...]:
    if headers is None:
        return ()
    if not isinstance(headers, dict) or not all(isinstance(v, str) for v in headers.values()):
        raise WireError(BAD_REQUEST, "headers: an object of texts is expected")
    return tuple(headers.items())
