"""One id that a model gave to several calls at once, where an API refuses that.

Owns telling such calls apart, and which of them each result answers: the first still open. An id
that comes again in a later message is no such thing: the APIs take it.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque

from roundtrip.conversation import Change, Message, Part, ToolCall, ToolResult


def told_apart(messages: tuple[Message, ...], changes: list[Change]) -> tuple[Message, ...]:
    """The same messages with an id of its own for every call of a message; each new id joins
    `changes`."""
    if not any(_repeated(message) for message in messages):
        return messages
    apart = _Apart(messages, changes)
    return tuple(apart.message(message, at) for at, message in enumerate(messages))


def _repeated(message: Message) -> set[str]:
    counted = Counter(call.id for call in message.calls if call.id)
    return {name for name, times in counted.items() if times > 1}


class _Apart:
    def __init__(self, messages: tuple[Message, ...], changes: list[Change]) -> None:
        self._changes = changes
        self._taken = {call.id for message in messages for call in message.calls}
        self._repeated: set[str] = set()
        self._open: defaultdict[str, deque[str]] = defaultdict(deque)
        """The new ids of the newest calls of each repeated id, in order."""

    def message(self, message: Message, at: int) -> Message:
        if message.calls:
            self._repeated, self._open = _repeated(message), defaultdict(deque)
        if not self._repeated:
            return message
        parts = (
            self._part(part, f"messages[{at}].parts[{n}]") for n, part in enumerate(message.parts)
        )
        return message.model_copy(update={"parts": tuple(parts)})

    def _part(self, part: Part, where: str) -> Part:
        if isinstance(part, ToolCall) and part.id in self._repeated:
            return part.model_copy(update={"id": self._new_id(part.id, where)})
        if isinstance(part, ToolResult) and part.call_id and self._open[part.call_id]:
            name = self._open[part.call_id].popleft()
            if name != part.call_id:
                self._listed(f"{where}.call_id", f"said to answer the call {name}")
            return part.model_copy(update={"call_id": name})
        return part

    def _new_id(self, name: str, where: str) -> str:
        new, number = name, 2
        while self._open[name] and new in self._taken:
            new, number = f"{name}_{number}", number + 1
        if new != name:
            self._listed(f"{where}.id", f"given the id {new}: another call has {name} already")
        self._taken.add(new)
        self._open[name].append(new)
        return new

    def _listed(self, where: str, what: str) -> None:
        self._changes.append(Change(where=where, what=what))
