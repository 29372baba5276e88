"""What is spelled of a conversation too long for a page, and what is left out of it, in words.

Owns the choice: what remains is a legal history, as the rows need one. A long text stays: only its
beginning is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from roundtrip.conversation import Message, Reply, ToolCall, ToolDefinition, ToolResult
from roundtrip.dictionary.subject import Subject

LARGEST = 15_000
"""Characters of messages and definitions that are spelled whole: each is spelled some 600 times,
to find its things on every wire."""

LARGEST_TOOLS = 5_000
"""The definitions' share of it. What keeps to its share stays whole."""

MOST_CALLS = 8
"""Calls of one reply that are kept of a longer subject."""

LARGEST_SCHEMA = 3_000
"""Characters of a tool's properties that are kept of a longer subject."""


def shortened(subject: Subject) -> Subject:
    """The question, the last reply with calls, its results and the tools it calls; a subject that
    is not too long as it is. `left_out` says what is missing."""
    said, offered = _size(subject.conversation.messages), _size(subject.tools)
    if said + offered <= LARGEST:
        return subject
    subject = _with_less_said(subject) if said > LARGEST - LARGEST_TOOLS else subject
    return _with_less_offered(subject) if offered > LARGEST_TOOLS else subject


def _with_less_said(subject: Subject) -> Subject:
    before = subject.conversation.messages
    turn = _last_turn(before)
    messages = _with_fewer_calls(turn)
    missing = (
        *_count(len(before) - len(turn), "message", "messages"),
        *_count(_number_of_calls(turn) - _number_of_calls(messages), "call", "calls"),
    )
    return replace(
        subject,
        conversation=subject.conversation.model_copy(update={"messages": messages}),
        asks=_asking_less(subject.asks),
        left_out=(*subject.left_out, *missing),
    )


def _with_less_offered(subject: Subject) -> Subject:
    called = _called(subject)
    tools = tuple(_with_fewer_properties(tool) for tool in called)
    missing = list(_count(len(subject.tools) - len(tools), "tool", "tools"))
    for whole, less in zip(called, tools, strict=True):
        fewer = len(_properties(whole)) - len(_properties(less))
        missing += _count(fewer, f"property of {whole.name}", f"properties of {whole.name}")
    return replace(subject, tools=tools, left_out=(*subject.left_out, *missing))


def _count(number: int, one: str, many: str) -> tuple[str, ...]:
    return (f"{number:,} {one if number == 1 else many}",) if number else ()


def _size(of: Sequence[BaseModel]) -> int:
    return sum(len(one.model_dump_json()) for one in of)


def _last_turn(messages: Sequence[Message]) -> tuple[Message, ...]:
    """Of the last turn with calls the question, the last calls and their results; where nothing
    was called, the last question and what was answered."""
    calling = [n for n, message in enumerate(messages) if message.calls]
    last = calling[-1] if calling else len(messages) - 1
    kept = [last]
    if messages[last].role == "assistant":
        asked = [n for n in range(last) if messages[n].role == "user" and not messages[n].results]
        kept = [*asked[-1:], last]
    if calling and last + 1 < len(messages) and messages[last + 1].results:
        kept.append(last + 1)
    return tuple(messages[n] for n in kept)


def _with_fewer_calls(turn: Sequence[Message]) -> tuple[Message, ...]:
    """The first calls, each with its result: tied by id, else by order."""
    calls = [call for message in turn for call in message.calls][:MOST_CALLS]
    ids = {call.id for call in calls if call.id}
    kept: list[Message] = []
    for message in turn:
        if message.results:
            by_id = [one for one in message.results if one.call_id in ids]
            results = by_id if ids else list(message.results)[: len(calls)]
            parts = [p for p in message.parts if not isinstance(p, ToolResult) or p in results]
            message = message.model_copy(update={"parts": tuple(parts)})
        kept.append(_first_calls(message))
    return tuple(kept)


def _first_calls(message: Message) -> Message:
    over = message.calls[MOST_CALLS:]
    if not over:
        return message
    first = message.calls[:MOST_CALLS]
    parts = (part for part in message.parts if not isinstance(part, ToolCall) or part in first)
    return message.model_copy(update={"parts": tuple(parts)})


def _asking_less(asks: Reply | None) -> Reply | None:
    return asks and asks.model_copy(update={"message": _first_calls(asks.message)})


def _number_of_calls(messages: Sequence[Message]) -> int:
    return sum(len(message.calls) for message in messages)


def _called(subject: Subject) -> tuple[ToolDefinition, ...]:
    """The tools that are called or demanded; where none is, the first."""
    choice = subject.options.tool_choice
    asks = (subject.asks.message,) if subject.asks else ()
    messages = (*subject.conversation.messages, *asks)
    names = {call.name for message in messages for call in message.calls}
    names |= {choice.name} if choice and choice.name else set()
    ours = tuple(tool for tool in subject.tools if isinstance(tool, ToolDefinition))
    return tuple(tool for tool in ours if tool.name in names) or ours[:1]


def _with_fewer_properties(tool: ToolDefinition) -> ToolDefinition:
    """The first properties of its arguments, as many as fit."""
    kept: dict[str, Any] = {}
    size = 0
    for name, schema in _properties(tool).items():
        size += len(json.dumps({name: schema}))
        if size > LARGEST_SCHEMA:
            break
        kept[name] = schema
    if len(kept) == len(_properties(tool)):
        return tool
    schema = tool.input_schema | {"properties": kept}
    if isinstance(schema.get("required"), list):
        schema["required"] = [name for name in schema["required"] if name in kept]
    return tool.model_copy(update={"input_schema": schema})


def _properties(tool: ToolDefinition) -> dict[str, Any]:
    found = tool.input_schema.get("properties")
    return found if isinstance(found, dict) else {}
