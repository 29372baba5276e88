"""What a definition means on both of OpenAI's wires where it says no schema of its own."""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import ProviderTool, ToolDefinition

FREE_TEXT_FIELD = "input"
FREE_TEXT: dict[str, Any] = {
    "type": "object",
    "properties": {FREE_TEXT_FIELD: {"type": "string"}},
    "required": [FREE_TEXT_FIELD],
}
"""A custom tool takes text and no JSON: said as a schema, for wires that have no such tools."""

_WIRES = ("openai-chat", "openai-responses")


def takes_free_text(tool: ToolDefinition | ProviderTool) -> bool:
    """Whether one of these wires told the tool as a custom one, and it still takes but a text."""
    told = tool.native
    if told is None or told.wire not in _WIRES or not isinstance(tool, ToolDefinition):
        return False
    return told.value["fields"].get("type") == "custom" and tool.input_schema == FREE_TEXT


NO_ARGUMENTS: dict[str, Any] = {"type": "object"}
"""What a definition without `parameters` means."""
