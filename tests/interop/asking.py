"""What a client is asked, with what, and what it tells of the conversation.

Owns the values that pass between a test and a client's own agent loop. How each client is used
stands in `clients/`; nothing here knows one, nor the simulator's code.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, TypeAdapter

from sample_tools.orders import find_customer, list_orders, shipping_status
from sample_tools.weather import get_weather

BASES = {
    "anthropic": "/anthropic",
    "openai-chat": "/openai/v1",
    "openai-responses": "/openai/v1",
    "gemini": "/gemini",
}
"""Each wire's base URL below the simulator's root."""

ANY_KEY = "any-key"

Tool = Callable[..., Any]
TOOLS: tuple[Tool, ...] = (get_weather, find_customer, list_orders, shipping_status)


@dataclass(frozen=True)
class Api:
    """Where a model is."""

    root: str
    """The simulator's address."""

    wire: str
    model: str

    @property
    def base_url(self) -> str:
        return self.root + BASES[self.wire]


class Conversion(BaseModel):
    """A measured value to convert from one unit to another."""

    value: float
    from_unit: str
    to_unit: str


class Outfit(BaseModel):
    """What to wear in one city."""

    city: str
    temp_c: int
    wear: str


class Outfits(BaseModel):
    """What to wear in each city."""

    outfits: list[Outfit]


REFUSED = "A person has refused this call."
"""What the model is told where nothing was run."""


@dataclass
class Desk:
    """The tools, and what a client's loop had them do."""

    tools: tuple[Tool, ...] = ()
    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Each call that ran to a result."""

    failed: list[str] = field(default_factory=list)
    """The words of each call that raised."""

    def __post_init__(self) -> None:
        self.tools = tuple(self._watched(tool) for tool in TOOLS)

    def definitions(self) -> list[dict[str, Any]]:
        """The tools as Chat Completions spells them, for clients that take them only so."""
        return [
            {
                "type": "function",
                "function": {
                    "name": tool.__name__,
                    "description": inspect.getdoc(tool),
                    "parameters": TypeAdapter(tool).json_schema(),
                },
            }
            for tool in TOOLS
        ]

    def named(self, name: str) -> Tool:
        return next(tool for tool in self.tools if tool.__name__ == name)

    def run(self, name: str, arguments: dict[str, Any]) -> tuple[str, bool]:
        """A call's result as text, and whether it failed: for clients that leave this to others."""
        try:
            return json.dumps(self.named(name)(**arguments)), False
        except ValueError as error:
            return f"Error: {error}", True

    def _watched(self, tool: Tool) -> Tool:
        @functools.wraps(tool)
        def watched(*given: Any, **named: Any) -> Any:
            arguments = inspect.signature(tool).bind(*given, **named).arguments
            try:
                result = tool(**arguments)
            except ValueError as error:
                self.failed.append(str(error))
                raise
            self.done.append((tool.__name__, arguments))
            return result

        return watched


@dataclass(frozen=True)
class Told:
    """What a client's user sees when the conversation is over."""

    text: str
    """The final answer."""

    input_tokens: int
    output_tokens: int
    """Over all round trips where the client sums them up, else of the last one."""

    pieces: int = 1
    """In how many pieces the client handed its news on; 1 where nothing is streamed."""
