"""What every SDK's user sees of a reply, and what is asked and told in the same way everywhere.

Owns the values that tests compare. How each SDK is spoken to stands beside.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2

Definition = dict[str, Any]
"""`name`, `description`, `schema`: a tool before a wire spells it."""

WEATHER: Definition = {
    "name": "get_weather",
    "description": "Get the current weather in a given city.",
    "schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The name of the city."}},
        "required": ["city"],
    },
}


Hook = Callable[[httpx2.Response], None]


@dataclass(frozen=True)
class Failed:
    """A result that is a failure, told as each API has it told."""

    words: str

    def __str__(self) -> str:
        return f"Error: {self.words}"


@dataclass(frozen=True)
class Seen:
    """A reply as its reader sees it."""

    id: str
    model: str
    text: str
    thoughts: str
    calls: list[tuple[str, dict[str, Any]]]
    call_ids: list[str | None]
    stop: str
    """The API's own word."""

    input_tokens: int
    output_tokens: int
    """Reasoning included."""

    reasoning_tokens: int | None
    said: Any
    """What goes back into the next request for this reply."""


class Speaker(Protocol):
    """An API through its SDK."""

    wire: str
    base: str
    """Path of its base URL."""

    stops: dict[str, str]
    """Canonical signal to the word seen here."""

    broken: type[Exception]
    """What the SDK raises where the connection breaks before a reply."""

    late: type[Exception]
    """What it raises at its time limit."""

    refused: type[Exception]
    """What it raises for a refusal."""

    def client(
        self, root: str, key: str = "any-key", timeout: float = 20, hook: Hook | None = None
    ) -> Any:
        """The SDK's client; a hook is called with each response."""

    def asking(self, words: str, tools: Sequence[Definition] = (WEATHER,), **options: Any) -> Any:
        """A request; options are `model`, `most`, `force`, `fault`, `script`, `pace`."""

    def whole(self, client: Any, request: Any) -> Seen: ...

    def streamed(self, client: Any, request: Any) -> Seen: ...

    def pieces(self, client: Any, request: Any) -> Iterable[Any]:
        """What a stream brings, as it comes."""

    def going_on(self, request: Any, seen: Seen, results: Sequence[Any]) -> Any:
        """The request that hands the results of a reply's calls back, in their order."""

    def models(self, client: Any) -> list[str]: ...


def told(result: Any) -> str:
    return str(result) if isinstance(result, (str, Failed)) else json.dumps(result)


def wishes(options: dict[str, Any]) -> dict[str, str]:
    """What is asked of the simulator itself, by header."""
    told = {f"x-{name}": options.get(name) for name in ("fault", "script", "pace")}
    return {name: value for name, value in told.items() if value}


def extra_headers(options: dict[str, Any]) -> dict[str, Any]:
    told = wishes(options)
    return {"extra_headers": told} if told else {}


def transport(hook: Hook | None) -> dict[str, Any]:
    """What the clients' transports take. Loopback needs no certificates, which are slow to load."""
    return {"event_hooks": {"response": [hook] if hook else []}, "verify": False}


_OPEN: list[Any] = []


def closed_later(client: Any) -> Any:
    """The client, to be closed when the test is over."""
    _OPEN.append(client)
    return client


def close_clients() -> None:
    while _OPEN:
        _OPEN.pop().close()
