"""The conversation as bubbles: who says what, and that only our code runs anything.

Owns the words of the chat. A call is the model's bubble; a result is a bubble of *your code*; the
model's bubble never holds a result. Pure: state in, bubbles out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from roundtrip import changed_arguments
from roundtrip.conversation import Frozen, Message, Reply, ToolCall, ToolResult
from roundtrip.lines import NOT_SENT_BACK, SCRIPTED, call_text, half_call
from roundtrip.state import RunState
from roundtrip.wires.refusal import refusal_words

LAST = 30
"""Messages that are drawn: a rerun costs the same at 10 and at 1,000."""

TEXT_LIMIT = 120_000
"""Characters of one bubble, so that what somebody pastes is there; of more the whole text is in the
timeline."""


ALONG = "If you ask something else, these words go along."
"""Of what had come when a person stopped it: they had read it, and it counts as said."""


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

    mark: str | None = None
    """What kind of words these are, where they are no model's own."""


def bubbles(state: RunState, last: int = LAST) -> list[Bubble]:
    """The last messages as bubbles, and where the run stands."""
    first = max(0, len(state.messages) - last)
    drawn: list[Bubble] = []
    if first:
        drawn.append(Bubble(who="note", text=f"{first} earlier messages are in the timeline."))
    called: dict[int, _Asked] = {}
    for number, message in enumerate(state.messages[first:], start=first):
        broken_off = [reply for place, reply in state.broken_off if place == number]
        drawn += [half for reply in broken_off for half in _broken_off(reply)]
        if message.role == "assistant":
            called = dict(enumerate(_asked(message, number, state)))
            drawn.append(_model(message, scripted=number in state.scripted))
        else:
            drawn.extend(_ours(message, called))
    if done := [(called.get(one.index), one.result) for one in state.pending if one.result]:
        drawn.append(_code(done))
    return drawn + _standing(state)


@dataclass(frozen=True)
class _Asked:
    """A call as the model asked for it, and as it ran."""

    call: ToolCall
    ran: ToolCall
    by_person: bool
    """Whether a person was the tool."""


def _asked(message: Message, number: int, state: RunState) -> list[_Asked]:
    """The calls of the message at that place of the history."""
    here = [one for one in state.by_person if one.message == number]
    edited = {one.call: one.arguments for one in here if one.arguments is not None}
    answered = {one.call for one in here if one.answered}
    return [
        _Asked(
            call,
            call.model_copy(update={"arguments": edited.get(at, call.arguments)}),
            at in answered,
        )
        for at, call in enumerate(message.calls)
    ]


def _model(message: Message, *, scripted: bool) -> Bubble:
    mark = SCRIPTED if scripted else None
    if not message.calls:
        words = message.text.strip() or "(no words)"
        return Bubble(who="model", title="Model answers", text=_cut(words), mark=mark)
    return Bubble(
        who="model",
        title="Model asks",
        text=_cut(message.text.strip()),
        lines=tuple(Line(call=call_text(call)) for call in message.calls),
        after="Then it stops and waits.",
        mark=mark,
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
            result=_cut(_alone(result.text, asked)),
            is_error=result.is_error,
        )
        for asked, result in done
    ]
    return Bubble(who="code", title=_who_answered(done), lines=tuple(lines))


def _alone(text: str, asked: _Asked | None) -> str:
    return changed_arguments.without(text, asked.ran.arguments or {}) if asked else text


def _who_answered(done: Sequence[tuple[_Asked | None, ToolResult]]) -> str:
    by_person = [bool(asked and asked.by_person) for asked, _ in done]
    if any(by_person):
        return "You answered as the tool" if all(by_person) else "Your code and you answered"
    return "Your code answers" if all(result.is_error for _, result in done) else "Your code ran"


def _standing(state: RunState) -> list[Bubble]:
    """What became of a turn that has no answer."""
    drawn: list[Bubble] = []
    if state.partial:
        drawn = _stopped(state.partial) if state.stopped else _broken_off(state.partial)
    if state.failed:
        failure = state.failed.failure
        again = state.failed.retry_in_s is not None and not state.stopped
        after = "It is tried again by itself." if again else failure.advice
        drawn.append(Bubble(who="note", text=failure.message, after=after))
    if state.stopped:
        drawn.append(Bubble(who="note", text=state.stopped.message))
    elif state.answer and state.answer.stop.signal == "refusal":
        why = refusal_words(state.answer.message)
        words = f"The model refused to answer this: {why}" if why else "The model refused this."
        drawn.append(Bubble(who="note", text=words))
    elif state.answer and state.answer.stop.signal == "max_tokens":
        drawn.append(Bubble(who="note", text="The answer was cut off: the output cap was reached."))
    return drawn


def _stopped(reply: Reply) -> list[Bubble]:
    kept = reply.message.text.strip()
    after = ALONG if kept else None
    return _half("Model, cut short", reply, after)


def _broken_off(reply: Reply) -> list[Bubble]:
    return _half("Model, broken off", reply, NOT_SENT_BACK)


def _half(title: str, reply: Reply, after: str | None) -> list[Bubble]:
    """What arrived of a reply that has no end; nothing where that is no word."""
    calls = tuple(Line(call=half_call(call)) for call in reply.message.calls)
    words = _cut(reply.message.text.strip())
    words = f"{words} …" if words else ""
    half = Bubble(who="model", title=title, text=words, lines=calls, after=after)
    return [half] if words or calls else []


def _cut(text: str) -> str:
    rest = len(text) - TEXT_LIMIT
    if rest <= 0:
        return text
    return f"{text[:TEXT_LIMIT]} … ({rest:,} more characters: the timeline has them all)"
