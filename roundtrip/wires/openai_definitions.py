"""What a definition means on both of OpenAI's wires where it says no schema of its own."""

from __future__ import annotations

from typing import Any

FREE_TEXT: dict[str, Any] = {
    "type": "object",
    "properties": {"input": {"type": "string"}},
    "required": ["input"],
}
"""A custom tool takes text and no JSON: said as a schema, for wires that have no such tools."""

NO_ARGUMENTS: dict[str, Any] = {"type": "object"}
"""What a definition without `parameters` means."""
