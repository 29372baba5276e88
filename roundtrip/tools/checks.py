"""Whether arguments may reach a tool: read from the model's text, measured, held to the schema.

Owns parsing, the limits on size and depth, and problems said so that a model can mend them.
Does not decide what happens then (`loop.py`) or rewrite schemas (`wires/schema.py`).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

from roundtrip.tools.schema_weight import count_steps

DEPTH_LIMIT = 64
SIZE_LIMIT = 256 * 1024
"""Bytes. Real arguments stay far below both; a value nested 100,000 deep ends the process."""

MOST_PROBLEMS = 10
"""A model mends what it is told first; a long list only costs tokens."""

_PATTERNS = jsonschema_rs.FancyRegexOptions(
    backtrack_limit=1_000, size_limit=1_000_000, dfa_size_limit=1_000_000
)
"""Plain patterns run in linear time. Those that look around may try 1,000 ways: at the size
limit a hostile one then takes 2 s instead of minutes, and ordinary ones need a handful."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with arguments, or with the schema itself."""

    path: str
    """Where, e.g. `items[0].city`; empty for the arguments as a whole."""

    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


def parse_arguments(text: str | None) -> tuple[dict[str, Any] | None, str | None]:
    """The arguments a model wrote as text, or why they are none, with the position. Never raises.

    Nothing, spaces and `null` are `{}`: the OpenAI wires send them for calls without arguments.
    """
    if text is None or not text.strip():
        return {}, None
    size = len(text.encode(errors="replace"))
    if size > SIZE_LIMIT:
        return None, f"{size:,} bytes; the limit is {SIZE_LIMIT:,}"
    try:
        value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno} (character {error.pos})"
        return None, f"{error.msg.removesuffix(' at')} at {where}"
    except RecursionError:
        return None, f"nested deeper than {DEPTH_LIMIT} levels"
    except ValueError as error:
        return None, str(error)
    if value is None:
        return {}, None
    if not isinstance(value, dict):
        return None, f"an object is expected, not {_type_of(value)}"
    if excess := too_much(value):
        return None, excess
    if not _is_unicode(value):
        return None, "half of a surrogate pair (\\ud800 to \\udfff)"
    return value, None


