"""That no client reaches for anything but the simulator, nor tells anybody of its use.

Owns the environment that asks them to keep quiet, and the watch over every connection that
Python code makes.
"""

from __future__ import annotations

import os
import sys
from typing import Any

_OTHERS = ("ANTHROPIC_", "OPENAI_", "GEMINI_", "GOOGLE_", "LANGSMITH_", "LANGCHAIN_", "LITELLM_")
"""Somebody's keys, addresses and projects."""

_QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks for a list of prices
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",  # and for one of headers
    "LITELLM_TELEMETRY": "False",
    "LANGSMITH_TRACING": "false",
    "OPENAI_AGENTS_DISABLE_TRACING": "1",
    "OTEL_SDK_DISABLED": "true",
    "HF_HUB_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "NO_PROXY": "*",
}
_LOOPBACK = ("127.0.0.1", "::1", "localhost", "", None)

reached: list[str] = []
"""Where somebody wanted to go, and was kept from it."""


def keep_quiet() -> None:
    """Before any client is imported."""
    for name in list(os.environ):
        if name.startswith(_OTHERS):
            del os.environ[name]
    os.environ.update(_QUIET)
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # a path is no network
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host not in _LOOPBACK:
        reached.append(f"{event} {host}")
        raise ConnectionRefusedError(f"no client may reach {host}")
