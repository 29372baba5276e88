"""A run as one document: whole, described by its schema, and told in the contract's words."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from functools import partial
from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from roundtrip import __version__
from roundtrip.drive import Drive
from roundtrip.events import Event, TurnStarted
from roundtrip.exchange import Exchange
from roundtrip.export import schema
from roundtrip.export.file import as_text, document_of
from roundtrip.journal import Journal
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.steps import Timeline
from roundtrip.wires.send import Target
from tests.turns import AT_ONCE, OWNER, Turns, setup


@pytest.fixture(scope="module")
def target():
    with SimulatorThread(AT_ONCE) as address:
        yield lambda _: Target("anthropic", f"{address}/anthropic", "any-key")


@pytest.fixture
def turns(tmp_path):
    turns = Turns(tmp_path)
    yield turns
    turns.store.close()


@pytest.fixture(scope="module")
def described() -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema.FILE.read_text("utf-8")))


def asked(turns: Turns, target: Any, text: str = "Weather in Tokyo?", **how: Any) -> dict[str, Any]:
    asyncio.run(turns.ask(text, setup(**how), target))
    return turns.document()


def test_the_schema_beside_the_code_is_the_one_of_its_models():
    # When this fails: python -m roundtrip.export.schema
    assert schema.FILE.read_text("utf-8") == schema.as_text(schema.run_schema())


def test_every_field_of_the_schema_is_described():
    generated = schema.run_schema()
    jsonschema_rs.meta.validate(generated)
    undescribed = [
        f"{name}.{field}"
        for name, definition in [("RunDocument", generated), *generated["$defs"].items()]
        for field, value in definition.get("properties", {}).items()
        if not value.get("description")
    ]
    assert undescribed == []


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"stream": False},
        {"tools": ()},
        {"headers": (("x-fault", "cut"),)},
        {"headers": (("x-fault", "refuse"),)},
        {"headers": (("x-fault", "nonsense"),)},
    ],
    ids=["streamed", "whole", "no tools", "cut short", "refused", "not a request"],
)
def test_a_run_keeps_to_the_schema(turns, target, described, how):
    document = asked(turns, target, **how)

    described.validate(document)
    assert document["steps"][-1]["phase"] in ("answer", "error")


def test_the_schema_refuses_what_is_no_run_document(turns, target, described):
    document = asked(turns, target)

    for field in ("format", "events", "exchanges", "usage"):
        assert not described.is_valid({key: document[key] for key in document if key != field})
    assert not described.is_valid(document | {"format": "roundtrip/2"})
    assert not described.is_valid(document | {"events": [{"kind": "turn_started"}]})


def test_fields_of_a_later_version_are_ignored(turns, target, described):
    document = asked(turns, target)
    document["later"] = document["run"]["later"] = document["exchanges"][0]["later"] = {"a": 1}

    described.validate(document)


def test_it_has_every_field_of_the_contract(turns, target):
    document = asked(turns, target)

    run, exchange, step = document["run"], document["exchanges"][0], document["steps"][1]
    assert document["format"] == "roundtrip/1"
    assert {"id", "parent", "wire", "model", "simulated", "app_version"} <= run.keys()
    assert (run["wire"], run["model"], run["simulated"]) == ("anthropic", "sim-large", True)
    assert (run["parent"], run["app_version"]) == (None, __version__)
    assert {"seq", "phase", "exchange", "attempt", "events"} <= step.keys()
    assert exchange.keys() >= {
        "method",
        "url",
        "request_headers",
        "request_body",
        "status",
        "response_headers",
        "response_body",
        "started_at",
        "ended_at",
        "events",
        "request_sha256",
        "response_sha256",
    }
    assert set(document["usage"]) == {"input", "output", "cache_read", "cache_write", "reasoning"}
    assert document["cost"]["notional"] is True


def test_its_events_tell_the_whole_run_again(turns, target):
    document = json.loads(as_text(asked(turns, target)))

    events = TypeAdapter(list[Event]).validate_python(document["events"])
    timeline = Timeline()
    timeline.feed(events)
    assert events == turns.journal.events()
    told = [step.model_dump(mode="json") for step in timeline.steps.values()]
    assert told == document["steps"]
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    for step in document["steps"]:
        first, last = step["events"]
        assert 1 <= first == step["seq"] <= last <= len(events)


def test_usage_is_the_sum_of_what_the_provider_counted(turns, target):
    document = asked(turns, target)

    counted = [
        event["reply"]["usage"] for event in document["events"] if event["kind"] == "reply_received"
    ]
    assert len(counted) == 2
    assert document["usage"]["input"] == sum(one["input"] for one in counted)
    assert document["usage"]["output"] == sum(one["output"] for one in counted)
    assert document["usage"]["reasoning"] is None, "unknown is not 0"


def test_tools_carry_their_definition_and_their_rule(turns, target):
    document = asked(turns, target)

    [tool] = document["tools"]
    assert (tool["name"], tool["policy"], tool["has_code"]) == ("get_weather", "auto", True)
    assert tool["input_schema"]["required"] == ["city"]


def test_a_request_that_lies_ready_is_marked_as_not_sent(turns, target, described):
    turns.journal.write(partial(TurnStarted, text="Weather in Tokyo?", setup=setup()))
    asyncio.run(turns.drive(Drive.step, target))

    [ready] = turns.document()["exchanges"]
    assert (ready["sent"], ready["status"], ready["request_sha256"]) == (False, None, None)
    asyncio.run(turns.drive(Drive.to_the_end, target))
    document = turns.document()
    assert [one["sent"] for one in document["exchanges"]] == [True, True]
    described.validate(document)


def test_a_run_without_a_turn_is_a_document_too(turns, described):
    document = turns.document()

    described.validate(document)
    assert (document["events"], document["run"]["wire"]) == ([], None)


def test_a_fork_names_its_parent(turns, target, described):
    original = asked(turns, target)
    head = turns.store.fork(OWNER, turns.journal.run, "a fork", time.time(), seq=3, exchanges=1)
    turns.journal = Journal(turns.store, OWNER, head.id)
    turns.journal.refresh()

    fork = turns.document()
    described.validate(fork)
    assert fork["run"]["parent"] == {"run": original["run"]["id"], "seq": 3}
    assert fork["events"] == original["events"][:3]
    assert fork["exchanges"] == original["exchanges"][:1]


def test_a_body_that_is_no_text_is_written_as_base64(turns, target):
    asked(turns, target)
    first = turns.journal.exchange(1)
    assert first is not None
    odd = Exchange(**first.__dict__ | {"response_body": b"\xff\xfe\x00"})

    [exchange] = document_of("run", turns.journal.events(), [odd], None).exchanges
    assert exchange.response_body.model_dump() == {
        "base64": base64.b64encode(b"\xff\xfe\x00").decode()
    }
    assert exchange.request_body.model_dump() == {"text": first.request_body.decode()}


def test_keys_are_written_in_order(turns, target):
    text = as_text(asked(turns, target))

    def in_order(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert [name for name, _ in pairs] == sorted(name for name, _ in pairs)
        return dict(pairs)

    json.loads(text, object_pairs_hook=in_order)
