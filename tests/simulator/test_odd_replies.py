"""What a model says wrongly on request, as each API's SDK sees it; and the right way to go on."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest

from roundtrip.simulator.odd_replies import ODD_REPLIES
from tests.injected import EMAIL_SCHEMA, OBEYED, ORDER
from tests.simulator.speakers import Failed
from tests.simulator.speakers.seen import WEATHER

QUESTION = "What is the weather in Tokyo?"
RIGHT = ("get_weather", {"city": "Tokyo"})
NOTHING = {"type": "object", "properties": {}}
NOW = {"name": "now", "description": "Tell the time.", "schema": NOTHING}
EMAIL = {
    "name": "send_email",
    "description": "Send an email to one person.",
    "schema": EMAIL_SCHEMA,
}
HOWS = pytest.mark.parametrize("how", ["whole", "streamed"])


@pytest.fixture
def told(api, overheard):
    """The reply's own JSON: an SDK may not be able to read what is wrong in it."""

    def ask(fault: str, words: str = QUESTION) -> Any:
        with contextlib.suppress(ValueError, api.refused):
            api.whole(overheard.client, api.asking(words, fault=fault))
        return json.loads(overheard.body)

    return ask


def arguments_of(reply: Any) -> list[Any]:
    """Of every call in an API's own JSON: as text where the API tells them so."""
    if "content" in reply:
        return [one["input"] for one in reply["content"] if one["type"] == "tool_use"]
    if "choices" in reply:
        calls = reply["choices"][0]["message"].get("tool_calls", ())
        return [call["function"]["arguments"] for call in calls]
    if "output" in reply:
        return [one["arguments"] for one in reply["output"] if one["type"] == "function_call"]
    parts = reply["candidates"][0]["content"].get("parts", ())
    return [part["functionCall"].get("args") for part in parts if "functionCall" in part]


@HOWS
@pytest.mark.parametrize(
    ("fault", "calls"),
    [
        ("unknown-tool", [("get_weather_v2", {"city": "Tokyo"})]),
        ("missing-argument", [("get_weather", {})]),
        ("wrong-type", [("get_weather", {"city": ["Tokyo"]})]),
        ("duplicate-ids", [RIGHT, RIGHT]),
        ("same-call", [RIGHT]),
        ("obey-injection", [RIGHT]),
    ],
)
def test_the_first_call_of_a_turn_is_wrong_as_it_was_asked(api, speaking, how, fault, calls):
    seen = getattr(api, how)(speaking, api.asking(QUESTION, fault=fault))

    assert seen.calls == calls
    assert seen.stop == api.stops["tool_calls"]


@HOWS
def test_two_calls_have_one_id(api, speaking, how):
    seen = getattr(api, how)(
        speaking, api.asking("What is the weather in Tokyo and Oslo?", fault="duplicate-ids")
    )

    assert [arguments["city"] for _, arguments in seen.calls] == ["Tokyo", "Oslo"]
    assert seen.call_ids[0] and len(set(seen.call_ids)) == 1


def test_arguments_are_no_json(api, told):
    reply = told("bad-arguments")

    if api.wire == "gemini":
        assert reply["candidates"][0]["finishReason"] == "MALFORMED_FUNCTION_CALL"
        assert "get_weather{'city': 'Tokyo'}" in reply["candidates"][0]["finishMessage"]
        assert arguments_of(reply) == []
    else:
        assert arguments_of(reply) == [as_text(api.wire, "{'city': 'Tokyo'}")]


def as_text(wire: str, text: str) -> Any:
    """How an API tells arguments that are no JSON: one has an object for whatever comes."""
    return {"INVALID_JSON": text} if wire == "anthropic" else text


def test_a_call_comes_without_any_arguments(api, told):
    nothing = {"anthropic": {}, "gemini": None}

    assert arguments_of(told("empty-arguments")) == [nothing.get(api.wire, "")]


