"""The chat shows who says what: the model's bubble never holds a result."""

from __future__ import annotations

from roundtrip.chat import LAST, TEXT_LIMIT, Bubble, bubbles
from roundtrip.events import RequestFailed, Stopped, TurnStarted
from tests.drive.driving import call, reply, text
from tests.stories import LOST, OSLO, TOKYO, Story
from tests.test_steps import REFUSAL


def who(story: Story) -> list[str]:
    return [f"{one.who}: {one.title or one.text}" for one in bubbles(story.state)]


def test_a_call_is_the_models_and_its_result_is_our_codes() -> None:
    story = Story().replied(text("Let me look."), TOKYO).started().ran(text="18 degrees")
    story.replied(text("It is mild."))
    asks, ran = bubbles(story.state)[1:3]

    assert who(story) == [
        "you: Weather?",
        "model: Model asks",
        "code: Your code ran",
        "model: Model answers",
    ]
    assert [line.call for line in asks.lines] == ['get_weather(city="Tokyo")']
    assert [line.result for line in asks.lines] == [None]
    assert asks.after == "Then it stops and waits."
    assert [(line.call, line.result) for line in ran.lines] == [
        ('get_weather(city="Tokyo")', "18 degrees")
    ]


def test_results_are_shown_beside_their_own_calls_while_others_still_run() -> None:
    bare = [one.model_copy(update={"id": None}) for one in (TOKYO, OSLO)]
    story = Story().replied(*bare).started(0).started(1).ran(1, text="cold")

    assert [(line.call, line.result) for line in bubbles(story.state)[-1].lines] == [
        ('get_weather(city="Oslo")', "cold")
    ]
    story.ran(0, text="mild")
    assert [line.result for line in bubbles(story.state)[-1].lines] == ["mild", "cold"]


def test_code_that_did_not_run_is_not_said_to_have_run() -> None:
    story = Story().replied(call("nobody"))
    story.ran(source="check", error_kind="unknown_tool", text="There is no such tool.")

    assert bubbles(story.state)[-1].title == "Your code answers"
    assert bubbles(story.state)[-1].lines[0].is_error


def test_how_a_turn_without_an_answer_ended_is_said() -> None:
    failed = bubbles(Story().failed().state)[-1]
    again = bubbles(Story().failed(retry=1.0).state)[-1]
    stopped = (
        Story()
        .sent()
        .then(Stopped, reason="person", message="You stopped it.", partial=reply(text("It is m")))
    )

    assert (failed.text, failed.after) == (LOST.message, LOST.advice)
    assert again.after == "It is tried again by itself."
    assert bubbles(stopped.state)[-2:] == [
        Bubble(who="model", title="Model, cut short", text="It is m"),
        Bubble(who="note", text="You stopped it."),
    ]
    refused = Story().replied(signal="refusal")
    assert bubbles(refused.state)[-1].text == "The model refused this."
    told = Story().replied(REFUSAL, signal="refusal")
    assert bubbles(told.state)[-1].text.endswith(": I may not say that.")
    cut = Story().replied(text("Well"), signal="max_tokens")
    assert "cut off" in bubbles(cut.state)[-1].text


def test_what_a_broken_reply_said_is_kept_when_the_talk_goes_on() -> None:
    story = Story().sent()
    story.then(RequestFailed, exchange=1, failure=LOST, elapsed_s=1, partial=reply(text("It is m")))
    story.then(TurnStarted, text="Go on", setup=story.state.setup)

    assert who(story) == ["you: Weather?", "model: Model answers", "you: Go on"]


def test_only_the_last_messages_are_drawn_and_the_rest_is_counted() -> None:
    story = Story()
    for _ in range(40):
        story.replied(text("Sunny."))
        story.then(TurnStarted, text="And now?", setup=story.state.setup)
    drawn = bubbles(story.state)

    assert len(drawn) == LAST + 1
    assert drawn[0].text == "51 earlier messages are in the timeline."


def test_of_an_endless_text_the_bubble_says_how_much_is_elsewhere() -> None:
    story = Story()
    story.then(TurnStarted, text="a" * (TEXT_LIMIT + 12_345), setup=story.state.setup)
    long, whole = bubbles(story.state)[-1].text, bubbles(Story().state)[-1].text

    assert long.startswith("a" * TEXT_LIMIT)
    assert long.endswith("(12,345 more characters: the timeline has them all)")
    assert whole == "Weather?"
