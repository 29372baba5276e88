"""What stands behind a row of the timeline when it is opened: its panels, as finished values.

Owns which panels a step has and what was read out of events for them. How the bytes that crossed
the wire are shown is `payloads.py`'s. Does not fetch (`api.py`), does not draw
(`components/timeline`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from roundtrip.conversation import (
    Opaque,
    ProviderStep,
    Reply,
    Text,
    Thinking,
    ToolCall,
    Usage,
)
from roundtrip.events import (
    Approved,
    Cost,
    Event,
    ExecutionStarted,
    Interrupted,
    LateResult,
    OfferedTool,
    ReplyReceived,
    RequestFailed,
    ResultRecorded,
    Stopped,
    TurnStarted,
)
from roundtrip.exchange import Exchange
from roundtrip.payloads import (
    JSON_TYPE,
    Panel,
    changes_panel,
    decision_panels,
    is_json,
    json_panel,
    pairs_panel,
    request_panels,
    response_panels,
)
from roundtrip.step import Step
from roundtrip.told_changes import ToldChange, told
from roundtrip.tools.offer import as_sent
from roundtrip.wires.wire import wire_named

Began = TypeVar("Began", bound=Event)

SOURCES = {
    "tool": "the tool's code",
    "check": "the check of the call: its code did not run",
    "policy": "the tool's policy: its code did not run",
    "person": "a person",
    "time_limit": "the clock: the tool was over its time limit",
}
"""Who wrote a result, in words."""

CHANGED = "You changed them when you allowed the call: this is what ran."
KEPT_AS_SAID = (
    "The model's words go back to it as it said them. The result begins with what really ran."
)


def panels(step: Step, events: Sequence[Event], exchange: Exchange | None) -> tuple[Panel, ...]:
    """The panels of `step`, most telling first; at least one.

    `events` is the run's log in order, at least from the step's turn on; `exchange` is the one
    that `step.exchange` names, or None where nothing of it is kept.
    """
    return _BY_PHASE[step.phase](step, events, exchange)


def _define(step: Step, events: Sequence[Event], exchange: Exchange | None) -> tuple[Panel, ...]:
    setup = _began(step, events, TurnStarted).setup
    wire = wire_named(setup.wire)
    shown: list[Panel] = []
    changes: list[ToldChange] = []
    for n, tool in enumerate(setup.tools):
        [spelled], listed = as_sent(wire, (tool.definition,), setup.options)
        for change in told(listed, (tool.definition,)):
            where = change.where.replace("tools[0]", f"tools[{n}]", 1)
            changes.append(change.model_copy(update={"where": where}))
        shown.append(json_panel(tool.definition.name, spelled, note=_offered(tool)))
    theirs = "The provider runs it itself; your code never sees its calls."
    shown += [json_panel(tool.name, tool.native.value, theirs) for tool in setup.provider_tools]
    if not shown:
        shown.append(Panel(name="Tools", kind="text", text="No tools are offered in this run."))
    return (*shown, *changes_panel(changes))


def _offered(tool: OfferedTool) -> str:
    rule = {
        "auto": "Runs by itself when asked for.",
        "ask": "Runs only after your yes.",
        "never": "Never runs; a call is refused.",
    }[tool.policy]
    if tool.has_code or tool.policy == "never":
        return rule
    return "You are the tool: a call waits for the result that you enter. No code runs for it."


def _request(step: Step, events: Sequence[Event], exchange: Exchange | None) -> tuple[Panel, ...]:
    return (
        *request_panels(exchange, waiting=step.standing == "ready"),
        *changes_panel(step.changes),
    )


def _reply(step: Step, events: Sequence[Event], exchange: Exchange | None) -> tuple[Panel, ...]:
    received = _began(step, events, ReplyReceived)
    *bodies, last = response_panels(exchange)
    return (*bodies, _values(received.reply, step), *decision_panels(exchange), last)


def _run(step: Step, events: Sequence[Event], exchange: Exchange | None) -> tuple[Panel, ...]:
    asked = next(
        event
        for event in reversed(events)
        if isinstance(event, ReplyReceived) and event.seq < step.seq
    )
    assert step.call is not None
    call = asked.reply.message.calls[step.call]
    story = _story(step, events, asked.seq)
    result = next((event for event in story if isinstance(event, ResultRecorded)), None)
    edited = _edited(story)
    shown = [_arguments(call) if edited is None else json_panel("Arguments", edited, CHANGED)]
    if edited is not None:
        shown.append(json_panel("As asked for", call.arguments, KEPT_AS_SAID))
    if result is not None:
        shown.append(_result(result))
    written = _as_written(asked.reply, call, call.native.wire) if call.native else None
    if written is not None:
        note = "The model's words for this call."
        shown.append(json_panel("Call as written", written, note=note))
    late = [
        event
        for event in events
        if isinstance(event, LateResult)
        and (event.exchange, event.call) == (asked.exchange, step.call)
    ]
    return (*shown, _how_it_ran(step, story, result, late))


def _as_written(reply: Reply, call: ToolCall, wire: str) -> Any | None:
    """The call in its wire's JSON: where a body that holds nothing else names it.

    The natives alone are not enough, for a codec keeps in them only what we have no word for.
    """
    alone = reply.message.model_copy(update={"parts": (call,), "native": None})
    body = wire_named(wire).encode_reply(reply.model_copy(update={"message": alone}), stream=False)
    return _item_named(json.loads(body), call.name) if isinstance(body, bytes) else None


def _item_named(value: Any, name: str) -> Any | None:
    """The list item that has this `name`, itself or one level down (as in `{"function": …}`)."""
    if isinstance(value, dict):
        inner = value.values()
        return next((found for one in inner if (found := _item_named(one, name))), None)
    for item in value if isinstance(value, list) else ():
        told = [item, *item.values()] if isinstance(item, dict) else []
        if any(isinstance(one, dict) and one.get("name") == name for one in told):
            return item
        if found := _item_named(item, name):
            return found
    return None


def _story(step: Step, events: Sequence[Event], asked: int) -> list[Event]:
    """What happened to the row's call, from the reply that asked for it to the row's end."""
    story: list[Event] = []
    for event in events:
        if event.seq <= asked:
            continue
        if isinstance(event, ReplyReceived | TurnStarted):
            break
        if event.seq > step.seq and isinstance(event, Stopped | Interrupted):
            break  # what comes after stands in a row of its own
        if getattr(event, "call", None) == step.call:
            story.append(event)
    return story


def _edited(story: Sequence[Event]) -> dict[str, Any] | None:
    """What a person put in place of the model's arguments."""
    return next((one.arguments for one in story if isinstance(one, Approved)), None)


