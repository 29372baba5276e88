"""A panel, and what crossed the wire as panels: requests, replies, headers, timed events.

Owns how bytes are shown: as they are. Which panels a row of the timeline has is `panels.py`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any, Literal

from roundtrip.conversation import Frozen
from roundtrip.exchange import Exchange, Headers
from roundtrip.told_changes import ToldChange
from roundtrip.told_decision import ToldDecision, told_decision
from roundtrip.wires.sse import SseParser

JSON_TYPE = "application/json"
EVENT_STREAM_TYPE = "text/event-stream"


class Pair(Frozen):
    """A name and its value: a header, a figure."""

    name: str
    value: str


class TimedEvent(Frozen):
    """One server-sent event."""

    at_s: float | None
    """Seconds since the request started; None where no time was recorded."""

    event: str | None
    """The event's name; None where the stream gives none."""

    data: str


class Panel(Frozen):
    """One tab of an opened row. `kind` says which of the other fields it fills."""

    name: str
    kind: Literal["body", "text", "pairs", "events", "changes", "decision"]
    title: str | None = None
    """One line above it, e.g. `POST https://…/v1/messages` or `200`."""

    note: str | None = None
    """A sentence on what is shown, where it does not speak for itself."""

    text: str | None = None
    """`body`: the exact bytes as text. `text`: words or JSON written by us."""

    encoding: Literal["utf-8", "base64"] | None = None
    """How `text` stands for the bytes of a `body`."""

    media_type: str | None = None
    size: int | None = None
    """Bytes of a `body` as they were before any base64."""

    rows: tuple[Pair | TimedEvent | ToldChange, ...] = ()
    decision: ToldDecision | None = None


def request_panels(
    exchange: Exchange | None, *, waiting: bool = False, headers: str = "Headers"
) -> list[Panel]:
    """Request and its headers; `waiting`: it is written and has not left."""
    if exchange is None:
        return [Panel(name="Request", kind="text", text="The bytes of this request are not kept.")]
    body = _body(
        "Request",
        exchange.request_body,
        title=f"{exchange.method} {exchange.url}",
        media_type=_header(exchange.request_headers, "content-type") or JSON_TYPE,
    )
    unknown = waiting and not exchange.request_headers
    note = "The SDK adds them when it leaves." if unknown else None
    return [body, pairs_panel(headers, exchange.request_headers, title=body.title, note=note)]


def response_panels(exchange: Exchange | None) -> list[Panel]:
    """Response, Events where it was a stream, Headers."""
    if exchange is None:
        return [Panel(name="Response", kind="text", text="The bytes of this reply are not kept.")]
    media_type = _header(exchange.response_headers, "content-type")
    status = "no status" if exchange.status is None else f"HTTP status {exchange.status}"
    shown = [
        _body(
            "Response",
            exchange.response_body,
            title=status,
            media_type=media_type,
            note=f"Ended early: {exchange.error}" if exchange.error else None,
        )
    ]
    if shown[0].media_type == EVENT_STREAM_TYPE:
        note = "Server-sent events. Times are seconds since the request started."
        rows = timed_events(exchange)
        shown.append(Panel(name="Events", kind="events", rows=rows, note=note))
    return [*shown, pairs_panel("Headers", exchange.response_headers, title=status)]


def decision_panels(exchange: Exchange | None) -> list[Panel]:
    """Why, where the reply is a simulated model's: one panel, or none."""
    decision = told_decision(exchange.response_headers) if exchange else None
    if decision is None:
        return []
    note = (
        "A simulated model weighs words and can say why. A real model gives no such list: there "
        "the names and descriptions of your tools are all you can change."
    )
    return [Panel(name="Why", kind="decision", note=note, decision=decision)]


def timed_events(exchange: Exchange) -> tuple[TimedEvent, ...]:
    """The stream's events, each at the time its last byte came."""
    parser = SseParser()
    found: list[TimedEvent] = []
    position, at_s = 0, None
    for at, count in exchange.chunks:
        at_s = round(at - exchange.started_at, 4)
        piece = exchange.response_body[position : position + count]
        found += [TimedEvent(at_s=at_s, event=e.event, data=e.data) for e in parser.feed(piece)]
        position += count
    rest = [*parser.feed(exchange.response_body[position:]), *parser.finish()]
    return (*found, *(TimedEvent(at_s=at_s, event=e.event, data=e.data) for e in rest))


def _body(
    name: str, body: bytes, *, title: str, media_type: str | None, note: str | None = None
) -> Panel:
    encoding: Literal["utf-8", "base64"] = "utf-8"
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text, encoding = base64.b64encode(body).decode("ascii"), "base64"
        note = " ".join(filter(None, (note, "Not UTF-8 text: the bytes are shown as base64.")))
    return Panel(
        name=name,
        kind="body",
        title=title,
        note=note,
        text=text,
        encoding=encoding,
        media_type=(media_type or "").split(";")[0].strip().lower() or None,
        size=len(body),
    )


def json_panel(name: str, value: Any, note: str | None = None) -> Panel:
    """JSON that we hold as a value, written by us: not the bytes of any message."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return Panel(name=name, kind="text", text=text, media_type=JSON_TYPE, note=note)


def pairs_panel(
    name: str,
    rows: Iterable[tuple[str, str | None]],
    title: str | None = None,
    note: str | None = None,
) -> Panel:
    """Rows without a value are left out."""
    kept = tuple(Pair(name=key, value=value) for key, value in rows if value is not None)
    return Panel(name=name, kind="pairs", title=title, note=note, rows=kept)


def changes_panel(changes: Sequence[ToldChange]) -> tuple[Panel, ...]:
    """One panel, or none where nothing was changed."""
    if not changes:
        return ()
    note = "What this wire cannot say as it was meant."
    return (Panel(name="Changes", kind="changes", rows=tuple(changes), note=note),)


def _header(headers: Headers, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)


def is_json(text: str) -> bool:
    """Whether re-indenting would help: a JSON object or list."""
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
