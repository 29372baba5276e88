"""Whatever a model or a provider says is a step, on every wire, and the next message works."""

from __future__ import annotations

import random

import pytest

from roundtrip.conversation import ToolCall
from roundtrip.store import Store
from roundtrip.wires.half_characters import whole_text
from roundtrip.wires.wire import WIRES
from tests.drive.driving import Room, a_room, refuses, says, text
from tests.figures import Figures
from tests.hostile import HALVES, HOSTILE, LARGE

pytestmark = pytest.mark.anyio

NAME_LIMIT = 200


def chosen(full: bool, sample: random.Random) -> list[tuple[str, str]]:
    # What takes long to say is held to the same in `test_hostile_places.py`.
    every = [(wire, name) for wire in WIRES for name in HOSTILE if name not in LARGE]
    return every if full else sample.sample(every, 24)


async def goes_on(room: Room) -> bool:
    """Whether the next message is answered."""
    room.provider.answers = [says(text("Hello."))]
    await room.to_the_end("And now?")
    return room.phases[-1] == "answer"


async def test_what_a_model_says_is_a_step(
    store: Store, full: bool, sample: random.Random, figures: Figures
) -> None:
    wrong = []
    for wire, name in (pairs := chosen(full, sample)):
        hostile = HOSTILE[name]
        asked = ToolCall(id="toolu_1", name=hostile[:NAME_LIMIT], arguments={hostile: hostile})
        async with a_room(
            store, says(text(hostile), asked), says(text(hostile)), wire=wire
        ) as room:
            room.offer(run=lambda: "never")
            await room.to_the_end()
            if room.phases[:4] != ["define", "ask", "stop", "run"]:
                wrong.append(f"{name} on {wire}: {room.phases}")
            elif name not in HALVES and room.phases[-1] == "answer":
                answer = room.journal.state.answer
                if answer is None or answer.message.text != hostile:
                    wrong.append(f"{name} on {wire}: is answered otherwise")
            if not await goes_on(room):
                wrong.append(f"{name} on {wire}: the next message fails: {room.lines[-1][:200]}")
    figures.count("hostile replies", len(pairs), wrong)
    assert not wrong, "\n".join(wrong)


async def test_what_a_provider_refuses_with_is_a_step_in_its_words(
    store: Store, full: bool, sample: random.Random, figures: Figures
) -> None:
    wrong = []
    for wire, name in (pairs := chosen(full, sample)):
        hostile = HOSTILE[name]
        async with a_room(store, refuses(400, hostile[:NAME_LIMIT], hostile), wire=wire) as room:
            await room.to_the_end()
            failed = room.journal.state.failed
            told = failed.failure.message if failed else "no failure"
            if not hostile.isspace() and whole_text(hostile)[:20].strip() not in told:
                wrong.append(f"{name} on {wire}: {told[:100]!r}")
            if not await goes_on(room):
                wrong.append(f"{name} on {wire}: the next message fails: {room.lines[-1][:200]}")
    figures.count("hostile refusals", len(pairs), wrong)
    assert not wrong, "\n".join(wrong)
