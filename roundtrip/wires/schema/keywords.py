"""The keywords of one schema, without those inside it, in a wire's dialect.

Owns types, enums, bounds, formats, tuples, and moving into the description what cannot be sent.
Does not walk (`node.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from roundtrip.wires.schema.dialect import Dialect
from roundtrip.wires.schema.places import beside
from roundtrip.wires.schema.words import described, in_words

Told = Callable[[str, str], None]
"""Takes where and what was changed."""

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")

_MEANS = {
    "object": "properties required additionalProperties patternProperties minProperties"
    " maxProperties propertyNames dependentRequired",
    "array": "items prefixItems minItems maxItems uniqueItems contains",
    "string": "pattern format minLength maxLength",
    "number": "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
}
"""Keywords that say something only of one type, where no type is named."""

_ANYTHING = ["string", "number", "boolean", "null"]

LOOKS_AROUND = re.compile(r"\(\?[=!<]|\\[1-9bB]|\(\?P=")


def types_of(schema: dict[str, Any]) -> tuple[str, ...]:
    """The types a schema names; none where it names none."""
    kinds = schema.get("type")
    if isinstance(kinds, str):
        return (kinds,)
    return tuple(k for k in kinds if isinstance(k, str)) if isinstance(kinds, list) else ()


def narrowed(schema: dict[str, Any], dialect: Dialect, where: str, told: Told) -> dict[str, Any]:
    """The schema with only what the dialect takes; the rest is said or listed."""
    if dialect.keywords is None:
        return schema
    schema = _alternatives(schema, dialect, where, told)
    schema = _const(schema, dialect, where, told)
    schema = _tuple(schema, dialect, where, told)
    if dialect.closed:
        schema = _typed(schema, where, told)
    schema, said = _enum(schema, dialect, where, told)
    schema = _exclusive(schema, dialect, where, told)
    taken: dict[str, Any] = {}
    for keyword, value in schema.items():
        place = beside(where, keyword)
        if keyword not in dialect.keywords:
            phrase = _phrase(keyword, value, dialect)
            how = "moved into the description" if phrase else "left out, it tells a model nothing"
            told(place, f"{how}: {dialect.name} does not take {keyword}")
            said.append(phrase)
        elif not _fits(keyword, value):
            told(place, f"left out: {keyword} cannot have this value")
        elif reason := _refused(keyword, value, dialect):
            told(place, f"moved into the description: {dialect.name} {reason}")
            said.append(in_words(keyword, value))
        elif dialect.bounds and keyword in dialect.bounds and value > dialect.bounds[keyword]:
            most = dialect.bounds[keyword]
            told(place, f"{most}, the rest is in the description: {dialect.name} takes no more")
            said.append(in_words(keyword, value))
            taken[keyword] = most
        else:
            taken[keyword] = value
    return described(taken, said)


def _phrase(keyword: str, value: Any, dialect: Dialect) -> str:
    """What is said of a keyword that is not taken; empty where saying it helps nobody."""
    if keyword.startswith("min") and value == 0:
        return ""
    if keyword == "default" and value is None:
        return ""
    if keyword == "patternProperties" and dialect.closed:
        return ""  # an object without further properties has none to fit it
    return in_words(keyword, value)


def _fits(keyword: str, value: Any) -> bool:
    """Whether a value has the shape its keyword wants, so far as the walk relies on it."""
    if keyword in ("properties", "$defs", "definitions"):
        return isinstance(value, dict)
    if keyword in ("anyOf", "prefixItems", "enum"):
        return isinstance(value, list) and bool(value)
    if keyword == "required":
        return isinstance(value, list)
    if keyword in ("description", "title", "pattern", "format"):
        return isinstance(value, str)
    if keyword.startswith(("min", "max", "exclusive", "multipleOf")):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return True


def _refused(keyword: str, value: Any, dialect: Dialect) -> str:
    """Why a value of a keyword that is taken is not; empty when it is."""
    if keyword == "format" and dialect.formats is not None and value not in dialect.formats:
        return "does not know this format"
    if keyword == "pattern" and dialect.simple_patterns and LOOKS_AROUND.search(value):
        return "takes no pattern that looks around or refers back"
    return ""


def _alternatives(
    schema: dict[str, Any], dialect: Dialect, where: str, told: Told
) -> dict[str, Any]:
    """`oneOf` as `anyOf`: the model is held to one of the forms, if not to exactly one."""
    forms = schema.get("oneOf")
    if not isinstance(forms, list) or not forms or "anyOf" in schema:
        return schema
    told(beside(where, "oneOf"), f"written as anyOf: {dialect.name} has no oneOf of its own")
    return {("anyOf" if key == "oneOf" else key): value for key, value in schema.items()}


def _const(schema: dict[str, Any], dialect: Dialect, where: str, told: Told) -> dict[str, Any]:
    if "const" not in schema or _takes_const(schema["const"], dialect):
        return schema
    value = schema["const"]
    if "enum" not in schema and _type_of(value) in (dialect.enum_types or ()):
        told(beside(where, "const"), f"written as an enum of one: {dialect.name} has no const")
        return _renamed(schema, "const", "enum", [value]) | _type_beside(schema, [value])
    told(beside(where, "const"), f"moved into the description: {dialect.name} cannot hold to it")
    rest = {key: inner for key, inner in schema.items() if key != "const"}
    return described(_type_beside(schema, [value]) | rest, [in_words("const", value)])


def _takes_const(value: Any, dialect: Dialect) -> bool:
    taken = dialect.keywords is None or "const" in dialect.keywords
    return taken and (dialect.enum_types is None or _type_of(value) in dialect.enum_types)


def _type_beside(schema: dict[str, Any], values: list[Any]) -> dict[str, Any]:
    """The type of these values, for a schema that names none."""
    if "type" in schema:
        return {}
    kinds = list(dict.fromkeys(_type_of(value) for value in values))
    return {"type": kinds[0] if len(kinds) == 1 else kinds}


def _renamed(schema: dict[str, Any], old: str, new: str, value: Any) -> dict[str, Any]:
    return {
        (new if key == old else key): (value if key == old else inner)
        for key, inner in schema.items()
    }


def _tuple(schema: dict[str, Any], dialect: Dialect, where: str, told: Told) -> dict[str, Any]:
    """Items told place by place, as items that may be any of them where places are not taken."""
    keyword = "prefixItems" if isinstance(schema.get("prefixItems"), list) else "items"
    items = schema.get(keyword)
    if not isinstance(items, list):
        return schema
    keywords = dialect.keywords or frozenset()
    rest = schema.get("items") if keyword == "prefixItems" else schema.get("additionalItems")
    if "prefixItems" in keywords:
        if keyword == "prefixItems":
            return schema if rest is not False else _of_length(schema, len(items), where, told)
        told(beside(where, "items"), "written as prefixItems, as JSON Schema does since 2020")
        return _renamed(schema, "items", "prefixItems", items) | (
            {"items": rest} if isinstance(rest, dict) else {}
        )
    forms: list[Any] = []
    for form in [*items, *([rest] if isinstance(rest, dict) else [])]:
        if form not in forms:
            forms.append(form)
    told(beside(where, keyword), f"any of them at any place: {dialect.name} tells no places apart")
    if keyword == "prefixItems" and "items" in schema:
        told(beside(where, "items"), "moved together with the places before it")
    taken = {key: value for key, value in schema.items() if key not in (keyword, "items")}
    taken["items"] = forms[0] if len(forms) == 1 else {"anyOf": forms} if forms else {}
    if rest is False and "maxItems" in keywords and not isinstance(taken.get("maxItems"), int):
        taken["maxItems"] = len(items)
    most = " and no more" if rest is False else ""
    return described(taken, [f"{len(items)} places{most}, in order: {in_words('', items)}"])


def _of_length(schema: dict[str, Any], most: int, where: str, told: Told) -> dict[str, Any]:
    """A tuple nothing may follow, by its length."""
    told(beside(where, "items"), "written as maxItems: nothing may follow the last place")
    taken = {key: value for key, value in schema.items() if key != "items"}
    return taken if isinstance(taken.get("maxItems"), int) else taken | {"maxItems": most}


def _typed(schema: dict[str, Any], where: str, told: Told) -> dict[str, Any]:
    """With a type, where every schema must name one."""
    kinds = [kind for kind in types_of(schema) if kind in TYPES]
    if kinds and len(kinds) == (1 if isinstance(schema["type"], str) else len(schema["type"])):
        return schema
    if "type" in schema:
        told(beside(where, "type"), "left out: these are not the types JSON Schema has")
        schema = {key: value for key, value in schema.items() if key != "type"}
    if kinds:
        return {"type": kinds, **schema}
    if "$ref" in schema or (isinstance(schema.get("anyOf"), list) and schema["anyOf"]):
        return schema
    meant: Any = next(
        (kind for kind, words in _MEANS.items() if any(word in schema for word in words.split())),
        None,
    )
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        meant = _type_beside(schema, schema["enum"])["type"]
    elif "const" in schema:
        meant = _type_of(schema["const"])
    told(beside(where, "type"), "added: in strict mode every schema names its type")
    return {"type": meant or list(_ANYTHING), **schema}


def _enum(
    schema: dict[str, Any], dialect: Dialect, where: str, told: Told
) -> tuple[dict[str, Any], list[str]]:
    """With an enum of values that may stand in one."""
    values = schema.get("enum")
    if not isinstance(values, list) or dialect.enum_types is None:
        return schema, []
    kept = [value for value in values if _type_of(value) in dialect.enum_types]
    if len(kept) == len(values):
        return schema, []
    place = beside(where, "enum")
    rest = {key: value for key, value in schema.items() if key != "enum"}
    others = [value for value in values if value not in kept or value is None]
    if others == [None] and kept and "anyOf" not in rest:
        told(place, f"null is a form of its own: {dialect.name} takes no null in an enum")
        kinds = [kind for kind in types_of(schema) if kind != "null"]
        kind = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else _type_beside({}, kept)
        beside_it = {key: value for key, value in rest.items() if key != "type"}
        return {**beside_it, "anyOf": [{**kind, "enum": kept}, {"type": "null"}]}, []
    words = ", ".join(dialect.enum_types)
    told(place, f"moved into the description: {dialect.name} lists only values of type {words}")
    return {**_type_beside(schema, values), **rest}, [in_words("enum", values)]


def _exclusive(schema: dict[str, Any], dialect: Dialect, where: str, told: Told) -> dict[str, Any]:
    """Exclusive bounds as inclusive ones: exact for integers, else the words say the rest."""
    keywords = dialect.keywords or frozenset()
    for exclusive, inclusive, step in (
        ("exclusiveMinimum", "minimum", 1),
        ("exclusiveMaximum", "maximum", -1),
    ):
        bound = schema.get(exclusive)
        if exclusive in keywords or inclusive not in keywords or type(bound) not in (int, float):
            continue
        if inclusive in schema or not isinstance(bound, int | float):
            continue
        exact = types_of(schema) == ("integer",) and isinstance(bound, int)
        schema = schema | {inclusive: bound + step if exact else bound}
        if exact:
            told(beside(where, exclusive), f"written as {inclusive}: {dialect.name} has only that")
            schema = {key: value for key, value in schema.items() if key != exclusive}
    return schema


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return names.get(type(value), "object")
