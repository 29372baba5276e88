"""What a person reads in the timeline is true, short and in the field's own words."""

from __future__ import annotations

from typing import Any

import pytest

from roundtrip.conversation import Native, Opaque, StopSignal, ToolCall, ToolDefinition
from roundtrip.events import (
    Failure,
    Interrupted,
    LateResult,
    OfferedTool,
    RequestFailed,
    RequestPrepared,
    Resumed,
    Stopped,
    TurnStarted,
)
from roundtrip.lines import LINE_LIMIT, NOT_SENT_BACK, call_text, define_line
from roundtrip.steps import Timeline
from tests.drive.driving import call, reply, text
from tests.stories import LOST, OSLO, TOKYO, Story

WORDS = {"type": "refusal", "refusal": "I may not say that."}
REFUSAL = Opaque(label="refusal", native=Native(wire="openai-chat", value=WORDS))
ASKED = "ask: POST /v1/messages: the question and 1 definition"


def test_a_whole_turn_reads_as_what_happened() -> None:
    story = Story().replied(TOKYO, OSLO).started(0).started(1).ran(1).ran(0, text='{"c": 9}')
    story.replied(text("Take a coat."))

    assert story.lines == [
        "define: Your app offers 1 tool: get_weather. Its definition travels with every request.",
        ASKED,
        'stop: Please run get_weather(city="Tokyo") and get_weather(city="Oslo")',
        'run: get_weather(city="Tokyo") gives back {"c": 9}',
        'run: get_weather(city="Oslo") gives back fine',
        "return: POST /v1/messages: everything said so far and 2 results",
        "answer: Take a coat.",
    ]
    rows = story.rows
    assert [row.number for row in rows] == [None, 1, 2, 3, 4, 5, 6]
    assert [row.round_trip for row in rows] == [0, 1, 1, 1, 1, 2, 2]
    assert [row.parallel for row in rows if row.phase == "run"] == [True, True]
    assert {row.standing for row in rows} == {"done"}
    assert rows[2].stop is not None
    assert (rows[2].stop_field, rows[2].stop.signal, rows[2].stop.provider) == (
        "stop_reason",
        "tool_calls",
        "tool_use",
    )
    assert rows[2].note is not None and "waits" in rows[2].note


def test_tokens_stand_where_they_were_used() -> None:
    ask, answer = Story().replied(text("Sunny.")).rows[1:]

    assert ask.usage is not None and answer.usage is not None
    assert (ask.usage.input, ask.usage.output) == (100, None)
    assert (answer.usage.input, answer.usage.output) == (None, 10)


def test_a_prepared_request_says_that_nothing_has_left_and_becomes_the_sent_one() -> None:
    story = Story().then(RequestPrepared, exchange=1)
    row = story.rows[-1]
    assert row.text == "The request is written: the question and 1 definition"
    assert row.standing == "ready"
    assert row.note is not None and row.note.startswith("Nothing has left yet.")

    story.sent()
    assert story.lines[1:] == [ASKED]
    assert (story.rows[-1].seq, story.rows[-1].standing) == (row.seq, "live")


def test_the_second_question_carries_all_that_was_said() -> None:
    story = Story().replied(text("Sunny."))
    story.then(TurnStarted, text="And tomorrow?", setup=story.state.setup).sent()

    assert story.lines[-1] == (
        "ask: POST /v1/messages: the question, all that was said before and 1 definition"
    )
    assert [row.phase for row in story.rows].count("define") == 1


def test_whom_a_request_asks_is_told_where_a_turn_begins_and_where_it_changes() -> None:
    story = Story().replied(TOKYO).ran().failed()
    setup = story.state.setup
    assert setup is not None
    other = setup.model_copy(update={"wire": "openai-chat"})
    story.then(Resumed, setup=other).replied(text("Sunny."))
    story.then(TurnStarted, text="And now?", setup=other).replied(TOKYO).ran().sent()

    asked = [step.speaks for step in story.rows if step.phase in ("ask", "return")]
    before, after = "sim-large · Anthropic Messages", "sim-large · OpenAI Chat Completions"
    assert asked == [before, None, after, after, None]


