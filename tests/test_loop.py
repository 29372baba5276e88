"""What a run needs next is decided by its events alone."""

from __future__ import annotations

from typing import Any

import pytest

from roundtrip.conversation import ToolCall, ToolDefinition
from roundtrip.events import (
    Approved,
    Caps,
    Interrupted,
    OfferedTool,
    RequestPrepared,
    Resumed,
    Stopped,
    TurnStarted,
)
from roundtrip.loop import (
    AwaitApproval,
    AwaitDecision,
    AwaitResult,
    Done,
    Execute,
    PrepareRequest,
    Refusal,
    SendRequest,
    Stop,
    UnderWay,
    next_action,
    verdict,
)
from roundtrip.state import RunState, call_key
from tests.drive.driving import call, text
from tests.stories import OSLO, TOKYO, Story


def test_a_run_without_a_question_needs_nothing() -> None:
    assert next_action(RunState()) == Done()


def test_requests_are_shown_first_only_where_that_is_wanted() -> None:
    story = Story()
    assert next_action(story.state) == SendRequest()
    assert next_action(story.state, show_first=True) == PrepareRequest()

    story.then(RequestPrepared, exchange=1)
    assert next_action(story.state, show_first=True) == SendRequest()


def test_nulls_by_which_a_strict_model_says_not_given_are_not_given_to_the_tool() -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "unit": {"type": "string"}},
        "required": ["city"],
    }
    asked = call(city="Oslo", unit=None)

    def after(wire: str, strict: bool | None) -> Any:
        told = ToolDefinition(name="get_weather", input_schema=schema, strict=strict)
        story = Story(wire=wire, tools=(OfferedTool(definition=told),))
        return next_action(story.replied(asked).state)

    for wire in ("openai-chat", "openai-responses"):
        [run] = after(wire, strict=True).run
        assert run.call.arguments == {"city": "Oslo"}
    for wire, strict in (("openai-chat", None), ("anthropic", True), ("gemini", True)):
        [(_, refusal)] = after(wire, strict).refuse
        assert refusal.kind == "invalid_arguments"


def test_what_is_under_way_is_left_alone_until_its_process_is_known_to_be_dead() -> None:
    story = Story().sent()
    assert next_action(story.state) == UnderWay()
    assert next_action(story.then(Interrupted).state) == AwaitDecision(())
    assert next_action(story.then(Resumed).state) == SendRequest()

    story = Story().replied(TOKYO, OSLO).started(0).started(1).ran(1)
    assert next_action(story.state) == UnderWay()
    [left] = next_action(story.then(Interrupted).state).calls  # type: ignore[union-attr]
    assert left.call == TOKYO
    assert story.state.interrupted
    story.then(Resumed)
    action = next_action(story.state)
    assert isinstance(action, Execute)
    assert [pending.call for pending in action.run] == [TOKYO]


def test_all_calls_of_a_reply_run_at_once_and_the_bad_ones_are_answered() -> None:
    wrong = call("nobody", id="toolu_3")
    action = next_action(Story().replied(TOKYO, wrong, OSLO).state)

    assert isinstance(action, Execute)
    assert [pending.call for pending in action.run] == [TOKYO, OSLO]
    assert [(pending.call, refusal.kind) for pending, refusal in action.refuse] == [
        (wrong, "unknown_tool")
    ]


@pytest.mark.parametrize("policy", ["auto", "ask", "never"])
@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (call("nobody"), "unknown_tool"),
        (ToolCall(id="1", name="get_weather", arguments=None, arguments_text="{"), "invalid_json"),
        (call(city=5), "invalid_arguments"),
        (call(), "invalid_arguments"),
    ],
)
def test_a_call_is_checked_before_anybody_is_asked_about_it(
    policy: Any, asked: ToolCall, kind: str
) -> None:
    story = Story(policy).replied(asked)
    said = verdict(story.state.pending[0], story.state.setup)  # type: ignore[arg-type]

    assert isinstance(said, Refusal)
    assert said.kind == kind


def test_a_policy_is_kept_with_and_without_code() -> None:
    asks = Story("ask").replied(TOKYO)
    assert isinstance(next_action(asks.state), AwaitApproval)
    assert isinstance(next_action(asks.then(Approved, call=0).state), Execute)

    never = Story("never", has_code=False).replied(TOKYO)
    assert isinstance(next_action(never.state), Execute)
    assert isinstance(next_action(Story(has_code=False).replied(TOKYO).state), AwaitResult)


