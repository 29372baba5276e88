"""Servers that need no key are those on this machine, and nothing that only looks like it."""

from __future__ import annotations

import pytest

from roundtrip.presets import PLACEHOLDER_KEY, PRESETS, needs_no_key, preset_at, presets
from roundtrip.wires.address import address_problem
from roundtrip.wires.redact import SHORTEST_SECRET
from roundtrip.wires.wire import WIRES


def test_every_preset_is_an_address_that_may_be_entered_for_a_wire_there_is() -> None:
    for wire, known in PRESETS.items():
        assert wire in WIRES
        assert len({preset.title for preset in known}) == len(known)
        for preset in known:
            assert address_problem(preset.base_url) is None
            assert preset_at(known, f" {preset.base_url}/ ") == preset
            assert preset.local == needs_no_key(wire, preset.base_url)
    assert presets("anthropic") == ()
    assert preset_at(presets("openai-chat"), "") is None


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost.example/v1",
        "http://localhost@collector.example/v1",
        "http://127.0.0.1.collector.example/v1",
        "http://0.0.0.0:11434/v1",
        "http://10.0.0.7:11434/v1",
        "https://openrouter.ai/api/v1",
        "http://[::",
        "",
    ],
)
def test_elsewhere_a_key_is_needed(address: str) -> None:
    assert not needs_no_key("openai-chat", address)


def test_on_another_wire_an_address_of_this_machine_is_a_gateways() -> None:
    assert needs_no_key("openai-chat", "http://[::1]:9999/v1")
    assert not needs_no_key("anthropic", "http://localhost:11434")


def test_the_placeholder_is_shown_as_it_crosses() -> None:
    assert len(PLACEHOLDER_KEY) < SHORTEST_SECRET
