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
from tests.simulator.speakers import SPEAKERS
from tests.simulator.spoiling import JUNK, NO_JSON, places, post, spoiled

CHAT, RESPONSES = SPEAKERS["openai-chat"], SPEAKERS["openai-responses"]
PATHS = {"openai-chat": "/chat/completions", "openai-responses": "/responses"}
KEY = "Bearer any-key"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": "sim-large", "messages": [{"role": "user", "content": "Hi"}, *messages]} | more


def responses(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"model": "sim-large", "input": [{"role": "user", "content": "Hi"}, *items]} | more


def chat_tool(name: Any = "get_weather", parameters: Any = CITY, **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": parameters} | more}


def tool(name: Any = "get_weather", parameters: Any = CITY, **more: Any) -> dict[str, Any]:
    return {"type": "function", "name": name, "parameters": parameters} | more


ASKED = {
    "role": "assistant",
    "tool_calls": [
        {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}},
        {"id": "call_2", "type": "function", "function": {"name": "f", "arguments": "{}"}},
    ],
}
RESULT = {"role": "tool", "tool_call_id": "call_1", "content": "snow"}
CALL = {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "snow"}
NO_FALSE = "In context=(), 'additionalProperties' is required to be supplied and to be false."
LACKS = (
    "In context=(), 'required' is required to be supplied and to be an array including every key "
    "in properties. Missing 'unit'."
)
OPEN = CITY | {"additionalProperties": True}
UNIT = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}

REFUSED_CHAT = [
    (chat(top_k=1), "Unrecognized request argument supplied: top_k", None, None),
    (
        chat(top_k=1, max_output_tokens=2),
        "Unrecognized request arguments supplied: top_k, max_output_tokens",
        None,
        None,
    ),
    ({"messages": []}, "you must provide a model parameter", None, None),
    (
        {"model": "sim-large"},
        "Missing required parameter: 'messages'.",
        "messages",
        "missing_required_parameter",
    ),
    (
        chat() | {"messages": "Hi"},
        "Invalid type for 'messages': expected an array of objects, but got a string instead.",
        "messages",
        "invalid_type",
    ),
    (
        chat() | {"messages": []},
        "Invalid 'messages': empty array. Expected an array with minimum length 1",
        "messages",
        "empty_array",
    ),
    (
        chat(temperature=3),
        "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3",
        "temperature",
        "decimal_above_max_value",
    ),
    (
        chat(max_completion_tokens=0),
        "Invalid 'max_completion_tokens': integer below minimum value. Expected a value >= 1",
        "max_completion_tokens",
        "integer_below_min_value",
    ),
    (
        chat(stream_options={"include_usage": True}),
        "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
        "stream_options",
        None,
    ),
    (
        chat({"role": "robot", "content": "x"}),
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user'",
        "messages[1].role",
        "invalid_value",
    ),
    (
        chat({"role": "user", "content": None}),
        "Invalid value for 'content': expected a string, got null.",
        "messages.[1].content",
        None,
    ),
    (
        chat(RESULT),
        "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        "messages.[1].role",
        None,
    ),
    (
        chat(ASKED, RESULT),
        "An assistant message with 'tool_calls' must be followed by tool messages responding to "
        "each 'tool_call_id'. The following tool_call_ids did not have response messages: call_2",
        "messages",
        None,
    ),
    (
        chat(ASKED, RESULT, {"role": "user", "content": "Go on"}),
        "did not have response messages: call_2",
        "messages.[3].role",
        None,
    ),
    (
        chat(ASKED, RESULT | {"tool_call_id": "call_9"}),
        "'tool_call_id' of 'call_9' not found in 'tool_calls' of previous message.",
        "messages.[2].tool_call_id",
        None,
    ),
    (
        chat(tools=[chat_tool("get weather")]),
        "Invalid 'tools[0].function.name': string does not match pattern.",
        "tools[0].function.name",
        "invalid_value",
    ),
    (
        chat(tools=[chat_tool("x" * 65)]),
        "maximum length 64, but got a string with length 65 instead.",
        "tools[0].function.name",
        "string_above_max_length",
    ),
    (
        chat(tools=[tool()]),
        "Missing required parameter: 'tools[0].function'.",
        "tools[0].function",
        "missing_required_parameter",
    ),
    (chat(tools=[chat_tool(), chat_tool()]), "names must be unique", "tools", "invalid_value"),
    (chat(tools=[]), "Invalid 'tools': empty array.", "tools", "empty_array"),
    (
        chat(tools=[chat_tool(parameters=OPEN, strict=True)]),
        f"Invalid schema for function 'get_weather': {NO_FALSE}",
        "tools[0].function.parameters",
        "invalid_function_parameters",
    ),
    (
        chat(tools=[chat_tool(parameters={"type": "string"})]),
        "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"string\"'.",
        "tools[0].function.parameters",
        "invalid_function_parameters",
    ),
    (
        chat(tool_choice="required"),
        "'tool_choice' is only allowed when 'tools' are specified.",
        "tool_choice",
        None,
    ),
    (
        chat(
            tools=[chat_tool()], tool_choice={"type": "function", "function": {"name": "get_time"}}
        ),
        "no function named get_time was specified in the 'tools' parameter.",
        "tool_choice",
        None,
    ),
]

