"""The simulated Messages API answers the official SDK as the real one would."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import httpx2
import pytest

from tests.simulator.asking import ask, with_results

TOKYO = '{"city": "Tokyo", "temp_c": 18, "sky": "light rain", "wear": "a jacket and an umbrella"}'
OSLO = '{"city": "Oslo", "temp_c": -3, "sky": "snow", "wear": "a warm coat"}'


def calls_of(message: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(block.name, block.input) for block in message.content if block.type == "tool_use"]


def text_of(message: Any) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def streamed(client: anthropic.Anthropic, **request: Any) -> Any:
    with client.messages.stream(**request) as stream:
        return stream.get_final_message()


def test_a_question_a_tool_fits_is_answered_by_asking_for_it(client):
    message = client.messages.create(**ask("What is the weather in Tokyo?"))

    assert calls_of(message) == [("get_weather", {"city": "Tokyo"})]
    assert message.stop_reason == "tool_use"
    assert message.id.startswith("msg_01")
    assert all(block.id.startswith("toolu_01") for block in message.content if block.type != "text")


def test_streamed_and_whole_it_is_the_same_reply(client):
    request = ask("What is the weather in Tokyo and Oslo?", model="sim-thinker")

    whole = client.messages.create(**request).model_dump(exclude_none=True)
    live = streamed(client, **request).model_dump(exclude_none=True)

    assert live["content"] == whole["content"]
    for field in ("id", "model", "stop_reason", "usage"):
        assert live[field] == whole[field]


def test_usage_grows_with_what_is_sent_and_said(client):
    short = client.messages.create(**ask("What is the weather in Tokyo?"))
    long = client.messages.create(**ask("What is the weather in Tokyo, Oslo and Lima? " * 20))

    assert 0 < short.usage.input_tokens < long.usage.input_tokens
    assert short.usage.output_tokens > 0
    asked = ask("What is the weather in Tokyo?")
    del asked["max_tokens"]
    counted = client.messages.count_tokens(**asked)
    assert counted.input_tokens == short.usage.input_tokens


def test_a_known_model_name_is_echoed_and_marked_as_simulated(client):
    answered = client.messages.with_raw_response.create(
        **ask("What is the weather in Tokyo?", model="claude-opus-4-8")
    )

    assert answered.parse().model == "claude-opus-4-8"
    assert answered.headers["x-simulated-by"] == "roundtrip"
    assert answered.headers["request-id"].startswith("req_")
    assert answered.headers["content-type"] == "application/json"


def test_a_stream_says_what_it_is(client):
    with client.messages.with_streaming_response.create(
        **ask("What is the weather in Tokyo?"), stream=True
    ) as response:
        lines = [line for line in response.iter_lines() if line.startswith("event:")]

    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert lines[0] == "event: message_start"
    assert lines[-1] == "event: message_stop"


def test_a_thinking_model_thinks_first_and_counts_it(client):
    message = client.messages.create(**ask("What is the weather in Tokyo?", model="sim-thinker"))

    assert message.content[0].type == "thinking"
    assert message.content[0].signature
    details = message.usage.output_tokens_details
    assert 0 < details.thinking_tokens <= message.usage.output_tokens


def test_thinking_that_comes_back_changed_is_refused(client):
    request = ask("What should I wear in Tokyo?", model="sim-thinker")
    first = client.messages.create(**request)
    again = with_results(request, first, TOKYO)
    again["messages"][1]["content"][0]["thinking"] += " And so on."

    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature` in `thinking` block"):
        client.messages.create(**again)


def test_thinking_another_signed_is_taken_on_trust(client):
    block = {"type": "thinking", "thinking": "Hm.", "signature": "EqQBCkYIBxgCKkBn"}
    said = {"role": "assistant", "content": [block, {"type": "text", "text": "Hello."}]}
    question = {"role": "user", "content": "What is the weather in Tokyo?"}
    messages = [{"role": "user", "content": "Hi"}, said, question]

    message = client.messages.create(**ask("", messages=messages))

    assert calls_of(message) == [("get_weather", {"city": "Tokyo"})]


def test_an_answer_over_max_tokens_is_a_beginning_of_the_whole(client):
    whole = text_of(client.messages.create(**ask("Tell me a joke about databases.")))
    cut = client.messages.create(**ask("Tell me a joke about databases.", max_tokens=4))

    assert cut.stop_reason == "max_tokens"
    assert whole.startswith(text_of(cut))
    assert 0 < len(text_of(cut)) < len(whole)


def test_tool_choice_none_gets_words_only(client):
    request = ask("What is the weather in Tokyo?", tool_choice={"type": "none"})

    assert not calls_of(client.messages.create(**request))


def test_the_models_are_listed_in_the_apis_shape(client):
    listed = list(client.models.list())

    assert {"sim-large", "sim-small", "sim-thinker"} <= {model.id for model in listed}
    assert client.models.retrieve("sim-large").lifecycle == "active"


def test_why_a_reply_is_what_it_is_can_be_asked(client, simulator):
    message = client.messages.create(**ask("What is the weather in Tokyo?"))

    told = httpx2.get(f"{simulator}/decisions/{message.id}")

    assert told.status_code == 200
    assert json.loads(told.content)
    assert httpx2.get(f"{simulator}/decisions/msg_unknown").status_code == 404
