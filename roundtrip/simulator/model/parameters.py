"""What a tool's schema asks for, as the model reads it.

Owns the reading of JSON Schema: local references, nullable unions, closed lists. Does not look
at any text (`values.py`) and does not validate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from roundtrip.conversation import ToolDefinition
from roundtrip.simulator.model.words import stem, taken_in, tokens

JsonType = Literal["string", "integer", "number", "boolean", "array", "object", "any"]

_IDENTIFIER_WORDS = frozenset({"id", "ids", "uuid", "guid", "key", "identifier", "sku", "ref"})
_EXAMPLE = re.compile(r"(?<![\w-])(?=[\w-]*\d)[A-Za-z][\w]*-?[\w-]*\d[\w-]*(?![\w-])")
_DEEPEST = 6
"""References may be recursive; nothing a person types fills deeper than this."""

_LONGEST_NAME = 200
"""Patterns are made of names; no API takes one as long as this."""


@dataclass(frozen=True, eq=False)
class Parameter:
    """One value a tool takes. Compared by identity: it is made once for each definition."""

    name: str
    type: JsonType
    description: str
    required: bool
    """Whether a call makes no sense without it."""

    null_when_unknown: bool = False
    """Whether it has to be there and may be null: how a strict schema spells an optional one."""

    choices: tuple[Any, ...] = ()
    """The closed list it must come from; empty when open."""

    format: str = ""
    default: Any = None
    item: Parameter | None = None
    """What an array holds."""

    members: tuple[Parameter, ...] = field(default=())
    """What an object holds."""

    @cached_property
    def name_words(self) -> tuple[str, ...]:
        return tokens(self.name)

    @property
    def words(self) -> frozenset[str]:
        """Words of its name and description."""
        return frozenset(self.name_words) | frozenset(tokens(self.description))

    @cached_property
    def is_identifier(self) -> bool:
        """Whether it wants a key out of some record, which people seldom know by heart."""
        return bool(_IDENTIFIER_WORDS & set(self.name_words)) and self.type in (
            "string",
            "integer",
            "number",
            "any",
        )

    @cached_property
    def entity(self) -> tuple[str, ...]:
        """Stems of what an identifier identifies: `customer_id` gives `("custom",)`."""
        return tuple(stem(word) for word in self.name_words if word not in _IDENTIFIER_WORDS)

    @cached_property
    def example(self) -> str | None:
        """A code in the description, as an identifier has them: `e.g. C-1001`."""
        found = _EXAMPLE.search(self.description)
        return found.group() if found else None

    @cached_property
    def example_shape(self) -> str | None:
        """The shape of that code: `C-1001` gives `C-0`."""
        return shape(self.example) if self.example else None


def shape(identifier: str) -> str:
    """`C-1001` and `C-7` have one shape; `O-7` another: letters stay, digits become `0`."""
    return re.sub(r"\d+", "0", identifier.upper())


def parameters_of(tool: ToolDefinition) -> tuple[Parameter, ...]:
    """The tool's parameters in the order of its schema."""
    return _members(tool.input_schema, tool.input_schema, depth=0)


def _members(schema: Any, root: Any, depth: int) -> tuple[Parameter, ...]:
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return ()
    properties = schema.get("properties")
    required = schema.get("required")
    if not isinstance(properties, Mapping):
        return ()
    names = required if isinstance(required, list | tuple) else ()
    return tuple(
        _parameter(str(name), rule, name in names, root, depth)
        for name, rule in properties.items()
        if len(str(name)) <= _LONGEST_NAME
    )


def _parameter(name: str, rule: Any, required: bool, root: Any, depth: int) -> Parameter:
    takes_null = _takes_null(rule)
    rule = _settled(rule, root)
    kind = _type_of(rule)
    choices = rule.get("enum") or ((rule["const"],) if "const" in rule else ())
    items = rule.get("items")
    holds_items = kind == "array" and isinstance(items, Mapping) and depth < _DEEPEST
    return Parameter(
        name=name,
        type=kind,
        description=taken_in(str(rule.get("description") or "")),
        required=required and not takes_null,
        null_when_unknown=required and takes_null,
        choices=tuple(choice for choice in choices if choice is not None),
        format=str(rule.get("format") or ""),
        default=rule.get("default"),
        item=_item(name, items, rule, root, depth) if holds_items else None,
        members=_members(rule, root, depth + 1) if kind == "object" else (),
    )


def _item(name: str, items: Any, rule: Mapping[str, Any], root: Any, depth: int) -> Parameter:
    """What a list holds; where nothing is said of it, what is said of the list."""
    told = {"description": rule.get("description")}
    return _parameter(name, {**told, **items}, True, root, depth + 1)


def _takes_null(rule: Any) -> bool:
    if not isinstance(rule, Mapping):
        return False
    options = rule.get("anyOf") or rule.get("oneOf")
    forms = [rule, *(options if isinstance(options, list) else ())]
    named = [form.get("type") for form in forms if isinstance(form, Mapping)]
    return any(name == "null" or (isinstance(name, list) and "null" in name) for name in named)


def _settled(rule: Any, root: Any) -> Mapping[str, Any]:
    """The rule with local references followed and `X or null` read as X."""
    for _ in range(_DEEPEST):
        if not isinstance(rule, Mapping):
            return {}
        if isinstance(reference := rule.get("$ref"), str):
            rule = {**_pointed(root, reference), **{k: v for k, v in rule.items() if k != "$ref"}}
            continue
        options = rule.get("anyOf") or rule.get("oneOf")
        if not isinstance(options, list) or not options:
            return rule
        real = [option for option in options if option != {"type": "null"}]
        outer = {key: value for key, value in rule.items() if key not in ("anyOf", "oneOf")}
        rule = {**(real[0] if real and isinstance(real[0], Mapping) else {}), **outer}
    return {}


def _pointed(root: Any, reference: str) -> Mapping[str, Any]:
    here = root
    for part in reference.removeprefix("#/").split("/"):
        here = here.get(part) if isinstance(here, Mapping) else None
    return here if isinstance(here, Mapping) else {}


def _type_of(rule: Mapping[str, Any]) -> JsonType:
    named = rule.get("type")
    if isinstance(named, list):
        named = next((one for one in named if one != "null"), None)
    # Gemini spells its types in capitals, BFCL and some catalogs in Python's words.
    spelled = {"dict": "object", "float": "number", "list": "array", "tuple": "array"}
    word = str(named).lower()
    word = spelled.get(word, word)
    if word in ("string", "integer", "number", "boolean", "array", "object"):
        return word  # type: ignore[return-value]
    if "properties" in rule:
        return "object"
    return "string" if rule.get("enum") else "any"