def test_definitions_are_told_again_when_they_change() -> None:
    story = Story().replied(text("Sunny."))
    setup = story.state.setup
    assert setup is not None
    story.then(TurnStarted, text="Hm?", setup=setup.model_copy(update={"tools": ()})).sent()

    assert story.lines[-2:] == [
        "define: Your app offers no tools: the model can only answer.",
        "ask: POST /v1/messages: the question and all that was said before",
    ]


def test_many_tools_are_counted_and_some_are_named() -> None:
    tools = [OfferedTool(definition=ToolDefinition(name=f"tool_{n}")) for n in range(40)]
    line = "".join(segment.text for segment in define_line(tools))

    assert line.startswith("Your app offers 40 tools: tool_0, tool_1,")
    assert line.endswith(" and 28 more. Their definitions travel with every request.")


@pytest.mark.parametrize(
    ("parts", "signal", "line"),
    [
        ([], "refusal", "answer: The model refuses to answer."),
        ([text("I can't.")], "refusal", "answer: I can't."),
        ([REFUSAL], "refusal", "answer: I may not say that."),
        ([TOKYO], "refusal", "answer: The model refuses to answer."),
        (
            [text("Well, it")],
            "max_tokens",
            "answer: Well, it · Cut off: the output cap is reached.",
        ),
        ([], "max_tokens", "answer: Cut off: the output cap is reached."),
        ([], "end", "answer: The model ends without a word."),
        (
            [text("Searching")],
            "paused",
            "stop: Searching · The provider takes a pause: the request goes out again as it is.",
        ),
        (
            [TOKYO],
            "max_tokens",
            'stop: Please run get_weather(city="Tokyo") · Cut off: the output cap is reached.',
        ),
    ],
)
def test_how_a_reply_ended_is_said(parts: list[Any], signal: Any, line: str) -> None:
    assert Story().replied(*parts, signal=signal).lines[-1] == line


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"text": "ValueError: no", "error_kind": "raised"}, "fails: ValueError: no"),
        (
            {"text": "nothing within 30 seconds", "error_kind": "timeout", "source": "time_limit"},
            "took too long: nothing within 30 seconds",
        ),
        (
            {"text": "There is no tool", "error_kind": "unknown_tool", "source": "check"},
            "did not run: There is no tool",
        ),
        (
            {"text": "not allowed", "error_kind": "not_allowed", "source": "policy"},
            "did not run: not allowed",
        ),
        (
            {"text": "The person refused.", "error_kind": "refused", "source": "person"},
            "was refused: The person refused.",
        ),
        ({"text": "12 degrees", "source": "person"}, "was answered by you: 12 degrees"),
    ],
)
def test_who_gave_a_result_is_said(how: dict[str, Any], words: str) -> None:
    row = Story().replied(TOKYO).ran(**how).rows[-1]

    assert row.text == f'get_weather(city="Tokyo") {words}'
    assert row.is_error == (how.get("error_kind") is not None)
    assert row.standing == ("failed" if row.is_error else "done")


def test_a_failure_that_is_tried_again_says_when_and_each_attempt_is_a_row() -> None:
    story = Story().failed(retry=0.52).failed(attempt=2)

    assert story.lines[1:] == [
        ASKED,
        "error: The connection was lost. Tried again after 1.0 s.",
        f"{ASKED} (attempt 2)",
        "error: The connection was lost.",
    ]
    assert [row.round_trip for row in story.rows] == [0, 1, 1, 1, 1]
    assert [row.note for row in story.rows[2::2]] == [None, "Try again."]
    assert [row.standing for row in story.rows[1:]] == ["failed"] * 4


def test_a_retry_that_could_not_leave_is_promised_no_longer() -> None:
    no_key = Failure(kind="auth", message="There is no key.", advice="Enter one.")
    story = Story().sent()
    story.then(RequestFailed, exchange=1, failure=LOST, elapsed_s=1, retry_in_s=1.0)
    story.then(RequestFailed, exchange=None, failure=no_key, elapsed_s=0)

    assert story.lines[-2:] == [
        "error: The connection was lost. Not tried again.",
        "error: There is no key.",
    ]
    assert [row.retry_at for row in story.rows[-2:]] == [None, None]


