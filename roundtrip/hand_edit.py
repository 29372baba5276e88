"""A request written by hand: what a person typed in place of the body that lies ready.

Owns keeping it and getting it back to the byte. The event that says so is `intents.edit_request`'s,
sending it `drive.py`'s. Its body is kept where all bodies are, in its exchange; events hold none.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import replace

from roundtrip import intents
from roundtrip.events import Setup
from roundtrip.journal import Journal
from roundtrip.journals import commit
from roundtrip.owner import NoKey
from roundtrip.wires.redact import environment_headers, redact_body, secrets_of
from roundtrip.wires.send import Target
from roundtrip.wires.wire import WireRequest


class CannotBeKept(Exception):
    """A body that may not be kept, and so may not be sent; its words are for a person."""


def edit_request(journal: Journal, body: bytes, target: Callable[[Setup], Target]) -> None:
    """Put the body in place of the one that lies ready; nothing, where none does any more.

    Any bytes will do: what the API says to them is the point. `target`: where they would go;
    raises `NoKey`. Raises `CannotBeKept` where the key stands in them, and what
    `journals.commit` raises.
    """
    state = journal.state
    key = None
    with contextlib.suppress(NoKey):  # one may be given before the request is sent
        key = target(state.setup).key if state.setup else None
    if redact_body(body, secrets_of(key, environment_headers(os.environ))) != body:
        raise CannotBeKept("A key stands in this text. It is sent in a header: take it out here.")
    number = state.prepared
    lying = None if number is None else journal.exchange(number)
    if number is None or lying is None:
        return
    intent = intents.edit_request(number, body)
    commit(journal, intent, exchange=replace(lying, request_body=body))


def as_edited(request: WireRequest, journal: Journal) -> WireRequest:
    """The request with the body that a person wrote for it. Blocks.

    Raises ValueError where that is not to be had to the byte: then nothing may leave.
    """
    number, digest = journal.state.prepared, journal.state.edited
    kept = None if number is None else journal.exchange(number)
    if kept is None or hashlib.sha256(kept.request_body).hexdigest() != digest:
        raise ValueError("what you wrote is not kept to the byte; write the request again")
    return replace(request, body=kept.request_body)
