"""A request said on another wire: read by the one codec, written by the other.

Owns what neither codec can know alone: a history that only the provider holds, a model that is
not named, headers and addresses that stay behind. Sends nothing.
"""

from __future__ import annotations

from dataclasses import replace

from roundtrip.conversation import Change, Conversation, Message, Opaque, Options, Text
from roundtrip.wires.json_text import dump, load
from roundtrip.wires.lens import untold
from roundtrip.wires.losses import not_carried
from roundtrip.wires.redact import keys_in, names_a_secret, path_without_keys
from roundtrip.wires.wire import Wire, WireError, WireRequest, wire_named

UNRESOLVED = "unresolved_reference"
"""The kind of error for a request whose words are not all in it."""

OF_THE_CLIENT = frozenset(
    {
        "host",
        "content-length",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "accept",
        "accept-encoding",
        "user-agent",
        "x-goog-api-client",
    }
)
OF_AN_SDK = "x-stainless-"
"""Headers by which a client tells of itself and of this one transfer: whoever sends the request
says its own, so they are neither carried nor missed."""


def recode(
    request: WireRequest, source: str, target: str
) -> tuple[WireRequest, tuple[Change, ...]]:
    """The request of the wire `source` as `target` says it, and what was lost on the way.

    An empty path is that of a bare body; then the wire's own is given back where it can be known.
    A model that is not named is left open: null in the body, or the path empty that would hold it.
    To its own wire a request goes unchanged, but without its keys. Raises `WireError`:
    `bad_request` for what is no request of `source`, `unresolved_reference` where another wire
    would need what only the provider holds.
    """
    spoken = wire_named(source)
    conversation, tools, options = spoken.decode_request(request)
    gaps = () if options.model else (NO_MODEL,)
    if source == target:
        path = path_without_keys(request.path) or _usual_path(spoken, options)
        headers, left = _without_keys(request)
        return replace(request, path=path, headers=headers), (*gaps, *left)
    _refuse_references(spoken, conversation, options)
    sent, changes = wire_named(target).encode_request(conversation, tools, options)
    sent = sent if options.model else _left_open(sent)
    return sent, (*gaps, *_headers_left(request, source), *changes)


_ANYTHING = Conversation(messages=(Message(role="user", parts=(Text(text="?"),)),))


NO_MODEL = Change(where="options.model", what="no model is named: its place is left open")


def _left_open(sent: WireRequest) -> WireRequest:
    body = load(sent.body.decode())
    if "model" not in body:
        return replace(sent, path="")
    return replace(sent, body=dump(body | {"model": None}).encode())


def _usual_path(wire: Wire, options: Options) -> str:
    """Where the wire sends such a request when nobody says another path."""
    plain = Options(model=options.model, stream=options.stream)
    sent = wire.encode_request(_ANYTHING, (), plain)[0]
    return (sent if options.model else _left_open(sent)).path


def _refuse_references(wire: Wire, conversation: Conversation, options: Options) -> None:
    """Raises `WireError` where words are only named."""
    told = untold(options.native) if options.native is not None else {}
    labels = [
        part.label
        for message in conversation.messages
        for part in message.parts
        if isinstance(part, Opaque)
    ]
    for field in (*told, *labels):
        if field in wire.references:
            raise WireError(
                UNRESOLVED,
                f"{field} refers to {wire.references[field]}, which only the provider holds: "
                "send the whole history instead, and it can be said on another wire",
            )


Headers = tuple[tuple[str, str], ...]


def _said(headers: Headers) -> Headers:
    """The headers that say something to the provider."""
    return tuple(
        (name, value)
        for name, value in headers
        if name.lower() not in OF_THE_CLIENT and not name.lower().startswith(OF_AN_SDK)
    )


def _without_keys(request: WireRequest) -> tuple[Headers, list[Change]]:
    said = _said(request.headers)
    keys = [f"url.{name}" for name in keys_in(request.path)]
    keys += [f"headers.{name}" for name, _ in said if names_a_secret(name)]
    left = [Change(where=key, what="left out: it holds a key") for key in keys]
    return tuple(header for header in said if not names_a_secret(header[0])), left


def _headers_left(request: WireRequest, source: str) -> list[Change]:
    what = not_carried(source)
    left = [f"url.{name}" for name in keys_in(request.path)]
    left += [f"headers.{name}" for name, _ in _said(request.headers)]
    return [Change(where=where, what=what) for where in left]
