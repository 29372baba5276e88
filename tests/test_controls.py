"""What a person can do next is named, at every stand of a run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from roundtrip import intents
from roundtrip.controls import Controls, Offer, running
from roundtrip.conversation import ToolCall
from roundtrip.events import (
    Approved,
    Caps,
    Interrupted,
    RequestPrepared,
    ResultRecorded,
    Resumed,
    Stopped,
)
from roundtrip.intents import Intent, TooLate
from roundtrip.state import result_for
from tests.drive.driving import call, text
from tests.stories import OSLO, TOKYO, Story


def test_the_button_names_what_one_click_does() -> None:
    story = Story()
    assert story.can().next == "Write the request"

    story.then(RequestPrepared, exchange=1)
    assert story.can().next == "Send it to the model"
    assert "Nothing has left yet" in (story.can().hint or "")

    story.replied(TOKYO, OSLO)
    assert story.can().next == "Run get_weather for Tokyo and Oslo"
    assert "What it asks for has not run" in (story.can().hint or "")

    for index, one in enumerate((TOKYO, OSLO)):
        story.started(index)
        result = result_for(one, "fine", is_error=False)
        story.then(ResultRecorded, call=index, result=result, source="tool")
    assert story.can().next == "Write the request with the results"


def test_a_finished_turn_offers_nothing() -> None:
    assert Story().replied(text("Sunny.")).can() == Controls()


def test_a_call_that_cannot_run_is_named_with_its_reason() -> None:
    wrong = call("get_weathr", city="Oslo")

    assert Story().replied(wrong).can().next == "Answer the call that cannot run (unknown tool)"
    assert Story().replied(wrong, TOKYO).can().next == (
        "Run get_weather for Tokyo, refuse the rest"
    )
    two = wrong.model_copy(update={"id": "toolu_9"})
    assert Story().replied(wrong, two).can().next == "Answer 2 calls that cannot run"


def test_a_tool_that_asks_is_allowed_or_refused() -> None:
    story = Story("ask").replied(TOKYO)
    assert story.can().offers == ("approve", "refuse")
    assert [pending.call for pending in story.can().calls] == [TOKYO]

    story.then(Approved, call=0)
    assert story.can().next == "Run get_weather for Tokyo"


def test_without_code_the_person_is_the_tool() -> None:
    can = Story(has_code=False).replied(TOKYO).can()

    assert can.offers == ("enter_result",)
    assert "You are the tool" in (can.hint or "")


def test_while_a_retry_is_waited_for_it_can_be_cancelled_or_made_now() -> None:
    story = Story().failed(retry=3.0)
    waits = story.can(live=True)

    assert waits.can_hurry
    assert (waits.can_stop, waits.stop) == (True, "Cancel the retry")
    assert not waits.can_ask
    story.then(intents.stop(story.state))
    assert story.events[-1].message == intents.RETRY_CANCELLED
    assert story.can().offers == ("try_again",)
    assert story.rows[-2].text == "The connection was lost. Not tried again."
    assert story.rows[-2].retry_at is None
    sent = Story().failed(retry=3.0).sent(2).can(live=True)
    assert (sent.can_hurry, sent.stop) == (False, "Stop")


def test_after_a_crash_nothing_is_repeated_unasked() -> None:
    ran = Story().replied(TOKYO).started().then(Interrupted)
    assert ran.can().offers == ("run_again", "enter_result", "give_up")
    assert ran.can().next is None
    out = Story().sent().then(Interrupted)
    assert out.can().offers == ("send_again", "give_up")

    assert ran.then(Resumed).can().next == "Run get_weather for Tokyo"
    assert out.then(Resumed).can().next == "Write the request"
    gave_up = Story().sent().then(Interrupted)
    gave_up.then(Stopped, reason="gave_up", message="You gave up on it.")
    assert gave_up.can() == Controls()


def test_a_call_that_was_stopped_under_way_is_not_run_again_as_if_nothing_were() -> None:
    story = Story().replied(TOKYO).started()
    story.then(Stopped, reason="person", message="You stopped it.")
    assert story.can().offers == ("run_again", "enter_result", "give_up")
    assert "Nobody knows" in (story.can().hint or "")

    result = result_for(TOKYO, "it did", is_error=False)
    story.then(ResultRecorded, call=0, result=result, source="person")
    assert story.can().offers == ("go_on",)


def stopped(story: Story) -> Story:
    return story.then(Stopped, reason="person", message="You stopped it.")


BEHIND: dict[Offer, Callable[[int], Intent]] = {
    "run_again": lambda call: intents.resume(),
    "send_again": lambda call: intents.resume(),
    "try_again": lambda call: intents.resume(),
    "go_on": lambda call: intents.resume(),
    "give_up": lambda call: intents.give_up,
    "approve": intents.approve,
    "refuse": lambda call: intents.refuse(call, "too dear"),
    "enter_result": lambda call: intents.enter_result(call, "fine", is_error=False),
}
"""The intent behind each offer, for a call."""

STANDS: dict[str, Callable[[], Story]] = {
    "a tool that asks": lambda: Story("ask").replied(TOKYO, OSLO),
    "no code": lambda: Story(has_code=False).replied(TOKYO, OSLO),
    "the app ended in two calls": lambda: (
        Story().replied(TOKYO, OSLO).started(0).started(1).then(Interrupted)
    ),
    "the app ended in a request": lambda: Story().sent().then(Interrupted),
    "stopped in one of two calls": lambda: stopped(
        Story().replied(TOKYO, OSLO).started(0).started(1).ran(1)
    ),
    "stopped in two calls": lambda: stopped(Story().replied(TOKYO, OSLO).started(0).started(1)),
    "stopped before a call": lambda: stopped(Story().replied(TOKYO)),
    "stopped in a request": lambda: stopped(Story().sent()),
    "failed": lambda: Story().failed(),
}


@pytest.mark.parametrize("stand", STANDS)
def test_every_offer_does_what_it_says_on_every_call_it_is_about(stand: str) -> None:
    can = STANDS[stand]().can()
    for offer in can.offers:
        for index in [pending.index for pending in can.calls] or [0]:
            story = STANDS[stand]()
            before = story.state
            story.then(BEHIND[offer](index)(before))
            assert replace(story.state, seq=before.seq) != before
            assert story.can() != can


def test_every_offer_is_made_somewhere() -> None:
    assert {offer for stand in STANDS.values() for offer in stand().can().offers} == set(BEHIND)
    assert set(BEHIND) == set(get_args(Offer))


def test_what_was_given_up_is_not_taken_up_again_by_a_late_click() -> None:
    story = stopped(Story().replied(TOKYO).started())
    story.then(intents.give_up(story.state))
    assert story.can() == Controls()
    for late in (intents.give_up, intents.enter_result(0, "fine", is_error=False)):
        with pytest.raises(TooLate):
            late(story.state)


def test_a_cap_offers_to_go_on() -> None:
    story = Story(caps=Caps(round_trips=1)).replied(TOKYO).started()
    story.then(
        ResultRecorded, call=0, result=result_for(TOKYO, "fine", is_error=False), source="tool"
    )
    assert story.can().next == "Stop here: a cap is reached"
    assert story.can().hint == "The cap of 1 round trip is reached."

    story.then(Stopped, reason="round_trips", message="The cap of 1 round trip is reached.")
    assert story.can().offers == ("go_on",)
    assert story.then(Resumed).can().next == "Write the request with the results"


def test_a_failure_offers_to_try_again_or_waits_by_itself() -> None:
    assert Story().failed().can().offers == ("try_again",)
    assert Story().failed(retry=2.0).can().next == "Try again (attempt 2)"
    assert "counts down" in (Story().failed(retry=2.0).can(live=True).hint or "")


@pytest.mark.parametrize(
    ("story", "hint"),
    [
        (Story().sent(), "The model is at work."),
        (Story().replied(TOKYO).started(), "Your code runs get_weather."),
        (Story(), "At work."),
    ],
)
def test_while_it_runs_one_can_stop_it(story: Story, hint: str) -> None:
    ask = "Wait for the step, or stop it"
    assert story.can(live=True) == Controls(hint=hint, can_stop=True, can_ask=False, ask=ask)


def test_a_question_waits_for_the_one_before_and_says_what_it_would_end() -> None:
    assert not Story().can().can_ask
    waiting = Story().replied(TOKYO).can()
    assert waiting.can_ask and "ends the turn" in waiting.ask
    assert Story().replied().can().ask == "Ask something…"


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ([TOKYO], "get_weather for Tokyo"),
        ([TOKYO, OSLO, call("add", a=1, b=2)], "get_weather for Tokyo and Oslo and add for 1"),
        ([call("now"), call("now")], "now 2 times"),
        ([call("now"), call("day"), call("year")], "now, day and year"),
        ([call("say", words="a b\n" * 20)], "say for a b a b a b a b a b a b a b a…"),
        ([call("flag", on=True)], "flag"),
    ],
)
def test_calls_are_told_apart_by_their_first_short_argument(
    calls: list[ToolCall], words: str
) -> None:
    assert running(tuple(calls)) == words
