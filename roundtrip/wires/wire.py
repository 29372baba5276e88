"""What every wire is: a codec with four faces, pure, without network.

Owns the Protocol, the request as it leaves, and the registry. Does not send (`send.py`),
record (`capture.py`) or judge failures (`failures.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Protocol

from roundtrip.conversation import (
    Change,
    Conversation,
    Delta,
    Options,
    ProviderTool,
    Reply,
    ToolDefinition,
)
from roundtrip.wires.sse import ServerSentEvent

WIRES = {
    "anthropic": "roundtrip.wires.anthropic",
    "openai-chat": "roundtrip.wires.openai_chat",
    "openai-responses": "roundtrip.wires.openai_responses",
    "gemini": "roundtrip.wires.gemini",
}
"""Each wire's name and the module that holds `WIRE`. A new wire is a module, a line here, and
a line wherever a provider has facts of its own (`tests/wires/test_registry.py` names them)."""

Tools = tuple[ToolDefinition | ProviderTool, ...]


@dataclass(frozen=True)
class WireRequest:
    """One HTTP request, as far as a wire decides it (address and key come from the SDK)."""

    method: str
    path: str
    """Below the base URL, e.g. `/v1/messages`; with the query where the wire needs one."""

    headers: tuple[tuple[str, str], ...]
    """Only what the wire itself adds (betas)."""

    body: bytes


@dataclass(frozen=True)
class Spelling:
    """The wire's own words for what the timeline shows."""

    stop_field: str
    """Where the stop signal stands, e.g. `stop_reason`."""

    result: str
    """What a result travels as, e.g. `tool_result block`."""


class ReplyDecoder(Protocol):
    """Reads one reply, piece by piece."""

    def feed(self, data: str) -> list[Delta]:
        """Take one event's data, or a whole body at once. Raises `WireError`."""

    def finish(self) -> Reply:
        """The reply. Without a finish signal its stop is `incomplete`. Raises `WireError`."""


class Wire(Protocol):
    """One provider API. The first two faces serve our client, the last two the simulator."""

    name: str
    title: str
    """As people know it, e.g. `Anthropic Messages`."""

    models: tuple[str, ...]
    """Some of the provider's models, to choose from; any other name can be typed."""

    hottest: float
    """The highest temperature the API takes."""

    spelling: Spelling

    mute: frozenset[str]
    """Fields of its JSON that tell the model nothing (an item's id, its state): leaving them out
    on another wire is no loss."""

    references: Mapping[str, str]
    """Its fields, and kinds of items, that stand for words which only the provider holds; each
    with what it refers to."""

    def encode_request(
        self, conversation: Conversation, tools: Tools, options: Options
    ) -> tuple[WireRequest, tuple[Change, ...]]: ...

    def reply_decoder(self) -> ReplyDecoder: ...

    def decode_request(self, request: WireRequest) -> tuple[Conversation, Tools, Options]:
        """The inverse of `encode_request`. Raises `WireError` (`bad_request`)."""

    def encode_reply(self, reply: Reply, *, stream: bool) -> bytes | Sequence[ServerSentEvent]:
        """A whole body, or the events of a stream."""

    def error_words(self, body: str) -> tuple[str | None, str]:
        """A refusal's own type and message, e.g. `("not_found_error", "model: x")`."""


class WireError(Exception):
    """A message that is not what the wire allows, or a reply that reports its own failure."""

    def __init__(self, kind: str, message: str, provider: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        """One of `events.FailureKind`, or what a module adds that raises it."""
        self.message = message
        self.provider = provider
        """The provider's own word for the failure, e.g. `overloaded_error`."""


@cache
def wire_named(name: str) -> Wire:
    """The wire of that name. Raises KeyError with the names there are."""
    if name not in WIRES:
        raise KeyError(f"no wire is called {name!r}; there are: {', '.join(WIRES)}")
    return import_module(WIRES[name]).WIRE
