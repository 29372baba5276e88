"""Addresses: where a wire's requests go, and which addresses may be kept.

Owns the providers' own, the variables the SDKs read and the check of an address that somebody
enters. Does not own who may enter one (`service.py`) or what is taken out of those that crossed
(`capture.py`).
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx2

from roundtrip.wires.redact import names_a_secret

BASE_URL_VARIABLES: Mapping[str, str] = {
    "anthropic": "ANTHROPIC_BASE_URL",
    "openai-chat": "OPENAI_BASE_URL",
    "openai-responses": "OPENAI_BASE_URL",
    "gemini": "GOOGLE_GEMINI_BASE_URL",
}
"""Where each SDK looks for an address of one's own."""

PROVIDERS: Mapping[str, str] = {
    "anthropic": "https://api.anthropic.com",
    "openai-chat": "https://api.openai.com/v1",
    "openai-responses": "https://api.openai.com/v1",
    "gemini": "https://generativelanguage.googleapis.com",
}
"""Where each provider listens: what its SDK takes as its base URL when nobody says another."""


def whole_url(wire: str, base_url: str | None, path: str) -> str:
    """Where a request with this path goes, as the SDKs join the two."""
    return (base_url or PROVIDERS[wire]).rstrip("/") + path


def environment_address(wire: str, environ: Mapping[str, str]) -> str | None:
    """The base URL that the environment sets for a wire; None for the provider's own."""
    return environ.get(BASE_URL_VARIABLES.get(wire, ""), "").strip() or None


def host_of(url: str) -> str | None:
    """The host a base URL names, with its port where it says one; None for what is no address."""
    try:
        return httpx2.URL(url.strip()).netloc.decode("ascii") or None
    except httpx2.InvalidURL:
        return None


def address_problem(url: str) -> str | None:
    """Why a base URL cannot be used, in words that do not repeat it; None for a good one.

    One with a password or a key in it is refused: a run keeps its address, and shows it.
    """
    try:
        parsed = httpx2.URL(url.strip())
    except httpx2.InvalidURL:
        return "it is not an address"
    if parsed.scheme not in ("http", "https") or not parsed.host:
        return "it does not begin with http:// or https:// and a host's name"
    if parsed.userinfo:
        return "it has a name or password in it, and addresses are kept with the run"
    if any(names_a_secret(name) for name in parsed.params):
        return "it has a key in it, and addresses are kept with the run: enter it as the key"
    return None
