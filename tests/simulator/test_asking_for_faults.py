"""The ways to ask for a fault: a header, or the end of the model's name."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest

from roundtrip.simulator.faults import KINDS, NAMES, fault_asked_for, without_fault
from roundtrip.simulator.thread import SimulatorThread
from tests.simulator.asking import AT_ONCE

README = Path(__file__).resolve().parents[2] / "README.md"
QUESTION = "What is the weather in Tokyo?"
REAL = {
    "anthropic": "claude-sonnet-4-5",
    "openai-chat": "gpt-4o-mini",
    "openai-responses": "gpt-4o-mini",
    "gemini": "gemini-2.5-flash",
}
COUNTED = ("created", "created_at", "completed_at", "id", "responseId", "model", "modelVersion")


def test_the_list_is_of_four_kinds_and_every_name_is_in_one():
    assert list(KINDS) == [
        "refusals",
        "broken connections",
        "broken replies",
        "odd replies",
    ]
    assert sum(len(kind) for kind in KINDS.values()) == len(NAMES) == 32
    assert all(words and "\n" not in words for words in NAMES.values())


def test_the_readme_has_the_list():
    written, kind = [], ""
    for line in README.read_text().splitlines():
        if row := re.fullmatch(r"\| (.*?)\s?\| `([\w-]+)` \| (.+) \|", line):
            kind = row[1] or kind
            written.append((kind, row[2], row[3]))
    listed = [(kind, *one) for kind, names in KINDS.items() for one in names.items()]

    assert [row for row in written if row[0] in KINDS] == listed


def test_the_names_of_before_are_still_there():
    assert {"429", "500", "503", "529", "cut", "stall", "refuse"} <= NAMES.keys()


@pytest.mark.parametrize("name", NAMES)
def test_the_header_and_the_models_name_ask_for_the_same(name):
    assert fault_asked_for(name).name == name
    assert fault_asked_for(None, f"sim-large+{name}") == fault_asked_for(name)
    assert fault_asked_for("", f"sim-large+{name}*3") == fault_asked_for(f"{name}*3")
    assert without_fault(f"sim-large+{name}*3") == "sim-large"


def test_the_header_counts_where_both_ask():
    assert fault_asked_for("500", "sim-large+429").name == "500"


@pytest.mark.parametrize("name", [None, 7, "", "sim-large"])
def test_a_name_without_an_end_asks_for_nothing(name):
    assert fault_asked_for(None, name) is None


@pytest.fixture
def answered(api, overheard):
    """Status and words of an answer without ids and clocks, or how there is none."""

    def ask(**how: Any) -> Any:
        overheard.status = 0
        try:
            api.whole(overheard.client, api.asking(QUESTION, **how))
        except Exception as error:
            if not overheard.status:
                return type(error).__name__
        try:
            said = json.loads(overheard.body)
        except ValueError:  # as many bytes as came; its model's name makes it longer
            return overheard.status, overheard.body[:5]
        told = {name: value for name, value in said.items() if name not in COUNTED}
        return overheard.status, _without_ids(told)

    return ask


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        ids = ("id", "call_id", "request_id", "thoughtSignature", "system_fingerprint")
        return {name: _without_ids(inner) for name, inner in value.items() if name not in ids}
    if isinstance(value, list):
        return [_without_ids(inner) for inner in value]
    return value.replace("sim-large+404", "sim-large") if isinstance(value, str) else value


def test_every_fault_strikes_alike_by_header_and_by_name(answered):
    for name in NAMES:
        if name != "stall":  # it would take its time
            by_name = answered(model=f"sim-large+{name}")
            assert by_name == answered(fault=name), name
            usual = ("drip", "same-call", "obey-injection")  # as far as the first reply
            assert (by_name == answered()) == (name in usual), name


def test_the_asked_name_is_echoed(api, speaking):
    for how in (api.whole, api.streamed):
        seen = how(speaking, api.asking(QUESTION, model="sim-small+duplicate-ids"))

        assert seen.model == "sim-small+duplicate-ids"
        assert len(seen.calls) == 2


def test_a_counted_fault_by_name_lets_the_next_through(api, speaking):
    request = api.asking(QUESTION, model="sim-large+503*2")

    for _ in range(2):
        with pytest.raises(api.refused):
            api.whole(speaking, request)
    assert api.whole(speaking, request).calls


def test_a_providers_own_model_can_fail_too(api, speaking):
    with pytest.raises(api.refused) as caught:
        api.whole(speaking, api.asking(QUESTION, model=f"{REAL[api.wire]}+429"))
    assert caught.value.response.status_code == 429

    name = f"{REAL[api.wire]}+unknown-tool"
    assert api.whole(speaking, api.asking(QUESTION, model=name)).calls[0][0] == "get_weather_v2"


def test_an_end_that_is_no_fault_is_refused_with_the_names_there_are(api, speaking):
    with pytest.raises(api.refused, match=f"'bogus'; there are {', '.join(NAMES)}, each also"):
        api.whole(speaking, api.asking(QUESTION, model="sim-large+bogus"))


def test_the_thinker_thinks_and_the_small_one_is_small_all_the_same(api, speaking):
    seen = api.whole(speaking, api.asking(QUESTION, model="sim-thinker+unknown-tool"))

    assert seen.reasoning_tokens


def test_a_request_that_is_to_be_refused_goes_where_nobody_listens():
    simulator = SimulatorThread(AT_ONCE)
    simulator.start()
    try:
        root = simulator.root_for((("X-Fault", "refused"),), "sim-large")
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{root}/health")
    finally:
        simulator.stop()


@pytest.mark.parametrize(
    ("headers", "model", "refused"),
    [
        ((("x-fault", "refused"),), "sim-large", True),
        ((), "sim-large+refused", True),
        ((("x-fault", "refused*2"),), "sim-large", False),
        ((("x-fault", "reset"),), "sim-large+refused", False),
        ((("x-fault", "bogus"),), "sim-large", False),
        ((), "sim-large", False),
    ],
)
def test_only_what_asks_to_be_refused_is_sent_there(headers, model, refused):
    simulator = SimulatorThread(AT_ONCE)
    root = simulator.start()
    try:
        assert (simulator.root_for(headers, model) != root) is refused
    finally:
        simulator.stop()
