"""A conversation that the server holds goes on from the message it is told, as the SDK has it."""

from __future__ import annotations

import json

import anthropic
import pytest
from anthropic import beta_tool

from tests.simulator.asking import ask

TOKYO = {"city": "Tokyo", "temp_c": 18, "sky": "light rain", "wear": "a jacket and an umbrella"}


@beta_tool
def get_weather(city: str) -> str:
    """Get the current weather in a given city.

    Args:
        city: The name of the city.
    """
    return json.dumps(TOKYO)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("model", ["sim-large", "sim-thinker"])
def test_the_sdks_tool_runner_comes_to_an_answer(client, model, streamed):
    runner = client.beta.messages.tool_runner(
        model=model,
        max_tokens=1000,
        tools=[get_weather],
        messages=[{"role": "user", "content": "What should I wear in Tokyo?"}],
        stream=streamed,
    )

    replies = [one.get_final_message() if streamed else one for one in runner]

    assert [reply.stop_reason for reply in replies] == ["tool_use", "end_turn"]
    assert "umbrella" in replies[-1].content[-1].text


def begun(client, **more):
    request = ask("What should I wear in Tokyo?") | {"extra_body": {"thread": {"type": "create"}}}
    return client.messages.create(**request | more)


def going_on(client, previous, content, **more):
    thread = {"type": "continue", "previous_message_id": previous}
    return client.messages.create(
        model="sim-large",
        max_tokens=1000,
        messages=[{"role": "user", "content": content}],
        extra_body={"thread": thread, **more},
    )


def test_tools_and_all_that_was_said_are_held(client):
    first = begun(client)
    result = {
        "type": "tool_result",
        "tool_use_id": first.content[-1].id,
        "content": json.dumps(TOKYO),
    }

    second = going_on(client, first.id, [result])
    third = going_on(client, second.id, "And in Oslo?")

    assert "umbrella" in second.content[-1].text
    assert third.content[-1].input == {"city": "Oslo"}
    assert third.usage.input_tokens > second.usage.input_tokens > first.usage.input_tokens


def test_the_rules_of_a_conversation_hold_over_what_is_held(client):
    first = begun(client)

    with pytest.raises(anthropic.BadRequestError, match="without `tool_result`"):
        going_on(client, first.id, "Never mind.")


def test_what_is_not_held_cannot_be_gone_on_from(client):
    # Another question: who asks the same gets the same id.
    asked = [{"role": "user", "content": "What shall I do?"}]
    refused = begun(client, messages=asked, extra_headers={"x-fault": "refuse"})

    for message in ("msg_unknown", refused.id, client.messages.create(**ask("Hello!")).id):
        with pytest.raises(anthropic.NotFoundError, match="No thread was found"):
            going_on(client, message, "And then?")


def test_a_thread_that_got_lost_is_begun_anew_by_the_sdk(client):
    thread = client.beta.messages.thread(model="sim-large", max_tokens=1000)
    thread.send({"role": "user", "content": "Hello!"})
    # As after a restart: the server knows nothing of the reply that the SDK goes on from.
    thread._state._thread.previous_message_id = "msg_lost"

    answer = thread.send({"role": "user", "content": "What is 2 + 2?"})

    assert answer.content[0].text
    assert len(thread.messages) == 4


@pytest.mark.parametrize(
    ("thread", "more", "words"),
    [
        ("create", {}, "thread: Input tag"),
        ({}, {}, "thread: Input tag"),
        ({"type": "fork"}, {}, "thread: Input tag"),
        ({"type": "continue"}, {}, "previous_message_id"),
        ({"type": "continue", "previous_message_id": "msg_1"}, {"system": "Be kind."}, "system"),
    ],
)
def test_a_thread_that_is_none_is_refused(client, thread, more, words):
    with pytest.raises(anthropic.BadRequestError, match=words):
        client.messages.create(
            model="sim-large",
            max_tokens=1000,
            messages=[{"role": "user", "content": "Hello!"}],
            extra_body={"thread": thread, **more},
        )