def test_a_failure_is_tried_again_only_where_that_was_decided() -> None:
    assert next_action(Story().failed(retry=0.5).state) == SendRequest(2)
    assert next_action(Story().failed(retry=0.5).failed(retry=1, attempt=2).state) == SendRequest(3)
    assert next_action(Story().failed().state) == Done()


@pytest.mark.parametrize(
    ("caps", "reason"),
    [
        (Caps(round_trips=1), "round_trips"),
        (Caps(tokens=110), "tokens"),
        (Caps(seconds=1.0), "seconds"),
    ],
)
def test_a_cap_is_looked_at_before_the_next_request(caps: Caps, reason: str) -> None:
    story = Story(caps=caps).replied(TOKYO)
    assert isinstance(next_action(story.state), Execute), "what was asked for is still run"

    action = next_action(story.started().ran().state)
    assert isinstance(action, Stop)
    assert action.reason == reason
    story.then(Stopped, reason=action.reason, message=action.message)
    assert next_action(story.state) == Done()
    assert next_action(story.then(Resumed).state) == SendRequest()


@pytest.mark.parametrize(
    ("spent", "simulated", "words"),
    [
        ((0.6, 0.5), False, "The cap of $1.00 is reached ($1.10)."),
        ((None, 1.2), False, "The cap of $1.00 is reached ($1.20 and 1 reply of unknown price)."),
        ((0.6, 0.5), True, "notional: simulated, nothing is charged."),
    ],
)
def test_the_money_cap_says_what_it_counted(
    spent: tuple[float | None, ...], simulated: bool, words: str
) -> None:
    story = Story(simulated=simulated, caps=Caps(same_call=None))
    for usd in spent:
        assert next_action(story.state) == SendRequest()
        story.replied(TOKYO, usd=usd).started().ran()
    action = next_action(story.state)
    assert isinstance(action, Stop)
    assert action.reason == "money"
    assert action.message.endswith(words)


def test_a_cap_that_cannot_count_says_so_where_the_turn_goes_on() -> None:
    def notes(usd: float | None, **caps: Any) -> list[bool]:
        story = Story(caps=Caps(**caps)).replied(TOKYO, usd=usd).started().ran()
        story.replied(OSLO, usd=usd).started().ran().replied(text("Fine."), usd=usd)
        return ["money cap" in (row.note or "") for row in story.rows if row.stop]

    assert notes(None) == [True, False, False]
    assert notes(0.1) == [False] * 3
    assert notes(None, cost_usd=None) == [False] * 3


def test_without_caps_nothing_ends_a_turn() -> None:
    story = Story(
        caps=Caps(round_trips=None, tokens=None, cost_usd=None, seconds=None, same_call=None)
    )
    for _ in range(30):
        story.replied(TOKYO).started().ran()

    assert next_action(story.state) == SendRequest()


def test_the_same_call_three_times_is_a_repetition_whatever_the_order_of_arguments() -> None:
    story = Story()
    for arguments in ({"city": "Oslo", "n": 1}, {"n": 1, "city": "Oslo"}):
        story.replied(call(**arguments)).started().ran()
    action = next_action(story.replied(call(city="Oslo", n=1)).state)

    assert isinstance(action, Stop)
    assert action.reason == "repetition"
    assert "get_weather" in action.message and "3 times" in action.message
    story.then(Stopped, reason=action.reason, message=action.message).then(Resumed)
    assert isinstance(next_action(story.state), Execute)


def test_another_argument_is_another_call() -> None:
    assert call_key(call(a=1, b=2)) == call_key(call(b=2, a=1))
    assert call_key(call(a=1)) != call_key(call(a="1"))
    assert call_key(call("x", a=1)) != call_key(call("y", a=1))


def test_a_new_question_counts_its_caps_anew() -> None:
    story = Story(caps=Caps(round_trips=1)).replied(text("Sunny."))
    setup = story.state.setup
    story.then(TurnStarted, text="And now?", setup=setup)
    assert next_action(story.state) == SendRequest()
    assert story.state.spent.round_trips == 0
