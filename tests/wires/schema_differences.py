"""Where our `adapt` and pydantic-ai's transformers differ, and why: one table.

Sources: [A] platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema
limitations"; [O] platform.openai.com/docs/guides/structured-outputs, "Supported schemas";
[G] the keywords listed under `response_json_schema` in google-genai's types.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MISSING: Any = object()
COMBINING = ("allOf", "anyOf", "oneOf")
SAID_BY_GEMINI = ("minProperties", "minLength", "maxLength", "pattern", "multipleOf", "uniqueItems")


@dataclass(frozen=True)
class Difference:
    """A node, or one keyword of a node, that came out otherwise."""

    wire: str
    strict: bool
    place: str
    theirs: Any
    """The oracle's whole node."""

    ours: Any
    schema: Any
    """The whole schema as it was given."""

    keyword: str | None = None
    """None: the nodes are put together differently and are not compared further."""

    @property
    def values(self) -> tuple[Any, Any]:
        return self.theirs.get(self.keyword, MISSING), self.ours.get(self.keyword, MISSING)

    def they_have(self, keyword: str) -> bool:
        return isinstance(self.theirs, dict) and keyword in self.theirs

    @property
    def is_node(self) -> bool:
        return (
            self.keyword is None and isinstance(self.theirs, dict) and isinstance(self.ours, dict)
        )

    def only_theirs(self, *keywords: str) -> bool:
        return self.keyword in keywords and self.values[1] is MISSING

    def only_ours(self, *keywords: str) -> bool:
        return self.keyword in keywords and self.values[0] is MISSING

    def on(self, wire: str, strict: bool | None = None) -> bool:
        return self.wire.startswith(wire) and strict in (None, self.strict)


@dataclass(frozen=True)
class Row:
    """One explained difference."""

    name: str
    applies: Callable[[Difference], bool]
    reason: str
    """Who is right and by which source."""


