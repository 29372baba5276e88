"""Results that come after other words, on wires that want them right behind their calls."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
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
from roundtrip.simulator.anthropic import checks as anthropic_checks
from roundtrip.simulator.gemini import checks as gemini_checks
from roundtrip.simulator.openai import chat_checks, responses_checks
from roundtrip.wires.recode import recode
from roundtrip.wires.wire import WireRequest, wire_named
from tests.wires.sayings import lost, sayings

SOURCE = "openai-responses"
FIRST_COMPLAINT = {
    "anthropic": anthropic_checks.first_complaint,
    "openai-chat": chat_checks.first_complaint,
    "gemini": gemini_checks.first_complaint,
}
STRICT = tuple(FIRST_COMPLAINT)
"""The APIs that want results right behind their calls."""


def call(name: str) -> dict[str, Any]:
    return {"type": "function_call", "call_id": name, "name": "now", "arguments": "{}"}


def output(name: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": name, "output": f"{name} is done"}


def words(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": text}


def request(*items: dict[str, Any]) -> WireRequest:
    said = [words("user", "Begin."), *items]
    return WireRequest("POST", "", (), json.dumps({"model": "m", "input": said}).encode())


def said_on(wire: str, sent: WireRequest) -> list[list[str]]:
    """Message for message, what it holds: a result by its call's id, a text by its words."""
    conversation, _, _ = wire_named(wire).decode_request(sent)
    return [
        [part.text if isinstance(part, Text | ToolResult) else "call" for part in message.parts]
        for message in conversation.messages
    ]


SPOKEN_BETWEEN = (call("a"), call("b"), output("a"), words("user", "Hurry!"), output("b"))


@pytest.mark.parametrize("target", STRICT)
def test_a_result_after_a_persons_words_goes_before_them_and_that_is_listed(target: str) -> None:
    sent, changes = recode(request(*SPOKEN_BETWEEN), SOURCE, target)

    assert FIRST_COMPLAINT[target](json.loads(sent.body)) is None
    assert said_on(target, sent) == [
        ["Begin."],
        ["call", "call"],
        ["a is done", "b is done"],
        ["Hurry!"],
    ]
    moved = [change for change in changes if "right behind its call" in change.what]
    assert [change.where for change in moved] == ["messages[4].parts[0]"]


@pytest.mark.parametrize("target", STRICT)
def test_results_of_two_turns_go_back_each_to_its_own(target: str) -> None:
    items = (call("a"), words("user", "And?"), call("b"), output("a"), output("b"))
    sent, changes = recode(request(*items), SOURCE, target)

    assert FIRST_COMPLAINT[target](json.loads(sent.body)) is None
    assert said_on(target, sent)[2:] == [["a is done"], ["And?"], ["call"], ["b is done"]]
    moved = [change for change in changes if "right behind its call" in change.what]
    assert [change.where for change in moved] == ["messages[4].parts[0]"]


def gemini_request(*parts: dict[str, Any]) -> WireRequest:
    """What the model says, a content for each part, then the results of its calls."""
    asked = [{"role": "user", "parts": [{"text": "Begin."}]}]
    said = [{"role": "model", "parts": [part]} for part in parts]
    named = [part["functionCall"]["name"] for part in parts if "functionCall" in part]
    done = [{"functionResponse": {"name": name, "response": {"output": name}}} for name in named]
    contents = [*asked, *said, {"role": "user", "parts": done}]
    path = "/v1beta/models/m:generateContent"
    return WireRequest("POST", path, (), json.dumps({"contents": contents}).encode())


A, B = ({"functionCall": {"name": name, "args": {}}} for name in "ab")
WORDS = {"text": "One moment."}


@pytest.mark.parametrize("target", ["anthropic", "openai-chat"])
@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        ((A, WORDS), [2]),
        ((A, B), [2]),
        ((A, WORDS, B), [2, 3]),
        ((WORDS, A, WORDS), [3]),
        ((WORDS, A), []),
    ],
)
def test_what_the_model_says_in_pieces_leaves_results_behind_their_calls(
    parts: tuple[dict[str, Any], ...], joined: list[int], target: str
) -> None:
    asked = gemini_request(*parts)
    sent, changes = recode(asked, "gemini", target)

    assert FIRST_COMPLAINT[target](json.loads(sent.body)) is None
    said = sayings(*wire_named("gemini").decode_request(asked))
    assert not lost(said, sayings(*wire_named(target).decode_request(sent)), changes)
    if target == "openai-chat":
        told = [change.where for change in changes if "joined to the one before" in change.what]
        assert told == [f"messages[{at}]" for at in joined]


def test_words_that_are_joined_are_named_where_they_stood() -> None:
    sent, changes = recode(gemini_request(A, WORDS), "gemini", "openai-chat")

    told = json.loads(sent.body)["messages"]
    assert [message["role"] for message in told] == ["user", "assistant", "tool"]
    assert told[1]["content"] == "One moment."
    [before] = [change for change in changes if "said before the calls" in change.what]
    assert before.where == "messages[2].parts[0]"


