"""What each wire takes of JSON Schema, with and without strict mode.

Owns the facts and their sources; a new wire is an entry here. How a schema is brought into a
dialect stands in `node.py` and `root.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_SHAPE = frozenset(
    {"type", "properties", "required", "additionalProperties", "items", "enum", "anyOf"}
    | {"description", "title", "$ref", "$defs"}
)

_FORMATS = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
)


@dataclass(frozen=True)
class Dialect:
    """A part of JSON Schema; the fields say where it is less than the whole."""

    name: str
    """In words, for the reasons: `strict mode of this API`."""

    keywords: frozenset[str] | None = None
    """All it takes; None: any."""

    formats: frozenset[str] | None = None
    bounds: dict[str, int] | None = None
    """Keywords whose value may not be above this."""

    enum_types: tuple[str, ...] | None = None
    """Types of the values an enum may list; None: any."""

    plain_root: bool = True
    """The arguments' own schema is an object and no combination of schemas."""

    shapes_listed: bool = False
    """An object must list its properties (none is a list too), an array describe its items."""

    closed: bool = False
    """Every schema has a type, every object is closed to properties that are not listed."""

    all_required: bool = False
    """No property is optional: one that was is null when not given."""

    simple_patterns: bool = False
    """Patterns may neither look around nor refer back."""

    lone_references: bool = False
    """`$ref` takes nothing beside it, and leads to a definition."""

    recursion: Literal["any", "optional", "none"] = "any"
    """Whether a definition may lead back to itself; `optional`: only where nothing demands it."""

    objects_deep: int | None = None
    """Levels of objects inside objects."""

    enum_values: int | None = None
    """Values of all enums together."""


_ANTHROPIC = Dialect(name="this API")
"""Takes any schema of an object whose root does not combine others: "input_schema does not
support oneOf, allOf, or anyOf at the top level" is its answer to one that does."""

_ANTHROPIC_STRICT = Dialect(
    # https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema
    # limitations". `allOf` it takes as well; merged all the same, because closed objects that
    # must all fit cannot.
    name="strict mode of this API",
    keywords=_SHAPE | {"definitions", "const", "default", "format", "pattern", "minItems"},
    formats=_FORMATS | {"uri"},
    bounds={"minItems": 1},
    enum_types=("string", "integer", "number", "boolean", "null"),
    shapes_listed=True,
    closed=True,
    simple_patterns=True,
    lone_references=True,
    recursion="none",
)

_OPENAI = Dialect(
    # Answers of the API: "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/
    # 'enum'/'not' at the top level", "array schema missing items", "object schema missing
    # properties".
    name="this API",
    shapes_listed=True,
)

_OPENAI_STRICT = Dialect(
    # https://platform.openai.com/docs/guides/structured-outputs, "Supported schemas". Lengths are
    # taken: the page names them only among what fine-tuned models take in addition not.
    name="strict mode of this API",
    keywords=_SHAPE
    | {"definitions", "const", "format", "pattern", "minLength", "maxLength", "minItems"}
    | {"maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    formats=_FORMATS,
    enum_types=("string", "integer", "number", "boolean", "null"),
    shapes_listed=True,
    closed=True,
    all_required=True,
    simple_patterns=True,
    lone_references=True,
    objects_deep=10,
    enum_values=1000,
)

_GEMINI = Dialect(
    # The list under `response_json_schema` in google-genai's types, the same language as
    # `parametersJsonSchema`; `oneOf` is read as `anyOf` there. Mode VALIDATED holds the model to
    # the schema as it is sent.
    name="this API",
    keywords=_SHAPE
    | {"$id", "$anchor", "format", "prefixItems", "minItems", "maxItems", "minimum", "maximum"}
    | {"propertyOrdering"},
    enum_types=("string", "integer", "number"),
    plain_root=False,
    lone_references=True,
    recursion="optional",
)

_DIALECTS = {
    ("anthropic", False): _ANTHROPIC,
    ("anthropic", True): _ANTHROPIC_STRICT,
    ("openai-chat", False): _OPENAI,
    ("openai-chat", True): _OPENAI_STRICT,
    ("openai-responses", False): _OPENAI,
    ("openai-responses", True): _OPENAI_STRICT,
    ("gemini", False): _GEMINI,
    ("gemini", True): _GEMINI,
}


def dialect_of(wire: str, strict: bool) -> Dialect:
    """The part of JSON Schema a wire takes; one that is not known takes all of it."""
    return _DIALECTS.get((wire, strict), Dialect(name="this API", plain_root=False))
