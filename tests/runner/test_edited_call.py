"""A person changes what a call is run with: that runs, all see it, and the model's words stay."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest

from components.call_form import with_escapes
from roundtrip.chat import bubbles
from roundtrip.events import Interrupted, ResultRecorded, Stopped, TurnStarted
from roundtrip.export import schema
from roundtrip.export.file import run_document
from roundtrip.intents import Intent, TooLate, Unfit, approve, enter_result, resume
from roundtrip.loop import AwaitApproval, Execute, next_action
from roundtrip.panels import panels
from tests.live_runs import Place, weather
from tests.stories import OSLO, TOKYO, Story

TO_OSLO = '{"city": "Oslo"}'
SAID = 'The person changed the arguments of this call. It ran with {"city": "Oslo"}.'


class Ran:
    """What the tool was called with."""

    def __init__(self) -> None:
        self.cities: list[str] = []

    def __call__(self, city: str) -> dict[str, Any]:
        self.cities.append(city)
        return {"city": city, "sky": "snow"}


def told(story: Story, intent: Intent) -> Story:
    story.events.append(intent(story.state)(seq=len(story.events) + 1, at=1.0))
    return story


def edited(place: Place, owner: str) -> str:
    run = place.finish(owner, policy="ask")
    place.runner.decide(owner, run, approve(0, TO_OSLO))
    place.runner.to_the_end(owner, run)
    place.rest(owner, run)
    return run


@pytest.fixture
def ran() -> Ran:
    return Ran()


@pytest.fixture
def place(database: str, at_once: str, ran: Ran) -> Any:
    with Place(database, at_once, tool=weather(ran)) as place:
        yield place


def test_what_the_person_wrote_runs_and_what_the_model_said_goes_back_to_it(
    place: Place, owner: str, ran: Ran
) -> None:
    run = edited(place, owner)

    assert ran.cities == ["Oslo"]
    exchange = place.store.exchange(owner, run, 2)
    assert exchange is not None
    [_, said, returned] = json.loads(exchange.request_body)["messages"]
    [call] = [part for part in said["content"] if part["type"] == "tool_use"]
    assert call["input"] == {"city": "Tokyo"}
    [result] = returned["content"]
    words = (
        result["content"] if isinstance(result["content"], str) else result["content"][0]["text"]
    )
    assert words.startswith(f"{SAID}\n\n")
    assert "Oslo" in place.state(owner, run).answer.message.text


def test_the_document_keeps_both_and_fits_its_schema(place: Place, owner: str) -> None:
    run = edited(place, owner)

    document = run_document(place.runner.journal(owner, run), place.store.head(owner, run))
    validator = jsonschema_rs.Draft202012Validator(json.loads(schema.FILE.read_text("utf-8")))
    validator.validate(document)
    [approved] = [event for event in document["events"] if event["kind"] == "approved"]
    assert approved["arguments"] == {"city": "Oslo"}
    [started] = [event for event in document["events"] if event["kind"] == "execution_started"]
    assert started["arguments"] == {"city": "Oslo"}
    approved["arguments"] = "Oslo"
    assert not validator.is_valid(document)


def test_timeline_chat_and_payload_tell_what_was_asked_for_and_what_ran(
    place: Place, owner: str
) -> None:
    run = edited(place, owner)
    journal = place.runner.journal(owner, run)

    row = next(step for step in journal.steps() if step.phase == "run")
    assert row.text.startswith(
        'asked for get_weather(city="Tokyo"); you changed it to get_weather(city="Oslo"), '
        'which gives back {"city": "Oslo"'
    )
    shown = {panel.name: panel for panel in panels(row, journal.events(), None)}
    assert json.loads(shown["Arguments"].text) == {"city": "Oslo"}
    assert json.loads(shown["As asked for"].text) == {"city": "Tokyo"}
    place.finish(owner, "Hello", run)  # the chat goes on telling it
    asks, code = bubbles(place.state(owner, run))[1:3]
    assert [line.call for line in asks.lines] == ['get_weather(city="Tokyo")']
    [line] = code.lines
    assert (line.call, line.changed) == ('get_weather(city="Tokyo")', 'get_weather(city="Oslo")')
    assert line.result is not None and json.loads(line.result)["city"] == "Oslo"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "nothing is written"),
        ("Oslo", "cannot be read: Expecting value at line 1 column 1"),
        ('["Oslo"]', "an object is expected, not an array"),
        ('{"city": 3}', "city: 3 is an integer, expected string"),
        ("{}", 'missing required property "city"'),
        ('{"city": "\\ud800"}', "half of a surrogate pair"),
    ],
)
def test_what_the_tool_does_not_take_does_not_count(typed: str, words: str) -> None:
    story = Story("ask").replied(TOKYO)

    with pytest.raises(Unfit, match=re.escape(words)):
        told(story, approve(0, typed))
    assert isinstance(next_action(story.state), AwaitApproval)


def test_arguments_left_as_they_were_are_no_change() -> None:
    story = told(Story("ask").replied(TOKYO), approve(0, '{ "city" : "Tokyo" }'))

    assert story.events[-1].arguments is None  # type: ignore[union-attr]
    assert "changed" not in story.ran().lines[-1]


def test_of_several_calls_each_is_decided_by_itself() -> None:
    story = told(Story("ask").replied(TOKYO, OSLO), approve(1, '{"city": "Bergen"}'))

    action = next_action(story.state)
    assert isinstance(action, Execute)
    assert [pending.as_run.arguments for pending in action.run] == [{"city": "Bergen"}]
    assert story.can().next == "Run get_weather for Bergen"
    story.started(1).ran(1)
    assert [pending.index for pending in story.can().calls] == [0]


def test_a_call_that_nobody_asks_about_cannot_be_changed() -> None:
    for story in (Story().replied(TOKYO), Story(has_code=False).replied(TOKYO)):
        with pytest.raises(TooLate):
            told(story, approve(0, TO_OSLO))


def test_after_a_crash_it_is_the_changed_call_that_is_spoken_of_and_run_again() -> None:
    story = told(Story("ask").replied(TOKYO), approve(0, TO_OSLO)).started().then(Interrupted)

    assert 'get_weather(city="Oslo") ran' in (story.can().hint or "")
    again = Story()
    again.events = [*story.events]
    action = next_action(told(again, resume()).state)
    assert isinstance(action, Execute)
    assert action.run[0].as_run.arguments == {"city": "Oslo"}
    entered = told(story, enter_result(0, "snow")).events[-1]
    assert isinstance(entered, ResultRecorded)
    assert entered.result.text == f"{SAID}\n\nsnow"


def test_the_model_hears_of_it_too_where_the_call_was_stopped() -> None:
    story = told(Story("ask").replied(TOKYO), approve(0, TO_OSLO)).started()
    assert story.state.setup is not None
    story.then(Stopped, reason="person", message="You stopped it.")
    story.then(TurnStarted, text="And now?", setup=story.state.setup)

    [result] = story.state.messages[-1].results
    assert result.text.startswith(f"{SAID}\n\nStopped while it ran.")


def test_what_nobody_would_see_stands_as_an_escape_where_a_call_is_changed() -> None:
    hidden = json.dumps({"to": "a\u202eb\u200b\U000e0041c"}, ensure_ascii=False)
    shown = with_escapes(hidden)

    assert json.loads(shown) == json.loads(hidden)
    assert '"a\\u202eb\\u200b\\udb40\\udc41c"' in shown
