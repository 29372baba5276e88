"""Which models an address offers, asked of the API itself.

Owns each API's list of models and how it is read. Sending it is `send.py`'s, judging a failure is
`failures.py`'s. What a wire knows of its provider's models without asking is the wire's own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from roundtrip.events import Failure
from roundtrip.exchange import Exchange
from roundtrip.wires.capture import Recorder
from roundtrip.wires.failures import classify
from roundtrip.wires.redact import redact_value
from roundtrip.wires.send import Sender, Target
from roundtrip.wires.wire import WireError, WireRequest, wire_named

WITHIN_S = 5.0
"""Seconds for the whole list: a person waits for it, and can type a name without it."""

MOST_MODELS = 1000
"""More than anybody looks through; a router offers several hundred."""

LONGEST_NAME = 200
"""Characters. A longer one is no model's name."""

LONGEST_LIST = 4_000_000
"""Bytes. Whatever sends more is not listing models."""

_PATHS: Mapping[str, str] = {
    "anthropic": f"/v1/models?limit={MOST_MODELS}",
    "openai-chat": "/models",
    "openai-responses": "/models",
    "gemini": f"/v1beta/models?pageSize={MOST_MODELS}",
}


class NotListed(Exception):
    """The address did not give its models; `failure` says why, as a step would."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


async def list_models(target: Target) -> tuple[str, ...]:
    """The models' names as a request names them, in the server's order. Raises `NotListed`.

    One request, not repeated, and nothing of it is kept.
    """
    wire, sender = wire_named(target.wire), Sender()
    recorder = Recorder(1, 1, secret=target.key, on_leaving=_nothing_is_kept, longest=LONGEST_LIST)
    request = WireRequest("GET", _PATHS[target.wire], (), b"")
    try:
        await sender.ready(target)  # loading an SDK is no fault of the address
        async with asyncio.timeout(WITHIN_S):
            pieces = [piece async for piece in sender.send(target, request, recorder)]
        return names_in("".join(pieces))
    except Exception as error:
        recorder.end(str(error))
        failure = classify(error, wire, recorder.exchange())
        raise NotListed(redact_value(failure, recorder.secrets)) from None
    finally:
        await sender.close()


async def _nothing_is_kept(exchange: Exchange) -> None:
    pass


def names_in(body: str) -> tuple[str, ...]:
    """The names in a list of models, in any of the APIs' spellings. Raises `WireError`.

    `{"data": [{"id": …}]}` is Anthropic's, OpenAI's and that of all servers compatible with it;
    Gemini's is `{"models": [{"name": "models/…", "supportedGenerationMethods": […]}]}`, with
    models that only embed among them.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    listed = told.get("data", told.get("models")) if isinstance(told, dict) else None
    if not isinstance(listed, list):
        raise WireError("protocol", "This address answers, but not with a list of models.")
    names = (_name(model) for model in listed if isinstance(model, dict))
    return tuple(dict.fromkeys(name for name in names if name))[:MOST_MODELS]


def _name(model: Mapping[str, Any]) -> str | None:
    """What a request calls it; None for what answers no question, or has no name."""
    methods = model.get("supportedGenerationMethods")
    if isinstance(methods, list) and "generateContent" not in methods:
        return None
    name = model.get("id") or str(model.get("name") or "").removeprefix("models/")
    plain = isinstance(name, str) and name.isprintable() and len(name) <= LONGEST_NAME
    return name if plain else None
