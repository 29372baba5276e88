"""What both of OpenAI's APIs refuse about a schema, of a function's arguments or of a reply's text.

Owns the wording (the API's own, from its answers as users report them; where none is known, ours).
Which rules there are is `schema_rules.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from roundtrip.simulator.schema_rules import Broken, Rule, broken_rules, no_schema
from roundtrip.wires.schema.dialect import dialect_of

_NOT_AT_THE_TOP = ("oneOf", "anyOf", "allOf", "enum", "not")

_WORDS: dict[Rule, Callable[[Broken], str]] = {
    "keyword": lambda at: f"'{at.name}' is not permitted.",
    "format": lambda at: f"'{at.name}' is not a valid format.",
    "pattern": lambda at: f"the pattern '{at.name}' looks around or refers back.",
    "untyped": lambda at: "schema must have a 'type' key.",
    "open": lambda at: "'additionalProperties' is required to be supplied and to be false.",
    "not required": lambda at: (
        "'required' is required to be supplied and to be an array including every key in "
        f"properties. Missing '{at.name}'."
    ),
    "not listed": lambda at: (
        "'required' is required to be supplied and to be an array including every key in "
        f"properties. Extra required key '{at.name}' supplied."
    ),
    "no items": lambda at: "array schema missing items.",
    "no properties": lambda at: "object schema missing properties.",
    "beside reference": lambda at: f"$ref cannot have keywords {{{at.name}}}.",
    "lost reference": lambda at: (
        f"reference to component '{at.name}' which was not found in the schema."
    ),
    "too deep": lambda at: "objects are nested more than 10 levels deep.",
    "too many values": lambda at: "all enums together list more than 1000 values.",
}


def schema_rules(schema: dict[str, Any], *, strict: bool) -> Iterator[str]:
    """What is wrong with it, as it stands behind `Invalid schema for …: `."""
    kind = schema.get("type")
    if kind != "object":
        yield f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{kind}\"'."
    if any(keyword in schema for keyword in _NOT_AT_THE_TOP):
        yield (
            "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at "
            "the top level."
        )
    if words := no_schema(schema):
        yield f"{words}."
    for broken in broken_rules(schema, dialect_of("openai-chat", strict)):
        if broken.rule in _WORDS:
            yield f"In context={broken.context}, {_WORDS[broken.rule](broken)}"
