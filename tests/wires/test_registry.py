"""A wire is a module and a line in `WIRES`, and a line wherever a provider has facts of its own."""

from __future__ import annotations

import pytest

from roundtrip.costs import _PROVIDER_IDS
from roundtrip.owner import KEY_VARIABLES
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.wires.address import BASE_URL_VARIABLES, PROVIDERS
from roundtrip.wires.models import _PATHS
from roundtrip.wires.names import NAMES
from roundtrip.wires.schema.dialect import _DIALECTS
from roundtrip.wires.send import _SDK
from roundtrip.wires.wire import WIRES, wire_named

FACTS = {
    "the SDK that sends it": _SDK,
    "where its models are listed": _PATHS,
    "its address in the environment": BASE_URL_VARIABLES,
    "its key in the environment": KEY_VARIABLES,
    "its price list": _PROVIDER_IDS,
    "its place in the simulator": SIMULATOR_PATHS,
    "its provider's address": PROVIDERS,
    "what names it takes": NAMES,
    "its part of JSON Schema, strict": {wire for wire, strict in _DIALECTS if strict},
}


@pytest.mark.parametrize("fact", FACTS)
def test_every_wire_has_all_that_is_known_of_a_provider(fact: str) -> None:
    assert set(FACTS[fact]) == set(WIRES)


def test_a_wire_goes_by_its_name_in_the_registry() -> None:
    assert [wire_named(name).name for name in WIRES] == list(WIRES)
    assert len({wire_named(name).title for name in WIRES}) == len(WIRES)


def test_a_name_that_is_no_wires_is_told_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="anthropic"):
        wire_named("telepathy")
