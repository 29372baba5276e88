"""The conversation as bubbles: who says what, and that only our code runs anything.

Owns the words of the chat. A call is the model's bubble; a result is a bubble of *your code*; the
model's bubble never holds a result. Pure: state in, bubbles out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from roundtrip.conversation import Frozen, Message, Reply, ToolCall, ToolResult
from roundtrip.lines import call_text
from roundtrip.state import RunState
from roundtrip.wires.refusal import refusal_words

LAST = 30
"""Messages that are drawn: a rerun costs the same at 10 and at 1,000."""

TEXT_LIMIT = 120_000
"""Characters of one bubble, so that what somebody pastes is there; of more the whole text is in the
timeline."""


class Line(Frozen):
    """One call, or one result."""

    call: str
    """As code would write it."""

    changed: str | None = None
    """What a person made of it before it ran."""

    result: str | None = None
    is_error: bool = False


class Bubble(Frozen):
    """One bubble of the chat."""

    who: Literal["you", "model", "code", "note"]
    title: str | None = None
    text: str = ""
    lines: tuple[Line, ...] = ()
    after: str | None = None
    """A sentence below the lines."""


def bubbles(state: RunState, last: int = LAST) -> list[Bubble]:
    """The last messages as bubbles, and where the run stands."""
    first = max(0, len(state.messages) - last)
    drawn: list[Bubble] = []
    if first:
        drawn.append(Bubble(who="note", text=f"{first} earlier messages are in the timeline."))
    called: dict[int, _Asked] = {}
    for number, message in enumerate(state.messages[first:], start=first):
        if message.role == "assistant":
            called = dict(enumerate(_asked(message, number, state)))
            drawn.append(_model(message))
        else:
            drawn.extend(_ours(message, called))
    if done := [(_Asked(one.call, one.as_run), one.result) for one in state.pending if one.result]:
        drawn.append(_code(done))
    return drawn + _standing(state)


@dataclass(frozen=True)
class _Asked:
    """A call as the model asked for it, and as it ran."""

    call: ToolCall
    ran: ToolCall


def _asked(message: Message, number: int, state: RunState) -> list[_Asked]:
    """The calls of the message at that place of the history."""
    edited = {one.call: one.arguments for one in state.edited_calls if one.message == number}
    return [
        _Asked(call, call.model_copy(update={"arguments": edited.get(at, call.arguments)}))
        for at, call in enumerate(message.calls)
    ]


def _model(message: Message) -> Bubble:
    if not message.calls:
        words = message.text.strip() or "(no words)"
        return Bubble(who="model", title="Model answers", text=_cut(words))
    return Bubble(
        who="model",
        title="Model asks",
        text=_cut(message.text.strip()),
        lines=tuple(Line(call=call_text(call)) for call in message.calls),
        after="Then it stops and waits.",
    )


def _ours(message: Message, called: dict[int, _Asked]) -> list[Bubble]:
    drawn = [_code(_paired(message.results, called))] if message.results else []
    if words := message.text.strip():
        drawn.append(Bubble(who="you", text=_cut(words)))
    return drawn


def _paired(
    results: tuple[ToolResult, ...], called: dict[int, _Asked]
) -> list[tuple[_Asked | None, ToolResult]]:
    """Each result with its call: by id, and where a wire has none, by order."""
    by_id = {one.call.id: one for one in called.values() if one.call.id}
    return [
        (by_id.get(result.call_id or "") or called.get(position), result)
        for position, result in enumerate(results)
    ]


def _code(done: Sequence[tuple[_Asked | None, ToolResult]]) -> Bubble:
    lines = [
        Line(
            call=call_text(asked.call) if asked else result.name or "a call",
            changed=call_text(asked.ran) if asked and asked.ran != asked.call else None,
            result=_cut(result.text),
            is_error=result.is_error,
        )
        for asked, result in done
    ]
    failed = all(line.is_error for line in lines)
    return Bubble(
        who="code", title="Your code answers" if failed else "Your code ran", lines=tuple(lines)
    )


def _standing(state: RunState) -> list[Bubble]:
    """What became of a turn that has no answer."""
    drawn = _partial(state.partial)
    if state.stopped:
        drawn.append(Bubble(who="note", text=state.stopped.message))
    elif state.failed:
        failure = state.failed.failure
        again = state.failed.retry_in_s is not None
        after = "It is tried again by itself." if again else failure.advice
        drawn.append(Bubble(who="note", text=failure.message, after=after))
    elif state.answer and state.answer.stop.signal == "refusal":
        why = refusal_words(state.answer.message)
        words = f"The model refused to answer this: {why}" if why else "The model refused this."
        drawn.append(Bubble(who="note", text=words))
    elif state.answer and state.answer.stop.signal == "max_tokens":
        drawn.append(Bubble(who="note", text="The answer was cut off: the output cap was reached."))
    return drawn


def _partial(reply: Reply | None) -> list[Bubble]:
    words = reply.message.text.strip() if reply else ""
    return [Bubble(who="model", title="Model, cut short", text=_cut(words))] if words else []


def _cut(text: str) -> str:
    rest = len(text) - TEXT_LIMIT
    if rest <= 0:
        return text
    return f"{text[:TEXT_LIMIT]} … ({rest:,} more characters: the timeline has them all)"
