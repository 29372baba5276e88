"""The ids that tie results to calls, where a conversation comes without fit ones.

Gemini links by order and name, and some compatible servers use ids that other APIs refuse. Nothing
but ids is touched, and ids that the wire itself told stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from roundtrip.conversation import Change, Message, Part, ToolCall, ToolResult

UNFIT = re.compile(r"[^a-zA-Z0-9_-]")
"""What Anthropic refuses ("String should match pattern '^[a-zA-Z0-9_-]+$'"); the others take it."""


@dataclass(frozen=True)
class Ids:
    """How a wire links results to calls."""

    wire: str
    prefix: str
    """What an id begins with that is made here, e.g. `toolu`."""

    def linked(self, messages: tuple[Message, ...], changes: list[Change]) -> tuple[Message, ...]:
        """The same messages with an id for every call and result; each new id joins `changes`."""
        waiting: list[ToolCall] = []
        linked = []
        for at, message in enumerate(messages):
            parts: list[Part] = []
            for n, part in enumerate(message.parts):
                where = f"messages[{at}].parts[{n}]"
                if isinstance(part, ToolCall):
                    part = self._named_call(part, f"{self.prefix}_{at}_{n}", where, changes)
                    waiting.append(part)
                elif isinstance(part, ToolResult):
                    part = self._answering(part, waiting, where, changes)
                parts.append(part)
            linked.append(message.model_copy(update={"parts": tuple(parts)}))
        return tuple(linked)

    def _named_call(self, call: ToolCall, new: str, where: str, changes: list[Change]) -> ToolCall:
        fit = new if not call.id else self._fit(call.id, call)
        if fit == call.id:
            return call
        why = f"given the id {fit}: this wire links results by id, made of letters, digits, _ and -"
        changes.append(Change(where=f"{where}.id", what=why))
        return call.model_copy(update={"id": fit})

    def _answering(
        self, result: ToolResult, waiting: list[ToolCall], where: str, changes: list[Change]
    ) -> ToolResult:
        if result.call_id:
            call_id = self._fit(result.call_id, result)
        else:
            fits = [call for call in waiting if result.name in (None, call.name)]
            call_id = str(fits[0].id) if fits else f"{self.prefix}_{_digits(where)}"
            why = f"said to answer the call {call_id}, the first one open of that name"
            changes.append(Change(where=f"{where}.call_id", what=why))
        waiting[:] = [call for call in waiting if call.id != call_id]
        return result.model_copy(update={"call_id": call_id})

    def _fit(self, name: str, part: ToolCall | ToolResult) -> str:
        told = part.native is not None and part.native.wire == self.wire
        return name if told else UNFIT.sub("_", name)


def _digits(where: str) -> str:
    return "_".join(re.findall(r"\d+", where))