def _is_unicode(value: Any) -> bool:
    """Whether every string can be written as UTF-8: JSON's escapes allow what it does not."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse_constant(word: str) -> float:
    raise ValueError(f"{word} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{_cut(digits)} is too large a number")
    return number


def problems(arguments: Any, schema: Any) -> tuple[Problem, ...]:
    """What keeps the arguments from fitting the schema, at most ten things; empty when they fit.

    Formats such as `date` count. A schema that cannot be used is a problem too, never an error.
    """
    if excess := too_much(arguments):
        return (Problem("", f"the arguments are {excess}"),)
    if reason := schema_problem(schema):
        return (Problem("", f"this tool's schema cannot be used: {reason}"),)
    try:
        count_steps(schema, arguments)
        found = _validator(json.dumps(schema)).iter_errors(arguments)
        said = [problem for error in found for problem in _problems_of(error, schema)]
    except (ValueError, TypeError, RecursionError) as error:
        # The library reads text as UTF-8 and refuses half a surrogate pair.
        return (Problem("", f"the arguments cannot be checked: {_cut(str(error))}"),)
    return tuple(dict.fromkeys(said))[:MOST_PROBLEMS]


def schema_problem(schema: Any) -> str | None:
    """Why this is not a JSON Schema that arguments can be held to; None when it is one."""
    if excess := too_much(schema):
        return f"it is {excess}"
    try:
        _validator(json.dumps(schema))
    except jsonschema_rs.ValidationError as error:
        return f"{_path(error.instance_path)}: {_cut(error.message)}".removeprefix(": ")
    except (ValueError, TypeError, RecursionError) as error:
        return _cut(str(error))
    return None


@lru_cache(maxsize=256)
def _validator(schema_text: str) -> jsonschema_rs.Validator:
    """The compiled schema. Raises ValueError (its subclass ValidationError where it says why)."""
    # A `$ref` to another place is never fetched: it could reach into the local network.
    return jsonschema_rs.validator_for(
        json.loads(schema_text), validate_formats=True, offline=True, pattern_options=_PATTERNS
    )


def _problems_of(error: jsonschema_rs.ValidationError, schema: Any) -> list[Problem]:
    kind = error.kind
    if isinstance(kind, (jsonschema_rs.ValidationErrorKind.AnyOf, _ONE_OF_NONE)):
        # The other forms are of another type, so this is the one that was meant.
        meant = [branch for branch in kind.context if not _is_of_other_type(branch, error)]
        if len(meant) == 1:
            return [problem for inner in meant[0] for problem in _problems_of(inner, schema)]
        ways = [_message(branch[0], schema) for branch in kind.context if branch]
        said = "; or ".join(dict.fromkeys(ways[:MOST_PROBLEMS]))
        return [Problem(_path(error.instance_path), f"fits none of the allowed forms: {said}")]
    return [Problem(_path(error.instance_path), _message(error, schema))]


_ONE_OF_NONE = jsonschema_rs.ValidationErrorKind.OneOfNotValid


def _is_of_other_type(
    branch: list[jsonschema_rs.ValidationError], error: jsonschema_rs.ValidationError
) -> bool:
    return any(
        inner.kind.name in ("type", "const") and inner.instance_path == error.instance_path
        for inner in branch
    )


def _message(error: jsonschema_rs.ValidationError, schema: Any) -> str:
    kinds = jsonschema_rs.ValidationErrorKind
    match error.kind:
        case kinds.Required(property=name):
            return f"missing required property {_shown(name)}"
        case kinds.AdditionalProperties(unexpected=names):
            known = schema.get("properties") if not error.instance_path else None
            there_are = f"; there are {_listed(known)}" if isinstance(known, dict) else ""
            return f"unknown property {_listed(names)}{there_are}"
        case kinds.Enum(options=options):
            return f"{_shown(error.instance)} is not one of {_listed(options)}"
        case kinds.Constant(expected_value=value):
            return f"{_shown(error.instance)} is not {_shown(value)}"
        case kinds.Type(types=types):
            wanted = " or ".join(types)
            return f"{_shown(error.instance)} is {_type_of(error.instance)}, expected {wanted}"
        case kinds.Format(format=name):
            example = _EXAMPLES.get(name)
            return f"{_shown(error.instance)} is not a {name}" + (
                f", e.g. {example}" * bool(example)
            )
        case kinds.Pattern(pattern=pattern):
            return f"{_shown(error.instance)} does not match the pattern {_cut(pattern)}"
    return _cut(error.message)


_EXAMPLES = {
    "date": "2026-12-31",
    "date-time": "2026-12-31T18:30:00Z",
    "time": "18:30:00Z",
    "email": "ada@example.com",
    "uri": "https://example.com/",
}


def too_much(value: Any) -> str | None:
    """In words, when a value is over the limits; looks at no more of it than the limits allow."""
    seen = size = 0
    layer, depth = [value], 0
    while layer:
        depth += 1
        if depth > DEPTH_LIMIT + 1:
            return f"nested deeper than {DEPTH_LIMIT} levels"
        inner: list[Any] = []
        for item in layer:
            if isinstance(item, dict):
                inner.extend(item.values())
                size += sum(len(str(key)) for key in item)
            elif isinstance(item, list):
                inner.extend(item)
            elif isinstance(item, str):
                size += len(item.encode(errors="replace"))
            seen += 1
            if size + seen > SIZE_LIMIT:
                return f"larger than {SIZE_LIMIT:,} bytes"
        layer = inner
    return None


def _path(steps: Iterable[str | int]) -> str:
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    words = {dict: "an object", list: "an array", str: "a string", int: "an integer"}
    return words.get(type(value), "a number")


def _shown(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False, default=str), 80)


def _listed(values: Iterable[Any], most: int = 20) -> str:
    shown = [_shown(value) for value in values]
    more = f" and {len(shown) - most} more" if len(shown) > most else ""
    return ", ".join(shown[:most]) + more


def _cut(words: str, most: int = 300) -> str:
    """Long words without their middle: what is wrong with a value stands at the end."""
    if len(words) <= most:
        return words
    return f"{words[: most // 2]} … {words[-most // 2 :]}"
