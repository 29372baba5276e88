"""Money: measured, notional or unknown, never invented."""

from __future__ import annotations

import pytest

from roundtrip.conversation import Options, ToolDefinition, Usage
from roundtrip.costs import definition_tokens, notional, price
from roundtrip.events import OfferedTool, Setup

MODEL = "claude-haiku-4-5"


def test_a_notional_price_says_so() -> None:
    usage = Usage(input=1_000_000, output=100_000, cache_read=1_000_000)

    assert notional(usage).usd == pytest.approx(3.0 + 1.5 + 0.3)
    assert notional(usage).notional


@pytest.mark.parametrize("usage", [None, Usage(), Usage(input=5), Usage(output=5)])
def test_what_was_not_counted_has_no_price(usage: Usage | None) -> None:
    assert notional(usage).usd is None
    assert price(usage, wire="anthropic", model=MODEL, base_url=None).usd is None


@pytest.mark.parametrize(
    ("wire", "model"),
    [
        ("anthropic", MODEL),
        ("openai-chat", "gpt-5-mini"),
        ("openai-responses", "gpt-5-mini-2025-08-07"),
        ("gemini", "gemini-2.5-flash"),
    ],
)
def test_a_real_price_counts_the_cache_apart(wire: str, model: str) -> None:
    plain = price(Usage(input=1000, output=10), wire=wire, model=model, base_url=None)
    cached = Usage(input=0, output=10, cache_read=1000)
    read = price(cached, wire=wire, model=model, base_url=None)

    assert plain.usd is not None and read.usd is not None
    assert 0 < read.usd < plain.usd
    assert not plain.notional


@pytest.mark.parametrize(
    ("wire", "model", "base_url"),
    [
        ("anthropic", "no-such-model", None),
        ("nobody", MODEL, None),
        ("anthropic", MODEL, "http://127.0.0.1:8080"),
        ("openai-chat", MODEL, None),
        ("openai-chat", "gpt-5-mini", "https://openrouter.ai/api/v1"),
    ],
)
def test_without_a_list_price_the_cost_is_unknown(
    wire: str, model: str, base_url: str | None
) -> None:
    usage = Usage(input=10, output=10)

    assert price(usage, wire=wire, model=model, base_url=base_url).usd is None


def test_counts_that_cannot_be_do_not_break_a_run() -> None:
    broken = Usage(input=-5, output=-1, cache_read=3)

    assert price(broken, wire="anthropic", model=MODEL, base_url=None).usd is None


def weight(*definitions: ToolDefinition) -> int:
    tools = tuple(OfferedTool(definition=one) for one in definitions)
    return definition_tokens(
        Setup(wire="anthropic", options=Options(model="sim-large"), tools=tools)
    )


def test_definitions_weigh_more_the_more_they_say() -> None:
    short = ToolDefinition(name="now")
    long = ToolDefinition(name="later", description="The time of day in a city. " * 10)

    assert weight() == 0
    assert 0 < weight(short) < weight(long) < weight(short, long)
