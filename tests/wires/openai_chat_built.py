"""Requests of Chat Completions that are built by us or spelled by others, for the tests of both."""

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
from tests.wires.openai_chat_traffic import WIRE

CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL = ToolDefinition(name="get_weather", description="Weather.", input_schema=CITY)


def sent(
    *messages: Message, tools: Tools = (), system: tuple[Text, ...] = (), **options: Any
) -> tuple[Any, tuple[Change, ...]]:
    """The body that is sent, and the changes."""
    chosen = Options(**{"model": "gpt-x", "stream": False} | options)
    conversation = Conversation(system=system, messages=messages)
    request, changes = WIRE.encode_request(conversation, tools, chosen)
    return json.loads(request.body), changes


def user(*parts: Part) -> Message:
    return Message(role="user", parts=parts)


def model(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


def told(*messages: Any, **beside: Any) -> Any:
    return {"model": "gpt-x", "messages": list(messages)} | beside


HELLO = user(Text(text="Hello"))
CALL = ToolCall(id="call_1", name="get_weather", arguments={"city": "Tokyo"})
