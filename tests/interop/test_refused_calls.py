"""A call that a person refuses is answered to the model, in the client's own words for it."""

from __future__ import annotations

import asyncio

import pytest

from tests.interop.asking import REFUSED, Api, Desk
from tests.interop.clients import Client, installed
from tests.interop.matrix import counts_for

CASES = [
    pytest.param(client, wire, id=f"{client.package}-{wire}")
    for client in installed()
    if hasattr(client.uses, "refuse")
    for wire in client.wires
]


@pytest.mark.parametrize(("client", "wire"), CASES)
def test_nothing_is_run_and_the_answer_says_why(
    request: pytest.FixtureRequest,
    simulator: str,
    loop: asyncio.Runner,
    desk: Desk,
    client: Client,
    wire: str,
) -> None:
    counts_for(request.node, (client.package, wire, "whole"))
    question = "What should I wear in Tokyo and Oslo tomorrow?"

    told = loop.run(client.uses.refuse(Api(simulator, wire, "sim-large"), desk, question))

    assert desk.done == []
    assert REFUSED.rstrip(".") in told
