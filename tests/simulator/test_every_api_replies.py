"""Every simulated API answers its official SDK as the real one would, and all say the same."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import anyio
import httpx2
import openai
import pytest
from google import genai
from google.genai import types

from components.first_visit import STARTERS
from roundtrip.conversation import Reply, bare
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import wire_named
from tests.simulator.speakers import SPEAKERS, Failed, Seen
from tests.simulator.workshop import DEFINITIONS, SAMPLE_TOOLS

TOKYO = {"city": "Tokyo", "temp_c": 18, "sky": "light rain", "wear": "a jacket and an umbrella"}
OSLO = {"city": "Oslo", "temp_c": -3, "sky": "snow", "wear": "a warm coat"}
_MOST_ROUND_TRIPS = 8


@pytest.fixture(params=["whole", "streamed"])
def how(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_question_a_tool_fits_is_answered_by_asking_for_it(api, speaking, how):
    seen = getattr(api, how)(speaking, api.asking("What is the weather in Tokyo and Oslo?"))

    assert seen.calls == [("get_weather", {"city": "Tokyo"}), ("get_weather", {"city": "Oslo"})]
    assert seen.stop == api.stops["tool_calls"]
    if api.wire == "gemini":
        assert seen.call_ids == [None, None]
    else:
        assert len(set(seen.call_ids)) == 2


def test_results_lead_to_an_answer_made_from_them(api, speaking, how):
    send = getattr(api, how)
    request = api.asking("What should I wear in Tokyo and Oslo?")
    first = send(speaking, request)

    answer = send(speaking, api.going_on(request, first, [TOKYO, OSLO]))

    assert answer.stop == api.stops["end"]
    assert "umbrella" in answer.text
    assert "coat" in answer.text


@pytest.mark.parametrize("model", ["sim-large", "sim-thinker"])
def test_streamed_and_whole_it_is_the_same_reply(api, speaking, model):
    request = api.asking("What is the weather in Tokyo and Oslo?", model=model)

    whole, live = api.whole(speaking, request), api.streamed(speaking, request)

    assert without_words_back(live) == without_words_back(whole)


def without_words_back(seen: Seen) -> dict[str, Any]:
    fields = dict(vars(seen))
    del fields["said"]
    return fields


def test_the_same_request_gets_the_same_ids_and_another_request_others(api, speaking):
    first = api.whole(speaking, api.asking("What is the weather in Tokyo?"))
    again = api.whole(speaking, api.asking("What is the weather in Tokyo?"))
    other = api.whole(speaking, api.asking("What is the weather in Oslo?"))

    assert first == again
    assert first.id != other.id


def test_a_thinking_model_counts_its_thoughts_and_takes_them_back_unchanged(api, speaking, how):
    send = getattr(api, how)
    request = api.asking("What should I wear in Tokyo?", model="sim-thinker")

    first = send(speaking, request)
    answer = send(speaking, api.going_on(request, first, [TOKYO]))

    assert 0 < first.reasoning_tokens <= first.output_tokens
    assert ("weather" in first.thoughts) == (api.wire != "openai-chat")  # that API hides them
    assert "umbrella" in answer.text


def test_a_model_that_does_not_think_says_nothing_of_it(api, speaking):
    seen = api.whole(speaking, api.asking("What is the weather in Tokyo?"))

    assert (seen.thoughts, seen.reasoning_tokens or 0) == ("", 0)


@pytest.mark.parametrize("most", [1, 2, 5, 9, 15])
def test_a_reply_over_its_limit_is_cut_and_says_so(api, speaking, how, most):
    request = api.asking("What is the weather in Tokyo and Oslo?", most=most)

    seen = getattr(api, how)(speaking, request)

    assert seen.stop == api.stops["max_tokens"]
    assert seen.output_tokens <= most


def test_a_forced_function_is_called_and_the_stop_word_is_the_apis(api, speaking, how):
    request = api.asking("Hello!", force="get_weather")

    seen = getattr(api, how)(speaking, request)

    assert [name for name, _ in seen.calls] == ["get_weather"]
    assert seen.stop == api.stops["forced"]


def test_a_question_no_tool_fits_is_answered_in_words(api, speaking, how):
    seen = getattr(api, how)(speaking, api.asking("Tell me a joke about databases."))

    assert seen.text
    assert (seen.calls, seen.stop) == ([], api.stops["end"])


def test_usage_grows_with_what_is_sent(api, speaking):
    short = api.whole(speaking, api.asking("What is the weather in Tokyo?"))
    long = api.whole(speaking, api.asking("What is the weather in Tokyo, Oslo and Lima? " * 20))

    assert 0 < short.input_tokens < long.input_tokens
    assert short.output_tokens > 0


KNOWN = {
    "anthropic": "claude-opus-4-8",
    "openai-chat": "gpt-4o",
    "openai-responses": "gpt-6.2-sol",
    "gemini": "gemini-3.5-flash",
}


def test_a_known_model_name_is_echoed(api, speaking):
    seen = api.whole(speaking, api.asking("What is the weather in Tokyo?", model=KNOWN[api.wire]))

    assert seen.model == KNOWN[api.wire]
    assert [name for name, _ in seen.calls] == ["get_weather"]


def test_newer_gemini_models_give_their_calls_ids(simulator):
    api = SPEAKERS["gemini"]
    speaking, words = api.client(simulator), "What should I wear in Tokyo and Oslo?"
    request = api.asking(words, model="gemini-3.5-flash")

    first = api.whole(speaking, request)
    answer = api.whole(speaking, api.going_on(request, first, [TOKYO, OSLO]))

    assert len({call for call in first.call_ids if call}) == 2
    assert "umbrella" in answer.text


def test_the_models_are_listed_in_the_apis_shape(api, speaking):
    assert {"sim-large", "sim-small", "sim-thinker"} <= set(api.models(speaking))


def test_why_a_reply_is_what_it_is_can_be_asked(api, speaking, simulator):
    seen = api.whole(speaking, api.asking("What is the weather in Tokyo?"))

    told = httpx2.get(f"{simulator}/decisions/{seen.id}")

    assert told.status_code == 200
    assert told.json()["question"] == "What is the weather in Tokyo?"


PROMPTS = [starter.question for starter in STARTERS]
TOOLS = [
    {"name": one.name, "description": one.description or "", "schema": one.input_schema}
    for one in DEFINITIONS
]
RUN = {tool.definition.name: tool.run for tool in SAMPLE_TOOLS}


def whole_turn(api: Any, client: Any, prompt: str, how: str) -> tuple[list[Any], str]:
    """All calls of a turn, and its answer; the tools really run."""
    send, request, calls = getattr(api, how), api.asking(prompt, TOOLS), []
    for _ in range(_MOST_ROUND_TRIPS):
        seen = send(client, request)
        if not seen.calls:
            return calls, seen.text
        calls.append(seen.calls)
        results = [_result(name, arguments) for name, arguments in seen.calls]
        request = api.going_on(request, seen, results)
    raise AssertionError(f"no answer after {_MOST_ROUND_TRIPS} round trips: {calls}")


def _result(name: str, arguments: dict[str, Any]) -> Any:
    run = RUN[name]
    assert run is not None
    try:
        return run(**arguments)
    except Exception as problem:
        return Failed(f"{type(problem).__name__}: {problem}")


@pytest.mark.parametrize("prompt", PROMPTS)
def test_the_same_prompt_gets_the_same_calls_and_answer_on_every_api(simulator, prompt):
    turns = {
        (wire, how): whole_turn(api, api.client(simulator), prompt, how)
        for wire, api in SPEAKERS.items()
        for how in ("whole", "streamed")
    }

    (calls, answer), *others = turns.values()
    assert answer
    assert bool(calls) == ("haiku" not in prompt)
    assert all(other == (calls, answer) for other in others), turns


ASYNC_CLIENTS = {
    "anthropic": lambda root: anthropic.AsyncAnthropic(
        base_url=f"{root}/anthropic", api_key="any-key"
    ),
    "openai-chat": lambda root: openai.AsyncOpenAI(base_url=f"{root}/openai/v1", api_key="any-key"),
    "openai-responses": lambda root: openai.AsyncOpenAI(
        base_url=f"{root}/openai/v1", api_key="any-key"
    ),
    "gemini": lambda root: (
        genai.Client(
            api_key="any-key", http_options=types.HttpOptions(base_url=f"{root}/gemini")
        ).aio
    ),
}


async def sent_without_waiting(wire: str, client: Any, request: Any) -> tuple[Any, list[Any]]:
    """The whole reply and the pieces of its stream, by the SDK's asynchronous client."""
    if wire == "gemini":
        whole = await client.models.generate_content(**request)
        stream = await client.models.generate_content_stream(**request)
        return whole, [piece async for piece in stream]
    create = {
        "anthropic": lambda: client.messages.create,
        "openai-chat": lambda: client.chat.completions.create,
        "openai-responses": lambda: client.responses.create,
    }[wire]()
    whole = await create(**request)
    stream = await create(**request, stream=True)
    return whole, [piece async for piece in stream]


