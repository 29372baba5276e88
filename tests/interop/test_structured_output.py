"""A client's own ways to a reply of a type lead to one, with tools before it and without."""

from __future__ import annotations

import asyncio

import pytest

from tests.interop.asking import Api, Conversion, Desk, Outfit, Outfits
from tests.interop.clients import Client, installed
from tests.interop.matrix import counts_for
from tests.interop.test_conversations import MODELS


def cases(function: str) -> list[object]:
    """Every way of every client that has this function, on every wire."""
    return [
        pytest.param(client, wire, way, id=f"{client.package}-{wire}-{way}")
        for client in installed()
        if hasattr(client.uses, function)
        for wire in client.wires
        for way in client.uses.WAYS[wire]
    ]


@pytest.mark.parametrize(("client", "wire", "way"), cases("fill"))
def test_words_become_a_value_of_the_type(
    request: pytest.FixtureRequest,
    simulator: str,
    loop: asyncio.Runner,
    client: Client,
    wire: str,
    way: str,
) -> None:
    counts_for(request.node, (client.package, wire, "streamed" if "streamed" in way else "whole"))
    api = Api(simulator, wire, MODELS[wire][-1])

    value = loop.run(client.uses.fill(api, way, "Convert 26.2 miles to km, please.", Conversion))

    assert isinstance(value, Conversion)
    # Some clients give back a class of their own below it.
    assert value.model_dump() == {"value": 26.2, "from_unit": "miles", "to_unit": "km"}


@pytest.mark.parametrize(("client", "wire", "way"), cases("conclude"))
def test_results_become_a_value_of_the_type(
    request: pytest.FixtureRequest,
    simulator: str,
    loop: asyncio.Runner,
    desk: Desk,
    client: Client,
    wire: str,
    way: str,
) -> None:
    counts_for(request.node, (client.package, wire, "whole"))
    api = Api(simulator, wire, MODELS[wire][-1])
    question = "What should I wear in Tokyo and Oslo tomorrow?"

    value = loop.run(client.uses.conclude(api, way, desk, question, Outfits))

    assert value.outfits == [
        Outfit(city="Tokyo", temp_c=18, wear="a jacket and an umbrella"),
        Outfit(city="Oslo", temp_c=-2, wear="a winter coat and boots"),
    ]
    assert len(desk.done) == 2
