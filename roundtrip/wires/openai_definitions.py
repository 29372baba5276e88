"""What a definition means on both of OpenAI's wires where it says no schema of its own."""

from __future__ import annotations

from typing import Any

FREE_TEXT_FIELD = "input"
FREE_TEXT: dict[str, Any] = {
    "type": "object",
    "properties": {FREE_TEXT_FIELD: {"type": "string"}},
    "required": [FREE_TEXT_FIELD],
}
"""A custom tool takes text and no JSON: said as a schema, for wires that have no such tools."""

NO_ARGUMENTS: dict[str, Any] = {"type": "object"}
"""What a definition without `parameters` means."""
