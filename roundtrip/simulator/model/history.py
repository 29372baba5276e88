"""The conversation as the model takes it in: turns, the calls made in them, their results.

Owns pairing calls with results. Judges nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from roundtrip.conversation import Conversation, ToolCall, ToolResult
from roundtrip.simulator.model.words import taken_in

_ERROR_KEYS = ("error", "errors", "exception")


def given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments without nulls."""
    return {name: value for name, value in arguments.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A call that was made, and what came back."""

    call: ToolCall
    result: ToolResult | None
    """None when the conversation holds no result for it."""

    @property
    def arguments(self) -> dict[str, Any]:
        """What was given; a null only says that something was not."""
        return given(self.call.arguments or {})

    @property
    def data(self) -> Any:
        """The result as JSON, or its text when it is none. A sentence may stand before it."""
        text = self.result.text if self.result else ""
        said, _, rest = text.partition("\n\n")
        for told in (text, rest if said.endswith(".") else ""):
            with suppress(ValueError, RecursionError):
                return json.loads(told)
        return text

    @property
    def error(self) -> str | None:
        """The tool's own words when it failed, else None."""
        if self.result is None:
            return "no result came back"
        data = self.data
        if isinstance(data, dict):
            for key in _ERROR_KEYS:
                if data.get(key):
                    return _words(data[key])
        if self.result.is_error:
            return _words(data) or "it gave no reason"
        return None


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person asked, and the calls made for it so far."""

    question: str
    outcomes: tuple[Outcome, ...]
    reply: str = ""
    """What the model last said in it."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Where the conversation stands."""

    now: Turn
    earlier: tuple[Turn, ...]
    """Newest last."""


def situation_of(conversation: Conversation) -> Situation:
    """The turns of a conversation. Text beside results belongs to the turn under way."""
    turns: list[Turn] = []
    calls: list[ToolCall] = []
    results: list[ToolResult] = []
    question = reply = ""
    for message in conversation.messages:
        if message.role == "assistant":
            calls += message.calls
            reply = message.text.strip() or reply
        elif message.results:
            results += message.results
            question = taken_in(f"{question}\n{message.text}".strip())
        elif message.role == "user" and message.text.strip():
            if question or calls:
                turns.append(Turn(question, _paired(calls, results), reply))
            question, reply, calls, results = taken_in(message.text.strip()), "", [], []
    return Situation(Turn(question, _paired(calls, results), reply), tuple(turns))


def _paired(calls: list[ToolCall], results: list[ToolResult]) -> tuple[Outcome, ...]:
    left = list(results)
    outcomes = []
    for call in calls:
        answer = next((result for result in left if _answers(result, call)), None)
        if answer is not None:
            left.remove(answer)
        outcomes.append(Outcome(call, answer))
    return tuple(outcomes)


def _answers(result: ToolResult, call: ToolCall) -> bool:
    if result.call_id is not None and call.id is not None:
        return result.call_id == call.id
    return result.name in (None, call.name)


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        inner = value.get("message") or value.get("error") or value.get("detail")
        return _words(inner) if inner else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)
