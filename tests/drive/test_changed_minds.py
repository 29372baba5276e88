"""What a person changes between two requests counts, and a forced call is forced once."""

from __future__ import annotations

from functools import partial

import pytest

from roundtrip import intents
from roundtrip.conversation import ToolChoice
from roundtrip.events import RequestSent, TurnStarted
from roundtrip.store import Store
from tests.drive.driving import Room, a_room, call, refuses, says, text

pytestmark = pytest.mark.anyio

FORCED = [ToolChoice(mode="any"), ToolChoice(mode="tool", name="get_weather")]


def ask(room: Room, **options: object) -> None:
    setup = room.setup()
    changed = setup.model_copy(update={"options": setup.options.model_copy(update=options)})
    room.journal.write(partial(TurnStarted, text="Weather?", setup=changed))


@pytest.mark.parametrize("choice", FORCED, ids=lambda choice: choice.mode)
async def test_a_forced_call_is_forced_once_a_turn_and_the_row_says_so(
    store: Store, choice: ToolChoice
) -> None:
    async with a_room(store, says(call(city="Oslo")), says(text("Snow."))) as room:
        room.offer(run=lambda city: "snow")
        ask(room, tool_choice=choice)
        await room.drive().to_the_end()

        first, second = (asked.body for asked in room.provider.asked)
        assert first["tool_choice"]["type"] == choice.mode
        assert "tool_choice" not in second
        said = [[one.where for one in sent.changes] for sent in room.events(RequestSent)]
        assert said == [[], ["tool_choice"]]


async def test_that_no_tool_may_be_called_holds_for_the_whole_turn(store: Store) -> None:
    async with a_room(store, says(call(city="Oslo")), says(text("Snow."))) as room:
        room.offer(run=lambda city: "snow")
        ask(room, tool_choice=ToolChoice(mode="none"))
        await room.drive().to_the_end()

        assert [asked.body["tool_choice"]["type"] for asked in room.provider.asked] == ["none"] * 2


async def test_trying_again_goes_by_the_settings_as_they_are_now(store: Store) -> None:
    refused = refuses(400, "invalid_request_error", "temperature: range: 0..1")
    async with a_room(store, refused, says(text("Sunny."))) as room:
        ask(room, temperature=1.5)
        await room.drive().to_the_end()
        assert room.journal.state.failed

        setup = room.setup()
        room.journal.write(intents.resume(setup)(room.journal.state))
        await room.drive().to_the_end()

        assert "temperature" not in room.provider.asked[-1].body
        assert room.journal.state.setup == setup
        assert room.journal.state.answer


async def test_a_request_that_lies_ready_is_written_anew_for_other_settings(store: Store) -> None:
    async with a_room(store, says(text("Sunny."))) as room:
        ask(room, temperature=0.5)
        await room.drive().step()
        room.journal.write(intents.stop(room.journal.state))
        room.journal.write(intents.resume(room.setup())(room.journal.state))
        await room.drive().to_the_end()

        assert "temperature" not in room.provider.asked[-1].body


async def test_settings_do_not_change_under_a_call_that_was_asked_for(store: Store) -> None:
    async with a_room(store, says(call(city="Oslo")), says(text("Snow."))) as room:
        room.offer(run=lambda city: "snow")
        room.ask()
        await room.drive().step(show_first=False)
        room.journal.write(intents.stop(room.journal.state))
        before = room.journal.state.setup
        room.tools.clear()
        room.journal.write(intents.resume(room.setup())(room.journal.state))

        assert room.journal.state.setup == before
