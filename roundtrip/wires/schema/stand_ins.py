"""The nulls a strict model sends for what it does not give, taken out of a call's arguments.

Owns telling them from nulls that are meant, by the schema as it was before `adapt`. A value is
never changed otherwise.
"""

from __future__ import annotations

from typing import Any

from roundtrip.wires.schema.dialect import dialect_of
from roundtrip.wires.schema.nulls import takes_null
from roundtrip.wires.schema.places import DEPTH_LIMIT
from roundtrip.wires.schema.references import References


def says_null_for_absent(wire: str) -> bool:
    """Whether strict calls of the wire name every property, and give null for those left out."""
    return dialect_of(wire, strict=True).all_required


def without_stand_ins(arguments: Any, schema: dict[str, Any]) -> Any:
    """Arguments without the nulls that only say "not given".

    `schema`: the tool's own, not the adapted one. Such a null stands at a property that is listed
    and not required, and that takes no null.
    """
    return _without(arguments, [schema], References(schema), DEPTH_LIMIT)


def _without(value: Any, schemas: list[Any], references: References, levels: int) -> Any:
    if levels == 0 or not isinstance(value, dict | list):
        return value
    views = _views(value, schemas, references)
    if isinstance(value, list):
        return [
            _without(item, _of_item(n, views), references, levels - 1)
            for n, item in enumerate(value)
        ]
    kept = {}
    for name, inner in value.items():
        listing = [view for view in views if name in _properties(view)]
        described = [view["properties"][name] for view in listing]
        optional = any(name not in _required(view) for view in listing)
        if inner is None and optional and not any(takes_null(d, references) for d in described):
            continue
        kept[name] = _without(inner, described, references, levels - 1)
    return kept


def _views(value: Any, schemas: list[Any], references: References) -> list[dict[str, Any]]:
    """Every schema of this value: those given, and what they refer to, join and offer."""
    views: list[dict[str, Any]] = []
    seen: set[int] = set()
    waiting = list(schemas)
    while waiting:
        schema = waiting.pop()
        if not isinstance(schema, dict) or id(schema) in seen:
            continue
        seen.add(id(schema))
        views.append(schema)
        if "$ref" in schema:
            waiting.append(references.target(schema["$ref"]))
        if isinstance(schema.get("allOf"), list):
            waiting.extend(schema["allOf"])
        for keyword in ("anyOf", "oneOf"):
            members = schema.get(keyword)
            if isinstance(members, list):
                forms = [_form(member, references) for member in members]
                waiting.extend(form for form in forms if _is_meant(form, value))
    return views


def _form(schema: Any, references: References) -> Any:
    alone = isinstance(schema, dict) and "$ref" in schema
    return references.target(schema["$ref"]) if alone else schema


def _is_meant(form: Any, value: Any) -> bool:
    """Whether the value could be of this form: what the form fixes is so, no name is unknown."""
    if not isinstance(form, dict) or not isinstance(value, dict):
        return True
    properties = _properties(form)
    if properties and form.get("additionalProperties") is False and value.keys() - properties:
        return False
    for name, schema in properties.items():
        if not isinstance(schema, dict) or value.get(name) is None:
            continue
        if "const" in schema and value[name] != schema["const"]:
            return False
        if isinstance(schema.get("enum"), list) and value[name] not in schema["enum"]:
            return False
    return True


def _of_item(number: int, views: list[dict[str, Any]]) -> list[Any]:
    """The schemas of one item of an array."""
    found: list[Any] = []
    for view in views:
        for keyword in ("prefixItems", "items"):
            items = view.get(keyword)
            if not isinstance(items, list):
                found.append(items)
            elif number < len(items):
                found.append(items[number])
                break
    return found


def _properties(schema: dict[str, Any]) -> dict[str, Any]:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _required(schema: dict[str, Any]) -> list[Any]:
    required = schema.get("required")
    return required if isinstance(required, list) else []
