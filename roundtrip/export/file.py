"""A run as one JSON document that stands alone.

Owns making the document from a run's events and exchanges. Its fields are `document.py`'s. What
was redacted when it was captured stays so: no key is here to be left out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from typing import Any

from roundtrip import __version__
from roundtrip.conversation import Usage
from roundtrip.events import Cost, Event, ReplyReceived, RequestPrepared, RequestSent, Setup
from roundtrip.exchange import Exchange
from roundtrip.export.document import (
    FORMAT,
    Base64Body,
    HttpExchange,
    Parent,
    Run,
    RunDocument,
    ServerSentEvent,
    TextBody,
    Tool,
)
from roundtrip.journal import Journal, Totals
from roundtrip.payloads import EVENT_STREAM_TYPE, timed_events
from roundtrip.steps import Timeline
from roundtrip.store import RunHead


def run_document(journal: Journal, head: RunHead | None) -> dict[str, Any]:
    """The run as JSON values, as far as it is committed. Blocks: every body is read.

    `head` gives title, parent and times; None leaves them unknown. Raises `store.NotFound`.
    """
    events = journal.events()
    numbers = sorted(
        {event.exchange for event in events if isinstance(event, RequestPrepared | RequestSent)}
    )
    found = (journal.exchange(number) for number in numbers)
    exchanges = [exchange for exchange in found if exchange is not None]
    return document_of(journal.run, events, exchanges, head).model_dump(mode="json")


def as_text(document: dict[str, Any]) -> str:
    """The document as it is written: keys sorted, so that two of them can be compared."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


def document_of(
    run: str, events: Sequence[Event], exchanges: Iterable[Exchange], head: RunHead | None
) -> RunDocument:
    """The document of a run that has these events. Pure."""
    timeline, totals = Timeline(), Totals()
    timeline.feed(events)
    for event in events:
        totals.add(event)
    setup = timeline.state.setup
    simulated = any(isinstance(event, ReplyReceived) and event.simulated for event in events)
    sent = {event.exchange for event in events if isinstance(event, RequestSent)}
    return RunDocument(
        format=FORMAT,
        run=_run(run, setup, head, simulated),
        tools=_tools(setup) if setup else (),
        events=tuple(events),
        steps=tuple(timeline.steps.values()),
        exchanges=tuple(_exchange(one, sent=one.number in sent) for one in exchanges),
        usage=Usage(**totals.usage),
        cost=Cost(usd=totals.cost_usd, notional=totals.notional),
    )


def _run(run: str, setup: Setup | None, head: RunHead | None, simulated: bool) -> Run:
    parent = head.parent if head else None
    return Run(
        id=run,
        parent=Parent(run=parent[0], seq=parent[1]) if parent else None,
        wire=setup.wire if setup else None,
        model=setup.options.model if setup else None,
        base_url=setup.base_url if setup else None,
        simulated=simulated or (setup.simulated if setup else False),
        app_version=__version__,
        title=head.title if head else None,
        created_at=head.created_at if head else None,
        updated_at=head.updated_at if head else None,
    )


def _tools(setup: Setup) -> tuple[Tool, ...]:
    ours = [
        Tool(
            kind="tool",
            name=offered.definition.name,
            description=offered.definition.description,
            input_schema=offered.definition.input_schema,
            strict=offered.definition.strict,
            policy=offered.policy,
            has_code=offered.has_code,
            native=offered.definition.native and offered.definition.native.value,
        )
        for offered in setup.tools
    ]
    theirs = [
        Tool(kind="provider_tool", name=tool.name, native=tool.native.value)
        for tool in setup.provider_tools
    ]
    return (*ours, *theirs)


def _exchange(exchange: Exchange, *, sent: bool) -> HttpExchange:
    return HttpExchange(
        number=exchange.number,
        attempt=exchange.attempt,
        sent=sent,
        method=exchange.method,
        url=exchange.url,
        request_headers=exchange.request_headers,
        request_body=_body(exchange.request_body),
        request_sha256=exchange.request_sha256 or None,
        status=exchange.status,
        response_headers=exchange.response_headers,
        response_body=_body(exchange.response_body),
        response_sha256=exchange.response_sha256,
        started_at=exchange.started_at,
        ended_at=exchange.ended_at,
        error=exchange.error,
        events=_stream(exchange),
        chunks=exchange.chunks,
    )


def _body(body: bytes) -> TextBody | Base64Body:
    try:
        return TextBody(text=body.decode("utf-8"))
    except UnicodeDecodeError:
        return Base64Body(base64=base64.b64encode(body).decode("ascii"))


def _stream(exchange: Exchange) -> tuple[ServerSentEvent, ...]:
    media_type = next(
        (value for name, value in exchange.response_headers if name.lower() == "content-type"), ""
    )
    if not media_type.lower().startswith(EVENT_STREAM_TYPE):
        return ()
    return tuple(
        ServerSentEvent(
            at=None if event.at_s is None else exchange.started_at + event.at_s,
            event=event.event,
            data=event.data,
        )
        for event in timed_events(exchange)
    )
