"""The calls of a conversation that wait for their result, while it is gone through in order.

Owns which call a result answers: the one of its id, and without an id the first one still open of
its name. Changes no call and no result.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from roundtrip.conversation import ToolCall, ToolResult


@dataclass(eq=False)
class OpenCall:
    """A call that was made."""

    id: str | None
    name: str
    message: int
    """The place of the message it stands in."""

    open: bool = True


class OpenCalls:
    """The calls so far."""

    def __init__(self) -> None:
        # Answered ones leave their queues only when they come to the front: no queue is searched.
        self._by_id: defaultdict[str, deque[OpenCall]] = defaultdict(deque)
        self._by_name: defaultdict[str | None, deque[OpenCall]] = defaultdict(deque)

    def add(self, call: ToolCall, message: int) -> None:
        """Note a call that stands in that message."""
        made = OpenCall(call.id, call.name, message)
        if call.id:
            self._by_id[call.id].append(made)
        for name in (None, call.name):
            self._by_name[name].append(made)

    def answered(self, result: ToolResult) -> OpenCall | None:
        """The call that a result answers, which is open no more; None where there is none."""
        calls = self._by_id[result.call_id] if result.call_id else self._by_name[result.name]
        while calls and not calls[0].open:
            calls.popleft()
        if not calls:
            return None
        calls[0].open = False
        return calls.popleft()
