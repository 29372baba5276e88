"""What is refused before a tool runs, and in which words."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.tools.checks import (
    DEPTH_LIMIT,
    SIZE_LIMIT,
    parse_arguments,
    problems,
    schema_problem,
)

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)

KEYWORDS = [
    "type", "properties", "required", "items", "enum", "anyOf", "$ref", "pattern", "format",
    "additionalProperties", "minimum", "$defs", "$schema", "$id", "not", "const",
]  # fmt: skip

LIKE_A_SCHEMA = st.recursive(
    JSON | st.sampled_from(["object", "string", "#", "#/$defs/a", "(a+)+$"]),
    lambda inner: st.dictionaries(st.sampled_from(KEYWORDS) | st.just("a"), inner, max_size=4),
    max_leaves=8,
)


def told(arguments: Any, **schema: Any) -> list[str]:
    return [str(problem) for problem in problems(arguments, {"type": "object"} | schema)]


def of(**properties: Any) -> dict[str, Any]:
    return {"properties": properties, "additionalProperties": False}


@pytest.mark.parametrize("text", ["", "  \n", "null", "{}", None])
def test_a_call_without_arguments_has_empty_ones(text: str | None) -> None:
    assert parse_arguments(text) == ({}, None)


def test_a_syntax_error_is_told_with_its_position() -> None:
    arguments, error = parse_arguments('{"city": "Tokyo",\n "day": }')
    assert arguments is None
    assert error is not None
    assert "line 2 column 9 (character 26)" in error


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1]", "not an array"),
        ('"Tokyo"', "not a string"),
        ("3", "not an integer"),
        ('{"a": NaN}', "NaN"),
        ('{"a": 1e999}', "1e999"),
        ('{"a": ' + "9" * 5000 + "}", "digits"),
        ('{"a": "\\ud800"}', "surrogate"),
        ('{"a": ' + "[" * 70 + "]" * 70 + "}", "deeper than 64"),
        ('{"a": ' + "[" * 50_000 + "]" * 50_000 + "}", "deeper than 64"),
        ('{"a": "' + "é" * (SIZE_LIMIT // 2) + '"}', "the limit is 262,144"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused_with_the_reason(text: str, words: str) -> None:
    arguments, error = parse_arguments(text)
    assert arguments is None
    assert error is not None
    assert words in error


@given(st.text() | st.text(alphabet='{}[]",:0123456789.eE+-\\und /tfals'))
def test_no_text_makes_parsing_raise(text: str) -> None:
    arguments, error = parse_arguments(text)
    assert (arguments is None) != (error is None)


@given(st.dictionaries(st.text(), JSON))
def test_every_json_object_is_read_as_it_is(value: dict[str, Any]) -> None:
    assert parse_arguments(json.dumps(value)) == (value, None)


@pytest.mark.parametrize(
    ("arguments", "schema", "words"),
    [
        ({}, {"required": ["city"]}, 'missing required property "city"'),
        ({"city": "Atlantis"}, of(city={"enum": ["Tokyo", "Oslo"]}),
         'city: "Atlantis" is not one of "Tokyo", "Oslo"'),
        ({"town": "Oslo"}, of(city={}), 'unknown property "town"; there are "city"'),
        ({"n": "5"}, of(n={"type": "integer"}), 'n: "5" is a string, expected integer'),
        ({"n": True}, of(n={"type": "number"}), "n: true is a boolean, expected number"),
        ({"day": "tomorrow"}, of(day={"type": "string", "format": "date"}),
         'day: "tomorrow" is not a date, e.g. 2026-12-31'),
        ({"id": "17"}, of(id={"pattern": "^O-"}), 'id: "17" does not match the pattern ^O-'),
        ({"id": "17"}, of(id={"pattern": "^(?=O)"}), 'id: "17" does not match the pattern ^(?=O)'),
        ({"n": 0}, of(n={"minimum": 1}), "n: 0 is less than the minimum of 1"),
        ({"n": 0}, of(n={"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]}),
         "n: 0 is less than the minimum of 1"),
        ({"n": []}, of(n={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
         "n: fits none of the allowed forms: [] is an array, expected integer; "
         "or [] is an array, expected null"),
        ({"list": [{"city": 3}]}, of(list={"items": {"properties": {"city": {"type": "string"}}}}),
         "list[0].city: 3 is an integer, expected string"),
        ({"kind": "b"}, of(kind={"const": "a"}), 'kind: "b" is not "a"'),
    ],
)  # fmt: skip
def test_a_problem_is_said_so_that_a_model_can_mend_it(
    arguments: Any, schema: dict[str, Any], words: str
) -> None:
    assert told(arguments, **schema) == [words]


def test_arguments_that_fit_have_no_problems() -> None:
    schema = of(city={"type": "string"}, day={"anyOf": [{"format": "date"}, {"type": "null"}]})
    assert told({"city": "Tokyo", "day": "2026-12-31"}, **schema) == []
    assert told({"city": "Tokyo", "day": None}, **schema) == []


def test_every_problem_is_told_but_no_more_than_ten() -> None:
    schema = of(**{f"n{number}": {"type": "integer"} for number in range(30)})
    assert len(told({"n1": "", "n2": ""}, **schema)) == 2
    assert len(told({f"n{number}": "" for number in range(30)}, **schema)) == 10


def test_a_long_value_is_not_repeated_in_full() -> None:
    (words,) = told({"n": "x" * 100_000}, **of(n={"type": "integer"}))
    assert len(words) < 500
    assert words.endswith("is a string, expected integer")


def test_deep_and_large_values_are_refused_before_they_are_checked() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert f"deeper than {DEPTH_LIMIT}" in told({"a": deep})[0]
    assert "larger than 262,144 bytes" in told({"a": "x" * SIZE_LIMIT})[0]
    assert "larger than 262,144 bytes" in told({"a": list(range(SIZE_LIMIT))})[0]
    assert "nested deeper" in (schema_problem({"not": deep}) or "")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "strin"}, {"pattern": "("}, {"properties": 5}, {"$schema": "x:y"},
        {"$ref": "#/$defs/nowhere"}, {"minimum": float("nan")}, {"enum": "Oslo"},
        {"pattern": "\ud800"}, 5, None, "object", {"default": {1, 2}},
    ],
)  # fmt: skip
def test_a_schema_that_cannot_be_used_is_a_problem_and_no_exception(schema: Any) -> None:
    (problem,) = problems({}, schema)
    assert problem.message.startswith("this tool's schema cannot be used: ")


def test_a_reference_to_another_place_is_never_fetched() -> None:
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/schema.json"
        for keyword in ("$ref", "$dynamicRef", "$schema"):
            assert told({}, **{keyword: address})
        server.shutdown()
    assert told({}, **{"$ref": "file:///etc/hostname"})
    assert asked == []


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "^(?=a)(a+)+$", "^(a|aa)*$", r"^(\w+\s?)*$", r"^(?=a)(a|a)*(b)\1$",
     "(?=(a+))(a|b|ab)*bc$"],
)  # fmt: skip
def test_no_pattern_hangs_a_check(pattern: str) -> None:
    started = time.thread_time()
    assert told({"a": "a" * 30_000 + "!"}, **of(a={"pattern": pattern}))
    # The last takes 0.2 s with the bound of our own and 8 s with the library's.
    assert time.thread_time() - started < 2


@pytest.mark.parametrize("pattern", ["(a{1000}){1000}", r"\p{L}{50000}"])
def test_a_pattern_that_would_fill_the_memory_is_refused(pattern: str) -> None:
    assert schema_problem({"pattern": pattern})


TWICE = {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(20)}
NESTED = {"anyOf": [{"properties": {"a": {"$ref": "#"}}, "required": [name]} for name in "xy"]}


@pytest.mark.parametrize(
    "schema", [{"$ref": "#/$defs/d0", "$defs": TWICE | {"d20": {"type": "string"}}}, NESTED]
)
def test_a_check_whose_branches_multiply_is_refused(schema: dict[str, Any]) -> None:
    arguments: dict[str, Any] = {}
    for _ in range(30):
        arguments = {"a": arguments}
    started = time.thread_time()
    (problem,) = problems(arguments, schema)
    assert "branches are more than a check can follow" in problem.message
    # Followed to their end they would take minutes and years.
    assert time.thread_time() - started < 2


def test_many_items_are_not_too_much() -> None:
    item = {"anyOf": [{"$ref": "#/$defs/point"}, {"type": "null"}]}
    point = {"properties": {"x": {"type": "number"}, "y": {"type": "number"}}}
    schema = {"$defs": {"point": point}, "properties": {"all": {"items": item}}}
    assert told({"all": [{"x": 1, "y": n} for n in range(5_000)]}, **schema) == []


def test_a_schema_may_refer_to_itself() -> None:
    tree = {"properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}, "n": {"type": "integer"}}}
    assert told({"left": {"right": {"n": 1}}}, **tree) == []
    assert told({"left": {"right": {"n": "1"}}}, **tree) != []


@given(JSON, LIKE_A_SCHEMA)
def test_nothing_makes_a_check_raise(arguments: Any, schema: Any) -> None:
    assert isinstance(problems(arguments, schema), tuple)
