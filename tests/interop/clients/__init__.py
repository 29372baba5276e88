"""Clients that nobody of this project wrote, each by the same few functions.

Owns the list. A module here has `converse(api, desk, question, streamed=…)`; what else some of
them can do (`refusing`, `fill`) a test asks for by name. A client that is not installed in the
environment the tests run in is left out there: no one environment can hold all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata
from typing import Any

WIRES = ("anthropic", "openai-chat", "openai-responses", "gemini")
_OPENAI = ("openai-chat", "openai-responses")


@dataclass(frozen=True)
class Client:
    """A package, and the wires it speaks."""

    package: str
    """As it is installed by."""

    module: str
    """Of this folder."""

    wires: tuple[str, ...] = WIRES

    @property
    def version(self) -> str | None:
        """None where it is not installed."""
        try:
            return metadata.version(self.package)
        except metadata.PackageNotFoundError:
            return None

    @property
    def uses(self) -> Any:
        return import_module(f"{__name__}.{self.module}")


CLIENTS = (
    Client("anthropic", "of_official_sdks", ("anthropic",)),
    Client("openai", "of_official_sdks", _OPENAI),
    Client("google-genai", "of_official_sdks", ("gemini",)),
    Client("pydantic-ai-slim", "of_pydantic_ai"),
    Client("langchain-anthropic", "of_langchain", ("anthropic",)),
    Client("langchain-openai", "of_langchain", _OPENAI),
    Client("langchain-google-genai", "of_langchain", ("gemini",)),
    Client("litellm", "of_litellm"),
    Client("openai-agents", "of_openai_agents", _OPENAI),
    Client("google-adk", "of_google_adk", ("gemini",)),
    Client("llm", "of_llm", _OPENAI),
    Client("llm-anthropic", "of_llm", ("anthropic",)),
    Client("llm-gemini", "of_llm", ("gemini",)),
    Client("instructor", "of_instructor"),
)


def installed() -> Iterator[Client]:
    return (client for client in CLIENTS if client.version)
