"""Answers that have a schema: in JSON where a request asks for it, by a call where one is demanded.

Owns when an answer is such, and what the text and the results give for it; the fields are
`filled_schema.py`'s. What a model says in words, and which calls it makes first, is `model/`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from roundtrip.conversation import Conversation, Options, ToolCall, ToolChoice, ToolDefinition
from roundtrip.simulator import model
from roundtrip.simulator.answer_format import AnswerFormat, answer_format
from roundtrip.simulator.filled_schema import Sources
from roundtrip.simulator.model import ArgumentReason, Response
from roundtrip.simulator.model.history import situation_of


def respond(
    conversation: Conversation,
    tools: tuple[ToolDefinition, ...],
    options: Options,
    *,
    today: date,
) -> Response:
    """The model's response; its answer has the schema that the request wants."""
    told = _Told(conversation, tools, options, today)
    response = told.by_model(tools, options)
    if response.calls:
        return told.by_call(response) or response
    wanted = answer_format(conversation, options)
    return response if wanted is None else told.in_json(wanted, response)


@dataclass(frozen=True)
class _Told:
    """One request, and the ways to answer it with a schema."""

    conversation: Conversation
    tools: tuple[ToolDefinition, ...]
    options: Options
    today: date

    def by_model(self, tools: tuple[ToolDefinition, ...], options: Options) -> Response:
        return model.respond(self.conversation, tools, options, today=self.today)

    def in_json(self, wanted: AnswerFormat, response: Response) -> Response:
        """The answer as JSON."""
        if wanted.schema is None:
            value: Any = {"answer": response.text}
        else:
            described = wanted.schema.get("description")
            tool = ToolDefinition(
                name=wanted.name,
                description=described if isinstance(described, str) else None,
                input_schema=wanted.schema,
            )
            value = self._filled(tool, response)
        text = json.dumps(value, ensure_ascii=False)
        why = f"{response.decision.why} The answer is JSON, as was asked for."
        decision = response.decision.model_copy(update={"why": why})
        return response.model_copy(update={"text": text, "decision": decision})

    def by_call(self, response: Response) -> Response | None:
        """Where a call is demanded and nothing is left to be found out: the answer, as the
        arguments of a tool that takes what the results hold. Agents offer one for that."""
        choice = self.options.tool_choice
        if choice is None or choice.mode not in ("any", "tool") or not self._records:
            return None
        answer = self.by_model(self.tools, self.options.model_copy(update={"tool_choice": None}))
        tool = self._taking_results(choice.name)
        if answer.calls or tool is None:
            return None
        arguments = self._filled(tool, answer)
        reasons = tuple(
            ArgumentReason(tool=tool.name, argument=name, value=value, reason="out of the results")
            for name, value in arguments.items()
        )
        why = f"A call was demanded, and all is known: {tool.name} takes what the results hold."
        update = {"outcome": "calls", "why": why, "arguments": reasons}
        return Response(
            text="",
            calls=(ToolCall(id=None, name=tool.name, arguments=arguments),),
            thinking=response.thinking,
            decision=answer.decision.model_copy(update=update),
        )

    def _taking_results(self, named: str | None) -> ToolDefinition | None:
        """The tool, not called yet, that takes the most of what the results hold, and little else:
        half of what it demands may come from elsewhere, but not more."""
        called = {outcome.call.name for outcome in situation_of(self.conversation).now.outcomes}
        best, most = None, 0
        for tool in self.tools:
            held, demanded = Sources(tool.input_schema, self._records, "").held()
            if tool.name in called or (named and tool.name != named) or 2 * held <= demanded:
                continue
            if held >= most:  # of equals the last: an agent adds its own behind the others
                best, most = tool, held
        return best

    def _filled(self, tool: ToolDefinition, answer: Response) -> Any:
        """A value of its schema: out of results, then out of what the text says, but no guesses."""
        forced = ToolChoice(mode="tool", name=tool.name)
        options = self.options.model_copy(update={"tool_choice": forced})
        response = self.by_model((tool,), options)
        given = response.decision.arguments
        told = {one.argument for one in given if not one.reason.startswith("a guess")}
        arguments = (response.calls[0].arguments or {}) if response.calls else {}
        said = {name: value for name, value in arguments.items() if name in told}
        return Sources(tool.input_schema, self._records, answer.text).value(said)

    @cached_property
    def _records(self) -> list[Mapping[str, Any]]:
        """The objects among this turn's results, the last first: the others led to it."""
        found: list[Mapping[str, Any]] = []
        for outcome in situation_of(self.conversation).now.outcomes:
            if outcome.error is None:
                data = outcome.data if isinstance(outcome.data, list) else [outcome.data]
                found += [one for one in data if isinstance(one, Mapping)]
        return found[::-1]
