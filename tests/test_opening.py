"""What the terminal says as the server opens is what then holds."""

from __future__ import annotations

import pytest

from roundtrip.doors import HOSTS_VARIABLE
from roundtrip.service import Service
from tests.live_runs import EVERYWHERE, closed


def said(**how: object) -> str:
    service = Service(**{"address": EVERYWHERE, **how})  # type: ignore[arg-type]
    closed(service)
    return service.opening_words()


def test_on_this_machine_it_names_the_keys_it_uses(environment: pytest.MonkeyPatch) -> None:
    assert said(address="127.0.0.1").endswith("The environment holds no keys.")
    environment.setenv("OPENAI_API_KEY", "the-operators-key")
    environment.setenv("GEMINI_API_KEY", "the-operators-key")
    words = said(address="127.0.0.1")
    assert words.startswith("Roundtrip: only this machine can open it.")
    assert words.endswith("are used: OPENAI_API_KEY, GEMINI_API_KEY.")


def test_for_others_it_says_what_they_may_not_use(shared: pytest.MonkeyPatch) -> None:
    shared.delenv("ROUNDTRIP_SHARE_KEYS")
    words = said()
    assert "others can open it (bound to 0.0.0.0, answers to any name" in words
    assert "(ANTHROPIC_API_KEY) are not used: ROUNDTRIP_SHARE_KEYS=1 is not set" in words
    assert "Nothing is sent to addresses that visitors enter" in words
    assert "restart" in words
    assert "the-operators-key" not in words
    shared.setenv("ROUNDTRIP_SHARE_KEYS", "1")
    shared.delenv("ROUNDTRIP_SHARE_CAP_USD")
    assert "are not used: ROUNDTRIP_SHARE_CAP_USD sets no cap" in said()


def test_for_others_it_says_what_they_may_spend_and_reach(shared: pytest.MonkeyPatch) -> None:
    shared.setenv("ROUNDTRIP_ALLOW_ADDRESSES", "1")
    words = said()
    assert "up to $10.00 with the keys of the environment (ANTHROPIC_API_KEY), each" in words
    assert "each up to $1.00" in words
    assert "reach what this server reaches" in words


def test_a_loopback_server_with_a_name_elsewhere_says_that_others_can_open_it(
    shared: pytest.MonkeyPatch,
) -> None:
    shared.setenv(HOSTS_VARIABLE, "app.example")
    assert "others can open it (bound to 127.0.0.1, answers to app.example)" in said(
        address="127.0.0.1"
    )
    shared.delenv(HOSTS_VARIABLE)
    words = said(address="127.0.0.1", origins=("https://app.example",))
    assert "used by pages of https://app.example" in words
