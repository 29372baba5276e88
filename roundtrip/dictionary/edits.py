"""A subject with just one thing changed, everywhere it is said: the conversation and both replies.

Owns the edits. A changed text has the shape of the old one, so that whatever is cut into pieces by
length or by word is cut in the same places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from roundtrip.conversation import (
    Message,
    Reply,
    StopSignal,
    Text,
    ToolCall,
    ToolDefinition,
    ToolResult,
)
from roundtrip.dictionary.subject import Subject


def other(text: str) -> str:
    """Another text of the same shape: as long, with its spaces and marks in the same places."""
    turned = text.translate(_NEXT)
    return turned if turned != text else text + "x"


def sibling(model: str) -> str:
    """Another model's name, that begins as this one does: some wires go by a family's name."""
    return model[:-1] + other(model[-1:])


def _turned(letters: str) -> str:
    return letters[1:] + letters[:1]


_SHAPES = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789")
_NEXT = str.maketrans("".join(_SHAPES), "".join(_turned(letters) for letters in _SHAPES))


def with_parts(subject: Subject, change: Callable[[Any], Any]) -> Subject:
    """Every part changed by the same rule, in the conversation and in both replies."""

    def message(of: Message) -> Message:
        parts = tuple(change(part) for part in of.parts)
        return of.model_copy(update={"parts": parts})

    def reply(of: Reply | None) -> Reply | None:
        return of.model_copy(update={"message": message(of.message)}) if of else None

    messages = tuple(message(one) for one in subject.conversation.messages)
    return replace(
        subject,
        conversation=subject.conversation.model_copy(update={"messages": messages}),
        asks=reply(subject.asks),
        answers=reply(subject.answers),
    )


def with_options(subject: Subject, **options: Any) -> Subject:
    return replace(subject, options=subject.options.model_copy(update=options))


def with_tool(subject: Subject, at: int, **fields: Any) -> Subject:
    tools = tuple(
        tool.model_copy(update=fields) if n == at else tool for n, tool in enumerate(subject.tools)
    )
    return replace(subject, tools=tools)


def renamed(subject: Subject, name: str) -> Subject:
    """The tool under another name: in its definition, its calls, their results and the choice."""
    new = other(name)

    def part(of: Any) -> Any:
        mine = isinstance(of, ToolCall | ToolResult) and of.name == name
        return of.model_copy(update={"name": new}) if mine else of

    renamed = with_parts(subject, part)
    tools = tuple(
        tool.model_copy(update={"name": new})
        if isinstance(tool, ToolDefinition) and tool.name == name
        else tool
        for tool in subject.tools
    )
    choice = subject.options.tool_choice
    if choice is not None and choice.name == name:
        choice = choice.model_copy(update={"name": new})
    return with_options(replace(renamed, tools=tools), tool_choice=choice)


def with_call_id(subject: Subject, call_id: str) -> Subject:
    new = other(call_id)

    def part(of: Any) -> Any:
        if isinstance(of, ToolCall) and of.id == call_id:
            return of.model_copy(update={"id": new})
        if isinstance(of, ToolResult) and of.call_id == call_id:
            return of.model_copy(update={"call_id": new})
        return of

    return with_parts(subject, part)


def without_ids(subject: Subject) -> Subject:
    """As a wire that has no ids would tell it."""

    def part(of: Any) -> Any:
        if isinstance(of, ToolCall):
            return of.model_copy(update={"id": None})
        return of.model_copy(update={"call_id": None}) if isinstance(of, ToolResult) else of

    return with_parts(subject, part)


def with_arguments(subject: Subject, call: ToolCall, arguments: dict[str, Any]) -> Subject:
    def part(of: Any) -> Any:
        return of.model_copy(update={"arguments": arguments}) if of == call else of

    return with_parts(subject, part)


def with_result(subject: Subject, result: ToolResult, **fields: Any) -> Subject:
    def part(of: Any) -> Any:
        return of.model_copy(update=fields) if of == result else of

    return with_parts(subject, part)


def other_value(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, float):
        return -value or 1.0
    return other(value) if isinstance(value, str) else other(str(value))


def with_text(subject: Subject, n: int, k: int) -> Subject:
    """With other words in part `k` of message `n`."""
    messages = list(subject.conversation.messages)
    parts = list(messages[n].parts)
    told = parts[k]
    assert isinstance(told, Text)
    parts[k] = told.model_copy(update={"text": other(told.text)})
    messages[n] = messages[n].model_copy(update={"parts": tuple(parts)})
    conversation = subject.conversation.model_copy(update={"messages": tuple(messages)})
    return replace(subject, conversation=conversation)


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, saying something else of itself."""
    told = schema.get("description")
    return schema | {"description": other(told) if isinstance(told, str) else "Another one."}


def grown(arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments and one more."""
    return arguments | {"another" if "another" not in arguments else "another_one": 1}


def stopping(reply: Reply, signal: str) -> Reply:
    stop = StopSignal.model_validate({"signal": signal, "provider": None})
    return reply.model_copy(update={"stop": stop})


def reworded(reply: Reply, text: Text) -> Reply:
    parts = tuple(
        part.model_copy(update={"text": other(text.text)}) if part is text else part
        for part in reply.message.parts
    )
    return reply.model_copy(update={"message": reply.message.model_copy(update={"parts": parts})})
