"""Failures: the one classifier. When one is tried again is `retries.py`'s.

    auth            the key is missing, wrong or not allowed
    bad_request     the API refuses what was sent
    rate_limit      too much, too fast
    overloaded      the provider has no room
    server          the provider broke
    network         the connection was refused, lost or never made
    timeout         too long a silence, or the call's own limit
    incomplete      the reply ended without saying that it ended
    protocol        the reply is not what this wire allows

Looks at what crossed the wire and at the transport's exceptions, never at an SDK's own classes:
those name the same fault differently. Does not wait and does not send.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

import httpx2

from roundtrip.events import Failure, FailureKind
from roundtrip.exchange import Exchange
from roundtrip.wires.statuses import kind_of_status
from roundtrip.wires.wire import Wire, WireError

BEGINNING = 200
"""Characters of a body that is not the API's which a failure quotes."""

ADVICE: Mapping[FailureKind, str] = {
    "auth": "Check the key, or use the simulated model.",
    "bad_request": "The words above are the API's own. Change what they name, then ask again.",
    "rate_limit": "Wait a moment, then try again.",
    "overloaded": "The provider has no room just now. Try again in a moment.",
    "server": "The fault lies with the provider. Try again in a moment.",
    "network": "Check the address and your connection, then try again.",
    "timeout": "The provider took too long. Try again, or with a smaller request.",
    "incomplete": "What arrived is kept in this row. Try again for a whole reply.",
    "protocol": "This address answers, but not as this API. Check the address.",
}

NO_MODEL = "This model does not exist at this address, or not for your key: choose another one."


def classify(error: BaseException, wire: Wire, exchange: Exchange | None) -> Failure:
    """The failure that an exception, with what crossed the wire so far, amounts to."""
    status = exchange.status if exchange else None
    if exchange and status is not None and status >= 400:
        return _from_status(status, wire, exchange)
    if exchange and status is not None and status >= 300:
        return _failure("protocol", _redirected(exchange), status)
    for cause in _chain(error):
        if isinstance(cause, WireError):
            kind = cause.kind if cause.kind in ADVICE else "protocol"
            words = cause.message + (_beginning(exchange) if kind == "protocol" else "")
            return _failure(kind, words, status, cause.provider)  # type: ignore[arg-type]
        if isinstance(cause, (httpx2.InvalidURL, httpx2.UnsupportedProtocol)):
            return _failure("network", _words(cause, "The address cannot be used"), status)
        if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout)):
            return _failure("network", _words(cause, "The address cannot be reached"), status)
        if isinstance(cause, (httpx2.TimeoutException, TimeoutError)):
            return _failure("timeout", "No answer within the time limit.", status)
        if isinstance(cause, httpx2.TransportError):
            return _failure("network", _words(cause, "The connection was lost"), status)
    return _failure("protocol", _words(error, "The reply could not be read"), status)


def incomplete() -> Failure:
    """The failure of a reply that ended without a finish signal."""
    return _failure("incomplete", "The reply ended without a finish signal.", 200)


def _from_status(status: int, wire: Wire, exchange: Exchange) -> Failure:
    body = exchange.response_body.decode("utf-8", "replace")
    provider, message = wire.error_words(body)
    kind = kind_of_status(status)
    if status == 400 and _told_kind(wire, body) == "auth":  # one API says so of a wrong key
        kind = "auth"
    if provider is None:  # a proxy's page, another server's words, or nothing at all
        kind = "protocol" if kind == "bad_request" else kind
        message = f"Status {status}: {_cut(message)}" if message else f"Status {status}."
    failure = _failure(kind, message, status, provider, _retry_after(exchange))
    # Most say it by a status; one answers 400, and says it in a word.
    unknown_model = provider == "model_not_found" or (
        status == 404 and provider is not None and "model" in message.lower()
    )
    return failure.model_copy(update={"advice": NO_MODEL}) if unknown_model else failure


def _told_kind(wire: Wire, body: str) -> str | None:
    """The kind that the wire reads out of the error itself."""
    try:
        wire.reply_decoder().feed(body)
    except WireError as told:
        return told.kind
    return None


def _failure(
    kind: FailureKind,
    message: str,
    status: int | None = None,
    provider: str | None = None,
    retry_after_s: float | None = None,
) -> Failure:
    return Failure(
        kind=kind,
        message=message,
        advice=ADVICE[kind],
        status=status,
        provider=provider,
        retry_after_s=retry_after_s,
    )


def _retry_after(exchange: Exchange) -> float | None:
    """Seconds: the header holds their number, or a date."""
    value = _header(exchange, "retry-after")
    with contextlib.suppress(ValueError):
        seconds = float(value)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    with contextlib.suppress(ValueError):
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    return None


def _redirected(exchange: Exchange) -> str:
    return (
        f"The address sends on to {_header(exchange, 'location') or 'nowhere'}. "
        "That is not followed: your key would go along."
    )


def _beginning(exchange: Exchange | None) -> str:
    """How a body begins that is not what was asked for: a page of a proxy, a wrong address."""
    if exchange is None or "event-stream" in _header(exchange, "content-type").lower():
        return ""
    words = _cut(exchange.response_body[:2000].decode("utf-8", "replace"))
    return f" The reply begins: {words}" if words else " The reply is empty."


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= BEGINNING else words[:BEGINNING] + "…"


def _header(exchange: Exchange, wanted: str) -> str:
    return next((value for name, value in exchange.response_headers if name.lower() == wanted), "")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and what it came from, nearest first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _words(error: BaseException, otherwise: str) -> str:
    said = str(error).strip()
    return f"{otherwise}: {said}" if said else f"{otherwise}."
