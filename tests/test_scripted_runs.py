"""What a script wrote is marked in a run, in its row and in its bubble, and nothing else is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from roundtrip.chat import bubbles
from roundtrip.conversation import Options
from roundtrip.events import Cost, ReplyReceived, TurnStarted
from roundtrip.lines import SCRIPTED
from roundtrip.panels import panels
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.simulator.wishes import Wishes
from roundtrip.steps import Timeline
from roundtrip.wires.send import Target
from roundtrip.wires.wire import WIRES
from tests.drive.driving import reply, text
from tests.stories import TOKYO, Story
from tests.turns import AT_ONCE, Turns, setup

NOTE = "Scripted for this lesson; a real model does this sometimes."


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    with SimulatorThread(AT_ONCE) as address:
        yield address


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
@pytest.mark.parametrize("wire", WIRES)
def test_a_run_tells_which_replies_a_script_wrote(
    tmp_path: Path, root: str, wire: str, stream: bool
) -> None:
    turns = Turns(tmp_path)
    how = setup(
        wire=wire,
        options=Options(model="sim-large", stream=stream, max_output_tokens=1024),
        headers=Wishes(script="invented-fact").headers,
    )
    target = Target(wire, root + SIMULATOR_PATHS[wire], "any-key")

    asyncio.run(turns.ask("What should I wear in Tokyo?", how, lambda _: target))

    events = list(turns.journal.events())
    told = [event.scripted for event in events if isinstance(event, ReplyReceived)]
    assert told == [None, "invented-fact"]

    timeline = Timeline()
    timeline.feed(events)
    stop, answer = [row for row in timeline.steps.values() if row.stop]
    assert (stop.scripted, answer.scripted) == (None, "invented-fact")
    assert answer.note == NOTE and NOTE not in (stop.note or "")
    assert "heatwave" in answer.text

    asks, says = [one for one in bubbles(turns.journal.state) if one.who == "model"]
    assert (asks.mark, says.mark) == (None, SCRIPTED)

    exchange = turns.journal.exchange(answer.exchange or 0)
    [values] = [one for one in panels(answer, events, exchange) if one.name == "Values"]
    told = [row.value for row in values.rows if row.name == "Written by the script"]
    assert told == ["invented-fact"]
    assert exchange and ("x-script", "invented-fact") in exchange.request_headers
    turns.store.close()


def test_a_scripted_call_says_that_it_is_one_before_it_says_that_the_model_waits() -> None:
    said, cost = reply(TOKYO), Cost(usd=0.1)
    story = Story().sent()
    story.then(ReplyReceived, exchange=1, reply=said, elapsed_s=1, cost=cost, scripted="a")

    note = story.rows[-1].note or ""
    assert note.startswith(NOTE) and "waits for your app" in note
    assert (bubbles(story.state)[-1].after, bubbles(story.state)[-1].mark) == (
        "Then it stops and waits.",
        SCRIPTED,
    )


def test_the_mark_stays_with_its_message_through_the_turns() -> None:
    said = reply(text("379.8"))
    story = Story().replied(text("Hello.")).then(TurnStarted, text="17%?", setup=setup())
    story.sent().then(
        ReplyReceived, exchange=2, reply=said, elapsed_s=1, cost=Cost(usd=0.1), scripted="a"
    )
    story.then(TurnStarted, text="Really?", setup=setup()).replied(text("No."))

    marks = [one.mark for one in bubbles(story.state) if one.who == "model"]
    assert marks == [None, SCRIPTED, None]
