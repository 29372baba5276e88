"""The run document `roundtrip/1`: what stands in the file, field by field.

Owns the shape; `run.schema.json` beside it is generated from these models (`schema.py`). Does not
fill it (`file.py`). Whoever reads a document ignores the fields it does not know, so that fields
may be added; a field that is here keeps its name and meaning.
"""

from __future__ import annotations

from typing import Any, Literal

from roundtrip.conversation import Frozen, Usage
from roundtrip.events import Cost, Event, ToolPolicy
from roundtrip.step import Step

FORMAT: Literal["roundtrip/1"] = "roundtrip/1"


class TextBody(Frozen):
    """A body that is UTF-8 text."""

    text: str
    """The body's characters; encoded as UTF-8 they are its bytes again."""


class Base64Body(Frozen):
    """A body that is not UTF-8 text."""

    base64: str
    """The body's bytes in base64 (RFC 4648, with padding)."""


class Parent(Frozen):
    """Where a forked run came from."""

    run: str
    """The other run's id."""

    seq: int
    """The last event that both runs have."""


class Run(Frozen):
    """The run as a whole; what may change from turn to turn is as the newest turn has it."""

    id: str
    """The run's id."""

    parent: Parent | None
    """The run it was forked from; null where it began by itself."""

    wire: str | None
    """The provider API it speaks, e.g. `anthropic`; null before the first turn."""

    model: str | None
    """The model asked for; null before the first turn."""

    base_url: str | None
    """The address it was sent to; null for the provider's own, or the app's own simulator."""

    simulated: bool
    """Whether our simulator answered: then no model was at work and prices are notional."""

    app_version: str
    """The version of Roundtrip that wrote the document."""

    title: str | None
    """What people know the run by."""

    created_at: float | None
    """When the run was made, in seconds since the epoch."""

    updated_at: float | None
    """When its last events were written, in seconds since the epoch."""


class Tool(Frozen):
    """A tool as the newest turn offers it."""

    kind: Literal["tool", "provider_tool"]
    """`provider_tool`: the provider runs it itself, and `native` holds its definition."""

    name: str
    """What the model calls it by."""

    description: str | None = None
    """What the model is told of it."""

    input_schema: dict[str, Any] | None = None
    """JSON Schema of its arguments; null for a provider's own tool."""

    strict: bool | None = None
    """Whether the provider must make arguments fit the schema; null: not said."""

    policy: ToolPolicy | None = None
    """What happens when it is asked for; null for a provider's own tool."""

    has_code: bool = False
    """Whether code of ours stands behind it; without, somebody enters its results."""

    native: Any = None
    """The definition in the wire's own JSON, where it came as such."""


class ServerSentEvent(Frozen):
    """One event of a streamed response."""

    at: float | None
    """When its last byte came, in seconds since the epoch; null where that is not known."""

    event: str | None
    """The event's name; null where the stream gives none."""

    data: str
    """The event's data, as it came."""


class HttpExchange(Frozen):
    """One HTTP request and its response, as they crossed; secrets are taken out."""

    number: int
    """Counted from 1 within the run; every attempt is an exchange of its own."""

    attempt: int
    """1 for the first try of a request, 2 for its first retry."""

    sent: bool
    """False: the request is written and nothing of it has left."""

    method: str
    """The request's method, e.g. `POST`."""

    url: str
    """The whole address; only the path below the base URL while `sent` is false."""

    request_headers: tuple[tuple[str, str], ...]
    """Pairs of name and value in the order and spelling in which they crossed."""

    request_body: TextBody | Base64Body
    """The request's body."""

    request_sha256: str | None
    """SHA-256 of the body's bytes as they crossed, secrets included; null while not sent."""

    status: int | None
    """The response's status; null where none came."""

    response_headers: tuple[tuple[str, str], ...]
    """Pairs of name and value in the order and spelling in which they crossed."""

    response_body: TextBody | Base64Body
    """As much of the response's body as came, its content-encoding undone."""

    response_sha256: str | None
    """SHA-256 of its bytes as they crossed: transfer chunks joined, content-encoding kept; null
    where no response came to its end."""

    started_at: float
    """When the request left (or was written), in seconds since the epoch."""

    ended_at: float | None
    """When the response's last byte came or the connection ended; null while under way."""

    error: str | None
    """What ended it, where that was no complete response."""

    events: tuple[ServerSentEvent, ...]
    """The events of a streamed response; empty for a plain body."""

    chunks: tuple[tuple[float, int], ...]
    """When the response's bytes came: pairs of seconds since the epoch and bytes of the body."""


class RunDocument(Frozen):
    """A whole run: what happened, what crossed the wire, and what people saw of it."""

    format: Literal["roundtrip/1"]
    """Which document this is. A later number would mean fields that changed their meaning."""

    run: Run
    """The run as a whole."""

    tools: tuple[Tool, ...]
    """The tools of the newest turn. Those of earlier turns are in their `turn_started` events."""

    events: tuple[Event, ...]
    """Everything that happened, in order; the rest but the exchanges follows from it."""

    steps: tuple[Step, ...]
    """The rows of the timeline, in order."""

    exchanges: tuple[HttpExchange, ...]
    """What crossed the wire, by number."""

    usage: Usage
    """Tokens of all replies as the provider counted them; null: it did not say."""

    cost: Cost
    """Money for all replies."""
