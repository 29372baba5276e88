"""What both of OpenAI's APIs refuse about the format a reply is to have.

Owns the rules and their wording (the API's own, from its answers as users report them). Where in a
request the format stands, and what its parts are called, is each API's own: see `Format`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from roundtrip.simulator.openai.refusals import missing, wrong_type
from roundtrip.simulator.openai.rules import one_of, strings
from roundtrip.simulator.openai.schemas import schema_rules
from roundtrip.simulator.openai.tools import name_rules
from roundtrip.simulator.refusals import Refusal

_KINDS = ("json_object", "json_schema", "text")


@dataclass(frozen=True)
class Format:
    """How one API words what is wrong with a format."""

    where: str
    """The field, e.g. `response_format`."""

    inside: str
    """The object in it that describes the schema, below `where`; empty for none of its own."""

    schema_at: str
    """What a refusal of the schema names as its place."""

    schema_code: str | None
    no_word: Refusal
    """JSON is asked for, and nowhere in words."""


CHAT = Format(
    where="response_format",
    inside="json_schema",
    schema_at="response_format",
    schema_code=None,
    no_word=Refusal(
        400,
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
        "'json_object'.",
        where="messages",
    ),
)
RESPONSES = Format(
    where="text.format",
    inside="",
    schema_at="text.format.schema",
    schema_code="invalid_json_schema",
    no_word=Refusal(
        400,
        "Response input messages must contain the word 'json' in some form to use 'text.format' of "
        "type 'json_object'.",
        where="input",
    ),
)


def format_rules(told: Any, said: Any, api: Format) -> Iterator[Refusal]:
    """What is wrong with a format; `said` is the JSON of all that the model is told in words."""
    if told is None:
        return
    if not isinstance(told, dict):
        yield wrong_type(api.where, "an object", told)
        return
    yield from one_of(api.where, told, "type", _KINDS)
    kind = told["type"]
    if kind == "json_object" and "json" not in json.dumps(said).lower():
        yield api.no_word
    elif kind == "json_schema":
        yield from _described(told, api)


def _described(told: dict[str, Any], api: Format) -> Iterator[Refusal]:
    where, described = api.where, told
    if api.inside:
        where = f"{api.where}.{api.inside}"
        if not isinstance(told.get(api.inside), dict):
            yield missing(where)
            return
        described = told[api.inside]
    yield from strings(where, described, "name")
    yield from name_rules(f"{where}.name", described["name"])
    schema = described.get("schema")
    if schema is None:
        if not api.inside:
            yield missing(f"{where}.schema")
        return
    if not isinstance(schema, dict):
        yield wrong_type(f"{where}.schema", "an object", schema)
        return
    for words in schema_rules(schema, strict=described.get("strict") is True):
        full = f"Invalid schema for response_format '{described['name']}': {words}"
        yield Refusal(400, full, api.schema_code, api.schema_at)
