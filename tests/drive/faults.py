"""The table of faults: what a provider, a proxy or the network does, and what is to come of it.

Owns how each fault looks on the wire that is asked, streamed or not. That it is told, tried again
and survived as the table says is the tests'.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from roundtrip.conversation import Reply
from roundtrip.events import FailureKind
from roundtrip.wires.retries import LONGEST_WAIT_S
from roundtrip.wires.wire import wire_named
from tests.drive.driving import (
    Answer,
    Asked,
    body_of,
    closes,
    error_body,
    events_of,
    refuses,
    reply,
    respond,
    sends,
    streams,
    text,
)

HTML = (
    b"<html><head><title>Sign in</title></head><body>Welcome to the hotel's network</body></html>"
)
SAID = "Cold and wet and dark, and no better tomorrow."
OVERLOADED = {
    "anthropic": "overloaded_error",
    "openai-chat": "server_is_overloaded",
    "openai-responses": "server_is_overloaded",
    "gemini": "UNAVAILABLE",
}
UNKNOWN_MODEL = {
    "anthropic": "not_found_error",
    "openai-chat": "model_not_found",
    "openai-responses": "model_not_found",
    "gemini": "NOT_FOUND",
}


@dataclass(frozen=True)
class Fault:
    """One row of the table."""

    name: str
    answer: Answer
    kind: FailureKind | None
    """None: it is no failure."""

    words: str = ""
    """Of the provider, as far as a failure must repeat them."""

    tries: int = 1
    waits: tuple[float, float] | None = None
    """The least and the longest wait before another try, in seconds; None: those of the policy."""

    kept: bool = False
    """Whether words had arrived before it."""

    only: bool | None = None
    """Only streamed, or only not; None: both."""


def begun(said: Reply, wire: str, words: str) -> list[bytes]:
    """The events of a streamed reply until these words of it are told."""
    decoder, told, pieces = wire_named(wire).reply_decoder(), "", []
    for event in events_of(said, wire):
        pieces.append(event.encode())
        told += "".join(delta.text for delta in decoder.feed(event.data))
        if words in told:
            return pieces
    raise AssertionError(f"{words!r} is not told in {told!r}")


def breaks(then: str = "end", *more: Callable[[str], bytes], after: bool = True) -> Answer:
    """A stream that is well for some words (`after`: or for none), then this, then its end."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        said = begun(reply(text(SAID)), asked.wire, "wet") if after else []
        pieces = [*said, *(made(asked.wire) for made in more)]
        await streams(pieces, then=then)(asked, writer)

    return answer