def test_the_asynchronous_clients_are_served_alike(api, simulator):
    async def main() -> tuple[Any, list[Any]]:
        client = ASYNC_CLIENTS[api.wire](simulator)
        try:
            return await sent_without_waiting(
                api.wire, client, api.asking("What is the weather in Tokyo?")
            )
        finally:
            await (client.aclose() if api.wire == "gemini" else client.close())

    whole, pieces = anyio.run(main)

    assert "Tokyo" in whole.model_dump_json()
    assert len(pieces) > (0 if api.wire == "gemini" else 2)


HEADERS = {
    "anthropic": (
        "request-id",
        "anthropic-ratelimit-requests-limit",
        "anthropic-ratelimit-output-tokens-reset",
    ),
    "openai-chat": ("x-request-id", "openai-processing-ms", "x-ratelimit-remaining-requests"),
    "openai-responses": ("x-request-id", "openai-processing-ms", "x-ratelimit-limit-tokens"),
    "gemini": ("server-timing",),
}


def test_replies_have_the_apis_headers_and_say_that_they_are_simulated(api, simulator):
    seen: list[httpx2.Response] = []
    client = api.client(simulator, hook=seen.append)

    api.whole(client, api.asking("What is the weather in Tokyo?"))

    assert seen[0].headers["x-simulated-by"] == "roundtrip"
    assert [name for name in HEADERS[api.wire] if not seen[0].headers.get(name)] == []


