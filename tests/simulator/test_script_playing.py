"""Which reply of a script is due follows from the conversation alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from roundtrip.conversation import Conversation, Message, Text, ToolCall, ToolResult
from roundtrip.simulator.scripts import Script, Scripted, play
from roundtrip.simulator.scripts.values import NoSuchValue
from tests.simulator.scripted import speech
from tests.simulator.workshop import said


def script(*replies: dict[str, Any]) -> Script:
    told = {"name": "a", "title": "A", "shows": "It.", "replies": list(replies)}
    return Script.model_validate(told)


def asks(tool: str = "get_weather", **arguments: Any) -> Message:
    return Message(
        role="assistant", parts=(ToolCall(id=f"id-{tool}", name=tool, arguments=arguments),)
    )


def answers(text: str = "fine", tool: str = "get_weather", words: str = "") -> Message:
    result = ToolResult(call_id=f"id-{tool}", name=tool, content=(Text(text=text),))
    return Message(role="user", parts=(result, *([Text(text=words)] if words else [])))


def spoke(text: str) -> Message:
    return Message(role="assistant", parts=(Text(text=text),))


def due(script: Script, *messages: Message) -> Scripted | None:
    return play(script, Conversation(messages=messages))


def text_due(script: Script, *messages: Message) -> str | None:
    now = due(script, *messages)
    return now.text if now else None


ONE_TWO = script({"text": "one"}, {"text": "two"})
LATER = {"after": "results"}
HELLO, AGAIN = said("Hello"), said("And again?")


def test_replies_are_given_in_order_and_then_the_model_goes_on() -> None:
    assert text_due(ONE_TWO, HELLO) == "one"
    assert text_due(ONE_TWO, HELLO, asks(), answers()) == "two"
    assert text_due(ONE_TWO, HELLO, asks(), answers(), asks(), answers()) is None


def test_every_question_begins_the_script_anew() -> None:
    assert text_due(ONE_TWO, HELLO, spoke("one"), AGAIN) == "one"
    assert text_due(ONE_TWO, HELLO, asks(), answers(words="Stop. And now?")) == "one"
    assert text_due(ONE_TWO, HELLO, spoke("one"), AGAIN, asks(), answers()) == "two"


def test_what_was_said_before_the_script_was_chosen_does_not_matter() -> None:
    before = (HELLO, asks(), answers(), asks(), answers(), spoke("Done."))

    assert text_due(ONE_TWO, *before, AGAIN) == "one"


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"turn": 1}, False),
        ({"turn": 2}, True),
        ({"after": "results"}, True),
        ({"after": "question"}, False),
        ({"asked": "TOKYO"}, True),
        ({"asked": ["Lima", "tokyo"]}, True),
        ({"asked": "Oslo"}, False),
        ({"results_of": "get_weather"}, True),
        ({"results_of": "calculate"}, False),
        ({"results_say": "RAIN"}, True),
        ({"results_say": "snow"}, False),
        ({"turn": 2, "asked": "Oslo"}, False),
        ({}, True),
    ],
)
def test_a_reply_waits_for_what_it_is_for(when: dict[str, Any], fits: bool) -> None:
    now = (said("Weather in Oslo?"), spoke("Snow."), said("And in Tokyo?"), asks())

    waits = script({"when": LATER | when, "text": "mine"})

    told = text_due(waits, *now, answers("light rain"))

    assert told == ("mine" if fits else None)


def test_only_the_newest_results_count() -> None:
    waits = script({"when": {"results_say": "rain"}, "text": "mine"})

    now = (HELLO, asks(), answers("rain"))
    assert text_due(waits, *now) == "mine"
    assert text_due(waits, *now, asks(), answers("sun")) is None


def test_results_told_in_messages_of_their_own_are_told_together() -> None:
    both = script({"when": {"results_of": "calculate"}, "text": "mine"})

    assert text_due(both, HELLO, asks(), answers(tool="calculate"), answers()) == "mine"


def test_a_reply_that_did_not_fit_earlier_is_given_when_it_does() -> None:
    late = script({"when": {"after": "results"}, "text": "late"}, {"text": "first"})

    assert text_due(late, HELLO) == "first"
    assert text_due(late, HELLO, asks(), answers()) == "late"


def test_a_repeated_reply_is_given_for_ever() -> None:
    loop = script({"text": "first"}, {"calls": [{"name": "a"}], "repeat": True})
    rounds = (asks("a"), answers(tool="a")) * 9

    told = due(loop, HELLO, *rounds)

    assert told and [call.name for call in told.calls] == ["a"]


RESULT = '{"city": "Tokyo", "temp_c": 18, "days": [{"sky": "rain"}, {"sky": "sun"}], "wet": true}'


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("{{get_weather.temp_c}} °C in {{ get_weather.city }}", "18 °C in Tokyo"),
        ("{{get_weather.days.1.sky}}", "sun"),
        ("{{get_weather.days.0}}", '{"sky": "rain"}'),
        ("{{get_weather.wet}}", "true"),
        ("{{not-a-value! }} {x} {{}} }}", "{{not-a-value! }} {x} {{}} }}"),
    ],
)
def test_values_of_results_stand_in_the_words(told: str, meant: str) -> None:
    assert text_due(script({"when": LATER, "text": told}), HELLO, asks(), answers(RESULT)) == meant


def test_a_value_alone_keeps_its_kind_among_the_arguments() -> None:
    arguments = {"t": "{{get_weather.temp_c}}", "all": ["{{get_weather.days}}"], "n": "{{calm}}"}
    calls = script({"when": LATER, "calls": [{"name": "note", "arguments": arguments}]})

    told = due(
        calls, HELLO, asks("calm"), answers("yes", tool="calm"), AGAIN, asks(), answers(RESULT)
    )

    assert told and told.calls[0].arguments == {
        "t": 18,
        "all": [[{"sky": "rain"}, {"sky": "sun"}]],
        "n": "yes",
    }


def test_the_newest_result_that_has_it_counts() -> None:
    told = script({"when": LATER, "text": "{{get_weather.temp_c}}", "repeat": True})
    now = (HELLO, asks(), answers('{"temp_c": 1}'), asks(), answers('{"temp_c": 2}'))

    assert text_due(told, *now) == "2"
    assert text_due(told, *now, asks(), answers("broken")) == "2"


@pytest.mark.parametrize("value", ["get_weather.nothing", "calculate", "get_weather.days.9"])
def test_a_value_that_no_result_has_is_named_with_script_and_reply(value: str) -> None:
    told = script({"when": LATER, "text": f"It is {{{{{value}}}}}."})

    with pytest.raises(NoSuchValue, match=rf"script a, reply 1: no result so far has.*{value}"):
        due(told, HELLO, asks(), answers(RESULT))


@given(some.lists(speech, min_size=1, max_size=4))
def test_each_request_of_a_turn_gets_its_reply(told: list[dict[str, Any]]) -> None:
    lesson, messages = script(*told), [HELLO]
    for number, reply in enumerate(lesson.replies, start=1):
        now = due(lesson, *messages)
        assert now is not None
        assert (now.text, now.thinking) == (reply.text, reply.thinking)
        asked = [(call.name, call.arguments) for call in now.calls]
        assert asked == [(call.name, call.arguments) for call in reply.calls]
        assert (now.decision.outcome, now.decision.reply) == ("scripted", number)
        messages += [asks(), answers()]
    assert due(lesson, *messages) is None
