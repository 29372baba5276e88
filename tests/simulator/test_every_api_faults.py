"""Failures on request, on every API: each is seen by its SDK as the real failure would be."""

from __future__ import annotations

import anthropic
import httpx2
import openai
import pytest
from google.genai import errors as genai_errors

from roundtrip.simulator.faults import NAMES
from roundtrip.simulator.pacing import DROPS
from tests.simulator.speakers import SPEAKERS

QUESTION = "What is the weather in Tokyo and Oslo?"

RAISED = {
    ("anthropic", "400"): (anthropic.BadRequestError, 400, "invalid_request_error"),
    ("anthropic", "401"): (anthropic.AuthenticationError, 401, "authentication_error"),
    ("anthropic", "403"): (anthropic.PermissionDeniedError, 403, "permission_error"),
    ("anthropic", "404"): (anthropic.NotFoundError, 404, "not_found_error"),
    ("anthropic", "408"): (anthropic.APIStatusError, 408, "timeout_error"),
    ("anthropic", "413"): (anthropic.APIStatusError, 413, "request_too_large"),
    ("anthropic", "429"): (anthropic.RateLimitError, 429, "rate_limit_error"),
    ("anthropic", "429-no-retry-after"): (anthropic.RateLimitError, 429, "rate_limit_error"),
    ("anthropic", "500"): (anthropic.InternalServerError, 500, "api_error"),
    ("anthropic", "529"): (anthropic.InternalServerError, 529, "overloaded_error"),
    ("openai-chat", "400"): (openai.BadRequestError, 400, "context_length_exceeded"),
    ("openai-chat", "401"): (openai.AuthenticationError, 401, "invalid_api_key"),
    ("openai-chat", "403"): (openai.PermissionDeniedError, 403, "request_forbidden"),
    ("openai-chat", "404"): (openai.NotFoundError, 404, "model_not_found"),
    ("openai-chat", "408"): (openai.APIStatusError, 408, "request_timeout"),
    ("openai-chat", "413"): (openai.APIStatusError, 413, "invalid_request_error"),
    ("openai-chat", "429"): (openai.RateLimitError, 429, "rate_limit_exceeded"),
    ("openai-chat", "429-no-retry-after"): (openai.RateLimitError, 429, "rate_limit_exceeded"),
    ("openai-chat", "500"): (openai.InternalServerError, 500, "server_error"),
    ("openai-chat", "503"): (openai.InternalServerError, 503, "server_is_overloaded"),
    ("openai-responses", "400"): (openai.BadRequestError, 400, "context_length_exceeded"),
    ("openai-responses", "401"): (openai.AuthenticationError, 401, "invalid_api_key"),
    ("openai-responses", "403"): (openai.PermissionDeniedError, 403, "request_forbidden"),
    ("openai-responses", "404"): (openai.NotFoundError, 404, "model_not_found"),
    ("openai-responses", "408"): (openai.APIStatusError, 408, "request_timeout"),
    ("openai-responses", "413"): (openai.APIStatusError, 413, "invalid_request_error"),
    ("openai-responses", "429"): (openai.RateLimitError, 429, "rate_limit_exceeded"),
    ("openai-responses", "429-no-retry-after"): (openai.RateLimitError, 429, "rate_limit_exceeded"),
    ("openai-responses", "500"): (openai.InternalServerError, 500, "server_error"),
    ("openai-responses", "503"): (openai.InternalServerError, 503, "server_is_overloaded"),
    ("gemini", "400"): (genai_errors.ClientError, 400, "INVALID_ARGUMENT"),
    ("gemini", "401"): (genai_errors.ClientError, 401, "UNAUTHENTICATED"),
    ("gemini", "403"): (genai_errors.ClientError, 403, "PERMISSION_DENIED"),
    ("gemini", "404"): (genai_errors.ClientError, 404, "NOT_FOUND"),
    ("gemini", "408"): (genai_errors.ClientError, 408, "DEADLINE_EXCEEDED"),
    ("gemini", "413"): (genai_errors.ClientError, 413, "INVALID_ARGUMENT"),
    ("gemini", "429"): (genai_errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
    ("gemini", "429-no-retry-after"): (genai_errors.ClientError, 429, "RESOURCE_EXHAUSTED"),
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


def test_rate_limited_may_also_say_nothing_of_when(api, speaking):
    with pytest.raises(api.refused) as caught:
        api.whole(speaking, api.asking(QUESTION, fault="429-no-retry-after"))

    assert "retry-after" not in caught.value.response.headers
    assert "in 1s" not in str(caught.value)
    assert "retryDelay" not in str(caught.value)


def test_an_unknown_model_is_named(api, speaking):
    with pytest.raises(api.refused, match="sim-small"):
        api.whole(speaking, api.asking(QUESTION, fault="404", model="sim-small"))


def test_an_unknown_fault_is_refused_with_the_names_there_are(api, speaking):
    with pytest.raises(api.refused, match=f"there are {', '.join(NAMES)}, each also"):
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


@pytest.mark.parametrize("fault", ["reset", "refused"])
@pytest.mark.parametrize("how", ["whole", "streamed"])
def test_a_connection_is_reset_before_the_reply(api, speaking, fault, how):
    with pytest.raises((httpx2.ReadError, api.broken)) as caught:
        getattr(api, how)(speaking, api.asking(QUESTION, fault=fault))

    assert "reset" in _causes(caught.value)


def test_a_connection_is_reset_in_the_middle_of_a_stream(api, speaking):
    seen = []

    with pytest.raises((httpx2.ReadError, api.broken)) as caught:
        seen.extend(api.pieces(speaking, api.asking("Tell me a joke.", fault="reset-midway")))

    assert "reset" in _causes(caught.value)
    whole = list(api.pieces(speaking, api.asking("Tell me a joke.")))
    assert 0 < len(seen) < len(whole)


def test_a_connection_is_reset_in_the_middle_of_a_body(api, speaking):
    with pytest.raises((httpx2.ReadError, api.broken)) as caught:
        api.whole(speaking, api.asking("Tell me a joke.", fault="reset-midway"))

    assert "reset" in _causes(caught.value)


def _causes(error: BaseException | None) -> str:
    return f"{error} {_causes(error.__cause__ or error.__context__)}" if error else ""


def test_what_drips_comes_whole_and_in_many_pieces(api, simulator):
    arrived: list[int] = []

    def count(response: httpx2.Response) -> None:
        stream = response.stream

        class Counted(httpx2.SyncByteStream):
            def __iter__(self):
                for chunk in stream:
                    arrived.append(len(chunk))
                    yield chunk

            def close(self):
                stream.close()

        response.stream = Counted()

    for how in ("whole", "streamed"):
        usual = getattr(api, how)(api.client(simulator), api.asking("Tell me a joke, straße."))
        arrived.clear()
        client = api.client(simulator, hook=count)
        dripped = getattr(api, how)(client, api.asking("Tell me a joke, straße.", fault="drip"))

        assert dripped == usual
        assert len(arrived) > DROPS / 2


def test_a_page_in_place_of_a_reply_is_no_reply(api, speaking):
    """Some SDKs raise, others give an empty reply or the page's text: none gives an answer."""
    for how in (api.whole, api.streamed):
        with pytest.raises((ValueError, AssertionError, AttributeError, genai_errors.APIError)):
            how(speaking, api.asking(QUESTION, fault="html"))


def test_json_that_breaks_off_is_no_json(api, speaking):
    for how in (api.whole, api.streamed):
        with pytest.raises((ValueError, genai_errors.UnknownApiResponseError)) as caught:
            how(speaking, api.asking("Tell me a joke.", fault="bad-chunk"))

        assert "JSON" in f"{type(caught.value).__name__} {caught.value}"


FAILED_LATE = {
    "anthropic": (anthropic.APIStatusError, "overloaded_error"),
    "openai-chat": (openai.APIError, "overloaded"),
    "gemini": (genai_errors.ServerError, "UNAVAILABLE"),
}


def test_a_failure_comes_after_words_of_the_reply(api, speaking):
    seen = []
    request = api.asking("Tell me a joke.", fault="error-event")

    if api.wire == "openai-responses":  # its SDK passes the event on
        seen = list(api.pieces(speaking, request))
        assert (seen[-1].type, seen[-1].code) == ("error", "server_is_overloaded")
        assert [event.sequence_number for event in seen] == list(range(len(seen)))
    else:
        raised, word = FAILED_LATE[api.wire]
        with pytest.raises(raised, match=word):
            seen.extend(api.pieces(speaking, request))
    assert len(seen) > 1


FINISHES = {
    "anthropic": lambda event: getattr(getattr(event, "delta", None), "stop_reason", None),
    "openai-chat": lambda chunk: any(choice.finish_reason for choice in chunk.choices),
    "openai-responses": lambda event: event.type == "response.completed",
    "gemini": lambda chunk: chunk.candidates[0].finish_reason,
}
"""Whether this piece of a stream says that the reply is finished."""


def test_a_stream_without_a_finish_ends_well_and_lacks_just_that(api, speaking):
    usual = list(api.pieces(speaking, api.asking("Tell me a joke.")))
    cut = list(api.pieces(speaking, api.asking("Tell me a joke.", fault="no-finish")))

    assert any(FINISHES[api.wire](one) for one in usual)
    assert not any(FINISHES[api.wire](one) for one in cut)
    assert len(cut) >= len(usual) - 1


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
