"""The chat shows who says what: the model's bubble never holds a result."""

from __future__ import annotations

from roundtrip.chat import ALONG, LAST, TEXT_LIMIT, Bubble, bubbles
from roundtrip.conversation import Part, ToolCall
from roundtrip.events import RequestFailed, Resumed, Stopped, TurnStarted
from roundtrip.intents import RETRY_CANCELLED
from roundtrip.lines import NOT_SENT_BACK
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


def test_a_person_who_was_the_tool_is_said_to_have_answered() -> None:
    story = Story(has_code=False).replied(TOKYO, OSLO).ran(0, source="person")
    assert bubbles(story.state)[-1].title == "You answered as the tool"

    story.ran(1)
    assert bubbles(story.state)[-1].title == "Your code and you answered"
    refused = Story("ask").replied(TOKYO).ran(source="person", error_kind="refused")
    assert bubbles(refused.state)[-1].title == "Your code answers"


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
        Bubble(who="model", title="Model, cut short", text="It is m …", after=ALONG),
        Bubble(who="note", text="You stopped it."),
    ]
    refused = Story().replied(signal="refusal")
    assert bubbles(refused.state)[-1].text == "The model refused this."
    told = Story().replied(REFUSAL, signal="refusal")
    assert bubbles(told.state)[-1].text.endswith(": I may not say that.")
    cut = Story().replied(text("Well"), signal="max_tokens")
    assert "cut off" in bubbles(cut.state)[-1].text


def broken_off(*parts: Part) -> Story:
    cut = reply(*parts, signal="incomplete")
    return Story().sent().then(RequestFailed, exchange=1, failure=LOST, elapsed_s=1, partial=cut)


def test_what_a_broken_reply_said_stays_in_the_chat_and_is_not_sent() -> None:
    story = broken_off(text("It is m"))
    [_, half, note] = bubbles(story.state)

    assert (half.title, half.text) == ("Model, broken off", "It is m …")
    assert half.after == NOT_SENT_BACK
    assert (note.text, note.after) == (LOST.message, LOST.advice)
    story.then(TurnStarted, text="Go on", setup=story.state.setup)
    assert who(story) == ["you: Weather?", "model: Model, broken off", "you: Go on"]
    assert [message.text for message in story.state.messages] == ["Weather?", "Go on"]
    story.then(TurnStarted, text="And?", setup=story.state.setup)
    assert who(story)[1] == "model: Model, broken off"


def test_tried_again_a_broken_reply_makes_way() -> None:
    story = broken_off(text("It is m")).then(Resumed).replied(text("It is mild."))

    assert who(story) == ["you: Weather?", "model: Model answers"]


def test_a_call_that_broke_off_is_shown_and_asks_for_nothing() -> None:
    half = {"arguments": None, "arguments_text": '{"city": "Os', "arguments_error": "cut off"}
    cut = ToolCall(id="t", name="get_weather", **half)
    story = broken_off(text("I look."), cut)
    shown = bubbles(story.state)[1]

    assert [line.call for line in shown.lines] == ['get_weather({"city": "Os…']
    assert shown.after == NOT_SENT_BACK
    assert not story.state.pending


def test_of_a_cancelled_retry_the_failure_is_said_and_who_ended_it() -> None:
    story = Story().failed(retry=1.0)
    story.then(Stopped, reason="person", message=RETRY_CANCELLED)

    assert [one.text for one in bubbles(story.state)[1:]] == [LOST.message, RETRY_CANCELLED]
    assert bubbles(story.state)[1].after == LOST.advice


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
