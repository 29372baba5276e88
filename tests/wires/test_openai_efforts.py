"""How hard a model is to think, between OpenAI's two APIs: they have the same words for it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import Change, Options, ThinkingOption
from roundtrip.wires.recode import recode
from roundtrip.wires.wire import WireRequest, wire_named
from tests.wires.traffic import changed

CHAT: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
RESPONSES: dict[str, Any] = {"model": "m", "input": "Hi"}
WORDS = ("none", "minimal", "low", "medium", "high", "xhigh")


def request(body: Any) -> WireRequest:
    return WireRequest("POST", "", (), json.dumps(body).encode())


def recoded(body: Any, source: str, target: str) -> tuple[Any, tuple[Change, ...]]:
    sent, changes = recode(request(body), source, target)
    return json.loads(sent.body), changes


def of_the_thinking(changes: tuple[Change, ...]) -> list[str]:
    return [change.where for change in changes if change.where.startswith("options.thinking")]


@pytest.mark.parametrize("effort", WORDS)
def test_an_effort_goes_from_chat_to_responses(effort: str) -> None:
    body, changes = recoded(CHAT | {"reasoning_effort": effort}, "openai-chat", "openai-responses")

    assert body["reasoning"]["effort"] == effort
    assert of_the_thinking(changes) == []


@pytest.mark.parametrize("effort", WORDS)
def test_an_effort_goes_from_responses_to_chat(effort: str) -> None:
    body, changes = recoded(
        RESPONSES | {"reasoning": {"effort": effort}}, "openai-responses", "openai-chat"
    )

    assert body["reasoning_effort"] == effort
    assert of_the_thinking(changes) == []


@pytest.mark.parametrize("target", ["anthropic", "gemini"])
@pytest.mark.parametrize(
    ("body", "source", "field"),
    [
        (CHAT | {"reasoning_effort": "high"}, "openai-chat", "reasoning_effort"),
        (RESPONSES | {"reasoning": {"effort": "high"}}, "openai-responses", "effort"),
    ],
)
def test_elsewhere_an_effort_is_left_out_and_listed(
    body: Any, source: str, field: str, target: str
) -> None:
    _, changes = recoded(body, source, target)

    assert f"options.thinking.{field}" in of_the_thinking(changes)


def test_an_effort_that_nobody_chose_is_listed() -> None:
    told = RESPONSES | {"reasoning": {"summary": "auto"}}
    body, changes = recoded(told, "openai-responses", "openai-chat")
    chosen = [change for change in changes if change.where == "options.thinking.mode"]

    assert body["reasoning_effort"] == "medium"
    assert len(chosen) == 1 and "'medium'" in chosen[0].what


@pytest.mark.parametrize(
    ("body", "source", "target"),
    [
        (CHAT | {"reasoning_effort": "high"}, "openai-chat", "openai-responses"),
        (RESPONSES | {"reasoning": {"effort": "high"}}, "openai-responses", "openai-chat"),
    ],
)
def test_an_effort_gives_way_to_a_budget_chosen_since(body: Any, source: str, target: str) -> None:
    conversation, tools, options = wire_named(source).decode_request(request(body))
    assert options.thinking is not None
    other = changed(options.thinking, mode="budget", budget_tokens=1024)
    sent, changes = wire_named(target).encode_request(
        conversation, tools, changed(options, thinking=other)
    )

    assert b'"low"' in sent.body
    assert "options.thinking.budget_tokens" in of_the_thinking(changes)


def test_thinking_that_is_left_to_the_model_is_listed_where_a_word_has_to_be_chosen() -> None:
    conversation, tools, _ = wire_named("openai-chat").decode_request(request(CHAT))
    options = Options(model="m", thinking=ThinkingOption(mode="adaptive"))
    sent, changes = wire_named("openai-chat").encode_request(conversation, tools, options)

    assert json.loads(sent.body)["reasoning_effort"] == "medium"
    assert of_the_thinking(changes) == ["options.thinking.mode"]


def test_an_empty_effort_goes_back_to_its_own_api_as_it_came() -> None:
    body = CHAT | {"reasoning_effort": ""}
    sent, _ = wire_named("openai-chat").encode_request(
        *wire_named("openai-chat").decode_request(request(body))
    )

    assert json.loads(sent.body) == body


@pytest.mark.parametrize("budget", [None, 1024, 2048, 2049, 8192, 8193])
def test_a_budget_is_the_same_effort_on_both(budget: int | None) -> None:
    conversation, tools, _ = wire_named("openai-chat").decode_request(request(CHAT))
    thinking = ThinkingOption(mode="budget", budget_tokens=budget)
    options = Options(model="m", thinking=thinking)
    sent = {
        wire: json.loads(wire_named(wire).encode_request(conversation, tools, options)[0].body)
        for wire in ("openai-chat", "openai-responses")
    }

    assert (
        sent["openai-chat"]["reasoning_effort"] == sent["openai-responses"]["reasoning"]["effort"]
    )
