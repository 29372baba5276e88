"""A client's own agent loop holds a conversation with tools, whole and streamed, to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.interop.asking import Api, Desk, Told
from tests.interop.clients import Client, installed
from tests.interop.matrix import counts_for

MODELS = {
    "anthropic": ("sim-large", "sim-thinker", "claude-opus-4-8"),
    "openai-chat": ("sim-large", "sim-thinker", "gpt-4o"),
    "openai-responses": ("sim-large", "sim-thinker", "gpt-5"),
    "gemini": ("sim-large", "sim-thinker", "gemini-3.5-flash"),
}
"""Plain, with thoughts that must come back as they were sent, and by a name that has the client
take the ways it has for that provider's newer models."""

CASES = [
    pytest.param(client, wire, how, model, id=f"{client.package}-{wire}-{how}-{model}")
    for client in installed()
    if hasattr(client.uses, "converse")
    for wire in client.wires
    for how in ("whole", "streamed")
    for model in MODELS[wire]
]
pytestmark = pytest.mark.parametrize(("client", "wire", "how", "model"), CASES)

Ask = Callable[[str], Told]


@pytest.fixture
def ask(
    request: pytest.FixtureRequest,
    simulator: str,
    loop: asyncio.Runner,
    desk: Desk,
    client: Client,
    wire: str,
    how: str,
    model: str,
) -> Ask:
    """A whole conversation about one question, of a client's own making."""
    counts_for(request.node, (client.package, wire, how))

    def asked(question: str) -> Told:
        api = Api(simulator, wire, model)
        told = loop.run(client.uses.converse(api, desk, question, streamed=how == "streamed"))
        assert isinstance(told, Told)
        assert told.input_tokens > 0
        assert told.output_tokens > 0
        # Of at least two replies the last is words, and they come in more than one piece.
        assert told.pieces > 1 or how == "whole"
        return told

    return asked


def test_two_cities_at_once(ask: Ask, desk: Desk) -> None:
    told = ask("What should I wear in Tokyo and Oslo tomorrow?")

    assert sorted(desk.done, key=str) == [
        ("get_weather", {"city": "Oslo"}),
        ("get_weather", {"city": "Tokyo"}),
    ]
    assert "a jacket and an umbrella" in told.text
    assert "a winter coat and boots" in told.text


def test_each_call_of_a_chain_needs_the_result_before_it(ask: Ask, desk: Desk) -> None:
    told = ask("Where is Ada Lovelace's latest order?")

    assert desk.done == [
        ("find_customer", {"name_or_email": "Ada Lovelace"}),
        ("list_orders", {"customer_id": "C-1001"}),
        ("shipping_status", {"order_id": "O-5018"}),
    ]
    assert "DH4412297" in told.text


def test_a_failure_is_put_right_by_the_model(ask: Ask, desk: Desk) -> None:
    told = ask("What is the weather in Osloo?")

    assert desk.failed == ['no forecast for "Osloo"; did you mean Oslo?']
    assert desk.done == [("get_weather", {"city": "Oslo"})]
    assert "a winter coat and boots" in told.text
