"""One HTTP request and its response as bytes: the value that capture makes and the store keeps."""

from __future__ import annotations

from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]
"""Pairs in the order and spelling in which they crossed the wire."""


@dataclass(frozen=True)
class Exchange:
    """What crossed the wire. Secrets are redacted already; content-encoding is undone."""

    number: int
    """Counted from 1 within the run; every attempt is an exchange of its own."""

    attempt: int
    """1 for the first try of a request, 2 for its first retry."""

    method: str
    url: str
    request_headers: Headers
    request_body: bytes
    request_sha256: str
    """Of the bytes as they crossed."""

    started_at: float
    """Seconds since the epoch, as are all times here."""

    status: int | None = None
    response_headers: Headers = ()
    response_body: bytes = b""
    response_sha256: str | None = None
    """Of the bytes as they crossed; None while they are still coming."""

    chunks: tuple[tuple[float, int], ...] = ()
    """When the response's bytes came: (time, how many of `response_body`)."""

    ended_at: float | None = None
    error: str | None = None
    """What ended it, where that was no complete response."""
