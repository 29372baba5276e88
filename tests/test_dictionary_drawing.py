"""A drawn value is the value: nothing is lost in lines, folds and marks."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from roundtrip.dictionary.drawing import CARRIED, MOST_SPANS, SHOWN, draw, draw_line
from roundtrip.dictionary.places import common, differing, element_around, stands_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_the_text_of_a_drawing_is_the_value(value: Any) -> None:
    assert json.loads(draw(value, (), {}).text) == value
    assert json.loads(draw_line(value, (), {}).text) == value


@given(JSON)
def test_a_line_is_one_line_whatever_is_marked_in_it(value: Any) -> None:
    marks = {place: ("thing",) for place in differing(value, object())}
    assert "\n" not in draw_line(value, (), marks).text


@given(st.dictionaries(st.text(min_size=1), JSON, min_size=1, max_size=4), st.data())
def test_a_mark_is_drawn_where_it_stands(value: Any, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(value)))
    for drawing in (draw(value, (), {(name,): ("it",)}), draw_line(value, (), {(name,): ("it",)})):
        marked = [span for span in drawing.spans if "it" in span.things]
        assert json.loads(marked[0].text) == name


def test_two_things_of_one_place_share_its_name_and_its_value() -> None:
    spans = draw({"error": "gone"}, (), {("error",): ("failed", "words")}).spans
    assert [(span.text, span.things) for span in spans if span.things] == [
        ('"error"', ("failed", "words")),
        ('"gone"', ("words", "failed")),
    ]


def test_a_long_string_is_folded_and_a_longer_one_cut_with_its_size_said() -> None:
    long, longer = "a" * (2 * SHOWN), "a" * (CARRIED + 1000)
    (span,) = draw(long, (), {}).spans
    assert len(span.text) == SHOWN and span.cut == 0 and span.text + span.rest == f'"{long}"'
    (span,) = draw(longer, (), {}).spans
    assert len(span.text + span.rest) == CARRIED and span.cut == 1002


def test_a_drawing_ends_where_it_would_be_too_long_for_a_page() -> None:
    drawing = draw([{"a": n} for n in range(MOST_SPANS)], (), {})
    assert drawing.cut and len(drawing.spans) == MOST_SPANS


@given(JSON, JSON)
@example(1, True)
@example({"a": [0]}, {"a": [False]})
@example({"a": 1, "b": None}, {"b": None, "a": 1})
def test_what_differs_stands_in_the_first_value(one: Any, other: Any) -> None:
    places = list(differing(one, other))
    assert all(stands_in(one, place) for place in places)
    assert bool(places) == (_written(one) != _written(other))


def _written(value: Any) -> str:
    """Equal where two values are the same in JSON: 1 is not true, members have no order."""
    return json.dumps(value, sort_keys=True)


@given(JSON)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert list(differing(value, value)) == []


def test_an_object_that_grew_is_the_place_of_what_was_added() -> None:
    assert list(differing({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}})) == [("a",)]
    assert list(differing({"a": {"b": 1}}, {"a": {"c": 2}})) == [("a", "b")]
    assert list(differing({"a": [1]}, {"a": [1, 2]})) == [("a",)]


def test_the_element_around_places() -> None:
    assert common([("a", 0, "b"), ("a", 0, "c")]) == ("a", 0)
    assert common([("a",)]) == ("a",)
    assert element_around(None, ("a", 0, "b", 1, "c")) == ("a", 0, "b", 1)
    assert element_around(None, ("a", "b")) == ("a", "b")
