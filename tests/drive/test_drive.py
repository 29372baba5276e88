"""A turn, driven for real: the official SDK, a socket that answers, the store, real threads."""

from __future__ import annotations

import asyncio
import threading
import time
from functools import partial
from typing import Any

import pytest

from roundtrip.conversation import ToolCall, Usage
from roundtrip.events import (
    Approved,
    Caps,
    ExecutionStarted,
    Interrupted,
    LateResult,
    ReplyReceived,
    RequestFailed,
    RequestSent,
    ResultRecorded,
    Stopped,
)
from roundtrip.loop import AwaitApproval, AwaitDecision, AwaitResult, Done, next_action
from roundtrip.owner import NoKey
from roundtrip.state import fold
from roundtrip.store import Store
from tests.drive.driving import (
    a_room,
    call,
    half_a_stream,
    says,
    streams,
    text,
    until,
)

pytestmark = pytest.mark.anyio

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}


async def test_a_turn_runs_by_itself_from_the_question_to_the_answer(store: Store) -> None:
    async with a_room(store, says(call(city="Oslo")), says(text("It snows."))) as room:
        room.offer(run=lambda city: {"sky": "snow", "city": city}, schema=CITY)
        await room.to_the_end()

        assert room.phases == ["define", "ask", "stop", "run", "return", "answer"]
        assert room.sent_results[0]["content"] == '{"sky": "snow", "city": "Oslo"}'
        assert "is_error" not in room.sent_results[0]
        assert room.journal.state.answer is not None
        assert room.journal.state.answer.message.text == "It snows."


async def test_step_by_step_each_click_does_one_thing(store: Store) -> None:
    async with a_room(store, says(call(city="Oslo")), says(text("It snows."))) as room:
        room.offer(run=lambda city: "snow", schema=CITY)
        room.ask()
        asked, newest = [], []
        for _ in range(5):
            await room.drive().step()
            asked.append(len(room.provider.asked))
            newest.append(room.events()[-1].kind)

        assert newest == [
            "request_prepared",
            "reply_received",
            "result_recorded",
            "request_prepared",
            "reply_received",
        ]
        assert asked == [0, 1, 1, 1, 2]
        assert isinstance(next_action(room.journal.state), Done)


async def test_parallel_calls_run_at_the_same_time(store: Store) -> None:
    both = threading.Barrier(2, timeout=60)
    two = (call(id="toolu_1", city="Oslo"), call(id="toolu_2", city="Rome"))
    async with a_room(store, says(*two), says(text("Done."))) as room:

        def get_weather(city: str) -> str:
            both.wait()  # breaks unless the other call has begun too
            return f"{city} is fine"

        room.offer(run=get_weather, schema=CITY)
        await room.to_the_end()

        assert [block["content"] for block in room.sent_results] == [
            "Oslo is fine",
            "Rome is fine",
        ]
        runs = [step for step in room.journal.steps() if step.phase == "run"]
        assert all(step.parallel for step in runs)


async def test_async_tools_run_side_by_side_too(store: Store) -> None:
    began: list[str] = []

    async def get_weather(city: str) -> str:
        began.append(city)
        await until(lambda: len(began) == 2)
        return city

    two = (call(id="toolu_1", city="Oslo"), call(id="toolu_2", city="Rome"))
    async with a_room(store, says(*two), says(text("Done."))) as room:
        room.offer(run=get_weather, schema=CITY)
        await room.to_the_end()

        assert [block["content"] for block in room.sent_results] == ["Oslo", "Rome"]


NOT_JSON = ToolCall(
    id="toolu_1",
    name="get_weather",
    arguments=None,
    arguments_text='{"city": "Os',
    arguments_error="Unterminated string at position 9",
)


