"""Servers that speak a provider's wire at another address: the ones people run, by name.

Owns their addresses as they are out of the box, and which addresses need no key. Whether an
address may be sent to at all is `service.py`'s, whose key goes there is `owner.py`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx2

from roundtrip.owner import is_loopback

PLACEHOLDER_KEY = "no-key"
"""What is sent as the key where there is none and none is needed: the SDKs will not send without
one. Shorter than what is taken for a secret, so that it is shown as it crossed."""


@dataclass(frozen=True)
class Preset:
    """One kind of server."""

    title: str
    base_url: str

    @property
    def local(self) -> bool:
        """Whether it runs on this machine."""
        return _on_this_machine(self.base_url)


PRESETS: Mapping[str, tuple[Preset, ...]] = {
    "openai-chat": (
        Preset("Ollama", "http://localhost:11434/v1"),
        Preset("llama.cpp", "http://localhost:8080/v1"),
        Preset("vLLM", "http://localhost:8000/v1"),
        Preset("LM Studio", "http://localhost:1234/v1"),
        Preset("OpenRouter", "https://openrouter.ai/api/v1"),
    ),
}
"""By wire; each server's default port and path, from its own documentation."""


def presets(wire: str) -> tuple[Preset, ...]:
    """The servers known to speak this wire besides its provider."""
    return PRESETS.get(wire, ())


def preset_at(known: Sequence[Preset], base_url: str) -> Preset | None:
    """The one whose address this is."""
    wanted = base_url.strip().rstrip("/")
    return next((preset for preset in known if preset.base_url == wanted), None)


def needs_no_key(wire: str, base_url: str) -> bool:
    """Whether a request may go there with the placeholder: to this machine, on a wire that
    servers without keys speak. Elsewhere a missing key is said before anything leaves."""
    return bool(presets(wire)) and _on_this_machine(base_url)


def _on_this_machine(base_url: str) -> bool:
    try:
        return is_loopback(httpx2.URL(base_url).host)
    except httpx2.InvalidURL:
        return False