def test_a_providers_words_end_before_ours_begin() -> None:
    lost = LOST.model_copy(update={"message": "All connection attempts failed"})
    story = Story().sent()
    story.then(RequestFailed, exchange=1, failure=lost, elapsed_s=1, retry_in_s=0.5)

    says = "All connection attempts failed. Trying again in 0.5 s · attempt 2 of 3"
    assert story.rows[-1].text == says


def test_what_came_of_a_broken_reply_stays_in_its_row() -> None:
    half = {"arguments": None, "arguments_text": '{"city": "Os', "arguments_error": "cut off"}
    cut = reply(text("I look."), TOKYO.model_copy(update=half), signal="incomplete")
    story = Story().sent()
    story.then(RequestFailed, exchange=1, failure=LOST, elapsed_s=1, partial=cut)

    says = 'The connection was lost. It broke off after: I look. get_weather({"city": "Os…'
    assert story.rows[-1].text == says
    assert story.rows[-1].note == f"Try again. {NOT_SENT_BACK}"
    story.then(Resumed)
    assert story.rows[-1].text == says


def test_what_never_left_fails_without_a_request_row() -> None:
    no_key = Failure(kind="auth", message="There is no key.", advice="Enter one.")
    story = Story().then(RequestFailed, exchange=None, failure=no_key, elapsed_s=0)

    assert [row.phase for row in story.rows] == ["define", "error"]
    assert story.rows[-1].exchange is None


def test_stopping_says_so_and_leaves_nothing_live() -> None:
    story = Story().sent().then(Stopped, reason="person", message="You stopped it.")

    assert story.lines[-1] == "error: You stopped it."
    assert "live" not in {row.standing for row in story.rows}


def test_our_words_stand_outside_the_models_and_the_note_names_the_cap() -> None:
    row = Story().replied(TOKYO, signal="max_tokens").rows[-1]

    assert [segment.kind for segment in row.line] == ["plain", "code", "aside"]
    assert row.note is not None
    assert "waits for your app" in row.note
    assert "The output cap of this request, 1024 tokens, is why" in row.note
    assert "Raise the output cap" in row.note
    assert Story().replied(text("Sunny.")).rows[-1].note is None


def test_a_full_context_is_not_taken_for_the_output_cap() -> None:
    story = Story().replied(text("Well, it"), signal="max_tokens")
    received = story.events[-1]
    full = StopSignal(signal="max_tokens", provider="model_context_window_exceeded")
    told = received.reply.model_copy(update={"stop": full})
    story.events[-1] = received.model_copy(update={"reply": told})
    row = story.rows[-1]

    assert row.text == "Well, it · Cut off: no room is left."
    assert row.note is not None and row.note.startswith("The model's context is full.")


def test_a_written_request_that_is_stopped_was_not_sent() -> None:
    story = Story().replied(TOKYO).ran().then(RequestPrepared, exchange=2)
    story.then(Stopped, reason="person", message="You stopped it.")
    written, stopped = story.rows[-2:]
    assert written.text == "Not sent: the turn was stopped."
    assert (written.standing, written.note) == ("failed", None)
    assert stopped.text == "You stopped it."

    story.then(Resumed).then(RequestPrepared, exchange=3)
    assert [row.round_trip for row in story.rows] == [0, 1, 1, 1, 2, 2, 2]
    assert story.rows[-1].standing == "ready"


def test_a_request_written_for_other_settings_is_replaced() -> None:
    no_key = Failure(kind="auth", message="There is no key.", advice="Enter one.")
    story = Story().then(RequestPrepared, exchange=1)
    story.then(RequestFailed, exchange=None, failure=no_key, elapsed_s=0)
    setup = story.state.setup
    assert setup is not None
    changed = setup.model_copy(update={"system": "Be brief."})
    story.then(Resumed, setup=changed).then(RequestPrepared, exchange=2).sent()
    old, _, new = story.rows[1:]

    assert old.text == "Not sent: the settings changed, it is written anew."
    assert (old.standing, old.note) == ("failed", None)
    assert (new.standing, new.round_trip) == ("live", 1)


def test_going_on_with_the_same_settings_sends_what_lies_ready() -> None:
    no_key = Failure(kind="auth", message="There is no key.", advice="Enter one.")
    story = Story().then(RequestPrepared, exchange=1)
    story.then(RequestFailed, exchange=None, failure=no_key, elapsed_s=0).then(Resumed).sent()

    assert [row.standing for row in story.rows if row.phase == "ask"] == ["live"]


