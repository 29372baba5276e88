"""Every simulated reply carries why it is what it is, in a header that any client can take."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.simulator.decision_header import HEADER, MOST_BYTES, decision_header
from roundtrip.simulator.model import ArgumentReason, Decision, ToolScore
from tests.hostile import HALVES, HOSTILE
from tests.simulator.speakers import SPEAKERS

WHOLE = [text for name, text in HOSTILE.items() if name not in HALVES]
"""Half a character reaches no model: the APIs refuse it as no JSON."""

WORDS = st.text(max_size=2_000) | st.sampled_from(WHOLE)
VALUES = st.recursive(st.none() | st.booleans() | st.integers() | WORDS, st.lists, max_leaves=10)
SCORES = st.builds(ToolScore, name=WORDS, score=st.floats(0, 99), matched=st.just(("a", "b")))
REASONS = st.builds(ArgumentReason, tool=WORDS, argument=WORDS, value=VALUES, reason=WORDS)
DECISIONS = st.builds(
    Decision,
    outcome=st.just("calls"),
    question=WORDS,
    scores=st.lists(SCORES, max_size=60).map(tuple),
    threshold=st.just(1.0),
    arguments=st.lists(REASONS, max_size=20).map(tuple),
    why=WORDS,
)


@given(DECISIONS)
def test_it_fits_a_header_line_and_says_where_something_is_left_out(decision: Decision) -> None:
    written = decision_header(decision)[HEADER]
    assert len(written) <= MOST_BYTES
    assert written.isascii() and written.isprintable()
    read = Decision.model_validate_json(written)
    whole = decision.model_dump(mode="json")
    left_out = read.model_dump(mode="json") != whole
    assert json.loads(written).get("trimmed", False) is left_out
    assert decision.scores[: len(read.scores)] == read.scores or left_out


def test_what_is_no_models_decision_has_none() -> None:
    assert decision_header({"fault": "refuse"}) == {}


@pytest.mark.parametrize("wire", SPEAKERS)
@pytest.mark.parametrize("stream", [False, True])
def test_every_api_sends_it_with_a_call(simulator: str, wire: str, stream: bool) -> None:
    heard: dict[str, Any] = {}

    def hook(response: Any) -> None:
        heard.update(response.headers)

    api = SPEAKERS[wire]
    client = api.client(simulator, hook=hook)
    (api.streamed if stream else api.whole)(client, api.asking("What is the weather in Tokyo?"))
    decision = Decision.model_validate_json(heard[HEADER])
    assert decision.outcome == "calls"
    assert decision.scores[0].name == "get_weather"
    assert [reason.value for reason in decision.arguments] == ["Tokyo"]
