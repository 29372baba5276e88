"""Which addresses may be entered, and where the environment sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.wires.address import address_problem, environment_address, host_of


@pytest.mark.parametrize(
    "address",
    [
        "https://gateway.example/v1",
        "http://127.0.0.1:11434",
        " http://[::1]:8080/anthropic ",
        "https://gateway.example/v1?api-version=2024-10-01",
    ],
)
def test_an_address_that_names_a_place_is_fine(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nonsense", "http://"),
        ("", "http://"),
        ("http://", "http://"),
        ("ftp://gateway.example", "http://"),
        ("http://[::1", "not an address"),
        ("https://ada:hunter2hunter@gateway.example", "password"),
        ("https://hunter2hunter@gateway.example", "password"),
        ("https://gateway.example/v1?key=hunter2hunter", "key"),
        ("https://gateway.example/v1?a=1&API_KEY=hunter2hunter", "key"),
        ("https://gateway.example/?access_token=hunter2hunter", "key"),
    ],
)
def test_an_address_that_cannot_be_used_or_kept_is_refused_without_repeating_it(
    address: str, words: str
) -> None:
    problem = address_problem(address)

    assert problem is not None
    assert words in problem
    assert "hunter" not in problem


@given(st.text())
def test_whatever_is_entered_has_an_answer(address: str) -> None:
    problem = address_problem(address)

    assert problem is None or problem


def test_the_environment_may_name_an_address_for_a_wire() -> None:
    environ = {"ANTHROPIC_BASE_URL": " http://gateway ", "OPENAI_BASE_URL": " "}

    assert environment_address("anthropic", environ) == "http://gateway"
    assert environment_address("openai-chat", environ) is None
    assert environment_address("unheard-of", environ) is None


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://localhost:11434/v1", "localhost:11434"),
        ("https://ada:hunter2@Gateway.example/v1?key=hunter2", "gateway.example"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("nonsense", None),
        ("http://[::1", None),
    ],
)
def test_an_addresss_host_is_said_without_what_else_is_in_it(
    address: str, host: str | None
) -> None:
    assert host_of(address) == host
