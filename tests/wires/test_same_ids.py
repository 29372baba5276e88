"""Calls that a model gave one id: each is told apart, and gets its own result."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Options,
    Text,
    ToolCall,
    ToolResult,
)
from roundtrip.wires.same_ids import told_apart
from roundtrip.wires.wire import wire_named
from tests.first_complaint import first_complaint


def asked(*ids: str | None) -> Message:
    return Message(
        role="assistant",
        parts=tuple(
            ToolCall(id=name, name="now", arguments={"n": n}) for n, name in enumerate(ids)
        ),
    )


def given_back(*ids: str | None) -> Message:
    return Message(
        role="user",
        parts=tuple(
            ToolResult(call_id=name, name="now", content=(Text(text=str(n)),))
            for n, name in enumerate(ids)
        ),
    )


def ids(messages: tuple[Message, ...]) -> list[list[str | None]]:
    return [
        [call.id for call in message.calls] or [result.call_id for result in message.results]
        for message in messages
    ]


def test_each_call_has_its_own_id_and_each_result_its_own_call() -> None:
    changes: list[Change] = []
    apart = told_apart((asked("a", "b", "a", "a"), given_back("a", "a", "b", "a")), changes)

    assert ids(apart) == [["a", "b", "a_2", "a_3"], ["a", "a_2", "b", "a_3"]]
    assert [change.where for change in changes] == [
        "messages[0].parts[2].id",
        "messages[0].parts[3].id",
        "messages[1].parts[1].call_id",
        "messages[1].parts[3].call_id",
    ]


def test_an_id_that_comes_again_later_stays() -> None:
    messages = (asked("a"), given_back("a"), asked("a"), given_back("a"))
    changes: list[Change] = []

    assert told_apart(messages, changes) == messages
    assert not changes


def test_a_made_id_is_none_that_is_there() -> None:
    apart = told_apart((asked("a_2"), given_back("a_2"), asked("a", "a"), given_back("a", "a")), [])

    assert ids(apart)[2:] == [["a", "a_3"], ["a", "a_3"]]


@given(st.lists(st.sampled_from(["a", "b", "a_2", None]), min_size=1, max_size=6))
def test_what_goes_to_anthropic_is_legal_and_every_result_reaches_its_call(
    names: list[str | None],
) -> None:
    question = Message(role="user", parts=(Text(text="Now?"),))
    told = Conversation(messages=(question, asked(*names), given_back(*names)))
    request, _ = wire_named("anthropic").encode_request(
        told, (), Options(model="sim-large", max_output_tokens=9)
    )
    body = json.loads(request.body)
    calls, results = body["messages"][1]["content"], body["messages"][2]["content"]
    arguments = {call["id"]: call["input"]["n"] for call in calls}

    assert first_complaint("anthropic", body) is None
    assert len(arguments) == len(calls)
    assert all(arguments[one["tool_use_id"]] == int(one["content"]) for one in results)
