"""A tool as a turn offers it, and its definition as a wire sends it.

Owns the step from what stands behind a tool (`tool.py`) to what the model is told of it. Does not
decide which tools are offered (the page's settings, the command line).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from roundtrip.conversation import Change, Conversation, Message, Options, Text, ToolDefinition
from roundtrip.events import OfferedTool
from roundtrip.tools.tool import Tool
from roundtrip.wires.wire import Wire


def offered(tool: Tool, *, strict: bool = False) -> OfferedTool:
    """The tool with its rules. `strict`: the provider makes arguments fit the schema; without it
    the definition's own word stands."""
    definition = tool.definition
    if strict:
        definition = definition.model_copy(update={"strict": True})
    return OfferedTool(definition=definition, policy=tool.policy, has_code=tool.run is not None)


def as_sent(
    wire: Wire, definitions: Sequence[ToolDefinition], options: Options | None = None
) -> tuple[list[Any], tuple[Change, ...]]:
    """The definitions in the wire's JSON, and what it could not say of them as it was meant.

    Read from a request that is written with them. `options`: those of the turn, where they matter.
    """
    said = Conversation(messages=(Message(role="user", parts=(Text(text="?"),)),))
    # A choice may name a tool that is not among these.
    asked = (options or Options(model="any")).model_copy(update={"tool_choice": None})
    request, changes = wire.encode_request(said, tuple(definitions), asked)
    about_tools = tuple(change for change in changes if change.where.startswith("tools"))
    return json.loads(request.body).get("tools", []), about_tools