def at(schema: Any, place: str) -> Any:
    """What stands at a place of the schema; None where there is no such place."""
    for step in re.findall(r"[^.\[\]]+", place):
        try:
            schema = schema[int(step) if isinstance(schema, list) else step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return schema


def _root_combination(d: Difference) -> bool:
    combined = any(keyword in d.schema for keyword in (*COMBINING, "$ref"))
    return d.is_node and not d.place and combined and not d.on("gemini")


def _collapsed(d: Difference) -> bool:
    """The oracle put a combination's only member in its place."""
    given = at(d.schema, d.place)
    if not isinstance(given, dict) or "type" in given or not d.is_node or _root_combination(d):
        return False
    return any(isinstance(given.get(k), list) and len(given[k]) == 1 for k in COMBINING)


def _joined(d: Difference) -> bool:
    if not d.is_node or _root_combination(d) or _collapsed(d):
        return False
    return d.they_have("allOf") and "allOf" not in d.ours


def _wrapped(d: Difference) -> bool:
    """A `$ref` with neighbours, in an `anyOf` of its own on one side only."""
    if not d.is_node or _collapsed(d):
        return False
    for one, other in ((d.theirs, d.ours), (d.ours, d.theirs)):
        if "$ref" in one and {"$ref": one["$ref"]} in other.get("anyOf", ()):
            return "null" not in str(other["anyOf"]) or len(at(d.schema, d.place)) > 1
    return False


def _written_out(d: Difference) -> bool:
    if not d.on("anthropic", True):
        return False
    if d.keyword is None and d.ours is MISSING:
        return re.fullmatch(r"\$defs\.\w+", d.place) is not None
    return d.is_node and "$ref" in d.theirs and "anyOf" not in d.ours


def _nullable(d: Difference) -> bool:
    """Ours takes null as well, and is otherwise what theirs is."""
    if not d.on("openai", True) or d.keyword is None:
        return False
    theirs, ours = d.values
    if d.keyword == "$ref":
        return d.ours.get("anyOf") == [{"$ref": theirs}, {"type": "null"}]
    if d.keyword == "const" or (d.keyword == "enum" and theirs is MISSING):
        return d.ours.get("enum") == [d.theirs.get("const"), None]
    if ours is MISSING:
        return False
    if d.keyword == "anyOf" and theirs is MISSING:
        return "$ref" in d.theirs and len(ours) == 2
    if d.keyword in ("anyOf", "enum"):
        return len(ours) == len(theirs) + 1 and ours[-1] in (None, {"type": "null"})
    listed = [theirs] if isinstance(theirs, str) else theirs
    return d.keyword == "type" and theirs is not MISSING and ours == [*listed, "null"]


def _words(d: Difference) -> bool:
    if d.keyword != "description":
        return False
    given = at(d.schema, d.place)
    description = given.get("description", "") if isinstance(given, dict) else ""
    ours = d.ours.get("description", "")
    return isinstance(ours, str) and description in ours


TABLE = [
    Row(
        "the oracle refuses the schema",
        lambda d: d.keyword is None and isinstance(d.theirs, Exception),
        "It raises for arrays without items and for tuples (OpenAI strict), and Anthropic's SDK"
        " for true, {} and lists of types. Ours names plain types and says the rest, so that the"
        " tool can be tried at all [O] [A].",
    ),
    Row(
        "forms at the root are joined into one object",
        _root_combination,
        'Ours. Both APIs answer 400, "does not support oneOf, allOf, or anyOf at the top level";'
        " the oracle expects its caller to send an object.",
    ),
    Row(
        "a combination of one",
        _collapsed,
        "The same is said: the oracle writes the only member in the combination's place, ours"
        " leaves it where the wire takes it.",
    ),
    Row(
        "allOf is joined",
        _joined,
        "Ours. OpenAI strict takes no allOf [O], Gemini does not list it [G], and closed objects"
        " that must all fit cannot (Anthropic strict).",
    ),
    Row(
        "a $ref with neighbours",
        _wrapped,
        "Strict OpenAI and Gemini take none [O] [G]: ours puts the $ref in an anyOf. The oracle"
        " does so for OpenAI without strict too, where it is taken as it is; on Gemini it leaves"
        " what is refused; Anthropic's SDK drops the neighbours, a description among them.",
    ),
    Row(
        "a recursive definition is written out",
        _written_out,
        "Ours. Anthropic's strict mode takes no recursive schema [A]; the oracle sends it.",
    ),
    Row(
        "true and false as schemas",
        lambda d: (
            isinstance(d.theirs if d.keyword is None else d.values[0], bool)
            and d.keyword in (None, "items")
            and d.ours is not MISSING
            and not d.only_theirs("items")
        ),
        'Ours, to be safe: {} and {"not": {}} say the same and are objects, as the APIs\''
        " validators name them; strict mode wants a type [O].",
    ),
    Row(
        "titles stay",
        lambda d: d.only_ours("title"),
        "Both are taken. The oracle saves the tokens; ours changes nothing without need.",
    ),
    Row(
        "what is not sent is said in other words",
        _words,
        "A matter of wording: 'at least 1' beside 'minimum=1' or '{minimum: 1}'. The oracle drops"
        " defaults and Gemini's bounds without a word.",
    ),
    Row(
        "an optional property takes null",
        _nullable,
        "Ours. [O]: a property that may be left out is a union with null. The oracle makes it"
        " required as it is, so that the model has to invent a value.",
    ),
    Row(
        "an array describes its items",
        lambda d: d.only_ours("items") and not d.on("gemini"),
        'Ours. OpenAI answers 400, "array schema missing items", strict or not; Anthropic\'s'
        " grammar wants a type in them as everywhere.",
    ),
    Row(
        "an object in an unread corner lists its properties",
        lambda d: d.on("openai", False) and d.only_ours("properties"),
        "The oracle does so as well, but does not look inside not.",
    ),
    Row(
        "strict mode: every schema names its type",
        lambda d: d.strict and not d.on("gemini") and d.only_ours("type"),
        "Ours. \"schema must have a 'type' key\" is OpenAI's answer; the oracle leaves an enum"
        " or {} without.",
    ),
    Row(
        "strict mode: keywords that are not taken",
        lambda d: d.on("openai", True) and d.only_theirs("examples", "not", "strict"),
        "Ours. not is listed as unsupported, the others are not listed as supported [O].",
    ),
    Row(
        "Anthropic strict: default, pattern and const stay",
        lambda d: (
            d.on("anthropic", True)
            and (d.only_ours("default", "pattern", "const") or d.only_theirs("enum"))
        ),
        "Ours. [A] lists them as supported; the SDK moves the first two into the description.",
    ),
    Row(
        "Gemini: keywords it does not read are said",
        lambda d: (
            d.on("gemini") and d.only_theirs(*SAID_BY_GEMINI, "default", "not", "strict", "allOf")
        ),
        "Ours. They are not in [G]; the oracle sends them, where nothing reads them.",
    ),
    Row(
        "Gemini: format stays",
        lambda d: d.on("gemini") and d.only_ours("format"),
        "Ours. [G] lists format; the oracle moves it into the description.",
    ),
    Row(
        "Gemini: oneOf is written as anyOf",
        lambda d: d.on("gemini") and d.they_have("oneOf") and d.keyword in ("oneOf", "anyOf"),
        "The same: [G] reads it as anyOf.",
    ),
    Row(
        "Gemini: exclusive bounds are written as inclusive ones",
        lambda d: d.on("gemini") and d.only_ours("minimum", "maximum"),
        "Ours. Neither sends the exclusive ones; the oracle drops them.",
    ),
    Row(
        "Gemini: an enum lists strings and numbers only",
        lambda d: (
            d.on("gemini")
            and d.they_have("enum")
            and (d.keyword == "enum" or (d.only_ours("type", "anyOf")))
        ),
        "Ours. [G]: 'enum (for strings and numbers)'; null becomes a form of its own, true and"
        " false are said.",
    ),
    Row(
        "Gemini: nothing may follow a tuple's places",
        lambda d: (
            d.on("gemini")
            and d.they_have("prefixItems")
            and (d.only_theirs("items") or d.only_ours("maxItems"))
        ),
        "The same is said: a length in place of the schema false.",
    ),
    Row(
        "Gemini: a circle may not be required",
        lambda d: (
            d.on("gemini") and d.keyword == "required" and set(d.values[1]) < set(d.values[0])
        ),
        "Ours. [G]: cyclic references only 'within non-required properties'.",
    ),
]


def explained(d: Difference) -> list[Row]:
    """The rows that explain a difference; it should be one."""
    return [row for row in TABLE if row.applies(d)]
