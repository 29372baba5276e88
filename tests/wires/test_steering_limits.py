"""Options that one API takes and another refuses: what is sent instead, and that it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Options,
    Text,
    ThinkingOption,
    ToolChoice,
    ToolDefinition,
)
from roundtrip.wires.recode import recode
from roundtrip.wires.wire import WIRES, WireRequest, wire_named
from tests.first_complaint import first_complaint

ASKED = Conversation(messages=(Message(role="user", parts=(Text(text="Hi"),)),))
NOW = ToolDefinition(name="now", description=None, input_schema={"type": "object"})
TEMPERATURES = {"anthropic": 1.0, "openai-chat": 2.0, "openai-responses": 2.0, "gemini": 2.0}


def sent(wire: str, *tools: Any, **options: Any) -> tuple[Any, dict[str, str]]:
    request, changes = wire_named(wire).encode_request(ASKED, tools, Options(model="m", **options))
    return json.loads(request.body), places(changes)


def places(changes: tuple[Change, ...]) -> dict[str, str]:
    return {change.where: change.what for change in changes}


def temperature_in(body: Any) -> Any:
    return body.get("generationConfig", body)["temperature"]


@pytest.mark.parametrize("wire", WIRES)
def test_a_temperature_is_lowered_to_the_hottest_a_wire_takes(wire: str) -> None:
    hottest = TEMPERATURES[wire]
    body, changes = sent(wire, temperature=hottest + 0.5)
    assert temperature_in(body) == hottest
    assert f"to {hottest:g}" in changes["options.temperature"]
    body, changes = sent(wire, temperature=hottest)
    assert temperature_in(body) == hottest and "options.temperature" not in changes


def test_a_temperature_of_another_wire_is_lowered_and_its_own_stands() -> None:
    said = {"model": "m", "temperature": 1.5, "messages": [{"role": "user", "content": "Hi"}]}
    request = WireRequest("POST", "/chat/completions", (), json.dumps(said).encode())
    told, changes = recode(request, "openai-chat", "anthropic")
    assert json.loads(told.body)["temperature"] == 1.0
    assert "1.5" in places(changes)["options.temperature"]
    own = WireRequest("POST", "/v1/messages", (), json.dumps(said | {"max_tokens": 5}).encode())
    wire = wire_named("anthropic")
    again, changes = wire.encode_request(*wire.decode_request(own))
    assert json.loads(again.body)["temperature"] == 1.5 and not changes


@pytest.mark.parametrize("mode", ["adaptive", "budget"])
def test_a_temperature_is_left_out_while_the_model_thinks(mode: Any) -> None:
    thinking = ThinkingOption(mode=mode, budget_tokens=2000 if mode == "budget" else None)
    body, changes = sent("anthropic", thinking=thinking, temperature=0.5)
    assert "thinking" in body and "temperature" not in body
    assert "while the model thinks" in changes["options.temperature"]
    assert not first_complaint("anthropic", body | {"model": "claude-sonnet-4-5"})


def test_a_temperature_of_1_or_without_thinking_stands() -> None:
    thinking = ThinkingOption(mode="adaptive")
    body, changes = sent("anthropic", thinking=thinking, temperature=1.0)
    assert body["temperature"] == 1 and "options.temperature" not in changes
    off = ThinkingOption(mode="off")
    body, changes = sent("anthropic", thinking=off, temperature=0.5)
    assert body["temperature"] == 0.5 and "options.temperature" not in changes


@pytest.mark.parametrize("choice", [ToolChoice(mode="any"), ToolChoice(mode="tool", name="now")])
def test_a_thinking_budget_is_left_out_where_a_call_is_forced(choice: ToolChoice) -> None:
    thinking = ThinkingOption(mode="budget", budget_tokens=2000)
    body, changes = sent("anthropic", NOW, thinking=thinking, tool_choice=choice)
    assert "thinking" not in body and body["tool_choice"]["type"] == choice.mode
    assert "forces a call" in changes["options.thinking"]


def test_thinking_stays_where_no_call_is_forced() -> None:
    thinking = ThinkingOption(mode="adaptive")
    body, changes = sent("anthropic", NOW, thinking=thinking, tool_choice=ToolChoice(mode="auto"))
    assert body["thinking"] == {"type": "adaptive"} and "options.thinking" not in changes
    budget = ThinkingOption(mode="budget", budget_tokens=2000)
    body, _ = sent("anthropic", thinking=budget, tool_choice=ToolChoice(mode="any"))
    assert "thinking" in body and "tool_choice" not in body


def test_adaptive_thinking_stays_beside_a_forced_call() -> None:
    """The API takes it: one of the recordings has both."""
    thinking = ThinkingOption(mode="adaptive")
    body, changes = sent("anthropic", NOW, thinking=thinking, tool_choice=ToolChoice(mode="any"))
    assert body["thinking"] == {"type": "adaptive"} and "options.thinking" not in changes


@pytest.mark.parametrize(("budget", "cap", "written"), [(500, 800, 1824), (2000, 2000, 4000)])
def test_the_cap_is_raised_above_the_thinking_budget(budget: int, cap: int, written: int) -> None:
    thinking = ThinkingOption(mode="budget", budget_tokens=budget)
    body, changes = sent("anthropic", thinking=thinking, max_output_tokens=cap)
    assert body["max_tokens"] == written > body["thinking"]["budget_tokens"]
    assert str(written) in changes["options.max_output_tokens"]


def test_a_cap_above_the_thinking_budget_stands() -> None:
    thinking = ThinkingOption(mode="budget", budget_tokens=2000)
    body, changes = sent("anthropic", thinking=thinking, max_output_tokens=2001)
    assert body["max_tokens"] == 2001 and not changes
