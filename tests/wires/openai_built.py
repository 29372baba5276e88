"""Requests to OpenAI's APIs that are built by us, for the tests that look at what is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
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
from tests.wires.traffic import Traffic

CITY = {"type": "object", "properties": {"city": {"type": "string"}}}
TOOL = ToolDefinition(name="get_weather", description="Weather.", input_schema=CITY)


def user(*parts: Part) -> Message:
    return Message(role="user", parts=parts)


def model(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


HELLO = user(Text(text="Hello"))
CALL = ToolCall(id="call_1", name="get_weather", arguments={"city": "Tokyo"})


def sent_on(traffic: Traffic) -> Callable[..., tuple[Any, tuple[Change, ...]]]:
    def sent(
        *messages: Message, tools: Tools = (), system: tuple[Text, ...] = (), **options: Any
    ) -> tuple[Any, tuple[Change, ...]]:
        """The body that is sent, and the changes."""
        chosen = Options(**{"model": "gpt-x", "stream": False} | options)
        conversation = Conversation(system=system, messages=messages)
        request, changes = traffic.wire.encode_request(conversation, tools, chosen)
        assert (request.method, f"/v1{request.path}") == ("POST", traffic.path)
        assert request.headers == ()
        return json.loads(request.body), changes

    return sent
