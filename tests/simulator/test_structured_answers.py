"""Where JSON of a schema is asked for, the answer is JSON of that schema, on every API."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, Literal

import anthropic
import openai
import pytest
from google import genai
from google.genai import types
from hypothesis import assume, given
from pydantic import BaseModel

from roundtrip.conversation import (
    Conversation,
    Message,
    Native,
    Options,
    Text,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
)
from roundtrip.simulator.structured_answer import respond
from roundtrip.tools.checks import problems
from tests.simulator.speakers import SPEAKERS
from tests.simulator.speakers.seen import WEATHER
from tests.wires.schemas import sayable_schemas, tool_schemas

WORDS = "Convert 26.2 miles to km, please."


class Conversion(BaseModel):
    """A measured value to convert from one unit to another."""

    value: float
    from_unit: str
    to_unit: str
    urgency: Literal["low", "high"]


def by_anthropic(root: str) -> Any:
    with anthropic.Anthropic(base_url=f"{root}/anthropic", api_key="any") as client:
        return client.messages.parse(
            model="sim-large",
            max_tokens=500,
            messages=[{"role": "user", "content": WORDS}],
            output_format=Conversion,
        ).parsed_output


def by_chat(root: str) -> Any:
    with openai.OpenAI(base_url=f"{root}/openai/v1", api_key="any") as client:
        return (
            client.chat.completions.parse(
                model="sim-large",
                messages=[{"role": "user", "content": WORDS}],
                response_format=Conversion,
            )
            .choices[0]
            .message.parsed
        )


def by_responses(root: str) -> Any:
    with openai.OpenAI(base_url=f"{root}/openai/v1", api_key="any") as client:
        reply = client.responses.parse(model="sim-large", input=WORDS, text_format=Conversion)
        return reply.output_parsed


def by_gemini(root: str) -> Any:
    place = types.HttpOptions(base_url=f"{root}/gemini")
    with genai.Client(api_key="any", http_options=place) as client:
        return client.models.generate_content(
            model="sim-large",
            contents=WORDS,
            config={"response_mime_type": "application/json", "response_schema": Conversion},
        ).parsed


PARSED = {
    "anthropic": by_anthropic,
    "openai-chat": by_chat,
    "openai-responses": by_responses,
    "gemini": by_gemini,
}


@pytest.mark.parametrize("wire", PARSED)
def test_what_an_sdk_parses_is_what_the_text_says(simulator, wire):
    parsed = PARSED[wire](simulator)

    assert isinstance(parsed, Conversion)
    assert parsed.value == 26.2
    assert parsed.to_unit == "km"


FORMATS = {
    "anthropic": lambda schema: {"output_config": {"format": {"type": "json_schema", **schema}}},
    "openai-chat": lambda schema: {
        "response_format": {"type": "json_schema", "json_schema": {"name": "seen", **schema}}
    },
    "openai-responses": lambda schema: {
        "text": {"format": {"type": "json_schema", "name": "seen", **schema}}
    },
    "gemini": lambda schema: {
        "generationConfig.responseMimeType": "application/json",
        "generationConfig.responseJsonSchema": schema["schema"],
    },
}


def answered(schema: Any, conversation: Conversation, wire: str = "openai-chat") -> str:
    """The text of the model's reply to a decoded request."""
    native = Native(wire=wire, value={"fields": FORMATS[wire]({"schema": schema})})
    options = Options(model="sim-large", native=native)
    return respond(conversation, (), options, today=date(2026, 11, 22)).text


def said(*parts: Message) -> Conversation:
    return Conversation(messages=parts)


HELLO = said(Message(role="user", parts=(Text(text="Hello! What can you do?"),)))


def after_forecasts() -> Conversation:
    """Two forecasts have come, and an answer is due."""
    forecasts = [
        {"city": "Tokyo", "temp_c": 18, "sky": "light rain"},
        {"city": "Oslo", "temp_c": -2, "sky": "snow"},
    ]
    calls = tuple(
        ToolCall(id=one["city"], name="get_weather", arguments={"city": one["city"]})
        for one in forecasts
    )
    results = tuple(
        ToolResult(call_id=one["city"], content=(Text(text=json.dumps(one)),)) for one in forecasts
    )
    return said(
        Message(role="user", parts=(Text(text="What is the weather in Tokyo and Oslo?"),)),
        Message(role="assistant", parts=calls),
        Message(role="user", parts=results),
    )


