"""Gemini's simulated API refuses what the real one refuses, in its words."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from google.genai import errors
from hypothesis import given
from hypothesis import strategies as some

from roundtrip.simulator.gemini.app import KNOWN_FAMILIES
from roundtrip.simulator.gemini.checks import first_complaint
from roundtrip.simulator.thread import SimulatorThread
from tests.recordings import ABSENT, FOLDER, recorded
from tests.simulator.asking import AT_ONCE
from tests.simulator.speakers import SPEAKERS
from tests.simulator.spoiling import JUNK, NO_JSON, places, post, spoiled

GEMINI = SPEAKERS["gemini"]
HELLO = {"role": "user", "parts": [{"text": "Hi"}]}
CITY = {"type": "OBJECT", "properties": {"city": {"type": "STRING"}}, "required": ["city"]}


def asked(*contents: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"contents": [HELLO, *contents]} | more


def model(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "model", "parts": list(parts)}


def user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "parts": list(parts)}


def tools(*declared: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"functionDeclarations": list(declared)}]


def mode(**config: Any) -> dict[str, Any]:
    return {"functionCallingConfig": config}


CALL = {"functionCall": {"name": "get_weather", "args": {"city": "Oslo"}}}
RESULT = {"functionResponse": {"name": "get_weather", "response": {"output": "snow"}}}
WEATHER = {"name": "get_weather", "description": "The weather in a city.", "parameters": CITY}
ORDER = "Please ensure that"

REFUSED = [
    ({}, "* GenerateContentRequest.contents: contents is not specified"),
    (asked(config={}), 'Invalid JSON payload received. Unknown name "config": Cannot find field.'),
    (
        asked(generationConfig={"maxTokens": 5}),
        "Invalid JSON payload received. Unknown name \"maxTokens\" at 'generation_config': Cannot "
        "find field.",
    ),
    (
        asked(tools=tools(WEATHER | {"input_schema": {}})),
        "Unknown name \"input_schema\" at 'tools[0].function_declarations[0]': Cannot find field.",
    ),
    (
        asked(tools=tools(WEATHER | {"parameters": CITY | {"additionalProperties": False}})),
        "Unknown name \"additionalProperties\" at 'tools[0].function_declarations[0].parameters'",
    ),
    (
        asked(user({"text": 5})),
        "Invalid value at 'contents[1].parts[0].text' (TYPE_STRING), 5",
    ),
    (
        asked(generationConfig={"maxOutputTokens": "many"}),
        "Invalid value at 'generation_config.max_output_tokens' (TYPE_INT32), \"many\"",
    ),
    (asked({"role": "assistant", "parts": [{"text": "x"}]}), "valid role: user, model."),
    (asked(user()), "contents[1].parts: contents.parts must not be empty."),
    (asked(user({"thought": True})), "required oneof field 'data' must have one initialized"),
    (asked(user({"text": "x"} | CALL)), "oneof field 'data' is already set."),
    (
        asked(model(CALL), user({"functionResponse": {"response": {}}})),
        "contents[2].parts[0].function_response.name: Name cannot be empty.",
    ),
    (
        asked(model(CALL, CALL), user(RESULT)),
        f"{ORDER} the number of function response parts is equal to the number of function call "
        "parts of the function call turn.",
    ),
    (asked(model(CALL), user({"text": "Well?"})), f"{ORDER} the number of function response parts"),
    (
        asked(user(RESULT)),
        f"{ORDER} function response turn comes immediately after a function call turn.",
    ),
    (
        {"contents": [model(CALL), user(RESULT)]},
        f"{ORDER} function call turn comes immediately after a user turn or after a function",
    ),
    (asked(model(CALL)), f"{ORDER} multiturn requests end with a user role or a function response"),
    (
        asked(tools=tools(WEATHER | {"name": "get weather"})),
        "tools[0].function_declarations[0].name: [FIELD_INVALID] Invalid function name.",
    ),
    (asked(tools=tools(WEATHER, WEATHER)), "Duplicate function declaration found: get_weather"),
    (
        asked(tools=tools(WEATHER | {"parameters": {"type": "ARRAY"}})),
        "tools[0].function_declarations[0].parameters.items: missing field.",
    ),
    (
        asked(tools=tools(WEATHER | {"parameters": CITY | {"required": ["town"]}})),
        "parameters.required[town]: property is not defined.",
    ),
    (
        asked(toolConfig=mode(mode="ANY")),
        "Function calling config is set without function_declarations.",
    ),
    (
        asked(tools=tools(WEATHER), toolConfig=mode(mode="SOMETIMES")),
        "Invalid value at 'tool_config.function_calling_config.mode'",
    ),
    (
        asked(
            tools=tools(WEATHER),
            toolConfig=mode(mode="ANY", allowedFunctionNames=["get_time"]),
        ),
        "get_time is not a declared function.",
    ),
    (asked(generationConfig={"temperature": 3}), "temperature must be in the range [0.0, 2.0]."),
    (
        asked(model(CALL | {"thoughtSignature": "no base64!"}), user(RESULT)),
        "Invalid value at 'contents[1].parts[0].thought_signature' (TYPE_BYTES)",
    ),
]


def send(
    simulator: str,
    body: Any,
    name: str = "sim-large",
    method: str = "generateContent",
    **headers: str,
) -> httpx2.Response:
    path = f"{simulator}/gemini/v1beta/models/{name}:{method}"
    return post(path, body, **({"x-goog-api-key": "any-key"} | headers))


def refusal_in(response: httpx2.Response) -> dict[str, Any]:
    """What the error says, after its shape has been checked."""
    body = response.json()
    assert set(body) == {"error"}
    assert (
        {"code", "message", "status"}
        <= set(body["error"])
        <= {
            "code",
            "message",
            "status",
            "details",
        }
    )
    assert body["error"]["code"] == response.status_code
    assert response.headers["content-type"] == "application/json; charset=UTF-8"
    assert response.headers["x-simulated-by"] == "roundtrip"
    return body["error"]


@pytest.mark.parametrize(("body", "words"), REFUSED, ids=[words[:60] for _, words in REFUSED])
def test_a_request_the_api_does_not_allow_is_refused_in_its_words(simulator, body, words):
    response = send(simulator, body)

    error = refusal_in(response)
    assert (response.status_code, error["status"]) == (400, "INVALID_ARGUMENT")
    assert words in error["message"]


def test_all_unknown_fields_are_told_at_once_with_their_places(simulator):
    body = asked(generationConfig={"maxTokens": 5}, tools=[{"functions": []}])

    error = refusal_in(send(simulator, body))

    assert error["message"].count("Cannot find field.") == 2
    violations = error["details"][0]["fieldViolations"]
    assert [one["field"] for one in violations] == ["generation_config", "tools[0]"]


@pytest.mark.parametrize("what", NO_JSON)
def test_a_body_that_is_no_json_object_is_refused(simulator, what):
    response = send(simulator, NO_JSON[what])

    assert response.status_code == 400
    assert refusal_in(response)["message"].startswith("Invalid JSON payload received.")


def test_without_a_valid_key_nothing_is_answered(simulator):
    address = f"{simulator}/gemini/v1beta/models/sim-large:generateContent"

    none, wrong = post(address, asked()), post(f"{address}?key=invalid", asked())

    assert refusal_in(none)["status"] == "PERMISSION_DENIED"
    assert none.status_code == 403
    error = refusal_in(wrong)
    assert error["message"] == "API key not valid. Please pass a valid API key."
    assert (error["status"], error["details"][0]["reason"]) == (
        "INVALID_ARGUMENT",
        "API_KEY_INVALID",
    )
    assert post(f"{address}?key=any", asked()).status_code == 200


def test_the_sdk_raises_what_it_raises_for_the_real_api(simulator):
    stranger, client = GEMINI.client(simulator, key="invalid"), GEMINI.client(simulator)

    with pytest.raises(errors.ClientError, match="API key not valid") as caught:
        GEMINI.whole(stranger, GEMINI.asking("Hi"))
    assert (caught.value.code, caught.value.status) == (400, "INVALID_ARGUMENT")
    for how in (GEMINI.whole, GEMINI.streamed):
        with pytest.raises(errors.ClientError, match="models/gpt-4o is not found") as caught:
            how(client, GEMINI.asking("Hi", model="gpt-4o"))
        assert (caught.value.code, caught.value.status) == (404, "NOT_FOUND")
    with pytest.raises(errors.ClientError):
        client.models.get(model="gemini-nothing")


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_both_versions_of_the_api_are_there(simulator, version):
    headers = {"x-goog-api-key": "any-key"}
    models = httpx2.get(f"{simulator}/gemini/{version}/models", headers=headers).json()["models"]
    path = f"{simulator}/gemini/{version}/models/sim-large:generateContent"

    assert "models/sim-large" in [one["name"] for one in models]
    assert post(path, asked(), **headers).status_code == 200
    other = httpx2.get(f"{simulator}/gemini/v9/models", headers=headers)
    assert (other.status_code, refusal_in(other)["status"]) == (404, "NOT_FOUND")


def test_a_stream_without_server_sent_events_is_one_array(simulator):
    body = asked(tools=tools(WEATHER)) | {"contents": [user({"text": "Weather in Tokyo, Oslo?"})]}

    array = send(simulator, body, method="streamGenerateContent")
    events = send(simulator, body, method="streamGenerateContent?alt=sse")
    refused = send(simulator, {}, method="streamGenerateContent")

    told = [line.removeprefix("data: ") for line in events.text.splitlines() if line]
    assert len(told) > 1
    assert [httpx2.Response(200, text=one).json() for one in told] == array.json()
    assert refused.json()[0]["error"]["status"] == "INVALID_ARGUMENT"


def test_snake_case_is_read_as_camel_case_is(simulator):
    camel = {
        "contents": [user({"text": "Weather in Tokyo?"})],
        "tools": tools(WEATHER),
        "generationConfig": {"maxOutputTokens": 3},
    }
    snake = {
        "contents": camel["contents"],
        "tools": [{"function_declarations": [WEATHER]}],
        "generation_config": {"max_output_tokens": 3},
    }

    replies = [send(simulator, body).json() for body in (camel, snake)]

    assert replies[0]["candidates"] == replies[1]["candidates"]
    assert replies[0]["candidates"][0]["finishReason"] == "MAX_TOKENS"


def test_a_thought_signature_that_comes_back_changed_is_refused(simulator):
    client = GEMINI.client(simulator)
    request = GEMINI.asking("What should I wear in Oslo and Tokyo?", model="sim-thinker")
    first = GEMINI.whole(client, request)
    signed = [part for part in first.said if part.get("thought_signature")]
    assert signed == [first.said[1]]
    assert "function_call" in signed[0]

    for changed, words in (
        (signed[0]["thought_signature"][:-1] + b"x", "Corrupted thought signature."),
        (b"another's", None),
        (signed[0]["thought_signature"], None),
    ):
        first.said[1] = signed[0] | {"thought_signature": changed}
        again = GEMINI.going_on(request, first, ["snow", "sun"])
        if words:
            with pytest.raises(errors.ClientError, match=words):
                GEMINI.whole(client, again)
        else:
            assert GEMINI.whole(client, again).text


def test_thoughts_are_left_out_where_they_are_not_wanted(simulator):
    client = GEMINI.client(simulator)
    request = GEMINI.asking("What is the weather in Oslo?", model="sim-thinker")
    request["config"]["thinking_config"] = {"include_thoughts": False}

    seen = GEMINI.whole(client, request)

    assert (seen.thoughts, seen.reasoning_tokens > 0) == ("", True)
    assert seen.said[0]["thought_signature"]


def test_tokens_are_counted_as_usage_counts_them(simulator):
    client = GEMINI.client(simulator)
    seen = GEMINI.whole(client, GEMINI.asking("Hello there!", tools=()))

    counted = client.models.count_tokens(
        model="sim-large", contents=[{"role": "user", "parts": [{"text": "Hello there!"}]}]
    )

    assert counted.total_tokens == seen.input_tokens


def test_a_body_over_the_limit_is_refused_and_the_refusal_arrives():
    small = type(AT_ONCE)(0, 0, AT_ONCE.today, largest_body=100_000)
    with SimulatorThread(small) as address:
        response = send(address, asked(user({"text": "x" * 4_000_000})))

        assert response.status_code == 413
        assert refusal_in(response)["status"] == "INVALID_ARGUMENT"


def accepted() -> list[Any]:
    return [
        case
        for case in recorded("gemini")
        if case.exchange.get("status") == 200
        and isinstance(case.request, dict)
        and "contents" in case.request
    ]


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_what_the_real_api_accepted_is_not_refused():
    assert len(accepted()) > 250

    complaints = {
        case.name: refusal.message
        for case in accepted()
        if (refusal := first_complaint(case.request))
    }
    assert complaints == {}
    paths = {case.exchange["path"] for case in accepted()}
    names = {path.partition("/models/")[2].partition(":")[0] for path in paths}
    assert {name for name in names if not KNOWN_FAMILIES.fullmatch(name)} == set()


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_a_refusal_is_the_recorded_one_to_the_word(simulator):
    words = {
        case.response["error"]["message"]
        for case in recorded("gemini")
        if case.exchange.get("status") in (400, 403, 404)
    }
    no_key = post(f"{simulator}/gemini/v1beta/models/sim-large:generateContent", asked())
    ours = [
        no_key,
        send(simulator, asked(), **{"x-goog-api-key": "invalid"}),
        send(simulator, asked(), name="this-model-does-not-exist-12345"),
        send(simulator, asked({"role": "robot", "parts": [{"text": "x"}]})),
    ]

    assert {refusal_in(response)["message"] for response in ours} <= words


FULL = {
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "contents": [
        HELLO,
        model({"text": "Hm.", "thought": True}, CALL | {"thoughtSignature": "c2lnbmF0dXJl"}),
        user(RESULT),
        model({"text": "Snow."}),
        user({"text": "And the weather in Lima?"}),
    ],
    "tools": [
        {
            "functionDeclarations": [
                WEATHER,
                {"name": "get_time", "parametersJsonSchema": {"type": "object"}},
            ]
        }
    ],
    "toolConfig": mode(mode="ANY", allowedFunctionNames=["get_weather"]),
    "generationConfig": {
        "maxOutputTokens": 4000,
        "temperature": 1,
        "thinkingConfig": {"includeThoughts": True, "thinkingBudget": 128},
    },
    "safetySettings": [{"category": "HARM_CATEGORY_HATE_SPEECH", "threshold": "OFF"}],
}


def test_the_full_request_itself_is_answered(simulator):
    assert send(simulator, FULL).status_code == 200


@given(place=some.sampled_from(places(FULL)), junk=JUNK, remove=some.booleans())
def test_whatever_is_wrong_with_a_request_it_is_answered_and_nothing_breaks(
    simulator, place, junk, remove
):
    response = send(simulator, spoiled(FULL, place, junk, remove))

    assert response.status_code in (200, 400)
    if response.status_code != 200:
        assert refusal_in(response)["message"]
