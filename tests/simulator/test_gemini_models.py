"""Gemini's models differ by generation, in what they send and in what they want back."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from google.genai import errors

from tests.simulator.speakers import SPEAKERS
from tests.simulator.spoiling import post

GEMINI = SPEAKERS["gemini"]
WORDS = "What is the weather in Tokyo and Oslo?"
OLD, USUAL, NEW = "gemini-2.0-flash", "gemini-2.5-flash", "gemini-3.5-flash"


def sent(simulator: str, model: str, *, stream: bool, words: str = WORDS) -> list[Any]:
    """The parts of each chunk, as JSON."""
    method = "streamGenerateContent?alt=sse" if stream else "generateContent"
    declared = {"name": "get_weather", "parameters": {"type": "OBJECT", "properties": CITY}}
    body = {
        "contents": [{"role": "user", "parts": [{"text": words}]}],
        "tools": [{"functionDeclarations": [declared]}],
    }
    address = f"{simulator}/gemini/v1beta/models/{model}:{method}"
    answer = post(address, body, **{"x-goog-api-key": "any-key"})
    assert answer.status_code == 200, answer.text
    told = [answer.json()] if not stream else _chunks(answer)
    return [chunk["candidates"][0]["content"]["parts"] for chunk in told]


CITY = {"city": {"type": "STRING", "description": "The name of the city."}}


def _chunks(answer: httpx2.Response) -> list[Any]:
    lines = [line for line in answer.text.splitlines() if line]
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def signed(parts: list[Any]) -> list[bool]:
    return ["thoughtSignature" in part for part in parts]


@pytest.mark.parametrize(
    ("model", "expected"),
    [(OLD, [False, False]), (USUAL, [True, False]), (NEW, [True, False])],
)
def test_the_first_of_several_calls_is_signed_by_models_that_sign(simulator, model, expected):
    [parts] = sent(simulator, model, stream=False)

    assert signed(parts) == expected


def test_the_newest_sign_their_words_in_a_stream_apart_from_them(simulator):
    [[said]] = sent(simulator, NEW, stream=False, words="Hello!")
    *words, last = sent(simulator, NEW, stream=True, words="Hello!")

    assert "thoughtSignature" in said
    assert not any(signed(parts)[0] for parts in words)
    assert (last[0]["text"], signed(last)) == ("", [True])
    assert "".join(parts[0]["text"] for parts in words) == said["text"]
    assert "thoughtSignature" not in sent(simulator, USUAL, stream=False, words="Hello!")[0][0]


def test_calls_come_at_once_or_each_alone_with_an_end_that_says_nothing(simulator):
    old, new = (sent(simulator, model, stream=True) for model in (OLD, NEW))

    assert [len(parts) for parts in old] == [2]
    assert [len(parts) for parts in new] == [1, 1, 1]
    assert new[-1] == [{"text": ""}]


@pytest.mark.parametrize("how", ["whole", "streamed"])
def test_a_call_of_the_newest_must_come_back_with_its_signature(simulator, how):
    client, send = GEMINI.client(simulator), getattr(GEMINI, how)
    request = GEMINI.asking(WORDS, model=NEW)
    first = send(client, request)
    assert send(client, GEMINI.going_on(request, first, ["rain", "snow"])).text

    del first.said[0]["thought_signature"]
    with pytest.raises(errors.ClientError, match="is missing a thought_signature") as caught:
        send(client, GEMINI.going_on(request, first, ["rain", "snow"]))
    assert "function call `default_api:get_weather` , position 2." in str(caught.value)


def test_a_stream_may_come_back_chunk_by_chunk(simulator):
    # So the SDK's automatic function calling has it: a content for each chunk.
    client = GEMINI.client(simulator)
    request = GEMINI.asking(WORDS, model=NEW)
    first = GEMINI.streamed(client, request)
    whole = GEMINI.going_on(request, first, ["rain", "snow"])
    asked, said, results = whole["contents"]
    chunks = [said | {"parts": [part]} for part in said["parts"]]
    assert len(chunks) > 1

    assert GEMINI.whole(client, whole | {"contents": [asked, *chunks, results]}).text


def test_a_call_of_a_turn_that_is_over_needs_none(simulator):
    client = GEMINI.client(simulator)
    request = GEMINI.asking(WORDS, model=NEW)
    first = GEMINI.whole(client, request)
    del first.said[0]["thought_signature"]
    again = GEMINI.going_on(request, first, ["rain", "snow"])
    said = [{"role": "model", "parts": [{"text": "Rain and snow."}]}, request["contents"][0]]

    answer = GEMINI.whole(client, again | {"contents": [*again["contents"], *said]})

    assert answer.calls


def test_the_older_need_none(simulator):
    client = GEMINI.client(simulator)
    request = GEMINI.asking(WORDS, model=USUAL)
    first = GEMINI.whole(client, request)
    del first.said[0]["thought_signature"]

    assert GEMINI.whole(client, GEMINI.going_on(request, first, ["rain", "snow"])).text


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            {"response_mime_type": "application/json"},
            "Function calling with a response mime type: 'application/json' is unsupported",
        ),
        (
            {"tools": [{"google_search": {}}]},
            "Tool use with function calling is unsupported",
        ),
    ],
)
def test_older_models_call_functions_and_do_nothing_beside(simulator, more, words):
    client = GEMINI.client(simulator)

    def request(model: str) -> Any:
        asked = GEMINI.asking(WORDS, model=model)
        tools = [*asked["config"]["tools"], *more.get("tools", [])]
        asked["config"] |= more | {"tools": tools}
        return asked

    with pytest.raises(errors.ClientError, match=words):
        GEMINI.whole(client, request(USUAL))
    assert GEMINI.whole(client, request(NEW)).calls


def test_a_prompt_over_a_models_window_is_refused_and_a_simulated_model_has_none(simulator):
    client = GEMINI.client(simulator)
    long = {"system_instruction": "word " * 1_050_000}

    def request(model: str) -> Any:
        asked = GEMINI.asking("Hi", model=model, tools=())
        return asked | {"config": asked["config"] | long}

    with pytest.raises(errors.ClientError, match="exceeds the maximum number of tokens allowed"):
        GEMINI.whole(client, request(USUAL))
    assert GEMINI.whole(client, request("sim-large")).text