@pytest.mark.parametrize(
    ("asked", "kind", "words"),
    [
        (call("get_wether", city="Oslo"), "unknown_tool", 'no tool called "get_wether"'),
        (NOT_JSON, "invalid_json", "cannot be read"),
        (call(town="Oslo"), "invalid_arguments", "city"),
        (call("raises"), "raised", "ZeroDivisionError"),
        (call("sleeps"), "timeout", "no result within"),
        (call("forbidden"), "not_allowed", "not allowed"),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
async def test_whatever_goes_wrong_with_a_call_the_model_reads_it(
    store: Store, asked: ToolCall, kind: str, words: str, stream: bool
) -> None:
    release, ran = threading.Event(), []
    async with a_room(store, says(asked), says(text("I see."))) as room:
        room.offer(run=lambda city: ran.append(city), schema=CITY)
        room.offer("raises", run=lambda: 1 / 0)
        room.offer("sleeps", run=lambda: release.wait(10), timeout_s=0.05)
        room.offer("forbidden", run=lambda: ran.append("forbidden"), policy="never")
        await room.to_the_end(stream=stream)
        release.set()

        [result] = room.sent_results
        assert result["is_error"] is True
        assert words in str(result["content"])
        assert not ran
        assert room.journal.state.answer is not None
        [recorded] = room.events(ResultRecorded)
        assert recorded.error_kind == kind
        assert bool(room.events(ExecutionStarted)) == (kind in ("raised", "timeout"))


async def test_one_bad_call_does_not_keep_the_others_from_running(store: Store) -> None:
    two = (call("nobody", id="toolu_1"), call(id="toolu_2", city="Rome"))
    async with a_room(store, says(*two), says(text("Done."))) as room:
        room.offer(run=lambda city: "fine", schema=CITY)
        await room.to_the_end()

        assert [block.get("is_error", False) for block in room.sent_results] == [True, False]


async def test_a_late_result_is_kept_and_not_used(store: Store) -> None:
    release = threading.Event()
    async with a_room(store, says(call("slow")), says(text("Never mind."))) as room:

        def slow() -> str:
            release.wait(10)
            return "too late"

        room.offer("slow", run=slow, timeout_s=0.05)
        await room.to_the_end()
        release.set()
        await until(lambda: bool(room.events(LateResult)))

        assert room.events(LateResult)[0].text == "too late"
        assert "too late" not in str(room.journal.state.messages)
        [row] = [step for step in room.journal.steps() if step.phase == "run"]
        assert row.note is not None and "slow came back after" in row.note


async def test_calls_that_need_a_yes_wait_for_it(store: Store) -> None:
    async with a_room(store, says(call(city="Oslo")), says(text("Done."))) as room:
        room.offer(run=lambda city: "fine", policy="ask", schema=CITY)
        await room.to_the_end()
        assert isinstance(next_action(room.journal.state), AwaitApproval)
        assert not room.events(ExecutionStarted)

        room.journal.write(partial(Approved, call=0))
        await room.drive().to_the_end()
        assert room.journal.state.answer is not None


async def test_a_definition_without_code_waits_for_its_result(store: Store) -> None:
    async with a_room(store, says(call(city="Oslo"))) as room:
        room.offer(schema=CITY)
        await room.to_the_end()

        assert isinstance(next_action(room.journal.state), AwaitResult)


@pytest.mark.parametrize(
    ("caps", "reason", "requests"),
    [
        (Caps(round_trips=2), "round_trips", 2),
        (Caps(tokens=210), "tokens", 2),
        (Caps(seconds=0.02, same_call=None), "seconds", 1),
        (Caps(same_call=3), "repetition", 3),
    ],
)
async def test_a_cap_ends_the_turn_and_says_which_and_going_on_is_possible(
    store: Store, caps: Caps, reason: str, requests: int
) -> None:
    def get_weather(city: str) -> str:
        time.sleep(0.03 if caps.seconds else 0)
        return "fine"

    async with a_room(store, says(call(city="Oslo"))) as room:
        room.offer(run=get_weather, schema=CITY)
        await room.to_the_end(caps=caps)

        [stopped] = room.events(Stopped)
        assert stopped.reason == reason
        assert len(room.provider.asked) == requests
        assert isinstance(next_action(room.journal.state), Done)

        room.provider.answers = [says(text("Fine."))]
        room.go_on()
        await room.drive().to_the_end()
        assert room.journal.state.answer is not None
        rounds = [step.round_trip for step in room.journal.steps()]
        assert rounds == sorted(rounds)
        assert max(rounds) == requests + 1


async def test_a_paused_reply_is_sent_back_as_it_is(store: Store) -> None:
    paused = says(text("Searching."), signal="paused")
    async with a_room(store, paused, says(text("Found."))) as room:
        await room.to_the_end()

        assert [m["role"] for m in room.provider.asked[1].body["messages"]] == ["user", "assistant"]
        assert room.phases == ["define", "ask", "stop", "ask", "answer"]
        assert room.journal.state.answer is not None


@pytest.mark.parametrize("arguments", [{}, {"city": "Oslo"}])
async def test_a_call_cut_off_by_the_output_cap_runs_only_if_it_is_whole(
    store: Store, arguments: dict[str, Any]
) -> None:
    ran: list[Any] = []
    cut = says(call(**arguments), signal="max_tokens")
    async with a_room(store, cut, says(text("I see."))) as room:
        room.offer(run=lambda city="everywhere": ran.append(city))
        await room.to_the_end()

        assert ran == list(arguments.values())
        assert room.sent_results[0].get("is_error", False) == (not arguments)


async def test_a_refused_reply_with_calls_runs_nothing_and_the_next_question_works(
    store: Store,
) -> None:
    ran: list[Any] = []
    async with a_room(store, says(call(city="Oslo"), signal="refusal"), says(text("Hi."))) as room:
        room.offer(run=lambda city: ran.append(city), schema=CITY)
        await room.to_the_end()
        await room.to_the_end("Hello?")

        assert not ran
        assert "tool_use" not in room.provider.asked[-1].raw.decode()
        assert room.lines[2].startswith("answer: The model refuses")


async def test_a_request_is_committed_before_it_leaves_and_a_call_before_it_runs(
    store: Store,
) -> None:
    seen: list[str] = []

    async with a_room(store) as room:

        async def looks(asked: Any, writer: Any) -> None:
            seen.append(room.events()[-1].kind)
            answer = says(call(city="Oslo")) if len(seen) == 1 else says(text("Done."))
            await answer(asked, writer)

        def get_weather(city: str) -> str:
            seen.append(room.events()[-1].kind)
            return "fine"

        room.provider.answers = [looks]
        room.offer(run=get_weather, schema=CITY)
        await room.to_the_end()

    assert seen == ["request_sent", "execution_started", "request_sent"]


async def test_without_a_key_nothing_leaves_and_the_prepared_request_stays_ready(
    store: Store,
) -> None:
    def no_key(setup: Any) -> Any:
        raise NoKey("There is no key for this provider.")

    async with a_room(store) as room:
        room.ask()
        await room.drive(target=no_key).step()
        await room.drive(target=no_key).step()
        assert room.journal.state.failed is not None
        assert room.journal.state.failed.failure.kind == "auth"
        assert [step.standing for step in room.journal.steps()] == ["done", "ready", "failed"]
        assert not room.provider.asked

        room.go_on()
        await room.drive().step()
        assert room.journal.state.answer is not None
        assert room.journal.state.round_trip == 1
        assert [step.phase for step in room.journal.steps()].count("ask") == 1


async def test_an_address_that_is_none_fails_once(store: Store) -> None:
    async with a_room(store) as room:
        for address in ("nonsense", "http://", "ftp://127.0.0.1/"):
            await asyncio.wait_for(room.to_the_end(base_url=address), timeout=10)
            failed = room.journal.state.failed
            assert failed is not None
            assert failed.failure.kind == "network"
            assert failed.retry_in_s is None
        assert len(room.events(RequestFailed)) == 3
        assert not room.events(RequestSent)


async def test_when_the_store_fails_the_run_waits_for_a_decision(store: Store) -> None:
    two = (call(id="toolu_1", city="Oslo"), call(id="toolu_2", city="Rome"))
    async with a_room(store, says(*two)) as room:
        room.offer(run=lambda city: "fine", schema=CITY)
        write, failing = room.journal.write, [True]

        def fails_once(*drafts: Any, **how: Any) -> None:
            kinds = {draft.func for draft in drafts}
            if ResultRecorded in kinds and failing.pop(0) if failing else False:
                raise OSError("disk full")
            write(*drafts, **how)

        room.journal.write = fails_once  # type: ignore[method-assign]
        room.ask()
        with pytest.raises(OSError, match="disk full"):
            await room.drive().to_the_end()

        assert len(room.events(ResultRecorded)) == 1, "the other call's result is kept"
        assert isinstance(room.events()[-1], Interrupted)
        assert isinstance(next_action(room.journal.state), AwaitDecision)
        assert fold(room.events()) == room.journal.state


async def test_a_request_that_cannot_be_committed_does_not_leave(store: Store) -> None:
    async with a_room(store) as room:
        write = room.journal.write

        def fails(*drafts: Any, **how: Any) -> None:
            if any(draft.func is RequestSent for draft in drafts):
                raise OSError("disk full")
            write(*drafts, **how)

        room.journal.write = fails  # type: ignore[method-assign]
        room.ask()
        with pytest.raises(OSError, match="disk full"):
            await room.drive().to_the_end()

        assert not room.provider.asked
        assert [event.kind for event in room.events()] == ["turn_started"]


async def test_thinking_time_is_not_counted_and_totals_say_what_is_unmeasured(
    store: Store,
) -> None:
    first = says(call(city="Oslo"), usage=Usage(input=100, output=10, cache_read=5))
    broken = streams(half_a_stream(), then="cut")
    async with a_room(store, first, broken) as room:
        room.offer(run=lambda city: "fine", schema=CITY)
        await room.to_the_end()

        summary = room.journal.summary()
        assert summary["model_calls"] == 1
        assert summary["tools_run"] == 1
        assert summary["usage"]["input"] == 100
        assert summary["usage"]["reasoning"] is None
        assert summary["unmeasured"] == 1
        [received] = room.events(ReplyReceived)
        assert received.cost.usd is None
        assert summary["cost_usd"] is None
