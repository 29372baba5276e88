"""A stream that has nothing to say gives signs of life, and nobody is misled by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as some

from roundtrip.simulator.keep_alive import KeepAlive, kept_alive
from roundtrip.simulator.pacing import Piece, Timetable
from roundtrip.simulator.thread import SimulatorThread
from tests.simulator.asking import AT_ONCE
from tests.simulator.speakers import SPEAKERS
from tests.simulator.stream_kinds import kinds_of, replies_in

SLOW = replace(AT_ONCE, seconds_to_first_token=0.6, keep_alive_seconds=0.1)
"""Six times as long to the first token as a stream is silent."""

SIGNS = {
    "anthropic": 'event: ping\ndata: {"type": "ping"}\n\n',
    "openai-chat": ": keep-alive\n\n",
    "openai-responses": 'event: keepalive\ndata: {"type":"keepalive","sequence_number":',
}


@pytest.fixture(scope="module")
def slow() -> Iterator[str]:
    with SimulatorThread(SLOW) as address:
        yield address


@pytest.mark.parametrize("wire", SPEAKERS)
def test_a_slow_stream_is_the_same_reply_with_signs_of_life(simulator, slow, wire):
    api, told = SPEAKERS[wire], []
    request = api.asking("What is the weather in Tokyo and Oslo?", model="sim-thinker")

    quick = api.streamed(api.client(simulator), request)
    late = api.streamed(api.client(slow, hook=lambda one: told.append(_read(one))), request)

    assert late == quick
    [text] = told
    sign = SIGNS.get(wire)
    assert sign is None or text.count(sign) >= 3


def _read(response: httpx2.Response) -> str:
    response.read()
    return response.text


def test_the_signs_come_before_the_first_word_and_the_beginning_before_them(slow):
    api = SPEAKERS["openai-responses"]
    told: list[str] = []
    client = api.client(slow, hook=lambda one: told.append(_read(one)))

    api.streamed(client, api.asking("Hello!"))

    [events] = replies_in("openai-responses", told[0])
    types = [event["type"] for event in events]
    assert types[:3] == ["response.created", "response.in_progress", "keepalive"]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert kinds_of("openai-responses", events)[-1] == "response.completed"


HOW = KeepAlive(b"sign", opening=1)


@given(
    waits=some.lists(some.floats(0, 5), min_size=1, max_size=8),
    seconds=some.floats(0.2, 2),
)
def test_no_silence_is_longer_than_it_may_be_and_no_piece_comes_late(waits, seconds):
    times = [sum(waits[: n + 1]) for n in range(len(waits))]
    plan = Timetable(tuple(Piece(at, b"%d" % n) for n, at in enumerate(times)))

    kept = kept_alive(plan, HOW, seconds)

    told = [piece for piece in kept.pieces if piece.data != b"sign"]
    assert [piece.data for piece in told] == [piece.data for piece in plan.pieces]
    assert all(ours.at <= theirs.at for ours, theirs in zip(told, plan.pieces, strict=True))
    ends = [0.0, *(piece.at for piece in kept.pieces)]
    assert all(after - before <= seconds + 1e-6 for before, after in pairwise(ends))


@pytest.mark.parametrize("ending", ["cut", "stall"])
def test_a_stream_that_is_to_break_is_left_as_it_is(ending):
    plan = Timetable((Piece(9, b"a"), Piece(99, b"b")), ending)

    assert kept_alive(plan, HOW, 1) is plan


def test_signs_of_life_can_be_left_out():
    plan = Timetable((Piece(9, b"a"), Piece(99, b"b")))

    assert kept_alive(plan, HOW, 0) is plan
