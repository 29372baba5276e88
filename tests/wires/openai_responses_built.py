"""Requests of the Responses API that are built by us, for the tests that look at what is sent."""

from __future__ import annotations

import json
from typing import Any

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Options,
    Part,
    Text,
    ToolCall,
    ToolDefinition,
)
from roundtrip.wires.wire import Tools
from tests.wires.openai_responses_traffic import WIRE

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL = ToolDefinition(name="get_weather", description="Weather.", input_schema=SCHEMA)


def sent(
    *messages: Message, tools: Tools = (), system: tuple[Text, ...] = (), **options: Any
) -> tuple[Any, tuple[Change, ...]]:
    """The body that is sent, and the changes."""
    chosen = Options(**{"model": "gpt-x", "stream": False} | options)
    conversation = Conversation(system=system, messages=messages)
    request, changes = WIRE.encode_request(conversation, tools, chosen)
    assert (request.method, request.path, request.headers) == ("POST", "/responses", ())
    return json.loads(request.body), changes


def user(*parts: Part) -> Message:
    return Message(role="user", parts=parts)


def model(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


HELLO = user(Text(text="Hello"))
CALL = ToolCall(id="call_1", name="get_weather", arguments={"city": "Tokyo"})


def asking(*items: Any, **fields: Any) -> Any:
    return {"model": "gpt-x", "input": list(items), **fields}
