"""The simulated Messages API refuses what the real one refuses, in its words."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as some

from roundtrip.simulator.anthropic.app import KNOWN_FAMILIES
from roundtrip.simulator.anthropic.checks import first_complaint
from roundtrip.simulator.thread import SimulatorThread
from tests.recordings import ABSENT, FOLDER, recorded
from tests.simulator.asking import AT_ONCE, WEATHER, ask
from tests.simulator.spoiling import JUNK, NO_JSON, places, post, spoiled

CALL = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Oslo"}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "snow"}
USER = {"role": "user", "content": "What is the weather in Oslo?"}


THINKING = {"type": "enabled", "budget_tokens": 1024}


def marked(text: str, **mark: Any) -> dict[str, Any]:
    """A block of text whose beginning is to be cached."""
    return {"type": "text", "text": text, "cache_control": {"type": "ephemeral"} | mark}


def said(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def handed_back(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def without(field: str) -> dict[str, Any]:
    return {name: value for name, value in ask("Hi").items() if name != field}


REFUSED = [
    (without("max_tokens"), "max_tokens: Field required"),
    (without("messages"), "messages: Field required"),
    (without("model"), "model: Field required"),
    ([], "Input should be an object"),
    (ask("Hi", max_tokens=0), "max_tokens: Input should be greater than or equal to 1"),
    (ask("Hi", max_tokens="9"), "max_tokens: Input should be a valid integer"),
    (ask("Hi", messages=[]), "messages: at least one message is required"),
    (ask("Hi", messages=[said(CALL)]), 'messages: first message must use the "user" role'),
    (ask(""), "messages.0: all messages must have non-empty content"),
    (
        ask("", messages=[handed_back({"type": "text", "text": ""})]),
        "messages: text content blocks must be non-empty",
    ),
    (
        ask("Hi", messages=[USER, said(CALL)]),
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: "
        "toolu_1. Each `tool_use` block must have a corresponding `tool_result` block in the next "
        "message.",
    ),
    (
        ask("Hi", messages=[USER, said(CALL), USER]),
        "`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1",
    ),
    (
        ask("Hi", messages=[USER, said(CALL), handed_back(RESULT | {"tool_use_id": "toolu_2"})]),
        "immediately after: toolu_1",
    ),
    (
        ask("Hi", messages=[USER, handed_back(RESULT)]),
        "unexpected `tool_use_id` found in `tool_result` blocks: toolu_1",
    ),
    (
        ask("Hi", messages=[USER, said(CALL), handed_back(RESULT, RESULT)]),
        "each tool_use must have a single result",
    ),
    (
        ask("Hi", messages=[USER, said(CALL, CALL), handed_back(RESULT)]),
        "`tool_use` ids must be unique",
    ),
    (ask("Hi", tools=[WEATHER, WEATHER]), "tools: Tool names must be unique."),
    (
        ask("Hi", tools=[WEATHER | {"name": "get weather"}]),
        "tools.0.custom.name: String should match pattern",
    ),
    (ask("Hi", tools=[{"name": "x"}]), "tools.0.custom.input_schema: Field required"),
    (
        ask("Hi", tools=[WEATHER | {"input_schema": {"type": "string"}}]),
        "tools.0.custom.input_schema.type: Input should be 'object'",
    ),
    (
        ask("Hi", tool_choice={"type": "tool", "name": "get_time"}),
        "Tool 'get_time' not found in provided tools",
    ),
    (
        ask("Hi", tools=[], tool_choice={"type": "any"}),
        "tool_choice may only be specified while providing tools.",
    ),
    (
        ask("Hi", thinking={"type": "enabled", "budget_tokens": 5}),
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
    ),
    (
        ask("Hi", thinking={"type": "adaptive"}, temperature=0.5),
        "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.",
    ),
    (
        ask("Hi", thinking={"type": "enabled", "budget_tokens": 2000}),
        "`max_tokens` must be greater than `thinking.budget_tokens`",
    ),
    (
        ask("Hi", messages=[USER, said(CALL), handed_back({"type": "text", "text": "x"}, RESULT)]),
        "immediately after: toolu_1",
    ),
    (
        ask("Hi", thinking=THINKING, max_tokens=2000, temperature=0.5),
        "`temperature` may only be set to 1 when thinking is enabled",
    ),
    (
        ask(
            "Hi",
            thinking=THINKING,
            max_tokens=2000,
            messages=[USER, said(CALL), handed_back(RESULT)],
        ),
        "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
        "`tool_use`. When `thinking` is enabled, a final `assistant` message must start with a "
        "thinking block",
    ),
    (
        ask("Hi", messages=[USER, said({"type": "thinking", "thinking": "x", "signature": "x"})]),
        "messages.1: The final block in an assistant message cannot be `thinking`.",
    ),
    (
        ask("Hi", model="claude-opus-4-8", messages=[USER, said({"type": "text", "text": "It"})]),
        "This model does not support assistant message prefill. The conversation must end with a "
        "user message.",
    ),
    (
        ask("Hi", messages=[USER, {"role": "assistant", "content": "It is "}]),
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    (ask("Hi", stop_sequences="x"), "stop_sequences: Input should be a valid list"),
    (
        ask("Hi", stop_sequences=["x", " "]),
        "stop_sequences: each stop sequence must contain non-whitespace",
    ),
    (
        ask("Hi", system=[marked(str(n)) for n in range(5)]),
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    (
        ask("Hi", system=[marked("a"), marked("b", ttl="1h")]),
        "system.1.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' "
        "cache_control block.",
    ),
    (
        ask("Hi", system=[marked("a", ttl="1d")]),
        "system.0.cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
    ),
    (
        ask("Hi", output_config={"format": {"type": "json_schema", "schema": {"type": "object"}}}),
        "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly "
        "set to false",
    ),
    (
        ask("Hi", tools=[WEATHER | {"strict": True}]),
        "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false",
    ),
]


def send(simulator: str, body: Any, **headers: str) -> httpx2.Response:
    return post(f"{simulator}/anthropic/v1/messages", body, **({"x-api-key": "any-key"} | headers))


def refusal_in(response: httpx2.Response) -> tuple[str, str]:
    """Type and message, after the shape has been checked."""
    body = response.json()
    assert set(body) == {"type", "error", "request_id"}
    assert body["type"] == "error"
    assert body["request_id"] == response.headers["request-id"]
    assert response.headers["x-simulated-by"] == "roundtrip"
    return body["error"]["type"], body["error"]["message"]


@pytest.mark.parametrize(("body", "words"), REFUSED, ids=[words[:60] for _, words in REFUSED])
def test_a_request_the_api_does_not_allow_is_refused_in_its_words(simulator, body, words):
    response = send(simulator, body)

    kind, message = refusal_in(response)
    assert (response.status_code, kind) == (400, "invalid_request_error")
    assert words in message
    assert response.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("what", NO_JSON)
def test_a_body_that_is_no_json_object_is_refused(simulator, what):
    response = send(simulator, NO_JSON[what])

    assert response.status_code == 400
    assert refusal_in(response)[0] == "invalid_request_error"


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({}, "x-api-key header is required"),
        ({"x-api-key": "invalid-key"}, "invalid x-api-key"),
        ({"authorization": "Bearer invalid"}, "Invalid bearer token"),
    ],
)
def test_without_a_valid_key_nothing_is_answered(simulator, headers, words):
    address = f"{simulator}/anthropic/v1/messages"
    response = httpx2.post(address, json=ask("Hi"), headers=headers)

    assert response.status_code == 401
    assert refusal_in(response) == ("authentication_error", words)


def test_a_bearer_token_is_a_key_too(simulator):
    address = f"{simulator}/anthropic/v1/messages"
    response = httpx2.post(address, json=ask("Hi"), headers={"authorization": "Bearer any"})

    assert response.status_code == 200


def test_the_sdk_raises_what_it_raises_for_the_real_api(simulator, client):
    with (
        anthropic.Anthropic(base_url=f"{simulator}/anthropic", api_key="invalid") as stranger,
        pytest.raises(anthropic.AuthenticationError),
    ):
        stranger.messages.create(**ask("Hi"))
    with pytest.raises(anthropic.NotFoundError, match="model: gpt-4o"):
        client.messages.create(**ask("Hi", model="gpt-4o"))


@pytest.mark.parametrize("name", ["claude-4-5-haiku", "there-is-no-such-model", "claude-"])
def test_a_model_name_out_of_no_known_family_is_not_found(simulator, name):
    response = send(simulator, ask("Hi", model=name))

    assert response.status_code == 404
    assert refusal_in(response) == ("not_found_error", f"model: {name}")


def test_a_wrong_path_or_method_is_refused_in_the_apis_shape(simulator):
    wrong_path = httpx2.post(f"{simulator}/anthropic/v1/nothing", json={})
    wrong_method = httpx2.get(f"{simulator}/anthropic/v1/messages")

    assert (wrong_path.status_code, refusal_in(wrong_path)[0]) == (404, "not_found_error")
    assert (wrong_method.status_code, refusal_in(wrong_method)[0]) == (405, "invalid_request_error")


def test_a_body_over_the_limit_is_refused_and_the_refusal_arrives():
    small = type(AT_ONCE)(0, 0, AT_ONCE.today, largest_body=100_000)
    with SimulatorThread(small) as address:
        response = send(address, ask("x" * 4_000_000))

        assert response.status_code == 413
        assert refusal_in(response)[0] == "request_too_large"
        assert send(address, ask("Hi")).status_code == 200


KNOWN_TO_DIFFER = {
    "dd-trace-py__anthropic_completion_tools_call_with_tool_result_stream_helper.json#0": (
        "its result names another call than the one asked for: the recording was edited"
    ),
}


@pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)
def test_what_the_real_api_accepted_is_not_refused():
    accepted = [
        case
        for case in recorded("anthropic")
        if case.exchange.get("status") == 200
        and isinstance(case.request, dict)
        and "messages" in case.request
    ]
    assert len(accepted) > 250

    complaints = {
        case.name: words
        for case in accepted
        if case.name not in KNOWN_TO_DIFFER and (words := first_complaint(case.request))
    }
    assert complaints == {}
    names = {case.request["model"] for case in accepted}
    assert {name for name in names if not KNOWN_FAMILIES.fullmatch(name)} == set()


STRICT = WEATHER["input_schema"] | {"additionalProperties": False}
FULL = ask(
    "Hi",
    system=[marked("Be brief.", ttl="5m")],
    stop_sequences=["Over."],
    output_config={"format": {"type": "json_schema", "schema": STRICT}},
    tools=[WEATHER | {"input_schema": STRICT, "strict": True}],
    max_tokens=4000,
    temperature=1,
    tool_choice={"type": "auto", "disable_parallel_tool_use": True},
    thinking={"type": "enabled", "budget_tokens": 1024},
    messages=[
        USER,
        said({"type": "thinking", "thinking": "Hm.", "signature": "x"}, CALL),
        handed_back(RESULT, {"type": "text", "text": "Go on."}),
    ],
)


def test_the_full_request_itself_is_answered(simulator):
    assert send(simulator, FULL).status_code == 200


@given(place=some.sampled_from(places(FULL)), junk=JUNK, remove=some.booleans())
def test_whatever_is_wrong_with_a_request_it_is_answered_and_nothing_breaks(
    simulator, place, junk, remove
):
    body = spoiled(FULL, place, junk, remove)
    body.pop("stream", None)

    response = send(simulator, body)

    assert response.status_code in (200, 400, 404)
    if response.status_code != 200:
        assert refusal_in(response)[1]


def test_a_turn_that_began_with_a_thought_may_go_on_without_one(simulator):
    """Without interleaved thinking a model thinks once, before its first call."""
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "x"}
    second = CALL | {"id": "toolu_2"}
    messages = [
        USER,
        said(thought, CALL),
        handed_back(RESULT),
        said(second),
        handed_back(RESULT | {"tool_use_id": "toolu_2"}),
    ]

    response = send(simulator, ask("", messages=messages, thinking=THINKING, max_tokens=2000))

    assert response.status_code == 200


def test_a_prompt_over_a_models_window_is_refused_and_a_simulated_model_has_none(simulator):
    long = "word " * 210_000

    refused = send(simulator, ask(long, model="claude-haiku-4-5"))

    assert refusal_in(refused)[1].endswith(" tokens > 200000 maximum")
    for model in ("claude-sonnet-4-6", "sim-large"):
        assert send(simulator, ask("Hi", system=long, model=model)).status_code == 200


def test_arguments_nested_very_deep_break_nothing(simulator):
    deep = b'{"a":' * 300 + b"1" + b"}" * 300
    body = json.dumps(FULL).encode().replace(b'{"city": "Oslo"}', deep)

    assert send(simulator, body).status_code in (200, 400)
