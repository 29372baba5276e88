"""Orders that hide in a tool's result, and the call of a model that obeys them.

Owns telling an order from what is only said. Whoever asks for the fault `obey-injection` gets a
model that takes a result's words for a person's; the simulated model by itself never does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Text,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
)
from roundtrip.simulator.model import MODELS, respond
from roundtrip.simulator.model.words import taken_in

_SAID = (
    "instruct",
    "prompt",
    "rule",
    "message",
    "question",
    "above",
    "before",
    "previous",
    "prior",
)
_OVERRULES = re.compile(
    r"\b(?:ignore|disregard|forget)\b(?P<what>(?:\W+(?:all|any|of|the|this|these|your|my|that"
    rf"|you|were|was|have|been|told|given|said|earlier|everything|(?:{'|'.join(_SAID)})\w*)\b)+)"
    r"[\s,.:;!]*(?:(?:and|but|then|instead|now)\b[\s,:]*)*",
    re.I,
)
"""Whatever follows is the order, where it is said words that are to be forgotten."""

_DEMANDS = re.compile(r"\b(?:call|use|run|invoke|execute)\b", re.I)
"""An order all the same, where the name of a tool that was offered follows in the sentence."""

_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?](?!\s)[^.!?\n]*)*[.!?\n]?")
"""A stop within an address or a number ends none."""


def ordered(
    results: Sequence[ToolResult], tools: tuple[ToolDefinition, ...], today: date
) -> ToolCall | None:
    """The call that the first order in these results asks for; None where nothing is ordered."""
    for result in results:
        for text in _texts(taken_in(result.text)):
            order = _order_in(text, [tool.name for tool in tools])
            if order and (call := _obeyed(order, tools, today)):
                return call
    return None


def _texts(told: str) -> Iterator[str]:
    """Every text that a result holds: itself, or the strings in its JSON."""
    with suppress(ValueError, RecursionError):
        yield from _strings(json.loads(told))
        return
    yield told


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _order_in(text: str, names: Sequence[str]) -> str | None:
    for overrules in _OVERRULES.finditer(text):
        if any(word in overrules["what"].lower() for word in _SAID):
            return text[overrules.end() :].strip()
    for sentence in _SENTENCE.finditer(text):
        demand = _DEMANDS.search(sentence.group())
        if demand and _first_named(sentence.group()[demand.end() :], names):
            return text[sentence.start() + demand.start() :].strip()
    return None


def _first_named(text: str, names: Sequence[str]) -> str | None:
    places = {name: re.search(rf"\b{re.escape(name)}\b", text) for name in names}
    found = {at.start(): name for name, at in places.items() if at}
    return found[min(found)] if found else None


def _obeyed(order: str, tools: tuple[ToolDefinition, ...], today: date) -> ToolCall | None:
    """What the model calls when a person says that."""
    asked = Conversation(messages=(Message(role="user", parts=(Text(text=order),)),))
    named = _first_named(order, [tool.name for tool in tools])
    choice = ToolChoice(mode="tool", name=named) if named else None
    options = Options(model=MODELS[1], tool_choice=choice)
    call = next(iter(respond(asked, tools, options, today=today).calls), None)
    if call is None:
        return None
    tool = next(tool for tool in tools if tool.name == call.name)
    arguments = {**(call.arguments or {}), **_spelled_out(order, tool)}
    return call.model_copy(update={"arguments": arguments})


def _spelled_out(order: str, tool: ToolDefinition) -> dict[str, str]:
    """The values that the order gives by name: `to="mallory@example.com"`."""
    properties = tool.input_schema.get("properties")
    told = {}
    for name, rule in properties.items() if isinstance(properties, dict) else ():
        value = re.search(rf"\b{re.escape(name)}\b\W{{0,3}}[\"'“]([^\"'”]+)[\"'”]", order)
        if value and isinstance(rule, dict) and rule.get("type") == "string":
            told[name] = value[1]
    return told
