"""What a row of the timeline says, in one line.

Owns the words and how a call is spelled in them. Which rows there are is `steps.py`'s. Pure:
values in, words out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal

from roundtrip import changed_arguments
from roundtrip.conversation import OUTPUT_TOKENS, Frozen, Options, Reply, StopSignal, ToolCall
from roundtrip.events import (
    Cost,
    OfferedTool,
    ReplyReceived,
    RequestFailed,
    ResultRecorded,
    Setup,
)
from roundtrip.simulator.wishes import Wishes
from roundtrip.state import PendingCall, RunState
from roundtrip.wires.refusal import refusal_words
from roundtrip.wires.retries import RETRIES

LINE_LIMIT = 240
"""Characters of a call, a result or an answer that a row shows; the rest is in its payload."""

NAMES_LIMIT = 12
"""Tools that the first row names."""

NOT_SENT_BACK = (
    "What had come of the reply stays here: it is not sent to the model, nothing of it runs."
)

SCRIPTED = "scripted for this lesson; a real model does this sometimes"
"""Of a reply that a script wrote, in its row and in its bubble."""

_ENDS = {
    "paused": "The provider takes a pause: the request goes out again as it is.",
}


class Segment(Frozen):
    """A piece of a row's line."""

    text: str
    kind: Literal["plain", "code", "quote", "aside", "countdown"] = "plain"
    """`quote`: the model's words. `aside`: ours, after a quotation and no part of it.
    `countdown`: the time until the row's `retry_at`, as it was when the row began."""


def call_text(call: ToolCall) -> str:
    """A call as code would write it, cut where it is long: `get_weather(city="Tokyo")`."""
    return _cut(whole_call(call))


def whole_call(call: ToolCall) -> str:
    """The same, however long."""
    if call.arguments is None:
        return f"{call.name}({call.arguments_text})"
    arguments = ", ".join(
        f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in call.arguments.items()
    )
    return f"{call.name}({arguments})"


def half_call(call: ToolCall) -> str:
    """A call of a reply that broke off, as far as it came."""
    whole = call.arguments is not None
    return call_text(call) if whole else _cut(f"{call.name}({call.arguments_text or ''}") + "…"


def define_line(tools: Sequence[OfferedTool]) -> tuple[Segment, ...]:
    """What the app offers before round trip 1."""
    if not tools:
        return (Segment(text="Your app offers no tools: the model can only answer."),)
    line = [Segment(text=f"Your app offers {count_of(len(tools), 'tool')}: ")]
    for position, tool in enumerate(tools[:NAMES_LIMIT]):
        line += [Segment(text=", ")] if position else []
        line.append(Segment(text=tool.definition.name, kind="code"))
    more = f" and {len(tools) - NAMES_LIMIT} more" if len(tools) > NAMES_LIMIT else ""
    whose = "Its definition travels" if len(tools) == 1 else "Their definitions travel"
    return (*line, Segment(text=f"{more}. {whose} with every request."))


def request_words(state: RunState) -> str:
    """What the next request carries, in words."""
    last, tools = state.messages[-1], state.setup.tools if state.setup else ()
    results = [count_of(len(last.results), "result")] if last.results else []
    if state.returns_results:
        return listed(["everything said so far", *results])
    if last.role == "assistant":
        return "everything said so far, for the model to go on after its pause"
    before = ["all that was said before"] if len(state.messages) > 1 else []
    definitions = [count_of(len(tools), "definition")] if tools else []
    return listed(["the question", *before, *results, *definitions])


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def reply_line(reply: Reply) -> tuple[Segment, ...]:
    """What the model said, in one line."""
    calls = reply.message.calls
    if calls and reply.stop.signal != "refusal":
        line = [Segment(text="Please run ")]
        for position, call in enumerate(calls):
            line.append(Segment(text=" and " if position else ""))
            line.append(Segment(text=call_text(call), kind="code"))
        if reply.stop.signal == "max_tokens":
            line.append(_aside(_cut_off(reply.stop)))
        return tuple(segment for segment in line if segment.text)
    words = reply.message.text.strip()
    if reply.stop.signal == "refusal":
        words = words or refusal_words(reply.message) or ""
        return (Segment(text=_cut(words) or "The model refuses to answer.", kind="quote"),)
    said = (Segment(text=_cut(words), kind="quote"),) if words else ()
    if reply.stop.signal == "max_tokens":
        end = _cut_off(reply.stop)
    else:
        end = _ENDS.get(reply.stop.signal, "" if words else "The model ends without a word.")
    if not end:
        return said
    return (*said, _aside(end)) if said else (Segment(text=end, kind="aside"),)


def _aside(words: str) -> Segment:
    return Segment(text=f" · {words}", kind="aside")


