"""A subject in one wire's JSON, and where each thing stands in it.

Owns asking the codecs: spell once, spell again with one thing changed, and see which places
differ. No wire's field names are written here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from roundtrip.conversation import Change
from roundtrip.dictionary.places import Path, differing
from roundtrip.dictionary.subject import Subject
from roundtrip.dictionary.things import Thing
from roundtrip.wires.address import whole_url
from roundtrip.wires.wire import Wire, WireError

Face = Literal["request", "asks", "stream", "answers"]
"""What is spelled: the request, the reply that asks for tools, its events, the answer."""

ADDRESS, HEADERS, BODY = "address", "headers", "body"
"""A request's three members here, for some wires say in the address what others say in the body."""

_STEP = re.compile(r"[/:]?[^/:]+")


class Unspeakable(Exception):
    """A subject that a wire cannot say at all, in plain words."""


@dataclass(frozen=True)
class Spelling:
    """One face of a subject in one wire's JSON."""

    json: Any
    """A request: `{"address": {"method", "path": [step…], "query"?}, "headers", "body"}`; a reply:
    its body; a stream: a list of `{"event", "data"}`."""

    changes: tuple[Change, ...] = ()
    """What the wire could not say as it was meant."""


def spell(wire: Wire, subject: Subject, face: Face) -> Spelling:
    """Raises `Unspeakable`, also where the subject has no such reply."""
    try:
        if face == "request":
            return _request(wire, subject)
        reply = subject.answers if face == "answers" else subject.asks
        if reply is None:
            raise Unspeakable("There is no such reply yet.")
        written = wire.encode_reply(reply, stream=face == "stream")
    except WireError as error:
        raise Unspeakable(error.message) from None
    if isinstance(written, bytes):
        return Spelling(json.loads(written))
    return Spelling([{"event": one.event, "data": _data(one.data)} for one in written])


def _request(wire: Wire, subject: Subject) -> Spelling:
    request, changes = wire.encode_request(subject.conversation, subject.tools, subject.options)
    headers = [list(pair) for pair in request.headers]
    url = urlsplit(whole_url(wire.name, None, request.path))
    address: dict[str, Any] = {"method": request.method, "path": _STEP.findall(url.path)}
    if url.query:
        address["query"] = url.query
    body = json.loads(request.body)
    return Spelling({ADDRESS: address, HEADERS: headers, BODY: body}, changes)


def _data(data: str) -> Any:
    """An event's data; what is not JSON (an end mark) stays the text it is."""
    try:
        return json.loads(data)
    except ValueError:
        return data


def places(
    wire: Wire, base: Spelling, face: Face, things: Iterable[Thing]
) -> dict[str, tuple[Path, ...]]:
    """Where each thing stands in `base`, by its id; of one that stands nowhere: no places."""
    return {
        thing.id: _differing(wire, base, face, thing.changed)
        or _differing(wire, base, face, thing.inside)
        for thing in things
    }


def _differing(
    wire: Wire, base: Spelling, face: Face, changed: Iterable[Subject]
) -> tuple[Path, ...]:
    found: dict[Path, None] = {}
    for subject in changed:
        try:
            twin = spell(wire, subject, face)
        except Unspeakable:
            continue
        for place in differing(base.json, twin.json):
            if place:  # a stream that became longer is everywhere and so nowhere
                found[place] = None
    # What goes away whole under one change, and in part under another, is the whole.
    return tuple(one for one in found if not any(one[:n] in found for n in range(len(one))))
