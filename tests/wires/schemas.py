"""Schemas to adapt: generated as tools have them; and whether the list of changes is true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

from roundtrip.conversation import Change

WIRES = ("anthropic", "openai-chat", "openai-responses", "gemini")
DIALECTS = [(wire, strict) for wire in WIRES for strict in (False, True)]

_KEYWORDS = (
    *("type", "properties", "required", "items", "anyOf", "oneOf", "allOf", "$ref", "$defs"),
    *("enum", "const", "not", "if", "format", "pattern", "minimum", "default", "prefixItems"),
    *("additionalProperties", "description", "a"),
)

any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_KEYWORDS),
            inner,
            max_size=3,
        )
    ),
    max_leaves=20,
)
"""Values, among them ones that look like schemas and are none."""

_names = st.sampled_from(["a", "b", "city", "unit", "next"])
_words = st.sampled_from(["north", "south", "x y", ""])
_definitions = ("Node", "Leaf", "Place")


def _with(
    draw: st.DrawFn, schema: dict[str, Any], **some: st.SearchStrategy[Any]
) -> dict[str, Any]:
    for keyword, values in some.items():
        if draw(st.integers(0, 3)) == 0:
            schema[keyword] = draw(values)
    return schema


@st.composite
def _scalars(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["string", "integer", "number", "boolean", "null", "any", "enum"]))
    if kind == "string":
        return _with(
            draw,
            {"type": "string"},
            minLength=st.integers(0, 3),
            maxLength=st.integers(3, 9),
            pattern=st.sampled_from(["^[a-z]*$", "^(?=a)", "x"]),
            format=st.sampled_from(["date", "email", "uri", "color"]),
            default=_words,
            const=_words,
        )
    if kind in ("integer", "number"):
        return _with(
            draw,
            {"type": kind},
            minimum=st.integers(0, 3),
            maximum=st.integers(3, 9),
            exclusiveMinimum=st.integers(0, 3),
            exclusiveMaximum=st.integers(4, 9) | st.just(4.5),
            multipleOf=st.integers(1, 3),
            default=st.integers(0, 9),
            examples=st.lists(st.integers(0, 9), max_size=2),
        )
    if kind == "enum":
        values = st.lists(_words | st.integers(0, 3) | st.booleans() | st.none(), min_size=1)
        return {
            "enum": draw(values.map(lambda listed: list({repr(v): v for v in listed}.values())))
        }
    if kind == "any":
        return {}
    return _with(draw, {"type": kind}, const=st.none() if kind == "null" else st.booleans())


@st.composite
def _schemas(draw: st.DrawFn, levels: int) -> Any:
    kinds = ["scalar", "scalar", "nullable", "ref", "true"]
    if levels:
        kinds += ["object", "object", "array", "anyOf", "oneOf", "allOf", "map", "tuple", "false"]
    kind, inner = draw(st.sampled_from(kinds)), _schemas(levels - 1)
    if kind in ("true", "false"):
        return kind == "true" or {"not": draw(inner)}
    if kind == "nullable":
        schema = draw(_scalars())
        if isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"] if schema["type"] != "null" else "null"
    elif kind == "ref":
        schema = {"$ref": "#/$defs/" + draw(st.sampled_from(_definitions))}
    elif kind == "object":
        schema = draw(_objects(levels - 1))
    elif kind == "array":
        schema = _with(
            draw,
            {"type": "array"},
            minItems=st.integers(0, 2),
            maxItems=st.integers(2, 4),
            uniqueItems=st.booleans(),
        )
        if draw(st.booleans()):
            schema["items"] = draw(inner)
    elif kind == "tuple":
        schema = {"type": "array", "prefixItems": draw(st.lists(inner, min_size=1, max_size=2))}
        schema = _with(draw, schema, items=st.just(False))
    elif kind == "map":
        schema = {"type": "object", "additionalProperties": draw(inner)}
    elif kind == "scalar":
        schema = draw(_scalars())
    else:
        schema = {kind: draw(st.lists(inner, min_size=1, max_size=3))}
    return _with(draw, schema, description=_words, title=_words)


@st.composite
def _objects(draw: st.DrawFn, levels: int) -> dict[str, Any]:
    properties = draw(st.dictionaries(_names, _schemas(levels), max_size=3))
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    required = [name for name in properties if draw(st.booleans())]
    if required or draw(st.booleans()):
        schema["required"] = required
    return _with(draw, schema, additionalProperties=st.booleans(), minProperties=st.integers(0, 1))


@st.composite
def tool_schemas(draw: st.DrawFn, levels: int = 3) -> dict[str, Any]:
    """Schemas of arguments, with definitions that may lead to each other and to themselves."""
    schema = draw(_objects(levels))
    if draw(st.integers(0, 5)) == 0:
        schema[draw(st.sampled_from(["anyOf", "oneOf", "allOf"]))] = draw(
            st.lists(_objects(1), min_size=1, max_size=2)
        )
    if "$ref" in repr(schema) or draw(st.booleans()):
        schema["$defs"] = {name: draw(_objects(1)) for name in _definitions}
    return schema


@st.composite
def _sayable(draw: st.DrawFn, levels: int) -> dict[str, Any]:
    """A schema whose every keyword strict mode takes, or merely narrows."""
    inner = ["object", "array", "anyOf"] if levels else []
    kind = draw(st.sampled_from(["string", "integer", "enum", "any", "ref", *inner]))
    if kind == "string":
        return _with(draw, {"type": ["string", "null"] if draw(st.booleans()) else "string"})
    if kind == "integer":
        return {"type": "integer", "default": 3} if draw(st.booleans()) else {"type": "number"}
    if kind == "enum":
        return draw(st.sampled_from([{"enum": ["a", 1, None]}, {"const": "a"}, {"enum": [True]}]))
    if kind == "any":
        return {}
    if kind == "ref":
        name = draw(st.sampled_from(_definitions))
        return _with(draw, {"$ref": f"#/$defs/{name}"}, description=_words)
    if kind == "array":
        return _with(
            draw, {"type": "array", "items": draw(_sayable(levels - 1))}, minItems=st.just(1)
        )
    if kind == "anyOf":
        forms = draw(st.lists(_sayable(levels - 1), min_size=1, max_size=3))
        return {"anyOf": forms}
    return draw(_sayable_objects(levels - 1))


@st.composite
def _sayable_objects(draw: st.DrawFn, levels: int) -> dict[str, Any]:
    properties = draw(st.dictionaries(_names, _sayable(levels), max_size=3))
    required = [name for name in properties if draw(st.booleans())]
    schema = {"type": "object", "properties": properties, "required": required}
    return _with(draw, schema, additionalProperties=st.booleans())


@st.composite
def sayable_schemas(draw: st.DrawFn) -> dict[str, Any]:
    """Schemas of arguments that strict mode can hold a model to in full."""
    schema = draw(_sayable_objects(3))
    return schema | {"$defs": {name: draw(_sayable_objects(1)) for name in _definitions}}


def lost(schema: Any, result: Any, changes: Sequence[Change]) -> list[str]:
    """Places that came out otherwise than they were given, and of which no change tells."""
    places = {change.where for change in changes} | _joined(changes)
    return [
        place
        for place, added in _differences(schema, result)
        if not any(_tells_of(where, place, added) for where in places)
    ]


def untold(schema: Any, result: Any, changes: Sequence[Change]) -> list[str]:
    """Changes that tell of a place where nothing became otherwise."""
    differing = [place for place, _ in _differences(schema, result)]
    joined = [place for place in _joined(changes) if any(_is_in(p, place) for p in differing)]
    return [
        change.where
        for change in changes
        if not any(_is_in(p, change.where) or _is_in(change.where, p) for p in differing)
        and not any(_is_in(change.where, place) for place in joined)
    ]


def _joined(changes: Sequence[Change]) -> set[str]:
    """Schemas other ones were joined with, which may change any of their keywords."""
    return {_parent(c.where) for c in changes if c.what.startswith(("joined", "written out"))}


def _tells_of(where: str, place: str, added: bool) -> bool:
    """Whether a change at `where` explains a difference at `place`.

    It does for the place itself and all in it. What was added beside a keyword that is told of,
    such as the words in a description, is explained by that keyword; which properties are
    required is, by a property.
    """
    if _is_in(place, where):
        return True
    around, keyword = _parent(place), place[len(_parent(place)) :].lstrip(".")
    if keyword == "required":
        return _is_in(where, f"{around}.properties".lstrip("."))
    if keyword in ("description", "properties", "$defs") or added:
        return where != around and _is_in(where, around)
    return False


def _is_in(place: str, where: str) -> bool:
    return not where or place == where or place.startswith((f"{where}.", f"{where}["))


def _parent(place: str) -> str:
    return re.sub(r"(\.|^)[^.\[]+$|\[\d+\]$", "", place)


def _differences(before: Any, after: Any, place: str = "") -> Iterator[tuple[str, bool]]:
    """Every place that differs, as deep down as can be said, and whether it was added."""
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            inner = f"{place}.{key}" if place else str(key)
            if key not in before or key not in after:
                yield inner, key not in before
            else:
                yield from _differences(before[key], after[key], inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for n, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differences(one, other, f"{place}[{n}]")
    else:
        yield place, False
