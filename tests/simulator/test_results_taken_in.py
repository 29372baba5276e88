"""Results are taken in as a reader would, in whatever words other people's agents send them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.conversation import Conversation, Message, Text, ToolResult
from roundtrip.simulator.results import Reading, taken_in, unwrapped

WORDS = 'no forecast for "Osloo"; did you mean Oslo?'
FAILURES = {
    "ours": f"Error: {WORDS}",
    "an exception's": f"ValueError: {WORDS}",
    "openai-agents'": (
        f"An error occurred while running the tool. Please try again. Error: {WORDS}"
    ),
}


@pytest.mark.parametrize("told", FAILURES.values(), ids=FAILURES)
def test_a_failure_that_only_the_words_tell_is_put_right(api, speaking, told):
    request = api.asking("What is the weather in Osloo?")
    first = api.whole(speaking, request)
    assert first.calls == [("get_weather", {"city": "Osloo"})]

    second = api.whole(speaking, api.going_on(request, first, [told]))

    assert second.calls == [("get_weather", {"city": "Oslo"})]


def test_a_failure_without_reasons_is_tried_once_more_and_then_told(api, speaking):
    told = "An error occurred while running the tool. Please try again."
    request = api.asking("What is the weather in Oslo?")
    first = api.whole(speaking, request)

    request = api.going_on(request, first, [told])
    second = api.whole(speaking, request)
    answer = api.whole(speaking, api.going_on(request, second, [told]))

    assert second.calls == first.calls == [("get_weather", {"city": "Oslo"})]
    assert "failed" in answer.text


@pytest.mark.parametrize("wrapper", ["output", "result", "content"])
def test_a_wrapper_around_what_was_meant_is_taken_off_for_gemini(wrapper):
    words = json.dumps({wrapper: f"Error: {WORDS}"})

    taken = read(words, unwrapped)

    assert (taken.text, taken.is_error) == (WORDS, True)


def test_a_result_that_python_wrote_is_read_like_json(api, speaking):
    forecast = {"city": "Oslo", "temp_c": -3, "sky": "snow", "wind": None, "wear": "a warm coat"}
    request = api.asking("What should I wear in Oslo?")
    first = api.whole(speaking, request)

    told = [
        api.whole(speaking, api.going_on(request, first, [result])).text
        for result in (str(forecast), forecast)
    ]

    assert told[0] == told[1]
    assert "warm coat" in told[0]
    assert "{" not in told[0]


def read(words: str, reading: Reading = lambda one: one) -> ToolResult:
    result = ToolResult(call_id="1", name="any", content=(Text(text=words),))
    conversation = Conversation(messages=(Message(role="user", parts=(result,)),))
    taken = taken_in(conversation, reading).messages[0].parts[0]
    assert isinstance(taken, ToolResult)
    return taken


@pytest.mark.parametrize(
    "words",
    [
        "errors.log has 3 lines",
        "An error occurred in 1998. It was mended. All is well.",
        "An error occurred in 1998: Error: is the title of a song",
        '{"error": "none"}',
        "{not: python}",
        "[" * 5_000,
        "[" * 5_000 + "]" * 5_000,
        "{'a': 1e999}",
        "{'a': b'bytes'}",
        "{1, 2}",
        "",
    ],
)
def test_other_words_are_left_as_they_are(words):
    taken = read(words)

    assert (taken.text, taken.is_error) == (words, False)


@given(st.text() | st.text(alphabet="[{('\":,1eE0.n- \\\n", max_size=60))
def test_no_words_are_too_strange(words):
    assert read(words).is_error in (True, False)
