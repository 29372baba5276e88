"""The simulated Chat Completions and Responses refuse what the real ones refuse, in their words."""

from __future__ import annotations

from typing import Any

import httpx2
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as some

from roundtrip.simulator.openai import chat_checks, responses_checks
from roundtrip.simulator.openai.requests import is_known
from roundtrip.simulator.openai.stored import Stored
from roundtrip.simulator.thread import SimulatorThread
from tests.recordings import ABSENT, FOLDER, recorded
from tests.simulator.asking import AT_ONCE
from tests.simulator.openai_refused import REFUSED
from tests.simulator.openai_requests import FULL, chat, responses
from tests.simulator.speakers import SPEAKERS
from tests.simulator.spoiling import JUNK, NO_JSON, places, post, spoiled

CHAT, RESPONSES = SPEAKERS["openai-chat"], SPEAKERS["openai-responses"]
PATHS = {"openai-chat": "/chat/completions", "openai-responses": "/responses"}
KEY = "Bearer any-key"


def send(simulator: str, wire: str, body: Any, key: str = KEY) -> httpx2.Response:
    return post(f"{simulator}/openai/v1{PATHS[wire]}", body, authorization=key)


def refusal_in(response: httpx2.Response) -> dict[str, Any]:
    """What the error says, after its shape has been checked."""
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    assert response.headers["x-request-id"].startswith("req_")
    assert response.headers["x-simulated-by"] == "roundtrip"
    return body["error"]


@pytest.mark.parametrize(("wire", "body", "words", "param", "code"), REFUSED)
def test_a_request_the_api_does_not_allow_is_refused_in_its_words(
    simulator, wire, body, words, param, code
):
    response = send(simulator, wire, body)

    error = refusal_in(response)
    assert words in error["message"]
    assert (response.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error["param"], error["code"]) == (param, code)


@pytest.mark.parametrize("wire", PATHS)
@pytest.mark.parametrize("what", NO_JSON)
def test_a_body_that_is_no_json_object_is_refused(simulator, wire, what):
    response = send(simulator, wire, NO_JSON[what])

    assert response.status_code == 400
    assert refusal_in(response)["type"] == "invalid_request_error"


@pytest.mark.parametrize("wire", PATHS)
@pytest.mark.parametrize(
    ("key", "words", "code"),
    [
        ("", "You didn't provide an API key.", None),
        ("Basic any-key", "You didn't provide an API key.", None),
        ("Bearer invalid-key", "Incorrect API key provided: invalid-key.", "invalid_api_key"),
        ("Bearer invalid-123452345", "provided: invalid-*****2345.", "invalid_api_key"),
    ],
)
def test_without_a_valid_key_nothing_is_answered(simulator, wire, key, words, code):
    response = send(simulator, wire, chat(), key)

    error = refusal_in(response)
    assert (response.status_code, error["code"]) == (401, code)
    assert words in error["message"]
    assert "123452345" not in error["message"]


