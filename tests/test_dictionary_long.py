"""A conversation too long to be spelled: what matters of it is, and what is left out is said."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from roundtrip.conversation import (
    Conversation,
    Message,
    Native,
    ProviderTool,
    Text,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
)
from roundtrip.dictionary import Subject, dictionary, of_run, worked_example
from roundtrip.dictionary.shortened import LARGEST, MOST_CALLS, shortened
from roundtrip.events import TurnStarted
from tests.stories import OSLO, TOKYO, Story

MOST_SPELLED = 700_000
"""Characters of a dictionary on its way to the page; the worked example has some 170,000."""


def asked(text: str = "Go?") -> Message:
    return Message(role="user", parts=(Text(text=text),))


def calling(*ids: str, name: str = "get_weather") -> Message:
    city = {"city": "Tokyo"}
    calls = tuple(ToolCall(id=one, name=name, arguments=city) for one in ids)
    return Message(role="assistant", parts=calls)


def results(*ids: str, text: str = "18 degrees") -> Message:
    words = (Text(text=text),)
    parts = tuple(ToolResult(call_id=one, name="get_weather", content=words) for one in ids)
    return Message(role="user", parts=parts)


def talk(*messages: Message, **more: Any) -> Subject:
    return replace(worked_example(), conversation=Conversation(messages=messages), **more)


def tool(name: str, properties: int = 1) -> ToolDefinition:
    fields = {f"field_{n}": {"type": "string", "description": "w" * 20} for n in range(properties)}
    schema = {"type": "object", "properties": fields, "required": list(fields)}
    return ToolDefinition(name=name, description="d", input_schema=schema)


def one_turn(rounds: int) -> list[Message]:
    ids = [f"call_{n}" for n in range(rounds)]
    return [asked(), *(message for one in ids for message in (calling(one), results(one)))]


MANY = [f"call_{n}" for n in range(300)]
LONG = {
    "one turn of 1,001 messages": talk(*one_turn(500)),
    "one reply of 300 calls": talk(
        asked(),
        calling(*MANY),
        results(*MANY),
        asks=worked_example().asks.model_copy(update={"message": calling(*MANY)}),  # type: ignore[union-attr]
    ),
    "300 tools": talk(*one_turn(1), tools=tuple(tool(f"tool_{n}") for n in range(300))),
    "a tool of 500 properties": talk(*one_turn(1), tools=(tool("get_weather", 500),)),
    "a result of a million characters": talk(
        asked(), calling("call_0"), results("call_0", text="x" * 1_000_000)
    ),
}


@pytest.mark.parametrize("subject", LONG.values(), ids=LONG)
def test_whatever_is_long_what_is_spelled_is_not(subject: Subject) -> None:
    drawn = dictionary(shortened(subject)).model_dump(mode="json", exclude_defaults=True)

    assert len(json.dumps(drawn)) < MOST_SPELLED


def test_what_is_short_is_spelled_whole() -> None:
    subject = worked_example()

    assert shortened(subject) == subject


def test_of_one_long_turn_the_question_and_the_last_calls_with_their_results_are_kept() -> None:
    messages = one_turn(500)

    short = shortened(talk(*messages))

    assert short.conversation.messages == (messages[0], messages[-2], messages[-1])
    assert short.left_out == ("998 messages",)


def test_of_a_long_conversation_the_last_turn_with_calls_is_spelled_and_the_rest_counted() -> None:
    story = Story().replied(TOKYO).ran(text="x" * LARGEST).replied(Text(text="Warm."))
    before = len(story.state.messages)
    setup = story.state.setup
    assert setup is not None
    story.then(TurnStarted, text="And Oslo?", setup=setup).replied(OSLO).ran(text="cold")

    subject = of_run(story.state, story.events)

    assert subject is not None
    assert subject.left_out == (f"{before} messages",)
    assert [message.text for message in subject.conversation.messages] == ["And Oslo?", "", ""]


def test_calls_that_wait_for_their_results_are_kept_without_any() -> None:
    messages = [*one_turn(500), calling("call_last")]

    short = shortened(talk(*messages))

    assert short.conversation.messages == (messages[0], messages[-1])


def test_a_long_conversation_without_calls_keeps_its_last_question_and_answer() -> None:
    answer = Message(role="assistant", parts=(Text(text="x" * LARGEST),))

    short = shortened(talk(asked("First?"), answer, asked("Second?"), answer))

    assert short.conversation.messages == (asked("Second?"), answer)
    assert shortened(talk(asked("First?"), answer, asked("Next?"))).conversation.messages == (
        asked("Next?"),
    )


def test_of_many_calls_the_first_are_kept_each_with_its_result() -> None:
    short = shortened(LONG["one reply of 300 calls"])

    _, calls, answers = short.conversation.messages
    ids = [call.id for call in calls.calls]
    assert ids == MANY[:MOST_CALLS]
    assert [result.call_id for result in answers.results] == ids
    assert short.asks is not None and short.asks.message == calls
    assert short.left_out == (f"{300 - MOST_CALLS} calls",)


def test_calls_without_ids_keep_their_results_by_order() -> None:
    calls = tuple(ToolCall(id=None, name=f"n{n}", arguments={}) for n in range(300))
    done = tuple(
        ToolResult(call_id=None, name=f"n{n}", content=(Text(text="w" * 50),)) for n in range(300)
    )
    called, answered = Message(role="assistant", parts=calls), Message(role="user", parts=done)

    short = shortened(talk(asked(), called, answered))

    assert short.conversation.messages[1].calls == calls[:MOST_CALLS]
    assert short.conversation.messages[2].results == done[:MOST_CALLS]


def test_of_many_tools_those_that_are_called_or_demanded_are_kept() -> None:
    tools = (*(tool(f"tool_{n}") for n in range(300)), tool("get_weather"))
    subject = talk(*one_turn(1), tools=tools)

    assert shortened(subject).tools == (tool("get_weather"),)
    assert shortened(subject).left_out == ("300 tools",)

    demanded = subject.options.model_copy(
        update={"tool_choice": ToolChoice(mode="tool", name="tool_7")}
    )
    short = shortened(replace(subject, options=demanded))
    assert short.tools == (tool("tool_7"), tool("get_weather"))


def test_of_many_tools_none_of_which_is_called_the_first_is_kept() -> None:
    tools = tuple(tool(f"tool_{n}") for n in range(300))
    searching = ProviderTool(name="search", native=Native(wire="anthropic", value={"name": "s"}))

    short = shortened(talk(asked(), asks=None, tools=(searching, *tools)))

    assert short.tools == (tool("tool_0"),)
    assert short.left_out == ("300 tools",)


def test_of_a_long_schema_the_first_properties_are_kept() -> None:
    short = shortened(LONG["a tool of 500 properties"])

    (kept,) = short.tools
    assert isinstance(kept, ToolDefinition)
    names = list(kept.input_schema["properties"])
    assert names == [f"field_{n}" for n in range(len(names))] and names
    assert kept.input_schema["required"] == names
    assert short.left_out == (f"{500 - len(names)} properties of get_weather",)
