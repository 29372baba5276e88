"""The timeline on a terminal: aligned, wrapped, and nothing in it that a terminal would obey."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.conversation import StopSignal, Usage
from roundtrip.events import Cost, Failure
from roundtrip.lines import Segment
from roundtrip.step import Step
from roundtrip.text_timeline import HEAD, block, columns, figures, lines, one_line, wrapped
from roundtrip.told_changes import ToldChange

HOSTILE = "a\x1b[31mred\x07\r\nnext\u202eevil\u2066\x9b0m\u2028end\ud800\U000e0041"


def step(phase: str = "ask", text: str = "a line", **more: object) -> Step:
    values = {
        "seq": 2,
        "number": 1,
        "turn": 1,
        "round_trip": 1,
        "events": (2, 2),
        "at": 0.0,
        "line": (Segment(text=text),),
    }
    return Step.model_validate(values | {"phase": phase} | more)


def test_a_row_says_who_hands_what_to_whom():
    assert lines(step("ask"), 100) == ["  1  ask     app → model  a line"]
    assert lines(step("run"), 100) == ["  1  run     app ⇄ tools  a line"]
    assert lines(step("answer"), 100)[0] == "  1  answer  model → app  a line"


def test_a_long_line_is_wrapped_under_its_beginning():
    first, second, *_ = lines(step(text="word " * 40), 80)

    assert first.index("word") == second.index("word") == HEAD
    assert len(first) <= 80


def test_a_narrow_terminal_leaves_out_the_lanes():
    assert lines(step(), 50) == ["  1  ask     a line"]


def test_a_stop_is_told_in_the_providers_words_and_ours():
    asked = step(usage=Usage(input=2187, cache_read=10))
    stop = step(
        "stop",
        stop=StopSignal(signal="tool_calls", provider="tool_use"),
        stop_field="stop_reason",
        usage=Usage(output=53),
        cost=Cost(usd=0.0125, notional=True),
        elapsed_s=0.92,
    )

    assert figures(stop, asked) == (
        "stop_reason: tool_use = tool_calls · 2,187 in · 10 from cache · 53 out · "
        "$0.012500 (notional) · 0.92 s"
    )


def test_what_is_not_known_is_called_unknown():
    answer = step("answer", cost=Cost(usd=None))

    assert figures(answer) == "tokens in unknown · tokens out unknown · cost unknown"


def test_an_error_says_its_kind_and_what_can_be_done():
    failure = Failure(
        kind="auth", message="no", advice="Check the key.", status=401, provider="authentication"
    )
    told = lines(step("error", "invalid key", failure=failure, note=failure.advice), 100)

    assert [line[HEAD:] for line in told] == [
        "invalid key",
        "auth · HTTP 401 · authentication",
        "Check the key.",
    ]


def test_a_change_is_told():
    change = ToldChange(where="tools[0].strict", what="dropped", place="tool a · strict")
    known = change.model_copy(update={"before": True})

    assert "tool a · strict: dropped" in lines(step(changes=(change,)), 100)[1]
    assert "2 as in the request before" in lines(step(changes=(known, known)), 100)[1]


def test_control_characters_are_shown_and_not_obeyed():
    shown = one_line(HOSTILE)

    assert shown.startswith("a␛[31mred␇ ↵ next<U+202E>evil<U+2066><U+009B>0m<U+2028>end")
    assert "<U+D800><U+E0041>" in shown


def test_a_block_keeps_its_lines():
    assert block("one\r\n\ttwo\x1b") == "one\n\ttwo␛"


@pytest.mark.parametrize("text", ["日本語の天気", "👩‍👩‍👧 family", "naïve café"])
def test_what_is_letters_stays(text):
    assert one_line(text) == block(text) == text


@given(st.text(), st.integers(1, 200))
def test_no_text_makes_a_line_unsafe(text, width):
    row = step(text=text, note=text, changes=(ToldChange(where=text, what=text, place=text),))

    for line in lines(row, width):
        for char in line:
            unsafe = unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
            assert not unsafe or char in "\u200c\u200d"


@given(st.text(), st.integers(2, 120))
def test_wrapping_keeps_the_width_and_every_letter(text, width):
    shown = one_line(text)
    found = wrapped(shown, width)

    assert all(columns(line) <= width for line in found)
    assert "".join("".join(found).split()) == "".join(shown.split())
