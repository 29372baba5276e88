"""Why a simulated model did what it did is told from the header that its reply carries."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from roundtrip.exchange import Exchange
from roundtrip.payloads import decision_panels
from roundtrip.simulator.model import ArgumentReason, Decision, ToolScore
from roundtrip.told_decision import HEADER, told_decision

DECISION = Decision(
    outcome="calls",
    question="What is the weather in Tokyo?",
    scores=(
        ToolScore(name="get_weather", score=4.0, matched=("weather",)),
        ToolScore(name="send_email", score=0.5, matched=()),
    ),
    threshold=1.0,
    arguments=(
        ArgumentReason(tool="get_weather", argument="city", value="Tokyo", reason="after “in”"),
    ),
    why="I need what get_weather gives back before I can answer.",
)


def header(text: str) -> tuple[tuple[str, str], ...]:
    return (("content-type", "application/json"), (HEADER, text))


def exchange(headers: tuple[tuple[str, str], ...]) -> Exchange:
    return Exchange(1, 1, "POST", "http://x/", (), b"{}", "", 0.0, 200, headers, b"{}")


def test_the_reasons_come_as_bars_with_the_line_that_a_call_needs() -> None:
    told = told_decision(header(DECISION.model_dump_json()))
    assert told is not None
    weather, email = told.scores
    assert (weather.share, weather.enough) == (1.0, True)
    assert (email.share, email.enough) == (0.125, False)
    assert told.threshold_share == 0.25
    [city] = told.arguments
    assert (city.argument, city.value, city.reason) == ("city", '"Tokyo"', "after “in”")


def test_a_row_has_the_panel_only_where_the_reply_has_the_header() -> None:
    [panel] = decision_panels(exchange(header(DECISION.model_dump_json())))
    assert (panel.name, panel.kind) == ("Why", "decision")
    assert decision_panels(exchange(())) == []
    assert decision_panels(None) == []


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_a_header_that_is_something_else_tells_nothing_and_breaks_nothing(text: str) -> None:
    assert told_decision(header(text)) is None


@given(st.lists(st.floats(0, 1e6), max_size=5), st.floats(0, 1e6))
def test_no_bar_is_longer_than_the_whole(scores: list[float], threshold: float) -> None:
    given_scores = tuple(ToolScore(name="x", score=score, matched=()) for score in scores)
    changed = DECISION.model_copy(update={"scores": given_scores, "threshold": threshold})
    told = told_decision(header(changed.model_dump_json()))
    assert told is not None
    assert all(0 <= one.share <= 1 for one in told.scores)
    assert 0 <= told.threshold_share <= 1
