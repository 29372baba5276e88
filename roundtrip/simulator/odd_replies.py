"""What a model says wrongly on request: calls nobody can run, no answer, or somebody else's orders.

Owns the faults of the kind "odd replies", once for all APIs: what is said goes through each API's
own spelling like any other reply. A call is spoiled once a turn, before its first result: what the
model makes of the refusal it then reads is its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from roundtrip.conversation import (
    Conversation,
    Options,
    Reply,
    Signal,
    ToolCall,
    ToolChoice,
    ToolDefinition,
)
from roundtrip.simulator.faults import KINDS, NAMES
from roundtrip.simulator.injections import ordered
from roundtrip.simulator.model import Decision, Response
from roundtrip.simulator.refusals import Refusal, Refused
from roundtrip.simulator.replies import Asked, Spelling, reply_to
from roundtrip.simulator.structured_answer import respond
from roundtrip.tools.checks import problems

ODD_REPLIES = frozenset(KINDS["odd replies"])

LONGEST_NAME = 64
"""Characters that every API takes in a tool's name."""

_Spoil = Callable[[ToolCall, ToolDefinition], ToolCall | None]
"""The call, spoiled; None where this one cannot be."""


@dataclass(frozen=True)
class Heard:
    """What the model was asked, as it takes it in."""

    conversation: Conversation
    tools: tuple[ToolDefinition, ...]
    options: Options
    today: date

    def response(self, **options: Any) -> Response:
        """The usual response, with these options changed."""
        asked = self.options.model_copy(update=options)
        return respond(self.conversation, self.tools, asked, today=self.today)

    @property
    def begins(self) -> bool:
        """Whether no result has come back yet to what is asked."""
        return not self.conversation.messages or not self.conversation.messages[-1].results


def odd_reply(fault: str, asked: Asked, spelling: Spelling, heard: Heard) -> tuple[Reply, Decision]:
    """The reply with this fault, and the model's reasons for it.

    Raises `Refused` where the request, or the API, leaves no place for the fault.
    """
    stop: Signal | None = None
    if fault == "refuse":
        stop, response = "refusal", _silent(heard.response())
    elif fault == "pause":
        stop, response = _paused(heard, spelling)
    elif fault == "same-call":
        response = _the_same_call(heard)
    elif fault == "obey-injection":
        response = _obedient(heard)
    elif heard.begins:
        response = _spoiled(fault, heard)
        stop = "max_tokens" if fault == "cut-arguments" else None
        spelling = _with_one_id(spelling) if fault == "duplicate-ids" else spelling
    else:
        response = heard.response()
    decision = _told_of_fault(response.decision, fault)
    return reply_to(asked, response, spelling, stop), decision


def _told_of_fault(decision: Decision, fault: str) -> Decision:
    why = f"The fault {fault} was asked for: {NAMES[fault]}. {decision.why}"
    return decision.model_copy(update={"why": why})


def _silent(usual: Response) -> Response:
    return usual.model_copy(update={"text": "", "calls": (), "thinking": None})


def _paused(heard: Heard, spelling: Spelling) -> tuple[Signal | None, Response]:
    """A pause before anything is said; whoever sends the model's words back makes it go on."""
    if "paused" not in spelling.stops:
        raise Refused(Refusal(400, "x-fault: pause: this API has no pause."))
    usual, messages = heard.response(), heard.conversation.messages
    if not heard.begins or (messages and messages[-1].role == "assistant"):
        return None, usual
    words = {"text": "Let me think about that.", "calls": (), "thinking": None}
    return "paused", usual.model_copy(update=words)


def _the_same_call(heard: Heard) -> Response:
    """What was asked for last is asked for again."""
    if heard.begins:
        return _calling(heard, "same-call")
    asked = next(one for one in reversed(heard.conversation.messages) if one.calls)
    again = tuple(
        ToolCall(id=None, name=call.name, arguments=call.arguments or {}) for call in asked.calls
    )
    return heard.response().model_copy(update={"text": "", "calls": again})


