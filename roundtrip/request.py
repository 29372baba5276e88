"""The request a run sends next: how its wire writes it, and why it cannot be sent.

Pure: no network and no commit. Performing it is `drive.py`'s; what leaves is `wires/send.py`'s.
"""

from __future__ import annotations

from roundtrip.conversation import Change, Conversation, Message, Options, Text
from roundtrip.events import Failure, Setup
from roundtrip.exchange import Exchange
from roundtrip.owner import NoKey
from roundtrip.state import RunState
from roundtrip.told_changes import ToldChange, told
from roundtrip.wires import failures
from roundtrip.wires.redact import Secrets, redact_body, redact_headers, redact_url
from roundtrip.wires.wire import WireError, WireRequest, wire_named


def encode(state: RunState) -> tuple[WireRequest, tuple[Change, ...]]:
    """The next request and what of it the wire could not say. Raises what a codec raises."""
    setup = state.setup
    assert setup is not None
    if not setup.options.model:
        raise WireError("bad_request", "No model is chosen. Type its name under Settings.")
    options, released = _released(setup.options, after_results=state.returns_results)
    wire = wire_named(setup.wire)
    request, changes = wire.encode_request(state.conversation, setup.definitions, options)
    return request, (*released, *changes)


def said_differently(setup: Setup) -> tuple[ToldChange, ...]:
    """What of a turn's settings its wire cannot say, before anything is asked in it."""
    asked = Conversation(messages=(Message(role="user", parts=(Text(text="?"),)),))
    try:
        _, changes = wire_named(setup.wire).encode_request(asked, setup.definitions, setup.options)
    except WireError:  # told with the request itself
        return ()
    return told(changes, setup.definitions)


def _released(options: Options, *, after_results: bool) -> tuple[Options, tuple[Change, ...]]:
    """A forced call is forced once a turn: forced again, the model could never answer."""
    choice = options.tool_choice
    if not after_results or choice is None or choice.mode not in ("any", "tool"):
        return options, ()
    words = "forced with the turn's first request only, so that the model can answer"
    return options.model_copy(update={"tool_choice": None}), (
        Change(where="tool_choice", what=words),
    )


def as_written(
    request: WireRequest, state: RunState, number: int, url: str, secrets: Secrets, at: float
) -> Exchange:
    """The request as it is kept before it leaves; `at`: seconds since the epoch."""
    assert state.setup is not None
    headers = request.headers + state.setup.headers
    raw = ((name.encode("latin-1"), value.encode("latin-1")) for name, value in headers)
    return Exchange(
        number=number,
        attempt=1,
        method=request.method,
        url=redact_url(url, secrets),
        request_headers=redact_headers(raw, secrets),
        request_body=redact_body(request.body, secrets),
        request_sha256="",
        started_at=at,
    )


def no_key(error: NoKey) -> Failure:
    """The failure of a request that may not be sent."""
    advice = error.advice or failures.ADVICE["auth"]
    return Failure(kind="auth", message=str(error), advice=advice)


def cannot_be_written(error: Exception) -> Failure:
    """The failure of a conversation that its wire cannot say."""
    words = error.message if isinstance(error, WireError) else f"{type(error).__name__}: {error}"
    message = f"This conversation cannot be written for this API: {words}"
    return Failure(
        kind="bad_request", message=message, advice="Change what is named, then ask again."
    )