def _arguments(call: ToolCall) -> Panel:
    if call.arguments is not None:
        return json_panel("Arguments", call.arguments)
    return Panel(
        name="Arguments",
        kind="text",
        text=call.arguments_text or "",
        note=f"Cannot be read: {call.arguments_error}" if call.arguments_error else None,
    )


def _result(event: ResultRecorded) -> Panel:
    text = event.result.text
    others = [part.label for part in event.result.content if isinstance(part, Opaque)]
    also = f" Beside the words: {', '.join(others)}." if others else ""
    return Panel(
        name="Result",
        kind="text",
        text=text,
        media_type=JSON_TYPE if is_json(text) else "text/plain",
        note=f"What the model reads.{also}",
    )


def _how_it_ran(
    step: Step, story: list[Event], result: ResultRecorded | None, late: list[LateResult]
) -> Panel:
    rows: list[tuple[str, str | None]] = []
    if result is None:
        rows.append(("Answered by", "nobody yet"))
    else:
        rows += [
            ("Answered by", SOURCES[result.source]),
            ("Read as an error", "yes" if result.result.is_error else "no"),
            ("Kind of error", result.error_kind),
            ("Answers call", result.result.call_id or "the one in its place (no id)"),
            ("Time", _seconds(result.elapsed_s) or "nothing ran"),
        ]
    rows += [
        ("Came back too late", f"after {event.elapsed_s:.1f} s, not used: {event.text}")
        for event in late
    ]
    approved = any(isinstance(event, Approved) for event in story)
    edited = _edited(story)
    starts = sum(isinstance(event, ExecutionStarted) for event in story)
    rows += [
        ("Allowed by", "a person" if approved else None),
        ("Arguments changed by", "a person, before it ran" if edited is not None else None),
        ("Started", f"{starts} times" if starts > 1 else None),
        ("Beside others", "yes" if step.parallel else "no"),
    ]
    return pairs_panel("How it ran", rows)