REFUSED_RESPONSES = [
    (
        responses(max_tokens=1),
        "Unknown parameter: 'max_tokens'.",
        "max_tokens",
        "unknown_parameter",
    ),
    (
        {"input": "Hi"},
        "Missing required parameter: 'model'.",
        "model",
        "missing_required_parameter",
    ),
    (
        {"model": "sim-large"},
        "Missing required parameter: 'input'.",
        "input",
        "missing_required_parameter",
    ),
    (
        responses() | {"input": 5},
        "Invalid type for 'input': expected one of a string or array of objects",
        "input",
        "invalid_type",
    ),
    (
        responses(temperature=-1),
        "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 "
        "instead.",
        "temperature",
        "decimal_below_min_value",
    ),
    (
        responses({"role": "tool", "content": "x"}),
        "Invalid value: 'tool'. Supported values are: 'assistant', 'system', 'developer', and",
        "input[1].role",
        "invalid_value",
    ),
    (
        responses({"role": "user", "content": [{"type": "text", "text": "x"}]}),
        "Invalid value: 'text'. Supported values are: 'input_text'",
        "input[1].content[0].type",
        "invalid_value",
    ),
    (responses(CALL), "No tool output found for function call call_1.", "input", None),
    (
        responses(OUTPUT),
        "No tool call found for function call output with call_id call_1.",
        "input",
        None,
    ),
    (
        responses(CALL | {"arguments": {}}, OUTPUT),
        "Invalid type for 'input[1].arguments': expected a string, but got an object instead.",
        "input[1].arguments",
        "invalid_type",
    ),
    (
        responses(tools=[chat_tool()]),
        "Missing required parameter: 'tools[0].name'.",
        "tools[0].name",
        "missing_required_parameter",
    ),
    (responses(tools=[tool(), tool()]), "names must be unique", "tools", "invalid_value"),
    (
        responses(tools=[tool(parameters=UNIT, strict=True)]),
        f"Invalid schema for function 'get_weather': {LACKS}",
        "tools[0].parameters",
        "invalid_function_parameters",
    ),
    (
        responses(tools=[tool()], tool_choice={"type": "function", "name": "get_time"}),
        "Tool choice 'function' not found in 'tools' parameter.",
        "tool_choice",
        None,
    ),
    (
        responses(model="gpt-5.2-proo"),
        "The requested model 'gpt-5.2-proo' does not exist.",
        "model",
        "model_not_found",
    ),
    (
        responses(previous_response_id="resp_1"),
        "Previous response with id 'resp_1' not found.",
        "previous_response_id",
        "previous_response_not_found",
    ),
]

REFUSED = [("openai-chat", *case) for case in REFUSED_CHAT]
REFUSED += [("openai-responses", *case) for case in REFUSED_RESPONSES]


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


FULL = {
    "openai-chat": chat(
        ASKED,
        RESULT,
        RESULT | {"tool_call_id": "call_2", "content": [{"type": "text", "text": "sun"}]},
        {"role": "assistant", "content": "Snow and sun."},
        {"role": "user", "content": [{"type": "text", "text": "What is the weather in Oslo?"}]},
        max_completion_tokens=4000,
        temperature=1,
        tools=[chat_tool(strict=True, parameters=UNIT | {"required": ["city", "unit"]})],
        tool_choice={"type": "function", "function": {"name": "get_weather"}},
        parallel_tool_calls=False,
        reasoning_effort="low",
    ),
    "openai-responses": responses(
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
        CALL | {"id": "fc_1", "status": "completed"},
        OUTPUT | {"output": [{"type": "input_text", "text": "snow"}]},
        {"role": "user", "content": [{"type": "input_text", "text": "And in Oslo?"}]},
        instructions="Be brief.",
        include=["reasoning.encrypted_content"],
        store=False,
        max_output_tokens=4000,
        temperature=1,
        tools=[tool(strict=True, parameters=UNIT | {"required": ["city", "unit"]})],
        tool_choice={"type": "function", "name": "get_weather"},
        parallel_tool_calls=False,
        reasoning={"effort": "low", "summary": "auto"},
        text={"format": {"type": "text"}},
    ),
}


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
