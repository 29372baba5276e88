"""How the simulated model chains, recovers, obeys the options, and keeps to what it was told."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.conversation import (
    Conversation,
    Message,
    Options,
    Text,
    ThinkingOption,
    ToolCall,
    ToolChoice,
    ToolDefinition,
    ToolResult,
)
from roundtrip.simulator.model import Response, respond
from tests.simulator.workshop import DEFINITIONS, TODAY, said, take_turn

WEATHER_IN_TWO = "What should I wear in Tokyo and Oslo tomorrow?"


@pytest.fixture(autouse=True)
def a_fresh_order_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDTRIP_ORDER_DESK", str(tmp_path / "desk.sqlite"))


def tool(name: str, description: str, /, **parameters: str) -> ToolDefinition:
    """A tool of required strings, each with its description."""
    properties = {one: {"type": "string", "description": told} for one, told in parameters.items()}
    schema = {"type": "object", "properties": properties, "required": list(parameters)}
    return ToolDefinition(name=name, description=description, input_schema=schema)


def respond_to(
    messages: list[Message],
    tools: tuple[ToolDefinition, ...] = DEFINITIONS,
    options: Options | None = None,
) -> Response:
    conversation = Conversation(messages=tuple(messages))
    return respond(conversation, tools, options or Options(model="sim-large"), today=TODAY)


def exchanged(call: ToolCall, result: Any, *, failed: bool = False) -> list[Message]:
    """The call of a response, and what our code hands back."""
    named = call.model_copy(update={"id": "call-1"})
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    handed = ToolResult(call_id="call-1", content=(Text(text=text),), is_error=failed)
    return [Message(role="assistant", parts=(named,)), Message(role="user", parts=(handed,))]


# Chains

LIBRARY = (
    tool("search_members", "Find a library member by name. Returns the member_id.", name="Name"),
    tool(
        "loans_of_member",
        "The loans of a member, each with its loan_id and due date.",
        member_id="The member",
    ),
    tool("renew_loan", "Renew a loan for three weeks.", loan_id="The loan"),
)


def test_a_chain_is_found_for_tools_never_seen_before() -> None:
    messages = [said("Renew the latest loan of Nora Barnacle")]
    first = respond_to(messages, LIBRARY)
    assert [(c.name, c.arguments) for c in first.calls] == [
        ("search_members", {"name": "Nora Barnacle"})
    ]
    messages += exchanged(first.calls[0], {"member_id": "M7", "name": "Nora Barnacle"})
    second = respond_to(messages, LIBRARY)
    assert [(c.name, c.arguments) for c in second.calls] == [
        ("loans_of_member", {"member_id": "M7"})
    ]
    loans = [{"loan_id": "L1", "due": "2026-11-01"}, {"loan_id": "L2", "due": "2026-12-01"}]
    messages += exchanged(second.calls[0].model_copy(), {"loans": loans})
    messages = _with_own_ids(messages)
    third = respond_to(messages, LIBRARY)
    assert [(c.name, c.arguments) for c in third.calls] == [("renew_loan", {"loan_id": "L2"})]


def _with_own_ids(messages: list[Message]) -> list[Message]:
    """Every call and its result with an id of their own, by position."""
    numbered = []
    for place, message in enumerate(messages):
        own = place - 1 if message.results else place
        parts = tuple(
            part.model_copy(update={"id": f"call-{own}"})
            if isinstance(part, ToolCall)
            else part.model_copy(update={"call_id": f"call-{own}"})
            if isinstance(part, ToolResult)
            else part
            for part in message.parts
        )
        numbered.append(message.model_copy(update={"parts": parts}))
    return numbered


def test_nothing_is_changed_only_to_look_something_up() -> None:
    tools = (
        tool("create_customer", "Create a customer. Returns the customer_id.", name="Name"),
        tool("list_orders", "List the orders of a customer.", customer_id="The customer's id"),
    )
    response = respond_to([said("List the orders of Ada Lovelace")], tools)
    assert response.calls == () and response.decision.outcome == "ask_back"


def test_which_of_several_orders_to_refund_is_asked() -> None:
    turn = take_turn("Refund Ada Lovelace's order because it arrived broken")
    assert "refund_order" not in [name for name, _ in turn.calls]
    assert turn.response.text.endswith("Which one?")


# Recovery


def test_a_passing_error_is_tried_once_more_and_then_told() -> None:
    messages = [said("Show me the Q4 sales report")]
    for number in range(2):
        response = respond_to(messages)
        assert [call.name for call in response.calls] == ["flaky_service"], f"attempt {number}"
        messages += exchanged(response.calls[0], "temporarily unavailable, try again", failed=True)
    response = respond_to(_with_own_ids(messages))
    assert response.calls == ()
    assert "failed" in response.text and "temporarily unavailable" in response.text


def test_an_error_that_offers_the_right_value_is_corrected() -> None:
    messages = [said("What is the weather in Lisabon?")]
    first = respond_to(messages)
    messages += exchanged(first.calls[0], "unknown city; did you mean Lisbon?", failed=True)
    assert respond_to(messages).calls[0].arguments == {"city": "Lisbon"}


def test_an_error_without_help_is_told_in_the_tools_own_words() -> None:
    turn = take_turn("What's the weather in Atlantis?")
    assert len(turn.calls) == 1
    assert "Atlantis" in turn.response.text and "failed" in turn.response.text


def test_a_refused_call_is_not_repeated() -> None:
    messages = [said("Refund order O-5018 because it arrived broken")]
    first = respond_to(messages)
    messages += exchanged(first.calls[0], "The person declined this call.", failed=True)
    response = respond_to(messages)
    assert response.calls == () and "declined" in response.text


# Options


def test_tool_choice_none_calls_nothing() -> None:
    options = Options(model="sim-large", tool_choice=ToolChoice(mode="none"))
    response = respond_to([said(WEATHER_IN_TWO)], options=options)
    assert response.calls == () and response.decision.outcome == "told_not_to"


def test_tool_choice_any_calls_something_even_for_a_greeting() -> None:
    options = Options(model="sim-large", tool_choice=ToolChoice(mode="any"))
    assert respond_to([said("Hello")], options=options).calls


@pytest.mark.parametrize("name", [definition.name for definition in DEFINITIONS])
def test_a_named_tool_is_called_with_every_required_argument(name: str) -> None:
    options = Options(model="sim-large", tool_choice=ToolChoice(mode="tool", name=name))
    (call, *_) = respond_to([said("Hello")], options=options).calls
    required = next(d for d in DEFINITIONS if d.name == name).input_schema.get("required", ())
    assert call.name == name and set(required) <= set(call.arguments or {})


@pytest.mark.parametrize(
    "choice", [ToolChoice(mode="any"), ToolChoice(mode="tool", name="get_weather")]
)
def test_a_forced_call_is_made_in_every_request_also_after_results(choice: ToolChoice) -> None:
    asked = "What's the weather in Rome?"
    turn = take_turn(asked)
    assert turn.calls == [("get_weather", {"city": "Rome"})]

    options = Options(model="sim-large", tool_choice=choice)
    response = respond_to(list(turn.messages[:-1]), options=options)
    assert [(call.name, call.arguments) for call in response.calls] == turn.calls


def test_a_forced_call_that_is_still_missing_comes_before_one_that_was_made() -> None:
    one_by_one = Options(
        model="sim-large", tool_choice=ToolChoice(mode="any"), parallel_tool_calls=False
    )
    turn = take_turn(WEATHER_IN_TWO, options=Options(model="sim-large", parallel_tool_calls=False))
    after_tokyo = list(turn.messages[:3])
    [call] = respond_to(after_tokyo, options=one_by_one).calls
    assert (call.name, call.arguments) == ("get_weather", {"city": "Oslo"})


def test_without_parallel_calls_they_come_one_after_the_other() -> None:
    turn = take_turn(WEATHER_IN_TWO, options=Options(model="sim-large", parallel_tool_calls=False))
    assert [[a["city"] for _, a in calls] for calls in turn.rounds] == [["Tokyo"], ["Oslo"]]
    assert "Tokyo" in turn.response.text and "Oslo" in turn.response.text


# Models


def test_the_small_model_reads_names_only() -> None:
    umbrella = [said("Do I need an umbrella in Oslo?")]
    vague = (tool("city_outlook", "Says whether a city needs an umbrella tomorrow.", city="City"),)
    assert respond_to(umbrella, vague).calls
    assert not respond_to(umbrella, vague, Options(model="sim-small")).calls


def test_the_small_model_still_uses_a_well_named_tool() -> None:
    options = Options(model="sim-small")
    assert respond_to([said("What's the weather in Oslo?")], options=options).calls


def test_the_thinker_says_why_and_large_only_when_asked() -> None:
    messages = [said(WEATHER_IN_TWO)]
    thinking = respond_to(messages, options=Options(model="sim-thinker")).thinking
    assert thinking and "get_weather" in thinking and "Tokyo" in thinking
    assert respond_to(messages).thinking is None
    asked = Options(model="sim-large", thinking=ThinkingOption(mode="adaptive"))
    assert respond_to(messages, options=asked).thinking == thinking


# Asking back and following up


def test_a_missing_value_is_asked_for_and_then_used() -> None:
    asked = take_turn("What's the weather?")
    assert asked.calls == [] and "city" in asked.response.text
    told = take_turn("Oslo", before=asked.messages)
    assert told.calls == [("get_weather", {"city": "Oslo"})]


def test_and_in_paris_repeats_the_question_for_paris() -> None:
    before = take_turn("What's the weather in Oslo?")
    assert take_turn("And in Paris?", before=before.messages).calls == [
        ("get_weather", {"city": "Paris"})
    ]


def test_it_means_the_order_of_the_turn_before() -> None:
    before = take_turn("Where is the last order of Ada Lovelace?")
    turn = take_turn("Refund it because it arrived broken", before=before.messages)
    assert turn.calls == [("refund_order", {"order_id": "O-5018", "reason": "it arrived broken"})]


def test_an_order_without_a_reason_is_asked_about() -> None:
    asked = take_turn("Refund order O-5015")
    assert asked.calls == [] and "reason" in asked.response.text


# Honesty

VALUES = st.one_of(
    st.integers(-(10**6), 10**6),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3)),
    st.booleans(),
    st.none(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12),
)
RESULTS = st.recursive(
    VALUES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.from_regex(r"[a-z]{1,6}(_(c|usd|id|on))?", fullmatch=True), inner, max_size=4
        ),
    ),
    max_leaves=12,
)


@given(RESULTS)
def test_every_number_in_an_answer_stands_in_its_result(result: Any) -> None:
    messages = [said("What's the weather in Oslo?")]
    messages += exchanged(respond_to(messages).calls[0], result)
    response = respond_to(messages)
    assert response.text and not response.calls
    told = [re.sub(r"\D", "", number) for number in re.findall(r"\d[\d,.]*", response.text)]
    given = re.sub(r"[^\d\s]", "", json.dumps(result, ensure_ascii=False))
    # A money amount may gain cents (".00"), and a list says how many it has.
    for number in told:
        assert number.rstrip("0") in given or int(number) <= 12, (number, response.text)


@given(st.text(max_size=80))
def test_any_text_gets_a_response_and_always_the_same(text: str) -> None:
    messages = [said(text)]
    response = respond_to(messages)
    assert response.calls or response.text
    assert respond_to(messages) == response


@given(RESULTS)
def test_any_schema_is_survived(schema: Any) -> None:
    strange = schema if isinstance(schema, dict) else {"type": "object", "properties": schema}
    tools = (ToolDefinition(name="weather", description="weather", input_schema=strange),)
    assert respond_to([said("weather in Oslo")], tools)


def test_a_decision_is_plain_data_with_its_reasons() -> None:
    decision = respond_to([said(WEATHER_IN_TWO)]).decision
    assert json.loads(decision.model_dump_json())["scores"][0]["name"] == "get_weather"
    assert {reason.value for reason in decision.arguments} == {"Tokyo", "Oslo"}
    assert all(reason.reason for reason in decision.arguments)


def test_tomorrow_is_a_date_of_the_clock_given() -> None:
    forecast = tool(
        "forecast", "Weather forecast for a city on a date.", city="City", date="ISO date"
    )
    conversation = Conversation(messages=(said("Weather forecast for Rome tomorrow"),))
    options = Options(model="sim-large")
    for today, tomorrow in (("2026-02-28", "2026-03-01"), ("2026-12-31", "2027-01-01")):
        response = respond(conversation, (forecast,), options, today=date.fromisoformat(today))
        assert response.calls[0].arguments == {"city": "Rome", "date": tomorrow}


def test_no_tools_are_no_reason_to_invent() -> None:
    response = respond_to([said(WEATHER_IN_TWO)], ())
    assert response.calls == () and "No tool was offered" in response.text
