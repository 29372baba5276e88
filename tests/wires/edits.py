"""Edits of a decoded request, each of one thing: what every wire's recordings are tried with.

Owns the edits. Where each of them may show in a wire's JSON, that wire's test says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Text,
    ToolCall,
    ToolDefinition,
    ToolResult,
)
from roundtrip.wires.wire import Tools
from tests.wires.traffic import changed

Request = tuple[Conversation, Tools, Options]
Edit = Callable[[Conversation, Tools, Options], Request | None]
"""The request with one thing changed; None where it has no such thing."""


def change_part(
    kind: type, fields: Callable[[Any], dict[str, Any] | None], whose: str | None = None
) -> Edit:
    """An edit of the first part of a kind, of one role where `whose` names it; `fields` gives its
    new ones."""

    def edit(conversation: Conversation, tools: Tools, options: Options) -> Request | None:
        for n, message in enumerate(conversation.messages):
            if whose not in (None, message.role):
                continue
            for k, part in enumerate(message.parts):
                news = fields(part) if isinstance(part, kind) else None
                if news is not None:
                    parts = (*message.parts[:k], changed(part, **news), *message.parts[k + 1 :])
                    edited = _replaced(conversation.messages, n, changed(message, parts=parts))
                    return changed(conversation, messages=edited), tools, options
        return None

    return edit


def _replaced(messages: tuple[Message, ...], n: int, by: Message) -> tuple[Message, ...]:
    return (*messages[:n], by, *messages[n + 1 :])


def _more_arguments(call: ToolCall) -> dict[str, Any] | None:
    return None if call.arguments is None else {"arguments": call.arguments | {"added": "Paris"}}


def _other_result(result: ToolResult) -> dict[str, Any] | None:
    if not result.content or not isinstance(result.content[0], Text):
        return None
    return {"content": (changed(result.content[0], text="another result"), *result.content[1:])}


def _change_description(
    conversation: Conversation, tools: Tools, options: Options
) -> Request | None:
    for n, tool in enumerate(tools):
        if isinstance(tool, ToolDefinition):
            other = changed(tool, description="Another one.")
            return conversation, (*tools[:n], other, *tools[n + 1 :]), options
    return None


def _change_system(conversation: Conversation, tools: Tools, options: Options) -> Request | None:
    if not conversation.system:
        return None
    other = (changed(conversation.system[0], text="Be brief."), *conversation.system[1:])
    return changed(conversation, system=other), tools, options


def _change_cap(conversation: Conversation, tools: Tools, options: Options) -> Request:
    return conversation, tools, changed(options, max_output_tokens=77)


EDITS: dict[str, Edit] = {
    "an argument": change_part(ToolCall, _more_arguments),
    "a result": change_part(ToolResult, _other_result),
    "a failure": change_part(ToolResult, lambda result: {"is_error": not result.is_error}),
    "a person's words": change_part(Text, lambda text: {"text": "Other words."}, "user"),
    "the model's words": change_part(Text, lambda text: {"text": "Other words."}, "assistant"),
    "a description": _change_description,
    "the system prompt": _change_system,
    "the cap": _change_cap,
}
