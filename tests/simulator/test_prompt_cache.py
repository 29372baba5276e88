"""What of a prompt was read before is counted as each API counts it."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest
from hypothesis import given
from hypothesis import strategies as some

from roundtrip.simulator.prompt_cache import LEAST, STEP, Piece, PromptCache
from tests.simulator.asking import ask
from tests.simulator.speakers import SPEAKERS

LONG = "Our shop sells pens, paper and ink to schools in the north of the country. " * 100
"""Some 1,500 tokens: more than the least that is cached."""


def marked(text: str, **mark: Any) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"} | mark}]


def usage_of(message: Any) -> tuple[int, int, int]:
    """Read from the cache, written to it, and the rest."""
    usage = message.usage
    return (
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
        usage.input_tokens,
    )


def test_anthropic_writes_what_is_marked_and_reads_it_from_then_on(client):
    request = ask("What is the weather in Oslo?", system=marked(f"First shop. {LONG}"))

    first = client.messages.create(**request)
    again = client.messages.create(**request)
    other = client.messages.create(**request | {"messages": ask("Hello!")["messages"]})

    read, written, rest = usage_of(first)
    assert (read, first.usage.cache_creation.ephemeral_5m_input_tokens) == (0, written)
    assert written > LEAST > rest > 0
    assert usage_of(again) == (written, 0, rest)
    assert usage_of(other)[:2] == (written, 0)


def test_a_mark_that_moves_on_reads_what_was_written_and_writes_what_is_new(client):
    system = [{"type": "text", "text": f"Second shop. {LONG}"}]
    said = [{"role": "user", "content": marked("Hello!")}]
    first = client.messages.create(**ask("", system=system, messages=said))

    said[0]["content"][0].pop("cache_control")
    answer = {"role": "assistant", "content": "Hello. What can I do for you?"}
    said += [answer, {"role": "user", "content": marked("What is the weather in Oslo?")}]
    second = client.messages.create(**ask("", system=system, messages=said))

    assert usage_of(second)[0] == usage_of(first)[1] > LEAST
    assert 0 < usage_of(second)[1] < 100


def test_each_time_to_live_is_counted_apart(client):
    system = [*marked(f"Third shop. {LONG}", ttl="1h"), *marked(LONG)]

    usage = client.messages.create(**ask("Hello!", system=system)).usage

    parts = usage.cache_creation
    assert parts.ephemeral_1h_input_tokens > LEAST < parts.ephemeral_5m_input_tokens
    assert usage.cache_creation_input_tokens == (
        parts.ephemeral_1h_input_tokens + parts.ephemeral_5m_input_tokens
    )


def test_a_mark_on_the_request_is_one_on_its_last_block(client):
    request = ask("Hello!", system=f"Fourth shop. {LONG}", cache_control={"type": "ephemeral"})

    first, again = (client.messages.create(**request) for _ in range(2))

    assert usage_of(first)[1] == usage_of(again)[0] > LEAST


def test_what_is_not_marked_or_too_short_is_not_cached(client):
    short = ask("Hello!", system=marked("Be kind."))
    unmarked = ask("Hello!", system=f"Fifth shop. {LONG}")

    for request in (short, short, unmarked, unmarked):
        assert usage_of(client.messages.create(**request))[:2] == (0, 0)


@pytest.mark.parametrize("how", ["whole", "streamed"])
@pytest.mark.parametrize("wire", ["openai-chat", "openai-responses", "gemini"])
def test_the_others_find_a_long_beginning_that_was_sent_before(simulator, wire, how):
    api = SPEAKERS[wire]
    client = api.client(simulator, key=f"the-key-of-{how}")
    words = f"{LONG} What is the weather in Oslo?"
    request = api.asking(words)

    first, again = (cached(api, client, request, how) for _ in range(2))
    stranger = cached(api, api.client(simulator, key=f"another-{how}"), request, how)

    # Gemini tells nothing of what there is none, and answers in any case from both.
    assert (first or 0, stranger or 0) == (0, 0)
    assert again >= LEAST
    assert again % STEP == 0


def cached(api: Any, client: Any, request: Any, how: str) -> int | None:
    """The tokens that were read from the cache, as the SDK tells them."""
    if how == "whole":
        last = {
            "openai-chat": lambda: client.chat.completions.create(**request),
            "openai-responses": lambda: client.responses.create(**request),
            "gemini": lambda: client.models.generate_content(**request),
        }[api.wire]()
    else:
        more = {"stream_options": {"include_usage": True}} if api.wire == "openai-chat" else {}
        *_, last = api.pieces(client, request | more)
    if api.wire == "gemini":
        return last.usage_metadata.cached_content_token_count
    if api.wire == "openai-chat":
        return last.usage.prompt_tokens_details.cached_tokens
    response = last if how == "whole" else last.response
    return response.usage.input_tokens_details.cached_tokens


def test_a_conversation_that_grows_is_read_from_the_cache_up_to_where_it_grew(simulator):
    api = SPEAKERS["openai-chat"]
    client = api.client(simulator, key="the-key-of-one-who-goes-on")
    request = api.asking(f"{LONG} What is the weather in Oslo?")
    first = api.whole(client, request)

    going_on = api.going_on(request, first, ["snow"])

    assert cached(api, client, going_on, "whole") >= LEAST


@given(texts=some.lists(some.text(max_size=4000), max_size=6), again=some.integers(0, 5))
def test_no_more_is_read_than_was_written_nor_than_there_is(texts, again):
    cache = PromptCache()
    for text in [*texts, *texts[:again]]:
        pieces = [Piece(text, "5m"), Piece(text, None), Piece("end", "1h")]
        for prompt in (
            cache.count(b"one", [text, "end"], None),
            cache.count(b"one", [text, text, "end"], pieces),
        ):
            assert prompt.rest >= 0
            assert prompt.cache_read + prompt.written + prompt.rest == prompt.tokens


def test_what_is_remembered_is_forgotten_before_it_fills_the_memory():
    cache = PromptCache(most=10)

    for number in range(20):
        cache.count(b"one", f"{number} {LONG}", None)

    assert cache.count(b"one", f"0 {LONG}", None).cache_read == 0
    assert cache.count(b"one", f"0 {LONG}", None).cache_read >= LEAST


def test_counting_tokens_writes_nothing_to_the_cache(client: anthropic.Anthropic):
    request = ask("Hello!", system=marked(f"Sixth shop. {LONG}"))
    counted = {name: value for name, value in request.items() if name != "max_tokens"}

    client.messages.count_tokens(**counted)
    first = client.messages.create(**request)

    assert usage_of(first)[0] == 0
    assert sum(usage_of(first)) == client.messages.count_tokens(**counted).input_tokens