PATHS = {
    "anthropic": ("/v1/messages", "/v1/messages"),
    "openai-chat": ("/chat/completions", "/chat/completions"),
    "openai-responses": ("/responses", "/responses"),
    "gemini": (
        "/v1beta/models/sim-thinker:generateContent",
        "/v1beta/models/sim-thinker:streamGenerateContent?alt=sse",
    ),
}


def read(wire: str, response: httpx2.Response, *, stream: bool) -> Reply:
    """A reply as the wire's own decoder reads it."""
    decoder, parser = wire_named(wire).reply_decoder(), SseParser()
    events = [*parser.feed(response.content), *parser.finish()]
    for data in [event.data for event in events] if stream else [response.text]:
        decoder.feed(data)
    return decoder.finish()


@pytest.mark.parametrize("words", ["What is the weather in Tokyo and Oslo?", "Hello!"])
def test_the_body_and_the_stream_of_a_reply_are_read_as_equal(api, simulator, words):
    sent: list[bytes] = []
    client = api.client(simulator, hook=lambda response: sent.append(response.request.content))
    api.whole(client, api.asking(words, model="sim-thinker"))
    key = {"x-api-key": "k", "authorization": "Bearer k", "x-goog-api-key": "k"}
    streams = {} if api.wire == "gemini" else {"stream": True}
    if api.wire == "openai-chat":
        streams["stream_options"] = {"include_usage": True}
    whole_path, stream_path = (f"{simulator}{api.base}{path}" for path in PATHS[api.wire])

    body = json.loads(sent[0])
    whole = httpx2.post(whole_path, json=body, headers=key)
    stream = httpx2.post(stream_path, json=body | streams, headers=key)

    seen, live = read(api.wire, whole, stream=False), read(api.wire, stream, stream=True)
    assert bare(seen) == bare(live)
    assert seen.message == live.message
    assert seen.stop.signal in ("tool_calls", "end")
