"""The models of an address are asked of it; why they cannot be had is said as of any request."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from roundtrip.wires import models
from roundtrip.wires.models import MOST_MODELS, NotListed, list_models, names_in
from roundtrip.wires.send import Target
from roundtrip.wires.wire import WIRES, WireError
from tests.wires.test_send import CASES, KEY, Case, listening

pytestmark = pytest.mark.anyio

every_wire = pytest.mark.parametrize(
    "case", [case for case in CASES if case.wire in WIRES], ids=lambda case: case.wire
)

OPENAI: dict[str, Any] = {"object": "list", "data": [{"id": "llama3.2:3b"}, {"id": "qwen3"}]}
GEMINI: dict[str, Any] = {
    "models": [
        {"name": "models/gemini-9-flash", "supportedGenerationMethods": ["generateContent"]},
        {"name": "models/embedding-1", "supportedGenerationMethods": ["embedContent"]},
        {"name": "models/gemini-9-pro"},
    ]
}


def answer(body: object, status: str = "200 OK") -> bytes:
    words = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\ncontent-type: application/json\r\n"
    return head.encode() + f"content-length: {len(words)}\r\n\r\n".encode() + words


def at(case: Case, port: int) -> Target:
    return Target(case.wire, f"http://127.0.0.1:{port}{case.base}", KEY)


@every_wire
async def test_the_models_are_those_of_the_address_in_its_order(case: Case) -> None:
    told = GEMINI if case.wire == "gemini" else OPENAI
    async with listening(answer(told)) as listener:
        found = await list_models(at(case, listener.port))

    expected = ("gemini-9-flash", "gemini-9-pro"), ("llama3.2:3b", "qwen3")
    assert found == expected[case.wire != "gemini"]
    assert listener.header(case.key_header) == [case.key(KEY)]
    path = {"gemini": "/v1beta/models?", "anthropic": "/v1/models?"}.get(case.wire, "/models ")
    assert listener.heads[0][0].startswith(f"GET {case.base}{path}")


@every_wire
@pytest.mark.parametrize(
    ("told", "kind", "words"),
    [
        (answer({"error": {"message": "Your key is wrong."}}, "401 No"), "auth", ""),
        (answer({}, "500 Broken"), "server", "500"),
        (answer(b"<html>", "404 Not Found"), "protocol", "404"),
        (answer(b"<html>"), "protocol", "not with a list of models"),
        (answer({"models": "many"}), "protocol", "not with a list of models"),
        (answer([1, 2]), "protocol", "not with a list of models"),
        (b"", "network", ""),
    ],
    ids=["a wrong key", "broken", "no such page", "a page", "no list", "no object", "hangs up"],
)
async def test_what_is_no_list_is_a_failure_of_its_kind(
    case: Case, told: bytes, kind: str, words: str
) -> None:
    async with listening(told) as listener:
        with pytest.raises(NotListed) as raised:
            await list_models(at(case, listener.port))

    assert raised.value.failure.kind == kind
    assert words in raised.value.failure.message
    assert raised.value.failure.advice


@every_wire
async def test_where_nobody_listens_is_said_so(case: Case) -> None:
    async with listening() as listener:
        port = listener.port
    with pytest.raises(NotListed) as raised:
        await list_models(at(case, port))
    assert raised.value.failure.kind == "network"


@every_wire
async def test_a_silent_address_is_given_up_on_in_time(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "WITHIN_S", 0.1)
    async with listening(b"") as listener:
        listener.hold = asyncio.Event()
        with pytest.raises(NotListed) as raised:
            async with asyncio.timeout(3):
                await list_models(at(case, listener.port))
        listener.hold.set()
    assert raised.value.failure.kind == "timeout"


@every_wire
async def test_a_key_that_an_address_echoes_is_not_repeated(case: Case) -> None:
    told = answer({"error": {"type": "no", "message": f"{KEY}?"}, "type": "error"}, "400 No")
    async with listening(told) as listener:
        with pytest.raises(NotListed) as raised:
            await list_models(at(case, listener.port))
    assert KEY not in str(raised.value) + raised.value.failure.model_dump_json()


def test_what_is_no_name_is_left_out_and_no_name_stands_twice() -> None:
    ids = ["one", "one", "", None, 7, "two\nlines", "x" * 999, "two"]
    told = {"data": [*({"id": one} for one in ids), None, "three", []]}
    assert names_in(json.dumps(told)) == ("one", "two")
    many = {"data": [{"id": f"model-{number}"} for number in range(MOST_MODELS + 7)]}
    assert len(names_in(json.dumps(many))) == MOST_MODELS


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=8),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(
            some.sampled_from(["data", "models", "id", "name", "supportedGenerationMethods"]),
            inner,
            max_size=4,
        )
    ),
)


@given(json_values)
def test_whatever_comes_back_is_a_list_of_names_or_a_wire_error(told: Any) -> None:
    try:
        found = names_in(json.dumps(told))
    except WireError as error:
        assert error.kind == "protocol"
    else:
        assert all(isinstance(name, str) and name for name in found)


async def test_a_list_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "LONGEST_LIST", 10_000)
    case = next(case for case in CASES if case.wire == "openai-chat")
    async with listening(answer({"data": [{"id": "x" * 100}] * 200})) as listener:
        with pytest.raises(NotListed) as refused:
            await list_models(at(case, listener.port))
    assert "longer than 10,000 bytes" in refused.value.failure.message
