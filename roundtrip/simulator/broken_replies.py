"""Replies that come through and cannot be read, or say too late that they failed.

Owns the faults of the kind "broken replies": what becomes of a good reply, and of the pieces it is
sent in. That a connection breaks is `pacing.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from roundtrip.conversation import Reply, Signal, StopSignal
from roundtrip.simulator.framing import Framed

PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head>\n"
    b"<body><h1>Guest network</h1><p>Please sign in to reach the internet.</p></body></html>\n"
)
"""What a network, or a proxy on the way, says to whoever has not signed in."""


def unfinished(reply: Reply, words: Mapping[Signal, str]) -> Reply:
    """The reply without its end. `words`: how the API says of a reply why it stopped."""
    stop = StopSignal(signal="incomplete", provider=words.get("incomplete"))
    return reply.model_copy(update={"stop": stop})


def broken(framed: Framed, fault: str, failure: bytes) -> Framed:
    """The reply with this fault; as it is for any other. `failure` is how the API says, in this
    shape, that it has failed after all."""
    if fault == "html":
        page = _whole(framed, PAGE)
        return replace(page, instead={"content-type": "text/html; charset=utf-8"})
    if fault == "bad-chunk":
        return _broken_off(framed)
    if fault == "error-event":
        return _failed(framed, failure)
    return framed


def _whole(framed: Framed, body: bytes) -> Framed:
    headers = framed.headers | {"content-length": str(len(body))}
    return replace(framed, pieces=[body], headers=headers, shape="body")


def _broken_off(framed: Framed) -> Framed:
    """The piece in the middle breaks off in its JSON, and the others follow as ever."""
    if framed.shape == "body":
        (body,) = framed.pieces
        return _whole(framed, body[: len(body) * 2 // 3])
    at = len(framed.pieces) // 2
    piece = framed.pieces[at]
    end = b"\n\n" if framed.shape == "events" else b""
    half = piece[: len(piece) * 2 // 3] + end
    return replace(framed, pieces=[*framed.pieces[:at], half, *framed.pieces[at + 1 :]])


def _failed(framed: Framed, failure: bytes) -> Framed:
    """Half of the reply, then the failure, and nothing more."""
    if framed.shape == "body":
        return _whole(framed, failure)
    if framed.shape == "events":
        return replace(framed, pieces=[*framed.pieces[: len(framed.pieces) // 2], failure])
    begun = framed.pieces[: (len(framed.pieces) - 1) // 2]
    head = b",\r\n" if begun else b"["
    return replace(framed, pieces=[*begun, head + failure, b"]"])