def test_the_output_cap_strikes_within_the_arguments(api, told):
    reply = told("cut-arguments", "What is the weather in Tokyo and Oslo?")

    stops = {
        "anthropic": lambda: reply["stop_reason"],
        "openai-chat": lambda: reply["choices"][0]["finish_reason"],
        "openai-responses": lambda: f"{reply['status']}: {reply['incomplete_details']['reason']}",
        "gemini": lambda: reply["candidates"][0]["finishReason"],
    }
    assert stops[api.wire]() == api.stops["max_tokens"]
    # One API tells calls whole or not at all.
    cut = [] if api.wire == "gemini" else [as_text(api.wire, '{"city": "T')]
    assert arguments_of(reply) == cut


@pytest.mark.parametrize("fault", ["unknown-tool", "missing-argument", "wrong-type"])
def test_what_follows_the_refusal_is_the_models_own(api, speaking, fault):
    request = api.asking(QUESTION, fault=fault)
    wrong = api.whole(speaking, request)
    request = api.going_on(request, wrong, [Failed("Nothing was run.")])
    right = api.whole(speaking, request)
    request = api.going_on(request, right, [{"city": "Tokyo", "temp_c": 18}])
    answer = api.whole(speaking, request)

    assert right.calls == [RIGHT]
    assert "18" in answer.text and not answer.calls


def test_the_same_call_is_asked_for_without_end(api, speaking):
    request = api.asking(QUESTION, fault="same-call")
    for _ in range(5):
        seen = api.whole(speaking, request)
        assert seen.calls == [RIGHT]
        request = api.going_on(request, seen, [{"city": "Tokyo", "temp_c": 18}])


@HOWS
def test_a_result_that_orders_something_is_obeyed_once(api, speaking, how):
    request = api.asking(QUESTION, [WEATHER, EMAIL], fault="obey-injection")
    first = getattr(api, how)(speaking, request)
    request = api.going_on(request, first, [{"city": "Tokyo", "note": f"18 degrees. {ORDER}"}])
    obeyed = getattr(api, how)(speaking, request)
    answer = getattr(api, how)(speaking, api.going_on(request, obeyed, [{"email_id": 1}]))

    assert obeyed.calls == [("send_email", OBEYED)]
    assert not answer.calls


def test_no_model_obeys_a_result_without_that_fault(api, speaking):
    request = api.asking(QUESTION, [WEATHER, EMAIL])
    first = api.whole(speaking, request)

    assert not api.whole(speaking, api.going_on(request, first, [{"note": ORDER}])).calls


def test_a_pause_is_there_where_the_api_has_one(api, speaking):
    request = api.asking(QUESTION, fault="pause")

    if api.wire != "anthropic":
        with pytest.raises(api.refused, match="this API has no pause"):
            api.whole(speaking, request)
        return
    paused = api.streamed(speaking, request)
    assert (paused.stop, paused.calls) == ("pause_turn", [])
    said = {"role": "assistant", "content": paused.said}
    assert api.whole(speaking, request | {"messages": [*request["messages"], said]}).calls


@pytest.mark.parametrize("fault", sorted(ODD_REPLIES - {"refuse", "pause", "obey-injection"}))
def test_a_call_is_made_even_where_none_is_needed_and_refused_without_tools(api, speaking, fault):
    with pytest.raises(api.refused, match=f"{fault}: the request offers no tool"):
        api.whole(speaking, api.asking("Hello!", (), fault=fault))

    try:
        seen = api.whole(speaking, api.asking("Hello!", fault=fault))
    except ValueError:  # arguments that are no JSON
        return
    assert seen.calls or api.wire == "gemini"


@pytest.mark.parametrize("fault", ["missing-argument", "wrong-type"])
def test_a_call_that_cannot_go_wrong_that_way_is_refused(api, speaking, fault):
    with pytest.raises(api.refused, match="a call of now cannot go wrong that way"):
        api.whole(speaking, api.asking("What time is it?", [NOW], fault=fault, force="now"))


def test_an_odd_reply_is_the_same_every_time(api, told):
    for fault in sorted(ODD_REPLIES):
        first, second = told(fault), told(fault)
        for reply in (first, second):
            for clock in ("created", "created_at", "completed_at", "request_id"):
                reply.pop(clock, None)

        assert first == second
