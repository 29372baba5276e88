"""What a person chose comes back from the run it was used for, so that a reload changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from components.settings import UNUSABLE_ADDRESS, Settings, settings_of
from roundtrip.events import Caps
from roundtrip.request import said_differently
from roundtrip.simulator import faults
from roundtrip.simulator.scripts import bundled
from roundtrip.simulator.wishes import PACES, Wishes
from roundtrip.tools.python import tools_in
from roundtrip.wires.address import address_problem
from roundtrip.wires.wire import WIRES

TOOLS = tools_in(Path(__file__).resolve().parents[1] / "sample_tools").tools
NAMES = [tool.name for tool in TOOLS]

caps = some.builds(
    Caps,
    round_trips=some.none() | some.integers(1, 1000),
    tokens=some.none() | some.integers(1, 10**7),
    cost_usd=some.none() | some.floats(0.01, 1000),
    seconds=some.none() | some.floats(1, 10_000),
)
words = some.text(max_size=40).map(str.strip)
wishes = some.builds(
    Wishes,
    script=some.sampled_from(["", *bundled()]),
    fault=some.just(""),
    pace=some.sampled_from(list(PACES)),
) | some.builds(
    Wishes,
    script=some.sampled_from(["", *bundled()]),
    fault=some.sampled_from(list(faults.NAMES)),
    once=some.booleans(),
    pace=some.sampled_from(list(PACES)),
)
settings = some.builds(
    Settings,
    simulated=some.booleans(),
    wire=some.sampled_from(list(WIRES)),
    model=words.filter(bool),
    base_url=some.sampled_from(["", "http://localhost:11434/v1", "https://gateway.example"]),
    stepwise=some.booleans(),
    stream=some.booleans(),
    system=words,
    tool_choice=some.sampled_from(["auto", "any", "none", *NAMES]),
    parallel=some.booleans(),
    strict=some.booleans(),
    max_output_tokens=some.integers(1, 64_000),
    temperature=some.none() | some.floats(0, 2),
    thinking=some.sampled_from(["off", "adaptive", "budget"]),
    budget_tokens=some.integers(1024, 64_000),
    caps=caps,
    wishes=wishes,
    left_out=some.lists(some.sampled_from(NAMES), unique=True).map(
        lambda names: tuple(name for name in NAMES if name in names)
    ),
)


@given(settings)
def test_settings_come_back_from_the_setup_they_made(chosen: Settings) -> None:
    offered = set(NAMES) - set(chosen.left_out)
    said = replace(
        chosen,
        # What the setup does not say because it would say nothing:
        base_url="" if chosen.simulated else chosen.base_url,
        tool_choice=chosen.tool_choice
        if offered and chosen.tool_choice in {"any", "none", *offered}
        else "auto",
        parallel=chosen.parallel or not offered,
        strict=chosen.strict and bool(offered),
        budget_tokens=chosen.budget_tokens if chosen.thinking == "budget" else 2048,
        wishes=chosen.wishes if chosen.simulated else Wishes(),
    )

    assert settings_of(chosen.setup(TOOLS)) == said


@pytest.mark.parametrize("wire", WIRES)
def test_every_wire_can_say_the_choices_of_a_first_visit(wire: str) -> None:
    changes = said_differently(Settings(wire=wire).setup(TOOLS))

    assert [change for change in changes if change.where.startswith("options")] == []


def test_what_a_wire_cannot_say_is_told_before_anything_is_asked() -> None:
    chosen = Settings(parallel=False)
    told = {
        wire: [change.where for change in said_differently(replace(chosen, wire=wire).setup(TOOLS))]
        for wire in WIRES
    }

    unsaid = [wire for wire, where in told.items() if "options.parallel_tool_calls" in where]
    assert unsaid == ["gemini"]


def test_a_tool_that_is_left_out_is_not_offered_and_a_new_one_is() -> None:
    chosen = Settings(left_out=("refund_order",))

    offered = [tool.definition.name for tool in chosen.setup(TOOLS).tools]

    assert offered == [name for name in NAMES if name != "refund_order"]


def test_a_first_visit_offers_what_is_not_optional() -> None:
    offered = {tool.definition.name for tool in Settings.first(TOOLS).setup(TOOLS).tools}

    assert offered == {tool.name for tool in TOOLS if not tool.optional}
    assert len(offered) == 8


def test_a_destructive_tool_asks_first_whatever_else_is_chosen() -> None:
    policies = {
        tool.definition.name: tool.policy for tool in Settings(strict=True).setup(TOOLS).tools
    }

    asking = {name for name, policy in policies.items() if policy == "ask"}
    assert asking == {"refund_order", "pay_invoice", "send_email"}


@given(words.filter(bool).filter(address_problem))
def test_an_address_that_is_none_is_neither_kept_nor_taken_for_the_providers_own(
    typed: str,
) -> None:
    kept = Settings(simulated=False, base_url=f" {typed} ").setup(TOOLS).base_url

    assert kept is not None
    assert address_problem(kept) is not None
    assert kept == UNUSABLE_ADDRESS


def test_a_tool_that_a_person_wants_to_be_waits_for_them_and_stays_so() -> None:
    setup = Settings(by_hand=("get_weather",)).setup(TOOLS)

    assert [one.definition.name for one in setup.tools if not one.has_code] == ["get_weather"]
    assert settings_of(setup).by_hand == ("get_weather",)
