"""Failures on request, on every API: each is seen by its SDK as the real failure would be."""

from __future__ import annotations

import anthropic
import httpx2
import openai
import pytest
from google.genai import errors as genai_errors

from tests.simulator.speakers import SPEAKERS

QUESTION = "What is the weather in Tokyo and Oslo?"

RAISED = {
    ("anthropic", "429"): (anthropic.RateLimitError, 429, "rate_limit_error"),
    ("anthropic", "500"): (anthropic.InternalServerError, 500, "api_error"),
    ("anthropic", "529"): (anthropic.InternalServerError, 529, "overloaded_error"),
    ("openai-chat", "429"): (openai.RateLimitError, 429, "rate_limit_exceeded"),
    ("openai-chat", "500"): (openai.InternalServerError, 500, "server_error"),
    ("openai-chat", "503"): (openai.InternalServerError, 503, "server_is_overloaded"),
    ("openai-responses", "429"): (openai.RateLimitError, 429, "rate_limit_exceeded"),
    ("openai-responses", "500"): (openai.InternalServerError, 500, "server_error"),
    ("openai-responses", "503"): (openai.InternalServerError, 503, "server_is_overloaded"),
    ("gemini", "429"): (genai_errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
    ("gemini", "500"): (genai_errors.ServerError, 500, "INTERNAL"),
    ("gemini", "503"): (genai_errors.ServerError, 503, "UNAVAILABLE"),
}


@pytest.mark.parametrize(("wire", "fault"), RAISED)
@pytest.mark.parametrize("how", ["whole", "streamed"])
def test_a_refusing_fault_is_the_sdks_own_error(simulator, wire, fault, how):
    api, (raised, status, word) = SPEAKERS[wire], RAISED[wire, fault]

    with pytest.raises(raised) as caught:
        getattr(api, how)(api.client(simulator), api.asking(QUESTION, fault=fault))

    error = caught.value
    assert error.response.status_code == status
    assert word in (getattr(error, "status", ""), getattr(error, "code", ""), *_words(error))


def _words(error: Exception) -> list[str]:
    body = getattr(error, "body", None) or {}
    inner = body.get("error", body)  # one SDK unwraps it
    return [inner.get("type", "")] if isinstance(inner, dict) else []


@pytest.mark.parametrize("fault", ["503", "529"])
def test_overloaded_has_the_number_that_the_api_uses_itself(api, speaking, fault):
    own = 529 if api.wire == "anthropic" else 503

    with pytest.raises(api.refused) as caught:
        api.whole(speaking, api.asking(QUESTION, fault=fault))

    assert caught.value.response.status_code == own


def test_rate_limited_says_when_to_come_back(api, speaking):
    with pytest.raises(api.refused) as caught:
        api.whole(speaking, api.asking(QUESTION, fault="429"))

    assert caught.value.response.headers["retry-after"] == "1"


def test_an_unknown_fault_is_refused_with_the_names_there_are(api, speaking):
    with pytest.raises(api.refused, match="there are 429, 500, 503, 529, cut"):
        api.whole(speaking, api.asking(QUESTION, fault="bogus"))


def test_a_cut_body_is_a_broken_connection(api, speaking):
    with pytest.raises(api.broken):
        api.whole(speaking, api.asking(QUESTION, fault="cut"))


def test_a_cut_stream_breaks_off_after_it_has_begun(api, speaking):
    seen = []

    with pytest.raises((httpx2.RemoteProtocolError, api.broken)):
        seen.extend(api.pieces(speaking, api.asking("Tell me a joke.", fault="cut")))

    whole = list(api.pieces(speaking, api.asking("Tell me a joke.")))
    assert 0 < len(seen) < len(whole)


def test_a_stalled_reply_runs_into_the_clients_time_limit(api, simulator):
    hasty = api.client(simulator, timeout=0.5)
    seen = []

    with pytest.raises(api.late):
        api.whole(hasty, api.asking(QUESTION, fault="stall"))
    with pytest.raises((httpx2.ReadTimeout, api.late)):
        seen.extend(api.pieces(hasty, api.asking(QUESTION, fault="stall")))

    assert len(seen) <= 1


def test_a_refusal_has_no_words_and_says_so(api, speaking):
    for how in (api.whole, api.streamed):
        seen = how(speaking, api.asking(QUESTION, fault="refuse"))

        assert (seen.text, seen.calls, seen.stop) == ("", [], api.stops["refusal"])


def test_a_fault_for_the_first_attempt_lets_the_next_through(api, speaking):
    request = api.asking(QUESTION, fault="500*1")

    with pytest.raises(api.refused):
        api.whole(speaking, request)

    assert api.whole(speaking, request).calls


@pytest.mark.parametrize("depth", [500, 100_000])
def test_a_result_nested_without_end_breaks_nothing(api, speaking, depth):
    request = api.asking(QUESTION)
    first = api.whole(speaking, request)
    deep = '{"a":' * depth + "1" + "}" * depth
    going_on = api.going_on(request, first, [deep, deep])

    # A result is an object of the request's own JSON in Gemini, and text in the others.
    if api.wire == "gemini" and depth > 1000:
        with pytest.raises(api.refused, match="nested too deeply"):
            api.whole(speaking, going_on)
    else:
        assert api.whole(speaking, going_on).id
    assert api.whole(speaking, request).calls == first.calls


def test_a_schema_nested_very_deep_breaks_nothing(api, speaking):
    schema = {"type": "string"}
    for _ in range(150):
        schema = {"type": "object", "properties": {"a": schema}}
    tool = {"name": "dig", "description": "Digs a hole.", "schema": schema}

    assert api.whole(speaking, api.asking("Dig a hole, please.", [tool])).id
