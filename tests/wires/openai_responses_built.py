"""Requests of the Responses API, built by us or spelled by others, for the tests of both."""

from __future__ import annotations

from typing import Any

from tests.wires.openai_built import CALL, CITY, HELLO, TOOL, model, sent_on, user
from tests.wires.openai_responses_traffic import TRAFFIC

__all__ = ["CALL", "HELLO", "SCHEMA", "TOOL", "asking", "model", "sent", "user"]

SCHEMA = CITY
sent = sent_on(TRAFFIC)


def asking(*items: Any, **fields: Any) -> Any:
    return {"model": "gpt-x", "input": list(items), **fields}
