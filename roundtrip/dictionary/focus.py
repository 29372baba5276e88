"""Which call, failure and tool of a subject stand for all of their kind.

Owns the choice. What is made of them is `things.py`'s.
"""

from __future__ import annotations

from roundtrip.conversation import ToolCall, ToolDefinition, ToolResult
from roundtrip.dictionary.subject import Subject

Answered = tuple[ToolCall, ToolResult | None]
"""A call and what came of it, where anything did."""


def last_calls(subject: Subject) -> list[Answered]:
    """The calls of the last message that has any."""
    asked = _all_calls(subject)
    if asked:
        return asked[-1]
    return [(call, None) for call in subject.asks.message.calls] if subject.asks else []


def focus_call(subject: Subject) -> Answered | None:
    """The call that stands for all: of the last ones the first that went well, else the first."""
    last = last_calls(subject)
    went_well = [pair for pair in last if pair[1] and not pair[1].is_error]
    return next(iter([*went_well, *last]), None)


def focus_failure(subject: Subject) -> tuple[ToolCall, ToolResult] | None:
    """The failure that stands for all: the last one."""
    failed = [
        (call, result)
        for calls in _all_calls(subject)
        for call, result in calls
        if result is not None and result.is_error
    ]
    return failed[-1] if failed else None


def focus_tool(subject: Subject) -> tuple[int, ToolDefinition] | None:
    """The definition of the focus call's tool and its position, else the first one."""
    call = focus_call(subject)
    ours = [(n, tool) for n, tool in enumerate(subject.tools) if isinstance(tool, ToolDefinition)]
    named = [one for one in ours if call and one[1].name == call[0].name]
    return next(iter([*named, *ours]), None)


def _all_calls(subject: Subject) -> list[list[Answered]]:
    """Each message that calls, as its calls with their results: tied by id, else by order."""
    messages = subject.conversation.messages
    found = []
    for at, message in enumerate(messages):
        results = messages[at + 1].results if at + 1 < len(messages) else ()
        by_id = {result.call_id: result for result in results if result.call_id}
        by_order = dict(enumerate(results))
        if message.calls:
            found.append(
                [
                    (call, by_id.get(call.id) if call.id else by_order.get(n))
                    for n, call in enumerate(message.calls)
                ]
            )
    return found
