"""Which key leaves for which address: never one that was not entered for it."""

from __future__ import annotations

import pytest

from roundtrip.owner import AddressRefused, AddressUnusable, NoKey
from roundtrip.presets import PLACEHOLDER_KEY, presets
from roundtrip.service import Service
from roundtrip.wires.send import Target
from tests.live_runs import EVERYWHERE, closed, real, setup


def test_without_a_key_nothing_is_sent(environment: pytest.MonkeyPatch) -> None:
    service = Service(address="127.0.0.1")
    with pytest.raises(NoKey):
        service.target("ada", "run", real())
    closed(service)


def test_the_key_one_typed_comes_first_and_is_only_ones_own(shared: pytest.MonkeyPatch) -> None:
    service = Service(address="127.0.0.1")
    elsewhere = "http://127.0.0.1:9"
    service.keep_key("ada", "anthropic", elsewhere, "adas-own-key")
    assert service.target("ada", "run", real(base_url=elsewhere)) == Target(
        "anthropic", elsewhere, "adas-own-key"
    )
    assert service.target("grace", "run", real()).key == "the-operators-key"
    closed(service)


@pytest.mark.parametrize("bound", ["127.0.0.1", EVERYWHERE])
def test_no_key_goes_to_an_address_it_was_not_entered_for(
    shared: pytest.MonkeyPatch, bound: str
) -> None:
    """A person who changes the address has not said that the key may go there."""
    shared.setenv("OPENAI_API_KEY", "the-operators-key")
    shared.setenv("ROUNDTRIP_ALLOW_ADDRESSES", "1")
    service = Service(address=bound)
    elsewhere = ("http://127.0.0.1:9", "https://openrouter.ai/api/v1", "http://10.0.0.7:8000/v1")
    for wire in ("anthropic", "openai-chat", "openai-responses"):
        service.keep_key("ada", wire, None, "adas-own-key")
        assert service.target("ada", "run", real(wire=wire)).key == "adas-own-key"
        for address in elsewhere:
            asked = real(wire=wire, base_url=address)
            try:
                key = service.target("ada", "run", asked).key
            except NoKey:
                key = None
            assert key in (None, PLACEHOLDER_KEY)
    service.keep_key("ada", "openai-chat", elsewhere[1], "adas-router-key")
    assert service.target("ada", "run", real(wire="openai-chat")).key == "adas-own-key"
    service.forget_key("ada", "openai-chat", None)
    asked = real(wire="openai-chat", base_url=elsewhere[1])
    assert service.target("ada", "run", asked).key == "adas-router-key"
    closed(service)


@pytest.mark.parametrize("address", ["localhost:11434/v1", "http://", "http://ada:pass@host"])
def test_no_key_leaves_for_what_is_no_address(shared: pytest.MonkeyPatch, address: str) -> None:
    service = Service(address="127.0.0.1")
    for at in (None, address):
        service.keep_key("ada", "anthropic", at, "adas-own-key")
    with pytest.raises(AddressUnusable) as refused:
        service.target("ada", "run", real(base_url=address))
    assert address not in str(refused.value)
    closed(service)


def test_a_server_on_this_machine_gets_a_placeholder_and_others_need_a_key(
    environment: pytest.MonkeyPatch,
) -> None:
    service = Service(address="127.0.0.1")
    for preset in presets("openai-chat"):
        asked = real(wire="openai-chat", base_url=preset.base_url)
        source = service.key_source("ada", "openai-chat", preset.base_url)
        if preset.local:
            assert service.target("ada", "run", asked).key == PLACEHOLDER_KEY
            assert source is not None
            assert source.placeholder
        else:
            assert source is None
            with pytest.raises(NoKey, match="this address"):
                service.target("ada", "run", asked)
    with pytest.raises(NoKey):  # a gateway to the provider, as a rule
        service.target("ada", "run", real(base_url="http://localhost:11434"))
    closed(service)


def test_the_models_of_an_address_are_asked_of_it_with_the_key_for_it(
    environment: pytest.MonkeyPatch,
) -> None:
    service, asked = Service(address="127.0.0.1"), []

    async def told(target: Target) -> tuple[str, ...]:
        asked.append(target)
        return ("one", "two")

    environment.setattr("roundtrip.service.list_models", told)
    assert service.models("ada", "openai-chat", "http://localhost:11434/v1") == ("one", "two")
    with pytest.raises(NoKey):
        service.models("ada", "anthropic")
    assert asked == [Target("openai-chat", "http://localhost:11434/v1", PLACEHOLDER_KEY)]
    closed(service)


def test_on_loopback_ones_own_key_has_no_account(shared: pytest.MonkeyPatch) -> None:
    service = Service(address="127.0.0.1")
    assert service.allowance is None
    assert service.target("ada", "run", real("some-model")).key == "the-operators-key"
    closed(service)


def test_a_server_for_others_sends_to_no_address_a_visitor_typed(
    environment: pytest.MonkeyPatch,
) -> None:
    service = Service(address=EVERYWHERE)
    service.keep_key("ada", "anthropic", None, "adas-own-key")
    service.keep_key("ada", "anthropic", "http://169.254.169.254", "adas-own-key")
    inside = real(base_url="http://169.254.169.254")
    assert not service.allows_addresses
    with pytest.raises(AddressRefused, match="ROUNDTRIP_ALLOW_ADDRESSES"):
        service.target("ada", "run", inside)
    assert service.target("ada", "run", real()).base_url is None
    environment.setenv("ROUNDTRIP_ALLOW_ADDRESSES", "1")
    assert service.allows_addresses
    assert service.target("ada", "run", inside).base_url == "http://169.254.169.254"
    closed(service)


@pytest.mark.parametrize(
    ("bound", "typed", "given"),
    [
        ("127.0.0.1", None, True),
        ("127.0.0.1", "http://gateway.example", True),
        ("127.0.0.1", "http://elsewhere.example", False),
        (EVERYWHERE, None, False),
    ],
)
def test_the_environments_headers_go_to_the_environments_address_only(
    shared: pytest.MonkeyPatch, bound: str, typed: str | None, given: bool
) -> None:
    shared.setenv("ANTHROPIC_BASE_URL", "http://gateway.example")
    service = Service(address=bound)
    service.keep_key("ada", "anthropic", typed, "adas-own-key")
    assert service.target("ada", "run", real(base_url=typed)).environment_headers is given
    assert service.target("ada", "run", setup()).environment_headers is False
    closed(service)
