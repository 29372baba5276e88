"""What a wire could not say is told of a thing that a person knows, and once."""

from __future__ import annotations

import json
import re

import pytest

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Native,
    Opaque,
    Part,
    Text,
    Thinking,
    ToolCall,
    ToolDefinition,
    ToolResult,
)
from roundtrip.events import RequestPrepared, RequestSent, TurnStarted
from roundtrip.told_changes import Places
from roundtrip.wires.recode import recode
from roundtrip.wires.wire import WIRES, WireError, WireRequest, wire_named
from tests.recordings import ABSENT, recorded
from tests.stories import OSLO, TOKYO, Story

PICTURE = Opaque(label="image", native=Native(wire="anthropic", value={}))


def weather(call_id: str) -> ToolResult:
    return ToolResult(call_id=call_id, content=(Text(text="fine"),))


def said(role: str, *parts: Part) -> Message:
    return Message.model_validate({"role": role, "parts": parts})


HISTORY = Conversation(
    system=(Text(text="Be brief."),),
    messages=(
        said("user", Text(text="Weather?"), PICTURE),
        said("assistant", Thinking(text="hm"), Text(text="I look."), TOKYO, OSLO),
        said("user", weather("toolu_1"), weather("toolu_2")),
        said("assistant", Text(text="Fine.")),
        said("system", Text(text="It is Monday.")),
        said("user", Text(text="And now?")),
        said("assistant", ToolCall(id="toolu_3", name="get_weather", arguments={})),
        said("user", weather("toolu_3"), Text(text="Never mind.")),
    ),
)
TOOLS = (ToolDefinition(name="refund_order"),)


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("options.parallel_tool_calls", "parallel_tool_calls"),
        ("tool_choice", "tool_choice"),
        ("system[0].cache_control", "system prompt · cache_control"),
        ("tools[0].input_schema.properties.a.b", "tool refund_order · input_schema.properties.a.b"),
        ("messages[0]", "question 1"),
        ("messages[0].parts[1]", "image in question 1"),
        ("messages[1].parts[0]", "thinking in reply 1"),
        ("messages[1].parts[1].cache_control", "reply 1 · cache_control"),
        ("messages[1].parts[2].id", "call of get_weather · id"),
        ("messages[1].parts[3]", "call 2 of get_weather"),
        ("messages[2]", "results"),
        ("messages[2].parts[1].is_error", "result 2 of get_weather · is_error"),
        ("messages[4]", "system message"),
        ("messages[5].parts[0]", "question 2"),
        ("messages[6].parts[0]", "call of get_weather, turn 2"),
        ("messages[7].parts[0].content[0]", "result of get_weather, turn 2 · content[0]"),
        ("messages[7].parts[1]", "question 3"),
        ("messages[99].parts[0]", "messages[99].parts[0]"),
    ],
)
def test_a_place_is_named_in_words(where: str, place: str) -> None:
    change = Change(where=where, what="left out")
    [told] = Places().told([change], HISTORY, TOOLS)
    assert told.place == place
    assert (told.where, told.what) == (where, "left out")


def test_names_stay_while_the_conversation_grows() -> None:
    changes = [
        Change(where=f"messages[{n}].parts[{k}]", what="left out")
        for n, message in enumerate(HISTORY.messages)
        for k in range(len(message.parts))
    ]
    growing, at_once = Places(), Places().told(changes, HISTORY, TOOLS)
    for length in range(len(HISTORY.messages) + 1):
        so_far = HISTORY.model_copy(update={"messages": HISTORY.messages[:length]})
        told = growing.told(changes, so_far, TOOLS)
    assert told == at_once
    assert len({one.place for one in told}) == len(told)


def test_what_the_request_before_could_not_say_either_is_known() -> None:
    strict, lost = (Change(where=where, what="left out") for where in ("tools[0].strict", "system"))
    story = Story().then(RequestPrepared, exchange=1, changes=(strict,))
    story.then(
        RequestSent, exchange=1, attempt=1, method="POST", path="/", size=1, changes=(strict,)
    )
    first = story.rows[-1]
    assert [change.before for change in first.changes] == [False]

    setup = story.state.setup
    story.then(TurnStarted, text="And now?", setup=setup)
    story.then(RequestPrepared, exchange=2, changes=(lost, strict))
    assert [change.before for change in story.rows[-1].changes] == [False, True]
    story.then(TurnStarted, text="And then?", setup=setup)
    story.then(RequestPrepared, exchange=3, changes=(lost,))
    assert [change.before for change in story.rows[-1].changes] == [True]


def test_no_recorded_conversation_speaks_of_paths_of_ours() -> None:
    seen = 0
    for source in WIRES:
        for one in list(recorded(source))[::5]:
            request = WireRequest("POST", "", (), json.dumps(one.request).encode())
            for target in WIRES:
                try:
                    _, changes = recode(request, source, target)
                    conversation, tools, _ = wire_named(source).decode_request(request)
                except WireError:
                    continue
                for change in Places().told(changes, conversation, tools):
                    seen += 1
                    assert not re.match(r"(messages|tools|system)\[", change.place), change
    if not seen:
        pytest.skip(ABSENT)
    assert seen > 100