def test_the_sdk_raises_what_it_raises_for_the_real_api(simulator):
    stranger, client = CHAT.client(simulator, key="invalid-key"), CHAT.client(simulator)

    with pytest.raises(openai.AuthenticationError):
        CHAT.whole(stranger, CHAT.asking("Hi"))
    with pytest.raises(openai.AuthenticationError):
        list(stranger.models.list())
    with pytest.raises(openai.NotFoundError, match="model `claude-opus-4-8` does not exist") as e:
        CHAT.whole(client, CHAT.asking("Hi", model="claude-opus-4-8"))
    assert e.value.code == "model_not_found"
    with pytest.raises(openai.BadRequestError, match="'claude-opus-4-8' does not exist") as e:
        RESPONSES.whole(client, RESPONSES.asking("Hi", model="claude-opus-4-8"))
    assert (e.value.code, e.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-nothing")


def test_encrypted_reasoning_that_comes_back_changed_is_refused(simulator):
    client = RESPONSES.client(simulator)
    request = RESPONSES.asking("What is the weather in Oslo?", model="sim-thinker")
    first = RESPONSES.whole(client, request)
    reasoning = first.said[0]
    changed = reasoning["encrypted_content"][:-8] + "AAAAAAA="

    with pytest.raises(openai.BadRequestError, match="could not be verified") as caught:
        first.said[0] = reasoning | {"encrypted_content": changed}
        RESPONSES.whole(client, RESPONSES.going_on(request, first, ["snow"]))

    assert caught.value.code == "invalid_encrypted_content"
    first.said[0] = reasoning | {"encrypted_content": "gAAAAABforeign"}
    assert RESPONSES.whole(client, RESPONSES.going_on(request, first, ["snow"])).text


def test_encrypted_reasoning_comes_only_to_who_asks_for_it(simulator):
    client = RESPONSES.client(simulator)
    request = RESPONSES.asking("What is the weather in Oslo?", model="sim-thinker")

    assert "encrypted_content" in RESPONSES.whole(client, request).said[0]
    assert "encrypted_content" not in RESPONSES.whole(client, request | {"include": []}).said[0]


def test_a_chat_stream_tells_its_usage_only_to_who_asks_for_it(simulator):
    client = CHAT.client(simulator)

    silent = list(CHAT.pieces(client, CHAT.asking("Hi")))
    asked = CHAT.asking("Hi") | {"stream_options": {"include_usage": True}}

    assert not any(chunk.usage for chunk in silent)
    *_, last = CHAT.pieces(client, asked)
    assert (last.choices, last.usage.total_tokens > 0) == ([], True)


def test_a_wrong_path_or_method_is_refused_in_the_apis_shape(simulator):
    headers = {"authorization": KEY}
    wrong_path = httpx2.post(f"{simulator}/openai/v1/nothing", json={}, headers=headers)
    wrong_method = httpx2.get(f"{simulator}/openai/v1/chat/completions", headers=headers)

    assert wrong_path.status_code == 404
    assert refusal_in(wrong_path)["message"] == "Invalid URL (POST /v1/nothing)"
    assert wrong_method.status_code == 405
    assert "Not allowed to GET on /v1/chat/completions." in refusal_in(wrong_method)["message"]


@pytest.mark.parametrize("wire", PATHS)
def test_a_body_over_the_limit_is_refused_and_the_refusal_arrives(wire):
    small = type(AT_ONCE)(0, 0, AT_ONCE.today, largest_body=100_000)
    with SimulatorThread(small) as address:
        response = send(address, wire, chat({"role": "user", "content": "x" * 4_000_000}))

        assert response.status_code == 413
        assert refusal_in(response)["message"]


def test_a_prompt_over_a_models_window_is_refused_and_a_simulated_model_has_none(simulator):
    long = {"role": "system", "content": "word " * 130_000}

    in_chat = send(simulator, "openai-chat", chat(long, model="gpt-4o"))
    in_responses = send(simulator, "openai-responses", responses(long, model="gpt-4o"))

    for response, where in ((in_chat, "messages"), (in_responses, "input")):
        error = refusal_in(response)
        assert (response.status_code, error["code"]) == (400, "context_length_exceeded")
        assert error["param"] == where
    for model in ("gpt-4.1", "sim-large"):
        assert send(simulator, "openai-chat", chat(long, model=model)).status_code == 200


CHECKS = {"openai-chat": chat_checks, "openai-responses": responses_checks}


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
@pytest.mark.parametrize(("wire", "most"), [("openai-chat", 200), ("openai-responses", 300)])
def test_what_the_real_api_accepted_is_not_refused(wire, most):
    accepted = [
        case
        for case in recorded(wire)
        if case.exchange.get("status") == 200 and isinstance(case.request, dict)
    ]
    assert len(accepted) > most

    complaints = {
        case.name: refusal.message
        for case in accepted
        if (refusal := CHECKS[wire].first_complaint(case.request))
    }
    assert complaints == {}
    names = {case.request["model"] for case in accepted}
    named_by_its_account = {"openllmetry-testing"}  # a deployment of Azure's
    assert {name for name in names if not is_known(name)} <= named_by_its_account


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
@pytest.mark.parametrize("wire", PATHS)
def test_the_shape_of_a_refusal_is_the_recorded_one(simulator, wire):
    refused = [case for case in recorded(wire) if case.exchange.get("status") in (401, 404)]
    assert refused

    for case in refused:
        body = case.request if isinstance(case.request, dict) else chat()
        key = "Bearer invalid" if case.exchange["status"] == 401 else KEY
        error = refusal_in(send(simulator, wire, body, key))
        recorded_error = case.response["error"]
        assert error.keys() == recorded_error.keys()
        for field in ("type", "param", "code"):
            assert error[field] == recorded_error[field]
        if case.exchange["status"] == 404:
            assert error["message"] == recorded_error["message"]


@pytest.mark.parametrize("wire", PATHS)
def test_the_full_request_itself_is_answered(simulator, wire):
    assert send(simulator, wire, FULL[wire]).status_code == 200


SPOTS = [(wire, place) for wire in PATHS for place in places(FULL[wire])]


@given(spot=some.sampled_from(SPOTS), junk=JUNK, remove=some.booleans())
def test_whatever_is_wrong_with_a_request_it_is_answered_and_nothing_breaks(
    simulator, spot, junk, remove
):
    wire, place = spot

    response = send(simulator, wire, spoiled(FULL[wire], place, junk, remove))

    assert response.status_code in (200, 400, 404)
    if response.status_code != 200:
        assert refusal_in(response)["message"]


def test_a_stored_response_can_be_gone_on_from_by_its_id_alone(simulator):
    client = RESPONSES.client(simulator)
    asked = RESPONSES.asking("What should I wear in Oslo?", model="sim-thinker")
    first = RESPONSES.whole(client, asked | {"store": True})
    result = {"type": "function_call_output", "output": '{"city": "Oslo", "wear": "a warm coat"}'}
    goes_on = {
        "model": "sim-thinker",
        "previous_response_id": first.id,
        "input": [result | {"call_id": first.call_ids[0]}],
    }

    answer = RESPONSES.whole(client, goes_on | {"tools": asked["tools"]})
    again = RESPONSES.whole(client, {"model": "sim-large", "previous_response_id": answer.id})

    assert "warm coat" in answer.text
    assert again.input_tokens > first.input_tokens
    with pytest.raises(openai.BadRequestError, match="No tool output found for function call"):
        RESPONSES.whole(client, goes_on | {"input": "Well?"})
    unstored = RESPONSES.whole(client, asked | {"store": False})
    with pytest.raises(openai.BadRequestError, match=r"Previous response with id .* not found"):
        RESPONSES.whole(client, goes_on | {"previous_response_id": unstored.id})


def test_what_is_stored_is_forgotten_before_it_fills_the_memory():
    stored = Stored(most=100)

    for number in range(10):
        stored.keep(f"resp_{number}", ["x" * 40])

    assert [stored.of(f"resp_{number}") is not None for number in range(10)] == [
        *[False] * 8,
        *[True] * 2,
    ]
