"""Requests with one thing wrong, for the tests of what an API does with them.

Owns making them out of a right one. What must come of it stands in the tests.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import httpx2
from hypothesis import strategies as some

JUNK = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner),
    max_leaves=5,
)
"""Any small JSON value."""

NO_JSON = {
    "cut": b'{"model": ',
    "empty": b"",
    "no text": b"\xff\xfe\xfd",
    "half a character": b'{"model": "\\ud800"}',
    "deep": b"[" * 100_000,
    "too deep to write": b'{"a":' * 900 + b"1" + b"}" * 900,
    "too long a number": b"9" * 10_000,
    "no number": b'{"temperature": NaN}',
    "no object": b"[1, 2]",
}


def post(address: str, body: Any, **headers: str) -> httpx2.Response:
    """A request as curl would send it, for what no SDK lets through."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx2.post(
        address, content=content, headers={"content-type": "application/json"} | headers
    )


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, item in inner:
        found.append((*path, key))
        if isinstance(item, (dict, list)):
            found.extend(places(item, (*path, key)))
    return found


def spoiled(whole: Any, place: tuple[Any, ...], junk: Any, remove: bool) -> Any:
    """A full request with one value taken out or replaced."""
    body = copy.deepcopy(whole)
    holder: Any = body
    for key in place[:-1]:
        holder = holder[key]
    if remove:
        del holder[place[-1]]
    else:
        holder[place[-1]] = junk
    return body
