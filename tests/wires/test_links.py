"""Ids between calls and results on wires that need them: each result goes to its own call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Native,
    Options,
    Text,
    ToolCall,
    ToolResult,
)
from roundtrip.wires.links import Ids
from roundtrip.wires.recode import recode
from roundtrip.wires.wire import WireRequest, wire_named
from tests.first_complaint import first_complaint

LETTERS = Ids("anthropic", prefix="call", unfit=r"[^a-zA-Z0-9_-]")
ANY = Ids("openai-chat", prefix="call")
BY_ID = ("anthropic", "openai-chat", "openai-responses")


def call(call_id: str | None, name: str = "now", native: Native | None = None) -> ToolCall:
    return ToolCall(id=call_id, name=name, arguments={}, native=native)


def answer(call_id: str | None, text: str = "", name: str | None = None) -> ToolResult:
    return ToolResult(call_id=call_id, name=name, content=(Text(text=text),))


def asked(*calls: ToolCall) -> Message:
    return Message(role="assistant", parts=calls)


def given(*results: ToolResult) -> Message:
    return Message(role="user", parts=results)


def ids(messages: tuple[Message, ...]) -> list[str | None]:
    parts = [part for message in messages for part in message.parts]
    return [
        part.id if isinstance(part, ToolCall) else part.call_id
        for part in parts
        if isinstance(part, ToolCall | ToolResult)
    ]


def linked(wire: Ids, *messages: Message) -> tuple[list[str | None], list[Change]]:
    changes: list[Change] = []
    return ids(wire.linked(messages, changes)), changes


def test_two_unfit_ids_that_would_become_one_stay_two() -> None:
    found, changes = linked(
        LETTERS, asked(call("a.b"), call("a_b"), call("a:b")), given(answer("a:b"), answer("a.b"))
    )

    assert len(set(found[:3])) == 3 and found[1] == "a_b"
    assert found[3:] == [found[2], found[0]]
    assert [change.where for change in changes] == [
        "messages[0].parts[0].id",
        "messages[0].parts[2].id",
        "messages[1].parts[0].call_id",
        "messages[1].parts[1].call_id",
    ]
    assert all(str(name) in change.what for name, change in zip(found[::2], changes[::2], strict=0))


@pytest.mark.parametrize("wire", [LETTERS, ANY])
def test_a_made_id_is_none_that_somebody_told(wire: Ids) -> None:
    found, _ = linked(
        wire,
        asked(call("call_2_0")),
        given(answer("call_2_0")),
        asked(call(None)),
        given(answer(None)),
        asked(call("call_2_0_2")),
        given(answer("call_4_0")),
    )

    assert found[:2] == ["call_2_0"] * 2 and found[4:] == ["call_2_0_2", "call_4_0"]
    assert found[2] == found[3] and found[2] not in (*found[:2], *found[4:])


def test_an_id_that_the_wire_itself_told_stays_for_its_result_too() -> None:
    told = call("a.b", native=Native(wire="anthropic", value={"fields": {}, "shapes": {}}))

    assert linked(LETTERS, asked(told), given(answer("a.b"))) == (["a.b", "a.b"], [])


def test_a_result_without_any_call_is_said_to_have_none() -> None:
    found, changes = linked(LETTERS, given(answer(None)), given(answer("x.y")))

    assert found == ["call_0_0", "x_y"]
    assert [change.where for change in changes] == [
        "messages[0].parts[0].call_id",
        "messages[1].parts[0].call_id",
    ]
    assert "no call" in changes[0].what and "first one open" not in changes[0].what


@pytest.mark.parametrize("wire", ["openai-chat", "openai-responses"])
def test_an_api_that_takes_any_id_gets_it_as_it_was_told(wire: str) -> None:
    messages = (
        Message(role="user", parts=(Text(text="Now?"),)),
        asked(call("functions.now:0"), call(None)),
        given(answer("functions.now:0"), answer(None)),
    )
    sent, changes = wire_named(wire).encode_request(
        Conversation(messages=messages), (), Options(model="m")
    )
    again, _, _ = wire_named(wire).decode_request(sent)

    found = ids(again.messages)
    assert found == ["functions.now:0", found[1], "functions.now:0", found[1]]
    assert len(changes) == 2


@pytest.mark.parametrize(("wire", "longest"), [("openai-chat", 40), ("openai-responses", 64)])
def test_an_id_that_is_too_long_for_the_api_is_shortened_and_its_result_follows(
    wire: str, longest: int
) -> None:
    alike = [f"{'x' * longest}{n}" for n in range(12)]
    told = ["y" * longest, *alike]
    messages = (
        Message(role="user", parts=(Text(text="Now?"),)),
        asked(*map(call, told)),
        given(*(answer(name, text=name) for name in told)),
    )
    sent, changes = wire_named(wire).encode_request(
        Conversation(messages=messages), (), Options(model="m")
    )
    assert not first_complaint(wire, json.loads(sent.body))
    again, _, _ = wire_named(wire).decode_request(sent)

    found = ids(again.messages)
    asked_with, answered = found[: len(told)], found[len(told) :]
    assert asked_with == answered and len(set(asked_with)) == len(told)
    assert asked_with[0] == told[0] and all(len(name or "") <= longest for name in asked_with)
    assert [change.where for change in changes] == [
        *(f"messages[1].parts[{n}].id" for n in range(1, 13)),
        *(f"messages[2].parts[{n}].call_id" for n in range(1, 13)),
    ]
    assert f"takes at most {longest} characters" in changes[0].what


def test_a_long_id_that_the_wire_itself_told_stays() -> None:
    body = {
        "model": "m",
        "messages": [
            {"role": "user", "content": "Now?"},
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": "x" * 80,
                        "type": "function",
                        "function": {"name": "now", "arguments": "{}"},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "x" * 80, "content": "noon"},
        ],
    }
    wire = wire_named("openai-chat")
    told = WireRequest("POST", "/chat/completions", (), json.dumps(body).encode())
    again, changes = wire.encode_request(*wire.decode_request(told))

    assert (json.loads(again.body), changes) == (body, ())


@pytest.mark.parametrize("target", BY_ID)
def test_results_reach_their_calls_though_ids_look_alike(target: str) -> None:
    """Through the whole codec: each result's words say which call it is for."""
    calls: list[dict[str, Any]] = [
        {"type": "function_call", "call_id": name, "name": "now", "arguments": json.dumps([name])}
        for name in ("a.b", "a_b", "a:b", "a-b")
    ]
    outputs = [
        {"type": "function_call_output", "call_id": one["call_id"], "output": one["arguments"]}
        for one in reversed(calls)
    ]
    said = [{"role": "user", "content": "Now?"}, *calls, *outputs]
    body = json.dumps({"model": "m", "input": said}).encode()
    sent, _ = recode(WireRequest("POST", "", (), body), "openai-responses", target)
    again, _, _ = wire_named(target).decode_request(sent)

    by_id = {one.id: one.arguments_text for message in again.messages for one in message.calls}
    results = [one for message in again.messages for one in message.results]
    assert len(by_id) == len(results) == 4
    assert all(by_id[one.call_id] == one.text for one in results)
