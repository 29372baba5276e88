"""What an HTTP status says of a failure, where nothing better does."""

from __future__ import annotations

from collections.abc import Mapping

from roundtrip.events import FailureKind

_KINDS: Mapping[int, FailureKind] = {
    401: "auth",
    403: "auth",
    408: "timeout",
    429: "rate_limit",
    503: "overloaded",
    529: "overloaded",
}


def kind_of_status(status: int) -> FailureKind:
    """The kind of a status that is no success."""
    return _KINDS.get(status) or ("server" if status >= 500 else "bad_request")
