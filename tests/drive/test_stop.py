"""Stop ends a turn at once, keeps what arrived, and the talk goes on."""

from __future__ import annotations

import asyncio
import threading

import pytest

from roundtrip.events import (
    LateResult,
    RequestFailed,
    RequestSent,
    Stopped,
)
from roundtrip.intents import RETRY_CANCELLED
from roundtrip.loop import Done, next_action
from roundtrip.store import Store
from tests.drive.driving import (
    a_room,
    call,
    half_a_stream,
    refuses,
    says,
    streams,
    text,
    until,
)
from tests.stopwatch import Stopwatch

pytestmark = pytest.mark.anyio


async def test_stop_in_the_middle_of_a_stream_keeps_what_arrived_at_once(store: Store) -> None:
    stalled = streams(half_a_stream(), then="stall")
    async with a_room(store, stalled, says(text("Hello again."))) as room:
        room.ask()
        drive = room.drive()
        task = asyncio.create_task(drive.to_the_end())
        await until(lambda: len("".join(room.deltas)) > 5)
        drive.stop_message = "You stopped it."
        watch = Stopwatch()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert watch.seconds() < 1
        [stopped] = room.events(Stopped)
        assert stopped.partial is not None
        assert stopped.partial.message.text == "".join(room.deltas)
        exchange = room.journal.exchange(1)
        assert exchange is not None
        assert exchange.response_body == b"".join(half_a_stream())
        assert exchange.ended_at is not None

        await room.to_the_end("And now?")
        said = room.provider.asked[-1].body["messages"]
        assert [message["role"] for message in said] == ["user", "assistant", "user"]
        assert said[1]["content"] == stopped.partial.message.text


async def test_stop_while_a_tool_runs_leaves_a_history_that_goes_on(store: Store) -> None:
    began, release = threading.Event(), threading.Event()

    def slow() -> str:
        began.set()
        release.wait(10)
        return "done after all"

    async with a_room(store, says(call("slow")), says(text("All right."))) as room:
        room.offer("slow", run=slow)
        room.ask()
        drive = room.drive()
        task = asyncio.create_task(drive.to_the_end())
        await until(began.is_set)
        drive.stop_message = "You stopped it."
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert room.lines[-2:] == [
            "run: slow() was stopped while it ran. Whether it took effect is not known.",
            "error: You stopped it.",
        ]
        release.set()
        await until(lambda: bool(room.events(LateResult)))

        await room.to_the_end("And now?")
        [result] = room.sent_results
        assert result["is_error"] is True
        assert "not known" in result["content"]


async def test_stop_pressed_twice_is_one_stop(store: Store) -> None:
    async with a_room(store, streams(half_a_stream(), then="stall")) as room:
        room.ask()
        drive = room.drive()
        task = asyncio.create_task(drive.to_the_end())
        await until(lambda: bool(room.deltas))
        drive.stop_message = "You stopped it."
        task.cancel()
        for _ in range(50):
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert len(room.events(Stopped)) == 1


async def test_stop_while_a_retry_is_waited_for_ends_the_turn(store: Store) -> None:
    busy = refuses(529, "overloaded_error", "Overloaded", retry_after="30")
    async with a_room(store, busy, says(text("Hi."))) as room:
        room.ask()
        drive = room.drive()
        task = asyncio.create_task(drive.to_the_end())
        await until(lambda: bool(room.events(RequestFailed)))
        drive.stop_message = "You stopped it."
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert isinstance(next_action(room.journal.state), Done)
        assert len(room.provider.asked) == 1
        assert room.lines[-2:] == [
            "error: Overloaded. Not tried again.",
            f"error: {RETRY_CANCELLED}",
        ]

        room.go_on()
        await room.drive().to_the_end()
        assert room.journal.state.answer is not None
        assert room.journal.state.round_trip == 1


async def test_a_retry_can_be_made_now(store: Store) -> None:
    busy = refuses(529, "overloaded_error", "Overloaded", retry_after="30")
    async with a_room(store, busy, says(text("Hi."))) as room:
        room.ask()
        drive = room.drive()
        task = asyncio.create_task(drive.to_the_end())
        await until(lambda: bool(room.events(RequestFailed)))
        assert room.journal.steps()[-1].retry_at is not None
        drive.try_now()
        async with asyncio.timeout(10):
            await task

        assert room.journal.state.answer is not None
        assert [row.retry_at for row in room.journal.steps()] == [None] * len(room.lines)


async def test_what_arrived_is_written_while_the_reply_still_comes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roundtrip.drive.PROGRESS_S", 0.02)
    async with a_room(store, streams(half_a_stream(), then="stall")) as room:
        room.ask()
        task = asyncio.create_task(room.drive().to_the_end())
        whole = b"".join(half_a_stream())

        def kept() -> bool:
            exchange = room.journal.exchange(1) if room.events(RequestSent) else None
            return exchange is not None and exchange.response_body == whole

        await until(kept)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
