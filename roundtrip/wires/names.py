"""Names of tools, as each API takes them.

Owns what a name may look like, and saying which ones an API will refuse: they leave as they are,
for a tool that goes by another name is another tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from roundtrip.conversation import Change, Conversation, Native, ToolDefinition
from roundtrip.wires.wire import Tools


@dataclass(frozen=True)
class NameRule:
    """What one API takes for a name."""

    pattern: str
    """As the API's refusals quote it."""

    longest: int
    """Characters."""

    words: str = "letters, digits, _ and -"

    def takes(self, name: str) -> bool:
        return len(name) <= self.longest and re.fullmatch(self.pattern, name) is not None


_OPENAI = NameRule("^[a-zA-Z0-9_-]+$", 64)

NAMES = {
    "anthropic": NameRule("^[a-zA-Z0-9_-]{1,128}$", 128),
    "openai-chat": _OPENAI,
    "openai-responses": _OPENAI,
    "gemini": NameRule(
        "^[a-zA-Z_][a-zA-Z0-9_.:-]*$", 64, "a letter or _, then letters, digits, _, ., : and -"
    ),
}
"""One a wire. Sources: the APIs' own refusals, and Google's reference of FunctionDeclaration."""


def refused_names(wire: str, conversation: Conversation, tools: Tools) -> Iterator[Change]:
    """A change for each name that the API of `wire` will refuse, where it is said first. What the
    wire itself told is left to its API."""
    rule = NAMES[wire]
    what = f"sent as it is, and this API refuses it: it takes {rule.words}, at most {rule.longest}"
    seen: set[str] = set()
    for where, name, native in _named(conversation, tools):
        told = native is not None and native.wire == wire
        if not told and name not in seen and not rule.takes(name):
            yield Change(where=f"{where}.name", what=what)
        seen.add(name)


def _named(conversation: Conversation, tools: Tools) -> Iterator[tuple[str, str, Native | None]]:
    for n, tool in enumerate(tools):
        if isinstance(tool, ToolDefinition):
            yield f"tools[{n}]", tool.name, tool.native
    for n, message in enumerate(conversation.messages):
        for k, part in enumerate(message.parts):
            if part.kind == "tool_call":
                yield f"messages[{n}].parts[{k}]", part.name, part.native