def _cut_off(stop: StopSignal) -> str:
    return f"Cut off: {'no room is left' if _full(stop) else 'the output cap is reached'}."


def _full(stop: StopSignal) -> bool:
    """Whether it is the model's context that is full: a provider may call that the same signal."""
    return "context" in (stop.provider or "")


def cut_off_note(stop: StopSignal, options: Options) -> str:
    """Why a reply broke off, and what to do."""
    if _full(stop):
        return "The model's context is full. Begin a new conversation, or ask for less."
    cap = options.max_output_tokens or OUTPUT_TOKENS
    return (
        f"The output cap of this request, {count_of(cap, 'token')}, is why it breaks off here. "
        "Raise the output cap and ask again."
    )


def reply_note(event: ReplyReceived, state: RunState) -> str | None:
    """What a first-time reader is told of a reply. `state`: after it."""
    notes = [f"{SCRIPTED[0].upper()}{SCRIPTED[1:]}."] if event.scripted else []
    if state.pending:
        notes.append(_note_on_calls(event.cost, state))
    stop = event.reply.stop
    if stop.signal == "max_tokens" and state.setup:
        notes.append(cut_off_note(stop, state.setup.options))
    return " ".join(notes) or None


def _note_on_calls(cost: Cost, state: RunState) -> str:
    note = "The model has stopped and waits for your app. It runs nothing itself."
    capped = state.setup is not None and state.setup.caps.cost_usd is not None
    if capped and cost.usd is None and state.round_trip == 1:  # said once a turn
        note += " What it costs is not known here: the money cap does not count it."
    return note


def sentence(words: str) -> str:
    """With a full stop, where it has no end of its own."""
    return words if words.rstrip().endswith((".", "!", "?", "…")) else f"{words.rstrip()}."


def call_line(pending: PendingCall) -> tuple[Segment, ...]:
    """The call as it was asked for, and what a person made of it."""
    asked = Segment(text=call_text(pending.call), kind="code")
    if pending.edited is None:
        return (asked,)
    ran = Segment(text=call_text(pending.as_run), kind="code")
    changed = Segment(text="; you changed it to ")
    return (Segment(text="asked for "), asked, changed, ran, Segment(text=", which"))


def failure_line(event: RequestFailed, attempt: int) -> tuple[Segment, ...]:
    """Why no whole reply came, with what had come of it. `attempt`: which try it was."""
    said = sentence(event.failure.message)
    if event.retry_in_s is not None:
        wait = Segment(text=f"{event.retry_in_s:.1f} s", kind="countdown")
        then = f" · attempt {attempt + 1} of {RETRIES + 1}"
        return (Segment(text=said), Segment(text=" Trying again in "), wait, Segment(text=then))
    arrived = arrived_line(event.partial) if event.partial else ()
    if not arrived:
        return (Segment(text=event.failure.message),)
    return (Segment(text=f"{said} It broke off after: "), *arrived)


def failure_note(event: RequestFailed, setup: Setup | None) -> str | None:
    """What can be done, and what becomes of what had come, neither while it is tried again; and
    that it may be just what was asked for."""
    fault = Wishes.of(setup.headers).fault if setup else ""
    notes = [f"The fault {fault} was asked of the simulator."] if fault else []
    if event.retry_in_s is None:
        notes.append(event.failure.advice)
        if event.partial and arrived_line(event.partial):
            notes.append(NOT_SENT_BACK)
    return " ".join(notes) or None


def arrived_line(partial: Reply) -> tuple[Segment, ...]:
    """As much of a reply as came; empty where that is nothing a person can read."""
    words = partial.message.text.strip()
    said = [Segment(text=_cut(words), kind="quote")] if words else []
    calls = [Segment(text=half_call(call), kind="code") for call in partial.message.calls]
    spaced = [one for call in calls for one in (Segment(text=" "), call)]
    return (*said, *(spaced if said else spaced[1:]))


def result_line(pending: PendingCall, event: ResultRecorded) -> tuple[Segment, ...]:
    """What came of a call, in one line."""
    text = event.result.text
    if pending.edited is not None:  # said already, and better
        text = changed_arguments.without(text, pending.edited)
    verb = {
        "tool": " fails: " if event.result.is_error else " gives back ",
        "check": " did not run: ",
        "policy": " did not run: ",
        "person": " was refused: " if event.error_kind == "refused" else " was answered by you: ",
        "time_limit": " took too long: ",
    }[event.source]
    result = Segment(text=_cut(text), kind="plain" if event.result.is_error else "code")
    return (*call_line(pending), Segment(text=verb), result)


def count_of(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _cut(text: str) -> str:
    return text if len(text) <= LINE_LIMIT else text[: LINE_LIMIT - 1] + "…"