def _error(step: Step, events: Sequence[Event], exchange: Exchange | None) -> tuple[Panel, ...]:
    began = next(event for event in events if event.seq == step.seq)
    shown = [_why(step, began)]
    partial = began.partial if isinstance(began, RequestFailed | Stopped) else None
    if partial is not None:
        shown.append(_values(partial, step, name="What arrived"))
    if exchange is not None:
        shown += [*response_panels(exchange), *request_panels(exchange, headers="Request headers")]
    return tuple(shown)


def _why(step: Step, began: Event) -> Panel:
    failure = step.failure
    if failure is None:
        reason = step.error_kind or "stopped"
        rows = [("Why", reason), ("In words", step.text), ("What now", step.note)]
        return pairs_panel("Why it stopped", rows)
    wait = failure.retry_after_s
    retry = began.retry_in_s if isinstance(began, RequestFailed) else None
    return pairs_panel(
        "Failure",
        [
            ("Kind", failure.kind),
            ("Status", None if failure.status is None else str(failure.status)),
            ("Provider's word", failure.provider),
            ("Provider's message", failure.message),
            ("What can be done", failure.advice),
            ("Asked to wait", _seconds(wait)),
            ("Trying again in", _seconds(retry)),
            ("Failed after", _seconds(step.elapsed_s)),
        ],
    )


def _values(reply: Reply, step: Step, name: str = "Values") -> Panel:
    """What was read out of a reply, one line each."""
    rows: list[tuple[str, str | None]] = []
    for part in reply.message.parts:
        match part:
            case Text():
                rows.append(("Text", part.text))
            case Thinking():
                rows.append(("Thinking", part.text or "(hidden by the provider)"))
            case ToolCall():
                rows.append(("Tool call", part.name))
                rows.append(("Its arguments", _arguments(part).text))
                rows.append(("Its id", part.id or "none on this wire"))
            case ProviderStep():
                verb = "gave back" if part.is_result else "ran"
                rows.append((f"Provider {verb}", part.name))
            case Opaque():
                rows.append(("Other part", part.label))
    rows += [
        (step.stop_field or "Stop, as the provider says", reply.stop.provider or "none came"),
        ("Stop, in our words", reply.stop.signal),
        ("Model", reply.model),
        ("Written by the script", step.scripted),
        *((label, _tokens(reply.usage, field)) for label, field in _FIGURES),
        ("Cost", _money(step.cost) if step.cost else None),
        ("First byte after", _seconds(step.first_byte_s)),
        ("Whole reply after", _seconds(step.elapsed_s)),
        ("Other choices", str(reply.more_choices) if reply.more_choices else None),
    ]
    return pairs_panel(name, rows)


_FIGURES = (
    ("Input tokens, not cached", "input"),
    ("Output tokens", "output"),
    ("Read from the cache", "cache_read"),
    ("Written to the cache", "cache_write"),
    ("Of the output, reasoning", "reasoning"),
)


def _tokens(usage: Usage | None, field: str) -> str:
    count = getattr(usage, field) if usage else None
    return "unknown" if count is None else f"{count:,} (measured)"


def _money(cost: Cost) -> str:
    if cost.usd is None:
        return "unknown"
    return f"${cost.usd:.6f}" + (" notional (simulated)" if cost.notional else "")


def _seconds(value: float | None) -> str | None:
    return None if value is None else f"{value:.3f} s"


def _began(step: Step, events: Sequence[Event], kind: type[Began]) -> Began:
    """The event that began the row."""
    return next(e for e in events if isinstance(e, kind) and e.seq == step.seq)


_BY_PHASE: dict[str, Callable[[Step, Sequence[Event], Exchange | None], tuple[Panel, ...]]] = {
    "define": _define,
    "ask": _request,
    "stop": _reply,
    "run": _run,
    "return": _request,
    "answer": _reply,
    "error": _error,
}