def body(change: Callable[[bytes], bytes], **headers: str) -> Answer:
    """A whole reply's body, changed."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        changed = change(body_of(reply(text(SAID)), asked.wire))
        await sends(200, changed, **headers)(asked, writer)

    return answer


def half_a_body(then: str) -> Answer:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        whole = body_of(reply(text(SAID)), asked.wire)
        await respond(writer, 200, whole[:40], **{"content-length": str(len(whole))})
        if then == "stall":
            await asyncio.sleep(3600)
        writer.transport.abort()

    return answer


async def unfinished_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    said = reply(text(SAID), signal="incomplete")
    await respond(writer, 200, body_of(said, asked.wire))


async def squeezed_stream(asked: Asked, writer: asyncio.StreamWriter) -> None:
    events = events_of(reply(text(SAID)), asked.wire)
    whole = gzip.compress(b"".join(event.encode() for event in events))
    await streams([whole[:30], whole[30:]], content_encoding="gzip")(asked, writer)


def overloaded(status: int) -> Answer:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await refuses(status, OVERLOADED[asked.wire], "Overloaded just now")(asked, writer)

    return answer


async def no_such_model(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await refuses(404, UNKNOWN_MODEL[asked.wire], "model: sim-large is not there")(asked, writer)


def error_event(wire: str) -> bytes:
    """The event by which the API tells inside a stream that it has failed."""
    word, message = OVERLOADED[wire], "Overloaded just now"
    if wire == "openai-responses":
        told: dict[str, Any] = {"type": "error", "code": word, "message": message, "param": None}
    else:
        told = error_body(wire, 503, word, message)
    name = "event: error\n" if wire in ("anthropic", "openai-responses") else ""
    return f"{name}data: {json.dumps(told)}\n\n".encode()


async def error_in_a_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    word = OVERLOADED[asked.wire]
    told = error_body(asked.wire, 503, word, "Overloaded just now")
    await respond(writer, 200, json.dumps(told).encode())


def too_fast(retry_after: str | Callable[[], str] | None = None) -> Answer:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        said = retry_after() if callable(retry_after) else retry_after
        headers = {} if said is None else {"retry_after": said}
        refusal = refuses(429, "rate_limit_exceeded", "too fast for your plan", **headers)
        await refusal(asked, writer)

    return answer


def in_twelve_seconds() -> str:
    return formatdate(time.time() + 12, usegmt=True)


def nonsense(wire: str) -> bytes:
    return b"data: {nonsense\n\n"


def half(wire: str) -> bytes:
    return b'data: {"type": "content_bl'


LONGEST = (LONGEST_WAIT_S, LONGEST_WAIT_S)
FAULTS: Sequence[Fault] = (
    Fault("401", refuses(401, "authentication_error", "no such key"), "auth", "no such key"),
    Fault("403", refuses(403, "permission_error", "not for you"), "auth", "not for you"),
    Fault("404 model", no_such_model, "bad_request", "sim-large is not there"),
    Fault("404 HTML", sends(404, HTML, content_type="text/html"), "protocol", "hotel"),
    Fault("404 elsewhere", sends(404, b'{"detail":"Not Found"}'), "protocol", "Not Found"),
    Fault("405", sends(405, b"Not allowed", content_type="text/plain"), "protocol", "Not allowed"),
    Fault("400", refuses(400, "invalid_request_error", "too big"), "bad_request", "too big"),
    Fault("408", refuses(408, "timeout_error", "too slow"), "timeout", "too slow", 3),
    Fault("409", refuses(409, "conflict_error", "busy"), "bad_request", "busy", 3),
    Fault("413", refuses(413, "request_too_large", "too large"), "bad_request", "too large"),
    Fault("429", too_fast(), "rate_limit", "too fast", 3),
    Fault("429, after 1 s", too_fast("1"), "rate_limit", "too fast", 3, (1, 1)),
    Fault("429, after an hour", too_fast("3600"), "rate_limit", "too fast", 3, LONGEST),
    Fault("429, at a time", too_fast(in_twelve_seconds), "rate_limit", "too fast", 3, (9, 12)),
    Fault("500", refuses(500, "api_error", "it broke"), "server", "it broke", 3),
    Fault("500, empty", sends(500, b""), "server", "500", 3),
    Fault("502 HTML", sends(502, HTML, content_type="text/html"), "server", "hotel", 3),
    Fault("503", overloaded(503), "overloaded", "Overloaded just now", 3),
    Fault("529", overloaded(529), "overloaded", "Overloaded just now", 3),
    Fault("closed unanswered", closes, "network", "lost", 3),
    Fault("200 HTML", sends(200, HTML, content_type="text/html"), "protocol", "hotel"),
    Fault("200, empty", sends(200, b""), "protocol", "empty"),
    Fault("200, other JSON", sends(200, b'{"hello": "world"}'), "protocol", "hello"),
    Fault("307", sends(307, b"", location="http://elsewhere.example/"), "protocol", "elsewhere"),
    # Streams
    Fault("cut", breaks("cut"), "network", "lost", kept=True, only=True),
    Fault("no finish", breaks(), "incomplete", "finish signal", kept=True, only=True),
    Fault("nothing", breaks(after=False), "incomplete", "finish signal", only=True),
    Fault("stall", breaks("stall"), "timeout", "No answer", kept=True, only=True),
    Fault(
        "error event", breaks("end", error_event), "overloaded", "just now", kept=True, only=True
    ),
    Fault(
        "error event first",
        breaks("end", error_event, after=False),
        "overloaded",
        "just now",
        3,
        only=True,
    ),
    Fault("bad JSON", breaks("end", nonsense), "protocol", "not JSON", kept=True, only=True),
    Fault("half an event", breaks("end", half), "incomplete", "finish", kept=True, only=True),
    Fault("gzip", squeezed_stream, None, only=True),
    # Bodies
    Fault("cut", half_a_body("cut"), "network", "lost", 3, only=False),
    Fault("no finish", unfinished_body, "incomplete", "finish signal", kept=True, only=False),
    Fault("stall", half_a_body("stall"), "timeout", "No answer", only=False),
    Fault("error body", error_in_a_body, "overloaded", "just now", 3, only=False),
    Fault("bad JSON", body(lambda whole: whole[:-9]), "protocol", "not JSON", only=False),
    Fault("gzip", body(gzip.compress, content_encoding="gzip"), None, only=False),
)
CASES = [
    (fault, stream)
    for fault in FAULTS
    for stream in (True, False)
    if fault.only is None or fault.only == stream
]
