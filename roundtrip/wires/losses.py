"""What is lost when a conversation that one wire told is said on another: so that it is listed.

Owns finding what the natives of other wires say beside their canonical values, and which tools are
left to choose among; what names an API refuses is `names.py`'s. Parts that have no canonical value
at all (reasoning, images, a provider's own tools) are listed where they are left out: by the wire
that writes.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Native,
    Options,
    ToolDefinition,
    ToolResult,
)
from roundtrip.wires.lens import untold
from roundtrip.wires.names import refused_names
from roundtrip.wires.openai_definitions import FREE_TEXT_FIELD, takes_free_text
from roundtrip.wires.wire import Tools, wire_named


def left_behind(
    wire: str,
    conversation: Conversation,
    tools: Tools,
    options: Options,
    carried: Container[str] = (),
) -> list[Change]:
    """A change for each field that another wire told and `wire` will not say, for each tool that
    takes free text on another wire, and for each name that the API will refuse.

    `carried`: the places of those that it takes over all the same, e.g. `options.thinking.effort`.
    """
    fields = [
        Change(where=f"{where}.{field}", what=not_carried(native.wire))
        for where, native in _natives(conversation, tools, options)
        if native is not None and native.wire != wire
        for field in untold(native)
        if field.rpartition(".")[2] not in wire_named(native.wire).mute
        and f"{where}.{field}" not in carried
    ]
    names = refused_names(wire, conversation, tools)
    return [*fields, *_made_functions(wire, tools), *names]


def _made_functions(wire: str, tools: Tools) -> Iterator[Change]:
    """The tools that take free text where they come from, and here an object that holds it."""
    for n, tool in enumerate(tools):
        source = tool.native.wire if tool.native is not None else wire
        if source != wire and takes_free_text(tool):
            what = f"offered as a function of one text, {FREE_TEXT_FIELD}: on {source} it takes"
            yield Change(where=f"tools[{n}]", what=f"{what} free text")


def not_carried(source: str) -> str:
    """What a change says of a thing that is left behind. The other API may well have a word for
    it: ours has none, so nobody translates it."""
    return f"left out: not carried over from {source}"


def sayable(wire: str, tools: Tools) -> Tools:
    """The tools that `wire` can say: our definitions, and what its own provider runs."""
    return tuple(
        tool for tool in tools if isinstance(tool, ToolDefinition) or tool.native.wire == wire
    )


def _natives(
    conversation: Conversation, tools: Tools, options: Options
) -> Iterator[tuple[str, Native | None]]:
    yield "options", options.native
    if options.tool_choice is not None:
        yield "options.tool_choice", options.tool_choice.native
    if options.thinking is not None:
        yield "options.thinking", options.thinking.native
    for n, tool in enumerate(tools):
        yield f"tools[{n}]", tool.native
    yield "conversation", conversation.native
    for n, text in enumerate(conversation.system):
        yield f"system[{n}]", text.native
    for n, message in enumerate(conversation.messages):
        yield from _of_message(message, f"messages[{n}]")


def _of_message(message: Message, where: str) -> Iterator[tuple[str, Native | None]]:
    yield where, message.native
    for n, part in enumerate(message.parts):
        yield f"{where}.parts[{n}]", part.native
        if isinstance(part, ToolResult):
            for k, content in enumerate(part.content):
                yield f"{where}.parts[{n}].content[{k}]", content.native
