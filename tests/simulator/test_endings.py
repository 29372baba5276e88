"""How a reply ends, and how many of it there are, as each API lets its caller say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.speakers import SPEAKERS, Seen

JOKE = "Tell me a joke about databases."
STOPS = {
    "anthropic": lambda words: {"stop_sequences": words},
    "openai-chat": lambda words: {"stop": words},
    "gemini": lambda words: {"config": {"stop_sequences": words}},
}


def stopping(wire: str, request: dict[str, Any], *words: str) -> dict[str, Any]:
    more = STOPS[wire](list(words))
    if wire == "gemini":
        more = {"config": request["config"] | more["config"]}
    return request | more


@pytest.mark.parametrize("how", ["whole", "streamed"])
@pytest.mark.parametrize("wire", STOPS)
def test_a_stop_sequence_ends_a_reply_where_it_would_come(simulator, wire, how):
    api = SPEAKERS[wire]
    client, request = api.client(simulator), api.asking(JOKE, tools=())
    whole = api.whole(client, request).text
    first, later = whole.split()[2], whole.split()[5]

    seen: Seen = getattr(api, how)(client, stopping(wire, request, later, first))

    assert seen.text == whole[: whole.index(first)]
    assert seen.stop == {"anthropic": "stop_sequence"}.get(wire, api.stops["end"])


@pytest.mark.parametrize("wire", STOPS)
def test_words_that_do_not_come_stop_nothing(simulator, wire):
    api = SPEAKERS[wire]
    client, request = api.client(simulator), api.asking(JOKE, tools=())

    assert api.whole(client, stopping(wire, request, "zyx")).stop == api.stops["end"]


@pytest.mark.parametrize("stream", [False, True])
def test_anthropic_names_the_sequence_that_stopped_it(client, stream):
    request = {
        "model": "sim-large",
        "max_tokens": 500,
        "messages": [{"role": "user", "content": "Hello!"}],
    }
    whole = client.messages.create(**request).content[0].text
    word = whole.split()[1]

    if stream:
        with client.messages.stream(**request, stop_sequences=[word]) as events:
            message = events.get_final_message()
    else:
        message = client.messages.create(**request, stop_sequences=[word])

    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", word)


def test_a_chat_has_as_many_choices_as_are_asked_for(simulator):
    api = SPEAKERS["openai-chat"]
    client, request = api.client(simulator), api.asking("What is the weather in Oslo?")

    one = client.chat.completions.create(**request)
    three = client.chat.completions.create(**request, n=3)

    calls = [choice.message.tool_calls[0] for choice in three.choices]
    assert [choice.index for choice in three.choices] == [0, 1, 2]
    assert [json.loads(call.function.arguments) for call in calls] == [{"city": "Oslo"}] * 3
    assert len({call.id for call in calls}) == 3
    assert three.usage.completion_tokens == 3 * one.usage.completion_tokens


def test_a_streamed_chat_tells_every_choice(simulator):
    api = SPEAKERS["openai-chat"]
    client, request = api.client(simulator), api.asking("Hello!", tools=())

    said, ends = {0: "", 1: ""}, []
    for chunk in client.chat.completions.create(**request, n=2, stream=True):
        for choice in chunk.choices:
            said[choice.index] += choice.delta.content or ""
            ends += [choice.index] if choice.finish_reason else []

    assert said[0] == said[1] != ""
    assert ends == [0, 1]
