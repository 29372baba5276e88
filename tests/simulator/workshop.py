"""A whole turn between the simulated model and the real sample tools, without wires or servers.

Owns the loop the tests drive; what is said and expected stands in the tests.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from roundtrip.conversation import Conversation, Message, Options, Text, ToolResult
from roundtrip.simulator.model import Response, respond
from roundtrip.tools.python import tools_in

SAMPLE_TOOLS = tools_in(Path(__file__).parents[2] / "sample_tools").tools
DEFINITIONS = tuple(tool.definition for tool in SAMPLE_TOOLS)
TODAY = date(2026, 11, 22)
_RUN = {tool.definition.name: tool.run for tool in SAMPLE_TOOLS}
_MOST_ROUND_TRIPS = 8


@dataclass(frozen=True)
class Turn:
    """What happened from a person's message to the final answer."""

    rounds: tuple[tuple[tuple[str, dict[str, Any]], ...], ...]
    """The calls of each round trip."""

    response: Response
    messages: tuple[Message, ...]

    @property
    def calls(self) -> list[tuple[str, dict[str, Any]]]:
        return [call for calls in self.rounds for call in calls]


def said(text: str) -> Message:
    return Message(role="user", parts=(Text(text=text),))


def take_turn(
    prompt: str, *, before: tuple[Message, ...] = (), options: Options | None = None
) -> Turn:
    """Ask, run what is asked for, hand it back, until there is an answer."""
    messages: list[Message] = [*before, said(prompt)]
    rounds = []
    for number in range(_MOST_ROUND_TRIPS):
        response = respond(
            Conversation(messages=tuple(messages)),
            DEFINITIONS,
            options or Options(model="sim-large"),
            today=TODAY,
        )
        if not response.calls:
            messages.append(Message(role="assistant", parts=(Text(text=response.text),)))
            return Turn(tuple(rounds), response, tuple(messages))
        calls = tuple(
            call.model_copy(update={"id": f"{len(messages)}-{number}-{place}"})
            for place, call in enumerate(response.calls)
        )
        rounds.append(tuple((call.name, call.arguments or {}) for call in calls))
        results = tuple(_result(call.id, call.name, call.arguments or {}) for call in calls)
        messages += [Message(role="assistant", parts=calls), Message(role="user", parts=results)]
    raise AssertionError(f"no answer after {_MOST_ROUND_TRIPS} round trips: {rounds}")


def _result(call_id: str | None, name: str, arguments: dict[str, Any]) -> ToolResult:
    run = _RUN[name]
    assert run is not None
    try:
        value, failed = run(**arguments), False
    except Exception as problem:
        value, failed = f"{type(problem).__name__}: {problem}", True
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return ToolResult(call_id=call_id, name=name, content=(Text(text=text),), is_error=failed)