def test_an_interruption_says_what_nobody_knows_and_running_again_is_a_row_of_its_own() -> None:
    story = Story().replied(TOKYO).started().then(Interrupted)
    told = [
        'run: get_weather(city="Tokyo") was under way. Whether it took effect is not known.',
        'error: The app ended while get_weather(city="Tokyo") ran. '
        "Nobody knows whether it took effect.",
    ]
    assert story.lines[-2:] == told

    story.then(Resumed).started()
    assert story.lines[-3:] == [*told, 'run: get_weather(city="Tokyo") is running']
    story.ran()
    assert story.lines[-3:] == [*told, 'run: get_weather(city="Tokyo") gives back fine']


def test_running_again_after_a_stop_leaves_what_was_stopped_as_it_was() -> None:
    story = Story().replied(TOKYO).started()
    story.then(Stopped, reason="person", message="You stopped it.").then(Resumed).started().ran()

    assert story.lines[-3:] == [
        'run: get_weather(city="Tokyo") was stopped while it ran. '
        "Whether it took effect is not known.",
        "error: You stopped it.",
        'run: get_weather(city="Tokyo") gives back fine',
    ]
    assert [row.standing for row in story.rows[-3:]] == ["failed", "failed", "done"]


def test_what_came_back_too_late_is_noted_where_it_ran() -> None:
    story = Story().replied(TOKYO).started()  # at 4
    story.then(Stopped, reason="person", message="You stopped it.").then(Resumed).started().ran()
    late = {"exchange": 1, "call": 0, "name": "get_weather", "text": "9"}
    story.then(LateResult, **late, elapsed_s=5.0)  # at 9

    stopped, again = (row for row in story.rows if row.phase == "run")
    assert stopped.note is not None and "too late" in stopped.note
    assert again.note is None


def test_a_lost_reply_is_said() -> None:
    assert Story().sent().then(Interrupted).lines[-1] == (
        "error: The app ended while a request was out. Its reply is lost."
    )


def test_a_late_result_is_noted_on_its_own_row() -> None:
    story = Story().replied(TOKYO).started()
    story.ran(source="time_limit", error_kind="timeout", text="nothing within 30 seconds")
    story.replied(text("Sorry."))
    late = {"exchange": 1, "call": 0, "name": "get_weather", "text": "9"}
    story.then(LateResult, **late, elapsed_s=31.26)
    run, answer = (row for row in story.rows if row.phase in ("run", "answer"))

    assert run.note == "get_weather came back after 31.3 s: too late, not used."
    assert answer.note is None


def test_of_two_calls_of_one_tool_each_gets_its_own_late_result() -> None:
    story = Story().replied(TOKYO, OSLO).started(0).started(1)
    for index in (0, 1):
        story.ran(index, source="time_limit", error_kind="timeout")
    for index, seconds in ((1, 31.0), (0, 35.0)):
        late = {"exchange": 1, "call": index, "name": "get_weather", "text": str(index)}
        story.then(LateResult, **late, elapsed_s=seconds)

    tokyo, oslo = (row.note or "" for row in story.rows if row.phase == "run")
    assert "35.0 s" in tokyo
    assert "31.0 s" in oslo


def test_a_row_that_changes_is_given_again() -> None:
    story, timeline = Story().replied(TOKYO).started(), Timeline()
    timeline.feed(story.events)
    head = timeline.state.seq
    assert timeline.after(head) == []
    begun = list(timeline.steps.values())[-1]

    timeline.feed(story.ran().events[head:])
    [changed] = timeline.after(head)
    assert changed.seq == begun.seq
    assert (begun.standing, changed.standing) == ("live", "done")


def test_a_call_reads_as_code_and_is_cut_when_it_is_long() -> None:
    assert call_text(call("add", a=1, b=[True, None], c="å")) == 'add(a=1, b=[true, null], c="å")'
    broken = ToolCall(id="x", name="add", arguments=None, arguments_text='{"a": ')
    assert call_text(broken) == 'add({"a": )'
    assert len(call_text(call("say", words="x" * 1000))) == LINE_LIMIT
    assert call_text(call("say", words="x" * 1000)).endswith("…")
