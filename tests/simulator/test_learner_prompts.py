"""The learners' prompts are sound: every course they want can be gone with the real tools.

No model is asked here. An example is made of every call that is wanted, and what the tools give
for it has to agree with what is wanted next.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from roundtrip.tools.checks import problems
from tests.simulator.learner_case import (
    FIRST_VISIT,
    SAMPLE,
    TOOLS,
    Case,
    calls_and_results,
    conversation,
    offered,
    tools_for,
)
from tests.simulator.learner_prompts import LEARNER_PROMPTS
from tests.simulator.learner_score import (
    Anything,
    Exactly,
    GivenCall,
    Holds,
    Name,
    Omitted,
    OneOf,
    Wanted,
    WantedCall,
    judged,
)
from tests.simulator.learner_wanted import Finds, Selects, Unit, Worth

MAY_FAIL = {"error-recovery", "injection", "spelling"}
"""Kinds of prompts in which a tool may answer with an error; `flaky_service` always may."""


def test_there_are_three_hundred_and_each_has_a_name_of_its_own() -> None:
    assert len(LEARNER_PROMPTS) >= 300
    assert [
        id for id, times in Counter(one.id for one in LEARNER_PROMPTS).items() if times > 1
    ] == []
    asked = Counter((one.prompt, one.offered, str(one.before)) for one in LEARNER_PROMPTS)
    assert [prompt for (prompt, *_), times in asked.items() if times > 1] == []


def test_every_sample_tool_is_wanted_by_twelve() -> None:
    wanted = Counter(name for one in LEARNER_PROMPTS for name in _names(one))
    assert {name: wanted[name] for name in SAMPLE if wanted[name] < 12} == {}


def test_a_first_visit_offers_what_needs_no_setting() -> None:
    assert FIRST_VISIT == (
        "calculate",
        "flaky_service",
        "find_customer",
        "list_orders",
        "get_order",
        "shipping_status",
        "refund_order",
        "get_weather",
    )


def test_about_thirty_are_in_the_second_language() -> None:
    languages = Counter(one.language for one in LEARNER_PROMPTS)
    assert 25 <= languages["es"] <= 35
    assert set(languages) == {"en", "es", "de", "fr"}


def test_where_nothing_is_to_be_called_it_is_said_what_the_words_do() -> None:
    silent = [one for one in LEARNER_PROMPTS if one.courses == (((),),)]
    assert [one.id for one in silent if not one.reply] == []


@pytest.mark.parametrize("one", LEARNER_PROMPTS, ids=lambda one: one.id)
def test_every_course_can_be_gone(
    one: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, course in enumerate(one.courses):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.setenv("ROUNDTRIP_ORDER_DESK", str(folder / "desk.sqlite3"))
        monkeypatch.setenv("ROUNDTRIP_OUTBOX", str(folder / "outbox.sqlite3"))
        tools = tools_for(one, folder)
        messages = conversation(one, tools).messages
        known = " ".join(_words(messages))
        gone = []
        for place, wanted in enumerate(course):
            given = [_example(call) for call in wanted]
            gone.append(given)
            for call in given:
                assert call.name in {tool.name for tool in offered(one)}
                schema = TOOLS[call.name].definition.input_schema
                assert problems(dict(call.arguments or {}), schema) == ()
            # Nothing is wanted that nobody said.
            assert {id for id in _ids(given) if id[-3:] not in known} == set()
            said, handed = calls_and_results(given, tools, str(place))
            failed = [part.name for part in handed.results if part.is_error]
            if one.kind not in MAY_FAIL:
                assert set(failed) <= {"flaky_service"}
            known += " ".join(_words([said, handed]))
        assert judged(one.courses, gone).right


def _names(one: Case) -> set[str]:
    return {call.name for course in one.courses for calls in course for call in calls}


def _words(messages: Sequence[Any]) -> Iterator[str]:
    for message in messages:
        yield message.text
        for result in message.results:
            yield result.text


def _ids(calls: Sequence[GivenCall]) -> set[str]:
    """Ids of orders, customers and invoices among the arguments."""
    values = [str(value) for call in calls for value in (call.arguments or {}).values()]
    return {value for value in values if re.fullmatch(r"(?:O|C|INV)-\d+", value)}


def _example(call: WantedCall) -> GivenCall:
    arguments = {name: _value(wanted) for name, wanted in call.arguments.items()}
    made = {name: value for name, value in arguments.items() if value is not None}
    return GivenCall(call.name, made)


def _value(wanted: Wanted) -> Any:
    """A value that is wanted; None where none need be given."""
    match wanted:
        case Exactly(value) | Name(value):
            return value
        case Holds(words):
            return " ".join(w if isinstance(w, str) else w[0] for w in words) or "whatever"
        case OneOf(choices):
            return _value(choices[0])
        case Worth(values):
            return f"{values[0]!r} + 0"
        case Unit(symbol):
            return symbol
        case Finds(documents):
            return documents[0].replace("_", " ")
        case Selects(values, rows):
            row = ", ".join(f"{value!r} as c{place}" for place, value in enumerate(values))
            return " union all ".join([f"select {row}"] * (rows or 1))
        case Anything():
            return "select 1 as one"
        case Omitted():
            return None
    raise AssertionError(f"no example of {wanted}")