def _obedient(heard: Heard) -> Response:
    """What a fresh result orders is done at once; without an order, the usual."""
    usual = heard.response()
    if heard.begins:
        return usual
    call = ordered(heard.conversation.messages[-1].results, heard.tools, heard.today)
    return usual if call is None else usual.model_copy(update={"text": "", "calls": (call,)})


def _calling(heard: Heard, fault: str) -> Response:
    """The usual calls; where there are none, what a demand brings. Raises `Refused`."""
    choice = heard.options.tool_choice
    if not heard.tools or (choice is not None and choice.mode == "none"):
        raise Refused(Refusal(400, f"x-fault: {fault}: the request offers no tool to call."))
    usual = heard.response()
    return usual if usual.calls else heard.response(tool_choice=ToolChoice(mode="any"))


def _spoiled(fault: str, heard: Heard) -> Response:
    """The usual calls, the first of them that can be is spoiled. Raises `Refused`."""
    usual, spoil = _calling(heard, fault), _SPOILS[fault]
    named = {tool.name: tool for tool in heard.tools}
    calls = list(usual.calls)
    for at, call in enumerate(calls):
        if (spoiled := spoil(call, named[call.name])) is not None:
            calls[at] = spoiled
            if fault == "unknown-tool":
                calls[at] = _not_offered(spoiled, named)
            if fault == "duplicate-ids" and len(calls) == 1:
                calls.append(call)
            if fault == "cut-arguments":
                del calls[at + 1 :]
            return usual.model_copy(update={"calls": tuple(calls)})
    names = ", ".join(call.name for call in calls)
    raise Refused(Refusal(400, f"x-fault: {fault}: a call of {names} cannot go wrong that way."))


def _not_offered(call: ToolCall, named: dict[str, ToolDefinition]) -> ToolCall:
    name = call.name
    while name in named:
        name = f"{name[: LONGEST_NAME - 3]}_v2" if len(name) > LONGEST_NAME - 3 else f"{name}_v2"
    return call.model_copy(update={"name": name})


def _as_text(call: ToolCall, text: str, why: str) -> ToolCall:
    words = {"arguments": None, "arguments_text": text, "arguments_error": why}
    return call.model_copy(update=words)


def _no_json(call: ToolCall, _: ToolDefinition) -> ToolCall:
    """As a program would print them, which is a model's usual way to get it wrong."""
    return _as_text(call, repr(call.arguments) if call.arguments else "{", "no JSON")


def _cut(call: ToolCall, _: ToolDefinition) -> ToolCall:
    text = json.dumps(call.arguments, ensure_ascii=False)
    return _as_text(call, text[: max(1, len(text) * 2 // 3)], "cut off")


def _empty(call: ToolCall, _: ToolDefinition) -> ToolCall:
    return _as_text(call, "", "nothing was written")


def _untouched(call: ToolCall, _: ToolDefinition) -> ToolCall:
    return call


def _lacking(call: ToolCall, tool: ToolDefinition) -> ToolCall | None:
    required, arguments = tool.input_schema.get("required"), call.arguments or {}
    for name in required if isinstance(required, list) else ():
        if name in arguments:
            rest = {other: value for other, value in arguments.items() if other != name}
            return call.model_copy(update={"arguments": rest})
    return None


def _wrong_type(call: ToolCall, tool: ToolDefinition) -> ToolCall | None:
    for name, value in (call.arguments or {}).items():
        arguments = {**(call.arguments or {}), name: _otherwise(value)}
        if problems(arguments, tool.input_schema):
            return call.model_copy(update={"arguments": arguments})
    return None


def _otherwise(value: Any) -> Any:
    """The same in another JSON type, as models confuse them."""
    return [value] if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


_SPOILS: dict[str, _Spoil] = {
    "bad-arguments": _no_json,
    "unknown-tool": _untouched,
    "missing-argument": _lacking,
    "wrong-type": _wrong_type,
    "duplicate-ids": _untouched,
    "empty-arguments": _empty,
    "cut-arguments": _cut,
}


def _with_one_id(spelling: Spelling) -> Spelling:
    """Every call has the first one's id; one is made up where the API gives none."""

    def same(seed: bytes, _: int) -> str | None:
        return spelling.call_id(seed, 0) or spelling.reply_id(seed)[:8]

    return replace(spelling, call_id=same)
