"""What a wire could not say as it was meant, told to a person: of which thing, in words.

Owns the names of places, e.g. `result of get_weather`. What was changed and under which path is
the codecs'. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Opaque,
    Part,
    ProviderStep,
    Thinking,
    ToolCall,
    ToolResult,
)
from roundtrip.wires.wire import Tools

_LISTED = re.compile(r"(messages|tools|system)\[(\d+)\](?:\.parts\[(\d+)\])?\.?(.*)", re.DOTALL)


class ToldChange(Change):
    """A change with its place in words."""

    place: str
    """What was changed, for a person: `question 2`, `tool refund_order · strict`."""

    before: bool = False
    """Whether the request before had it too."""


class Places:
    """Names what paths lead to, in one conversation that only grows.

    A name stays what it is while the conversation grows, so that each is made once.
    """

    def __init__(self) -> None:
        self._messages: list[str] = []
        self._parts: list[tuple[str, ...]] = []
        self._turn = self._replies = 0
        self._in_turn: Counter[str] = Counter()
        self._called: dict[str, str] = {}

    def told(
        self,
        changes: Iterable[Change],
        conversation: Conversation,
        tools: Tools,
        before: Container[tuple[str, str]] = (),
    ) -> tuple[ToldChange, ...]:
        """The changes with their places in words. `before`: (where, what) of those that the
        request before had."""
        for message in conversation.messages[len(self._messages) :]:
            self._name(message)
        return tuple(
            ToldChange(
                where=change.where,
                what=change.what,
                place=self._place(change.where, conversation, tools),
                before=(change.where, change.what) in before,
            )
            for change in changes
        )

    def _place(self, where: str, conversation: Conversation, tools: Tools) -> str:
        found = _LISTED.fullmatch(where)
        if found is None:
            return where.removeprefix("options.")
        kind, at, part, rest = found[1], int(found[2]), found[3], found[4]
        try:
            if kind == "tools":
                name = f"tool {tools[at].name}"
            elif kind == "system":
                several = len(conversation.system) > 1
                name = f"system prompt, part {at + 1}" if several else "system prompt"
            else:
                name = self._messages[at] if part is None else self._parts[at][int(part)]
        except IndexError:
            return where
        return f"{name} · {rest}" if rest else name

    def _name(self, message: Message) -> None:
        asks = message.role == "user" and (bool(message.text) or not message.results)
        self._replies += message.role == "assistant"
        name = {"assistant": f"reply {self._replies}", "system": "system message"}.get(
            message.role, f"question {self._turn + 1}" if asks else "results"
        )
        parts = list(enumerate(message.parts))
        is_result = [isinstance(part, ToolResult) for part in message.parts]
        # Beside a question stand results of the turn before.
        names = {n: self._part(part, name) for n, part in parts if is_result[n]}
        if asks:
            self._turn += 1
            self._in_turn.clear()
        names |= {n: self._part(part, name) for n, part in parts if not is_result[n]}
        self._messages.append(name)
        self._parts.append(tuple(names[n] for n, _ in parts))

    def _part(self, part: Part, message: str) -> str:
        match part:
            case ToolCall():
                self._called[part.id or ""] = part.name
                return self._numbered("call", part.name)
            case ToolResult():
                name = part.name or self._called.get(part.call_id or "", "a tool")
                return self._numbered("result", name)
            case Thinking():
                return f"thinking in {message}"
            case ProviderStep():
                return f"{part.name} in {message}"
            case Opaque():
                return f"{part.label} in {message}"
        return message

    def _numbered(self, kind: str, tool: str) -> str:
        """E.g. `call of get_weather`, and the second one of turn 3 `call 2 of get_weather, turn
        3`."""
        self._in_turn[f"{kind} {tool}"] += 1
        number = self._in_turn[f"{kind} {tool}"]
        which = f"{kind} {number}" if number > 1 else kind
        return f"{which} of {tool}" + (f", turn {self._turn}" if self._turn > 1 else "")


def told(
    changes: Iterable[Change], tools: Tools, messages: Sequence[Message] = ()
) -> tuple[ToldChange, ...]:
    """The changes of one request with their places in words."""
    return Places().told(changes, Conversation(messages=tuple(messages)), tools)
