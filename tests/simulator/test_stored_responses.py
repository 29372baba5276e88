"""Responses that are stored can be asked for by their ids, and gone on from item by item."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest

from tests.simulator.speakers import SPEAKERS

API = SPEAKERS["openai-responses"]
WORDS = "What should I wear in Oslo?"
COAT = '{"city": "Oslo", "wear": "a warm coat"}'


@pytest.fixture
def client(simulator: str) -> Any:
    return API.client(simulator)


def asked(words: str = WORDS, **more: Any) -> dict[str, Any]:
    request = API.asking(words, model="sim-thinker") | {"store": True, "include": []} | more
    return {name: value for name, value in request.items() if value is not None}


def handed_back(call: Any) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call.call_id, "output": COAT}


def test_a_response_is_read_again_as_it_was_given(client):
    given = client.responses.create(**asked())

    assert client.responses.retrieve(given.id) == given


def test_a_streamed_response_is_stored_too_and_can_be_streamed_again(client):
    *_, last = client.responses.create(**asked(), stream=True)

    *_, again = client.responses.retrieve(last.response.id, stream=True)

    assert again.response == last.response


def test_what_was_asked_is_listed_by_its_items_the_newest_first(client):
    first = client.responses.create(**asked())
    [call] = [item for item in first.output if item.type == "function_call"]
    going_on = asked(previous_response_id=first.id, input=[handed_back(call)])
    second = client.responses.create(**going_on)

    listed = list(client.responses.input_items.list(second.id, limit=2))

    assert [item.type for item in listed] == [
        "function_call_output",
        "function_call",
        "reasoning",
        "message",
    ]
    assert listed[-1].content[0].text == WORDS
    assert [item.id for item in listed] == list(dict.fromkeys(item.id for item in listed))


def test_a_deleted_response_is_gone(client):
    given = client.responses.create(**asked("Hello!"))

    client.responses.delete(given.id)

    with pytest.raises(openai.NotFoundError, match=f"'{given.id}' not found"):
        client.responses.retrieve(given.id)
    with pytest.raises(openai.BadRequestError, match="Previous response with id"):
        client.responses.create(**asked("Well?", previous_response_id=given.id))


def test_what_is_not_stored_is_not_found(client):
    given = client.responses.create(**asked("Hello!", store=False))

    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(given.id)


def sent_back(response: Any, *kinds: str) -> list[dict[str, Any]]:
    """The items of these kinds, as a client sends them again."""
    items = [item.model_dump(exclude_none=True) for item in response.output]
    return [item for item in items if item["type"] in kinds]


def test_items_may_be_referred_to_by_their_ids(client):
    first = client.responses.create(**asked())
    references = [{"type": "item_reference", "id": item.id} for item in first.output]
    [call] = [item for item in first.output if item.type == "function_call"]
    question = {"role": "user", "content": WORDS}

    answer = client.responses.create(**asked(input=[question, *references, handed_back(call)]))

    assert "warm coat" in answer.output_text
    with pytest.raises(openai.NotFoundError, match="Item with id 'msg_none' not found"):
        client.responses.create(**asked(input=[{"type": "item_reference", "id": "msg_none"}]))


def test_a_call_is_refused_without_the_reasoning_it_came_from(client):
    first = client.responses.create(**asked())
    [call] = [item for item in first.output if item.type == "function_call"]
    [thought] = [item for item in first.output if item.type == "reasoning"]
    alone = [*sent_back(first, "function_call"), handed_back(call)]

    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(**asked(input=alone))

    assert caught.value.body["message"] == (
        f"Item '{call.id}' of type 'function_call' was provided without its required 'reasoning' "
        f"item: '{thought.id}'."
    )
    together = [*sent_back(first, "reasoning", "function_call"), handed_back(call)]
    assert client.responses.create(**asked(input=together)).output_text
    nameless = [{name: item[name] for name in item if name != "id"} for item in alone]
    assert client.responses.create(**asked(input=nameless)).output_text


def test_reasoning_is_refused_without_what_it_led_to(client):
    first = client.responses.create(**asked())
    alone = [*sent_back(first, "reasoning"), {"role": "user", "content": "Well?"}]

    with pytest.raises(openai.BadRequestError, match="without its required following item"):
        client.responses.create(**asked(input=alone))


def test_reasoning_that_was_not_stored_is_not_found_unless_it_comes_encrypted(client):
    request = asked(store=False)
    first = client.responses.create(**request)
    [call] = [item for item in first.output if item.type == "function_call"]
    back = [*sent_back(first, "reasoning", "function_call"), handed_back(call)]

    with pytest.raises(openai.NotFoundError, match="not persisted when `store` is set to false"):
        client.responses.create(**request | {"input": back})

    sealed = request | {"include": ["reasoning.encrypted_content"]}
    first = client.responses.create(**sealed)
    [call] = [item for item in first.output if item.type == "function_call"]
    back = [*sent_back(first, "reasoning", "function_call"), handed_back(call)]
    assert client.responses.create(**sealed | {"input": back}).output_text


def test_a_response_repeats_what_was_asked_with_what_was_not_said(client):
    free = {"type": "object", "properties": {"a": {"type": "string"}}}
    tools = [
        {"type": "function", "name": "closed", "parameters": free | {"required": ["a"]}},
        {"type": "function", "name": "open", "parameters": free},
        {"type": "function", "name": "loose", "parameters": free, "strict": False},
    ]

    told = client.responses.create(model="sim-large", input="Hello!", tools=tools)

    assert [tool.strict for tool in told.tools] == [True, False, False]
    assert told.tools[0].parameters["additionalProperties"] is False
    assert json.loads(told.text.model_dump_json())["format"] == {"type": "text"}
    assert (told.tool_choice, told.parallel_tool_calls, told.truncation) == (
        "auto",
        True,
        "disabled",
    )
