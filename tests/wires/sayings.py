"""What a request says, piece by piece, and which pieces another request has lost unsaid.

Owns naming the pieces by their paths, as changes name them. Knows no wire.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Options,
    Text,
    ToolCall,
    ToolDefinition,
    ToolResult,
)
from roundtrip.wires.json_text import dump
from roundtrip.wires.wire import Tools


@dataclass(frozen=True)
class Saying:
    """One thing that is said, and where."""

    where: str
    kind: str
    words: str


def sayings(conversation: Conversation, tools: Tools, options: Options) -> list[Saying]:
    """Everything that has a canonical value, in order; nothing of what natives hold."""
    return [
        *_of_options(options),
        *(
            _say(f"system[{n}]", "system", part.text)
            for n, part in enumerate(conversation.system)
            if part.text
        ),
        *(saying for n, tool in enumerate(tools) for saying in _of_tool(tool, f"tools[{n}]")),
        *(
            saying
            for n, message in enumerate(conversation.messages)
            for saying in _of_message(message, f"messages[{n}]")
        ),
    ]


def lost(
    said: Sequence[Saying], again: Sequence[Saying], changes: Sequence[Change]
) -> list[Saying]:
    """What was said, is not said again in its order, and is named by no change."""
    missing = []
    for kind in dict.fromkeys(saying.kind for saying in said):
        left = iter([saying.words for saying in again if saying.kind == kind])
        fits = _FITS.get(kind, str.__eq__)
        for saying in said:
            if saying.kind != kind or is_named(saying.where, changes):
                continue
            if not any(fits(saying.words, words) for words in left):
                missing.append(saying)
                break  # what follows was passed over in looking for it
    return missing


def is_named(where: str, changes: Sequence[Change]) -> bool:
    """Whether a change is about this place, something in it, or what it stands in."""
    return any(_within(where, change.where) or _within(change.where, where) for change in changes)


def _within(inner: str, outer: str) -> bool:
    return inner == outer or bool(re.match(re.escape(outer) + r"[.\[]", inner))


_FITS: dict[str, Callable[[str, str], bool]] = {
    # A failure is told in the words of the result where a wire has no mark for it.
    "result": lambda words, told: words in told,
}


def _say(where: str, kind: str, value: Any) -> Saying:
    return Saying(where, kind, value if isinstance(value, str) else dump(value))


def _of_options(options: Options) -> Iterator[Saying]:
    for name in ("model", "stream", "max_output_tokens", "temperature"):
        value = getattr(options, name)
        if value is not None and value != "":
            yield _say(f"options.{name}", name, value)
    if options.parallel_tool_calls is False:  # several calls at once are what every API may do
        yield _say("options.parallel_tool_calls", "parallel_tool_calls", False)
    if options.tool_choice is not None:
        choice = [options.tool_choice.mode, options.tool_choice.name]
        yield _say("options.tool_choice", "tool_choice", choice)
    if options.thinking is not None:
        thought = [options.thinking.mode, options.thinking.budget_tokens]
        yield _say("options.thinking", "thinking", thought)


def _of_tool(tool: Any, where: str) -> Iterator[Saying]:
    yield _say(where, "tool", tool.name)
    if isinstance(tool, ToolDefinition):
        if tool.description is not None:
            yield _say(f"{where}.description", "description", tool.description)
        yield _say(f"{where}.input_schema", "schema", _in_one_order(tool.input_schema))
        if tool.strict:  # without the word none is strict
            yield _say(f"{where}.strict", "strict", True)


def _of_message(message: Message, where: str) -> Iterator[Saying]:
    for n, part in enumerate(message.parts):
        place = f"{where}.parts[{n}]"
        match part:
            case Text():
                if part.text:
                    yield _say(place, "text", part.text)
                    yield _say(place, "role", message.role)
            case ToolCall():
                yield _say(f"{place}.name", "call", part.name)
                told = part.arguments_text if part.arguments is None else part.arguments
                yield _say(f"{place}.arguments", "arguments", told)
            case ToolResult():
                for k, inner in enumerate(part.content):
                    if isinstance(inner, Text):
                        yield _say(f"{place}.content[{k}]", "result", inner.text)
                yield _say(f"{place}.is_error", "failed", part.is_error)
            case _:
                yield _say(place, "other", part.kind)


def _in_one_order(schema: Any) -> Any:
    """The schema with its fields and what it requires sorted: their order says nothing."""
    if isinstance(schema, list):
        return [_in_one_order(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    sorted_fields = {name: _in_one_order(schema[name]) for name in sorted(schema)}
    required = sorted_fields.get("required")
    if isinstance(required, list) and all(isinstance(name, str) for name in required):
        sorted_fields["required"] = sorted(required)
    return sorted_fields