def test_results_fill_the_fields_that_are_called_alike():
    conversation = after_forecasts()
    city = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "tempC": {"type": "integer"}},
        "required": ["city", "tempC"],
    }
    schema = {
        "type": "object",
        "properties": {
            "cities": {"type": "array", "items": {"$ref": "#/$defs/city"}},
            "summary": {"type": "string"},
            "warning": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["cities", "summary", "warning"],
        "$defs": {"city": city},
    }

    told = {wire: json.loads(answered(schema, conversation, wire)) for wire in FORMATS}

    assert told["gemini"]["cities"] == [
        {"city": "Tokyo", "tempC": 18},
        {"city": "Oslo", "tempC": -2},
    ]
    assert "light rain" in told["gemini"]["summary"]
    assert told["gemini"]["warning"] is None
    assert all(one == told["gemini"] for one in told.values())


FINAL = ToolDefinition(
    name="final_result",
    description="The final response which ends this conversation",
    input_schema={
        "type": "object",
        "properties": {
            "forecasts": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"city": {"type": "string"}, "sky": {"type": "string"}},
                    "required": ["city", "sky"],
                },
            },
            "summary": {"type": "string"},
        },
        "required": ["forecasts", "summary"],
    },
)
TRIP = ToolDefinition(
    name="plan_trip",
    description="Book a trip to a city.",
    input_schema={
        "type": "object",
        "properties": {"city": {"type": "string"}, "traveller": {"type": "string"}},
        "required": ["city", "traveller"],
    },
)
GET_WEATHER = ToolDefinition(
    name=WEATHER["name"], description=WEATHER["description"], input_schema=WEATHER["schema"]
)


@pytest.mark.parametrize("offered", [(GET_WEATHER, FINAL), (FINAL, GET_WEATHER, TRIP)])
@pytest.mark.parametrize(
    "choice", [ToolChoice(mode="any"), ToolChoice(mode="tool", name="final_result")]
)
def test_an_answer_that_must_be_a_call_is_told_by_the_tool_that_takes_it(offered, choice):
    options = Options(model="sim-large", tool_choice=choice)

    told = respond(after_forecasts(), offered, options, today=date(2026, 11, 22))

    assert [call.name for call in told.calls] == ["final_result"]
    arguments = told.calls[0].arguments or {}
    assert arguments["forecasts"] == [
        {"city": "Tokyo", "sky": "light rain"},
        {"city": "Oslo", "sky": "snow"},
    ]
    assert "light rain" in arguments["summary"]
    assert told.decision.outcome == "calls"
    assert {one.reason for one in told.decision.arguments} == {"out of the results"}


def test_a_tool_that_needs_more_than_the_results_hold_is_not_called_for_an_answer():
    options = Options(model="sim-large", tool_choice=ToolChoice(mode="any"))

    told = respond(after_forecasts(), (GET_WEATHER, TRIP), options, today=date(2026, 11, 22))

    assert {call.name for call in told.calls} == {"get_weather"}


def test_calls_come_before_the_answer(simulator):
    with openai.OpenAI(base_url=f"{simulator}/openai/v1", api_key="any") as client:
        reply = client.chat.completions.create(
            **SPEAKERS["openai-chat"].asking("What is the weather in Oslo? As JSON."),
            response_format={"type": "json_object"},
        )

    assert reply.choices[0].finish_reason == "tool_calls"


def test_json_without_a_schema_is_an_object():
    value = {"fields": {"response_format": {"type": "json_object"}}}
    options = Options(model="sim-large", native=Native(wire="openai-chat", value=value))

    told = respond(HELLO, (), options, today=date(2026, 11, 22))

    assert json.loads(told.text)["answer"]
    assert "JSON" in told.decision.why


@pytest.mark.parametrize(
    "told", ["Answer in JSON of this schema:\n{}\nNot {{this}}.", "json: {{ {}"]
)
def test_a_schema_among_the_instructions_is_followed(told):
    schema = Conversion.model_json_schema()
    system = (Text(text=told.format(json.dumps(schema))),)
    asked = said(Message(role="user", parts=(Text(text=WORDS),)))
    conversation = asked.model_copy(update={"system": system})

    text = respond(conversation, (), Options(model="sim-large"), today=date(2026, 11, 22)).text

    assert Conversion.model_validate_json(text).value == 26.2


@pytest.mark.parametrize("strange", [None, "json", 7, [], {}, {"type": "json_schema"}])
def test_a_format_that_is_none_is_not_looked_into(strange):
    value = {"fields": {"response_format": strange, "text": strange, "output_config": strange}}
    options = Options(model="sim-large", native=Native(wire="openai-chat", value=value))

    assert respond(HELLO, (), options, today=date(2026, 11, 22)).text


def test_a_schema_without_end_is_answered():
    node = {
        "type": "object",
        "properties": {name: {"$ref": "#/$defs/node"} for name in "abcdefgh"},
        "required": list("abcdefgh"),
    }
    schema = {"$ref": "#/$defs/node", "$defs": {"node": node}}

    assert isinstance(json.loads(answered(schema, HELLO)), dict)


@given(tool_schemas())
def test_no_schema_is_too_strange_to_answer(schema):
    json.loads(answered(schema, HELLO))


@given(sayable_schemas())
def test_the_answer_is_of_the_schema(schema):
    value = json.loads(answered(schema, HELLO))
    assume(levels(value) < 12)  # of a schema that demands values without end there is none

    assert problems(value, schema) == ()


def levels(value: Any) -> int:
    held = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(levels, held), default=0)
