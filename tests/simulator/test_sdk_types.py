"""The official SDKs' own types accept every reply and event, held strictly; their helpers work."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import anthropic
import httpx2
import openai
import pydantic
import pytest
from google import genai
from google.genai import types

from tests.simulator.asking import WEATHER
from tests.simulator.speakers import SPEAKERS, Speaker

SAYS = {
    "calls": {"words": "What is the weather in Tokyo and Oslo?"},
    "words": {"words": "Hello!"},
    "cut": {"words": "Tell me a joke about databases.", "most": 4},
    "forced": {"words": "Hello!", "force": "get_weather"},
    "no tools": {"words": "What is the weather in Oslo?", "tools": ()},
    "refuses": {"words": "Hello!", "fault": "refuse"},
}
"""Questions that get every kind of reply."""

MODELS = {
    "anthropic": ("sim-thinker", "claude-haiku-4-5"),
    "openai-chat": ("sim-thinker", "gpt-4o"),
    "openai-responses": ("sim-thinker", "gpt-5.4"),
    "gemini": ("sim-thinker", "gemini-2.5-flash", "gemini-3.5-flash"),
}

NOT_IN_THE_TYPES = {
    "anthropic": set(),
    # A whole body has them; here the first chunk of a stream too, so that both are read as one.
    "openai-chat": {"annotations"},
    # The API tells them, as the recordings show.
    "openai-responses": {"billing", "frequency_penalty", "presence_penalty", "store"},
    "gemini": set(),
}
"""Fields that are told and that the SDK has no word for."""

CASES = [
    (wire, model, kind) for wire, models in MODELS.items() for model in models for kind in SAYS
]


def strict_client(wire: str, root: str) -> Any:
    """A client that raises on whatever its types do not say."""
    if wire == "gemini":
        options = types.HttpOptions(base_url=f"{root}/gemini", timeout=20_000)
        return genai.Client(api_key="any-key", http_options=options)
    make: Any = anthropic.Anthropic if wire == "anthropic" else openai.OpenAI
    return make(
        base_url=root + SPEAKERS[wire].base,
        api_key="any-key",
        max_retries=0,
        timeout=20,
        _strict_response_validation=True,
    )


@pytest.fixture
def strictly(simulator: str) -> Iterator[Callable[[str], Any]]:
    made: list[Any] = []

    def make(wire: str) -> Any:
        made.append(strict_client(wire, simulator))
        return made[-1]

    yield make
    for client in made:
        client.close()


def unknown_fields(value: Any) -> set[str]:
    """Fields of a parsed value, however deep, that its type does not have."""
    if isinstance(value, pydantic.BaseModel):
        told = set(value.model_extra or ())
        return told.union(
            *(unknown_fields(getattr(value, name)) for name in value.model_fields_set)
        )
    if isinstance(value, dict):
        return set().union(*map(unknown_fields, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(unknown_fields, value))
    return set()


def asked(api: Speaker, model: str, kind: str) -> Any:
    how = dict(SAYS[kind])
    words = how.pop("words")
    return api.asking(words, model=model, **how)


def whole(wire: str, client: Any, request: Any) -> Any:
    create = {
        "anthropic": lambda: client.messages.create,
        "openai-chat": lambda: client.chat.completions.create,
        "openai-responses": lambda: client.responses.create,
        "gemini": lambda: client.models.generate_content,
    }[wire]()
    return create(**request)


def pieces(api: Speaker, client: Any, request: Any) -> Iterable[Any]:
    more = {"stream_options": {"include_usage": True}} if api.wire == "openai-chat" else {}
    return api.pieces(client, request | more)


@pytest.mark.parametrize(("wire", "model", "kind"), CASES)
def test_every_reply_and_every_event_is_of_the_sdks_types(strictly, wire, model, kind):
    api, client = SPEAKERS[wire], strictly(wire)
    request = asked(api, model, kind)

    parsed = [whole(wire, client, request), *pieces(api, client, request)]

    assert len(parsed) > 1
    assert set().union(*map(unknown_fields, parsed)) <= NOT_IN_THE_TYPES[wire]


@pytest.mark.parametrize("model", MODELS["gemini"])
@pytest.mark.parametrize("kind", SAYS)
def test_googles_types_know_every_field_that_is_sent(simulator, model, kind):
    """That SDK drops what it does not know before its types see it: they are shown all of it."""
    sent: list[httpx2.Response] = []
    api = SPEAKERS["gemini"]
    client = api.client(simulator, hook=lambda response: (response.read(), sent.append(response)))
    request = asked(api, model, kind)

    whole("gemini", client, request)
    list(api.pieces(client, request))

    body, stream = (response.text for response in sent)
    chunks = [line.removeprefix("data: ") for line in stream.splitlines() if line]
    for told in (body, *chunks):
        types.GenerateContentResponse.model_validate(json.loads(told))


@pytest.mark.parametrize("model", ["sim-thinker", "sim-large"])
def test_the_helpers_that_put_a_stream_together_give_the_whole_reply(strictly, model):
    chat, responses = SPEAKERS["openai-chat"], SPEAKERS["openai-responses"]
    client, words = strictly("openai-chat"), "What is the weather in Tokyo and Oslo?"

    asked_in_chat = chat.asking(words, model=model)
    with client.chat.completions.stream(**asked_in_chat) as stream:
        completion = stream.get_final_completion()
    with client.responses.stream(**responses.asking(words, model=model)) as stream:
        response = stream.get_final_response()
    messages = strictly("anthropic").messages
    with messages.stream(**SPEAKERS["anthropic"].asking(words, model=model)) as stream:
        message = stream.get_final_message()

    calls = completion.choices[0].message.tool_calls
    assert [call.function.arguments for call in calls] == ['{"city":"Tokyo"}', '{"city":"Oslo"}']
    called = [item.arguments for item in response.output if item.type == "function_call"]
    assert called == ['{"city":"Tokyo"}', '{"city":"Oslo"}']
    used = [block.input for block in message.content if block.type == "tool_use"]
    assert used == [{"city": "Tokyo"}, {"city": "Oslo"}]


def test_the_helpers_that_count_tokens_agree_with_what_a_reply_counts(strictly):
    words = "What is the weather in Tokyo and Oslo?"

    messages = strictly("anthropic").messages
    request = SPEAKERS["anthropic"].asking(words)
    used = messages.create(**request).usage.input_tokens
    del request["max_tokens"]
    assert messages.count_tokens(**request).input_tokens == used

    responses = strictly("openai-responses").responses
    request = SPEAKERS["openai-responses"].asking(words)
    used = responses.create(**request).usage.input_tokens
    counted = {name: request[name] for name in ("model", "input", "tools")}
    assert responses.input_tokens.count(**counted).input_tokens == used

    models = strictly("gemini").models
    request = SPEAKERS["gemini"].asking(words, tools=())
    used = models.generate_content(**request).usage_metadata.prompt_token_count
    counted = models.count_tokens(model=request["model"], contents=request["contents"])
    assert counted.total_tokens == used


def test_token_counts_are_refused_where_a_reply_would_be(strictly):
    with pytest.raises(anthropic.BadRequestError, match="first message must use"):
        strictly("anthropic").messages.count_tokens(
            model="sim-large", messages=[{"role": "assistant", "content": "Hi"}]
        )
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call"):
        strictly("openai-responses").responses.input_tokens.count(
            input=[{"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}]
        )
    with pytest.raises(genai.errors.ClientError, match="valid role: user, model"):
        strictly("gemini").models.count_tokens(
            model="sim-large", contents=[{"role": "robot", "parts": [{"text": "Hi"}]}]
        )


KNOWN = {"anthropic": "claude-opus-4-8", "openai-chat": "gpt-4o", "gemini": "gemini-3.5-flash"}


@pytest.mark.parametrize("wire", KNOWN)
def test_models_are_of_the_sdks_types_listed_or_asked_for_by_name(strictly, wire):
    models = strictly(wire).models
    retrieve = {"gemini": lambda name: models.get(model=name)}.get(wire) or (
        lambda name: models.retrieve(name)
    )

    listed = list(models.list())
    named = [retrieve(name) for name in ("sim-large", KNOWN[wire])]

    assert len(listed) >= 3
    assert set().union(*map(unknown_fields, [*listed, *named])) == set()


def test_the_cloud_of_google_is_served_at_its_own_addresses(simulator):
    options = types.HttpOptions(base_url=f"{simulator}/gemini", timeout=20_000)
    with genai.Client(vertexai=True, api_key="any-key", http_options=options) as client:
        answer = client.models.generate_content(
            model="gemini-2.5-flash",
            contents="What is the weather in Oslo?",
            config={
                "tools": [
                    {
                        "function_declarations": [
                            {
                                "name": "get_weather",
                                "parameters_json_schema": WEATHER["input_schema"],
                            }
                        ]
                    }
                ]
            },
        )

    assert answer.function_calls[0].args == {"city": "Oslo"}
