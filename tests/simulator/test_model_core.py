"""The simulated model calls, chains, answers and declines."""

from __future__ import annotations

from datetime import date

from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Text,
    ToolCall,
    ToolDefinition,
    ToolResult,
)
from roundtrip.simulator.model import Response, respond

WEATHER = ToolDefinition(
    name="get_weather",
    description="Get the weather forecast for a city and what to wear there.",
    input_schema={
        "type": "object",
        "properties": {"city": {"type": "string", "description": "City name, e.g. Lisbon"}},
        "required": ["city"],
    },
)


def ask(*messages: Message, tools: tuple[ToolDefinition, ...] = (WEATHER,)) -> Response:
    return respond(
        Conversation(messages=messages),
        tools,
        Options(model="sim-large"),
        today=date(2026, 3, 1),
    )


def person(text: str) -> Message:
    return Message(role="user", parts=(Text(text=text),))


def test_two_cities_give_two_calls_at_once() -> None:
    response = ask(person("What should I wear in Tokyo and Oslo tomorrow?"))
    assert [call.arguments for call in response.calls] == [{"city": "Tokyo"}, {"city": "Oslo"}]


def test_the_answer_says_what_to_wear_in_both_cities() -> None:
    calls = tuple(
        ToolCall(id=city, name="get_weather", arguments={"city": city})
        for city in ("Tokyo", "Oslo")
    )
    results = (
        '{"city": "Tokyo", "temp_c": 18, "sky": "light rain", "wear": "a jacket and an umbrella"}',
        '{"city": "Oslo", "temp_c": -2, "sky": "snow", "wear": "a winter coat and boots"}',
    )
    response = ask(
        person("What should I wear in Tokyo and Oslo tomorrow?"),
        Message(role="assistant", parts=calls),
        Message(
            role="user",
            parts=tuple(
                ToolResult(call_id=call.id, content=(Text(text=text),))
                for call, text in zip(calls, results, strict=True)
            ),
        ),
    )
    assert response.calls == ()
    assert response.text == (
        "In Tokyo wear a jacket and an umbrella (18 °C, light rain). "
        "In Oslo wear a winter coat and boots (−2 °C, snow)."
    )


def test_nothing_is_called_for_a_greeting() -> None:
    response = ask(person("Hello!"))
    assert response.calls == () and response.decision.outcome == "small_talk"


def test_what_a_strict_schema_wants_said_and_the_text_does_not_say_is_null() -> None:
    schema = {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Name of the city."},
            "unit": {"type": ["string", "null"], "description": "celsius or fahrenheit"},
            "days": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        },
        "required": ["city", "unit", "days"],
        "additionalProperties": False,
    }
    told = "Get the weather forecast of a city."
    tool = ToolDefinition(name="get_forecast", description=told, input_schema=schema, strict=True)
    question = person("What is the forecast for Tokyo?")
    asked = ask(question, tools=(tool,))
    [call] = asked.calls
    assert call.arguments == {"city": "Tokyo", "unit": None, "days": None}

    named = call.model_copy(update={"id": "1"})
    result = ToolResult(call_id="1", content=(Text(text="sunny"),))
    answered = ask(
        question,
        Message(role="assistant", parts=(named,)),
        Message(role="user", parts=(result,)),
        tools=(tool,),
    )
    assert answered.calls == () and answered.text == "Tokyo: sunny."
