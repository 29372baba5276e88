"""Requests of Chat Completions, built by us or spelled by others, for the tests of both."""

from __future__ import annotations

from typing import Any

from tests.wires.openai_built import CALL, CITY, HELLO, TOOL, model, sent_on, user
from tests.wires.openai_chat_traffic import TRAFFIC

__all__ = ["CALL", "CITY", "HELLO", "TOOL", "model", "sent", "told", "user"]

sent = sent_on(TRAFFIC)


def told(*messages: Any, **beside: Any) -> Any:
    return {"model": "gpt-x", "messages": list(messages)} | beside
