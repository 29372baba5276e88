"""Fields that no wire knows: on another wire each of them is left out, and each is named."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from roundtrip.conversation import Change, Native
from roundtrip.wires.recode import recode
from roundtrip.wires.wire import WIRES, WireError, WireRequest, wire_named
from tests.figures import Figures
from tests.recordings import ABSENT, recorded

CROSSING = [(source, target) for source in WIRES for target in WIRES if source != target]

VALUES = (
    {"input_schema", "parameters", "parametersJsonSchema", "parameters_json_schema"}
    | {"args", "response"}
    | {"response_schema", "responseSchema", "responseJsonSchema", "response_json_schema"}
)
"""What is a person's or a program's own under these fields is carried as it is: schemas, arguments
and results. Their fields are no fields of the API."""

MUTE = {"stream_options"}
"""How the reply is to be streamed tells the model nothing: leaving it out is no loss."""

needs_recordings = pytest.mark.skipif(not list(recorded("anthropic")), reason=ABSENT)


def planted(value: Any, numbers: Iterator[int]) -> Any:
    """The value with a field of its own number in each JSON object of the API's."""
    if isinstance(value, list):
        return [planted(inner, numbers) for inner in value]
    if not isinstance(value, dict):
        return value
    carried = VALUES | MUTE | ({"input"} if value.get("type") == "tool_use" else set())
    told = {
        name: inner if name in carried else planted(inner, numbers) for name, inner in value.items()
    }
    return told | {f"zz_{next(numbers)}": "said"}


def natives(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """What is kept beside each canonical value, with the place where that stands."""
    if isinstance(value, Native):
        yield where.removesuffix(".native"), value.value
    elif isinstance(value, tuple | list):
        for n, inner in enumerate(value):
            yield from natives(inner, f"{where}[{n}]")
    elif hasattr(type(value), "model_fields"):
        for name in type(value).model_fields:
            yield from natives(getattr(value, name), f"{where}.{name}")


def keys_to(name: str, value: Any) -> set[str] | None:
    """The names of the fields that lead to one; None where it is not there."""
    if isinstance(value, list):
        found = (keys_to(name, inner) for inner in value)
        return next((keys for keys in found if keys is not None), None)
    if isinstance(value, dict):
        if name in value:
            return {name}
        for field, inner in value.items():
            if (keys := keys_to(name, inner)) is not None:
                return keys | {field}
    return None


def is_listed(name: str, kept: list[tuple[str, Any]], changes: tuple[Change, ...]) -> bool:
    """Whether a change names the field, or a whole that it is in: a part, or another field."""
    if any(change.where.endswith(f".{name}") or name in change.what for change in changes):
        return True
    for where, value in kept:
        keys = keys_to(name, value)
        whole = not (isinstance(value, dict) and value.keys() >= {"fields", "shapes"})
        if keys is None:
            continue
        for change in changes:
            if whole and change.where == where:
                return True
            said = change.where.removeprefix(f"{where}.")
            if said != change.where and keys & {said, said.rpartition(".")[2]}:
                return True
    return False


def silent(body: Any, path: str, source: str, target: str) -> list[str] | None:
    """The planted fields that are lost without a word; None for what cannot be recoded."""
    numbers = count()
    request = WireRequest("POST", path, (), json.dumps(planted(body, numbers)).encode())
    try:
        sent, changes = recode(request, source, target)
    except WireError:
        return None
    conversation, tools, options = wire_named(source).decode_request(request)
    kept = [
        *natives(conversation.native, "conversation"),
        *natives(conversation.system, "system"),
        *natives(conversation.messages, "messages"),
        *natives(tools, "tools"),
        *natives(options, "options"),
    ]
    said = sent.body.decode()
    names = (f"zz_{n}" for n in range(next(numbers)))
    return [
        name for name in names if f'"{name}"' not in said and not is_listed(name, kept, changes)
    ]


@needs_recordings
@pytest.mark.parametrize(("source", "target"), CROSSING)
def test_no_field_of_any_recorded_object_is_lost_in_silence(
    source: str, target: str, full: bool, sample: random.Random, figures: Figures
) -> None:
    cases = [case for case in recorded(source) if case.request is not None]
    told = cases if full else sample.sample(cases, 20)
    found = {
        case.name: silent(case.request, case.exchange["path"], source, target) for case in told
    }
    lost = {name: fields for name, fields in found.items() if fields}
    figures.count("requests that lose no field in silence", len(told), lost)

    assert sum(fields is not None for fields in found.values()) > len(told) / 2
    assert not lost


BUILT: dict[str, Any] = {
    "openai-chat": {
        "model": "gpt-6-luna",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "developer", "content": [{"type": "text", "text": "In French."}]},
            {"role": "user", "content": "Hello"},
            {"role": "assistant", "content": "One."},
            {"role": "assistant", "content": "Two.", "refusal": None},
            {"role": "system", "content": "Be kind."},
        ],
    },
    "openai-responses": {
        "model": "gpt-6-luna",
        "instructions": "Be brief.",
        "input": [
            {"role": "developer", "content": [{"type": "input_text", "text": "In French."}]},
            {"role": "system", "content": "Be kind."},
            {"role": "user", "content": "Hello"},
            {"type": "function_call", "call_id": "1", "name": "look", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "1", "output": "seen"},
        ],
    },
    "anthropic": {
        "model": "claude-opus-4-8",
        "max_tokens": 10,
        "system": [{"type": "text", "text": "Be brief."}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Hello"}]},
            {
                "role": "assistant",
                "content": [{"type": "tool_use", "id": "1", "name": "look", "input": {}}],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "1"}]},
        ],
    },
    "gemini": {
        "systemInstruction": {"role": "user", "parts": [{"text": "Be brief."}]},
        "contents": [
            {"role": "user", "parts": {"text": "Hello"}},
            {"role": "model", "parts": [{"functionCall": {"name": "look", "args": {"at": 1}}}]},
            {
                "role": "user",
                "parts": [
                    {"function_response": {"name": "look", "response": {"output": "x"}}},
                ],
            },
        ],
    },
}
"""A request with what the recordings seldom hold."""


@pytest.mark.parametrize(("source", "target"), CROSSING)
def test_no_field_of_a_built_object_is_lost_in_silence(source: str, target: str) -> None:
    path = "/v1beta/models/gemini-4-argon:generateContent" if source == "gemini" else ""

    assert silent(BUILT[source], path, source, target) == []


@pytest.mark.parametrize("wire", WIRES)
def test_a_field_that_is_not_known_comes_back_on_its_own_wire(wire: str) -> None:
    path = "/v1beta/models/gemini-4-argon:generateContent" if wire == "gemini" else ""
    body = planted(BUILT[wire], count())
    request = WireRequest("POST", path, (), json.dumps(body).encode())
    sent, _ = wire_named(wire).encode_request(*wire_named(wire).decode_request(request))

    assert json.loads(sent.body) == body