def test_an_api_that_takes_late_results_gets_them_late() -> None:
    conversation, tools, options = wire_named(SOURCE).decode_request(request(*SPOKEN_BETWEEN))
    foreign = Conversation(
        messages=tuple(
            message.model_copy(update={"native": None}) for message in conversation.messages
        )
    )
    sent, changes = wire_named(SOURCE).encode_request(foreign, tools, options)

    assert json.loads(sent.body)["input"][4:] == [words("user", "Hurry!"), output("b")]
    assert changes == ()


@pytest.mark.parametrize("target", STRICT)
def test_what_a_wire_told_late_itself_stays_to_the_letter(target: str) -> None:
    foreign = (
        Message(role="user", parts=(Text(text="Begin."),)),
        Message(role="assistant", parts=(ToolCall(id="a", name="now", arguments={}),)),
        Message(role="user", parts=(Text(text="Hurry!"),)),
    )
    options = Options(model="m", stream=False)
    wire = wire_named(target)
    result = ToolResult(call_id="a", name="now", content=(Text(text="done"),))
    early, _ = wire.encode_request(Conversation(messages=foreign), (), options)
    alone, _ = wire.encode_request(
        Conversation(messages=(*foreign[:2], Message(role="user", parts=(result,)))), (), options
    )
    field = "contents" if target == "gemini" else "messages"
    body = json.loads(early.body)
    body[field].append(json.loads(alone.body)[field][-1])
    told = WireRequest("POST", early.path, (), json.dumps(body).encode())
    sent, changes = wire.encode_request(*wire.decode_request(told))

    assert json.loads(sent.body) == body and changes == ()


def test_a_result_that_nobody_told_yet_goes_behind_a_call_that_the_wire_told() -> None:
    body = {
        "model": "m",
        "messages": [
            words("user", "Begin."),
            {
                "role": "assistant",
                "tool_calls": [
                    {
                        "id": "a",
                        "type": "function",
                        "function": {"name": "now", "arguments": "{}"},
                    }
                ],
            },
            words("user", "Hurry!"),
        ],
    }
    wire = wire_named("openai-chat")
    conversation, tools, options = wire.decode_request(
        WireRequest("POST", "", (), json.dumps(body).encode())
    )
    late = Message(role="user", parts=(ToolResult(call_id="a", content=(Text(text="done"),)),))
    longer = conversation.model_copy(update={"messages": (*conversation.messages, late)})
    sent, _ = wire.encode_request(longer, tools, options)

    told = json.loads(sent.body)["messages"]
    assert [message["role"] for message in told] == ["user", "assistant", "tool", "user"]
    assert [told[0], told[1], told[3]] == body["messages"]


@pytest.mark.parametrize("target", STRICT)
def test_what_else_is_lost_is_named_where_it_stood_before_the_move(target: str) -> None:
    picture = {"type": "input_file", "file_id": "f_1"}
    items = (
        call("a"),
        words("user", "Hurry!"),
        output("a"),
        {"role": "user", "content": [picture, {"type": "input_text", "text": "See."}]},
    )
    _, changes = recode(request(*items), SOURCE, target)

    left: list[Change] = [change for change in changes if "input_file" in change.what]
    assert [change.where for change in left] == ["messages[4].parts[0]"]


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, Any], ...]:
    """Turns of calls, whose results come whenever; at the end none is missing."""
    items: list[dict[str, Any]] = []
    open_calls: list[str] = []
    made = 0
    for _ in range(draw(st.integers(1, 4))):
        for _ in range(draw(st.integers(1, 3))):
            open_calls.append(f"c{made}")
            items.append(call(f"c{made}"))
            made += 1
        for _ in range(draw(st.integers(0, 4))):
            if open_calls and draw(st.booleans()):
                items.append(output(open_calls.pop(draw(st.integers(0, len(open_calls) - 1)))))
            else:
                role = draw(st.sampled_from(["user", "user", "assistant"]))
                items.append(words(role, f"words {len(items)}"))
    return (*items, *map(output, open_calls), words("user", "Go on."))


@settings(max_examples=60, deadline=None)
@given(histories(), st.sampled_from(STRICT))
def test_whenever_results_come_the_history_is_legal_and_nothing_is_lost(
    items: tuple[dict[str, Any], ...], target: str
) -> None:
    asked = request(*items)
    assert responses_checks.first_complaint(json.loads(asked.body)) is None
    sent, changes = recode(asked, SOURCE, target)

    assert FIRST_COMPLAINT[target](json.loads(sent.body)) is None
    said = sayings(*wire_named(SOURCE).decode_request(asked))
    again = sayings(*wire_named(target).decode_request(sent))
    assert not lost(said, again, changes)
    results = {saying.words for saying in again if saying.kind == "result"}
    assert results >= {item["output"] for item in items if "output" in item}
