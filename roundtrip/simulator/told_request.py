"""What one request to the simulator was about, and what came of it, in a line for the eye.

Owns reading an exchange of any of the four APIs for that. Pure. Keeping exchanges is
`request_log.py`'s.
"""

from __future__ import annotations

import re

from roundtrip.conversation import Conversation, Frozen, Reply, ToolResult
from roundtrip.exchange import Exchange
from roundtrip.lines import call_text, count_of
from roundtrip.wires.saved_reply import read_saved_reply
from roundtrip.wires.wire import Wire, WireError, WireRequest, wire_named

WORDS = 160
"""Characters of a question or an answer in a line."""

_ASKS = {
    "anthropic": re.compile(r"/anthropic(/v1/messages)"),
    "openai-chat": re.compile(r"/openai/v1(/chat/completions)"),
    "openai-responses": re.compile(r"/openai/v1(/responses)"),
    "gemini": re.compile(r"/gemini(/\w+/models/[^/]+:(?:g|streamG)enerateContent)"),
}
"""Where each API is asked for a reply; the group is the path below its base URL."""


class ToldRequest(Frozen):
    """A request as a row shows it."""

    number: int
    at: float
    """Seconds since the epoch."""

    method: str
    path: str
    api: str | None
    """The API's title, where a reply was asked for."""

    model: str | None = None
    asked: str | None = None
    """The last words or results that were sent, quoted or counted."""

    came: str | None = None
    """What was answered."""

    status: int | None
    """None while nothing has come."""

    elapsed_s: float | None
    failed: bool
    under_way: bool


def told_request(exchange: Exchange, path: str) -> ToldRequest:
    """The row for what has come so far."""
    wire, below = _wire_at(path)
    model, asked = _asked(wire, below, exchange) if wire else (None, None)
    ended = exchange.ended_at
    return ToldRequest(
        number=exchange.number,
        at=exchange.started_at,
        method=exchange.method,
        path=path,
        api=wire.title if wire else None,
        model=model,
        asked=asked,
        came=_came(wire, exchange),
        status=exchange.status,
        elapsed_s=None if ended is None else ended - exchange.started_at,
        failed=bool(exchange.error) or (exchange.status or 200) >= 400,
        under_way=ended is None,
    )


def _wire_at(path: str) -> tuple[Wire | None, str]:
    for name, place in _ASKS.items():
        if found := place.fullmatch(path):
            return wire_named(name), found[1]
    return None, path


def _asked(wire: Wire, path: str, exchange: Exchange) -> tuple[str | None, str | None]:
    """The model that was named, and what was said to it last."""
    request = WireRequest(exchange.method, path, (), exchange.request_body)
    try:
        conversation, _, options = wire.decode_request(request)
    except (WireError, ValueError, RecursionError):
        return None, None
    return options.model or None, _last_words(conversation)


def _last_words(conversation: Conversation) -> str | None:
    if not conversation.messages:
        return None
    parts = conversation.messages[-1].parts
    results = sum(isinstance(part, ToolResult) for part in parts)
    words = conversation.messages[-1].text.strip()
    told = [count_of(results, "result")] if results else []
    return " and ".join([*told, *([f"“{_short(words)}”"] if words else [])]) or None


def _came(wire: Wire | None, exchange: Exchange) -> str | None:
    if exchange.error:
        return exchange.error
    if exchange.ended_at is None:
        return None
    text = exchange.response_body.decode(errors="replace")
    if (exchange.status or 0) >= 400:
        return _short(wire.error_words(text)[1]) if wire else None
    if wire is None:
        return f"{len(exchange.response_body):,} bytes"
    try:
        return _said(read_saved_reply(wire, text))
    except WireError as error:
        return _short(error.message)


def _said(reply: Reply) -> str:
    if reply.message.calls:
        return f"asks for {' and '.join(call_text(call) for call in reply.message.calls)}"
    words = reply.message.text.strip()
    return f"answers “{_short(words)}”" if words else f"says nothing: {reply.stop.provider}"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= WORDS else f"{words[:WORDS]}…"
