"""Null in place of an optional value: where strict mode knows no optional properties.

Owns letting a schema take null, and taking such nulls out of a call's arguments again. Does not
decide which properties need it (`node.py`).
"""

from __future__ import annotations

from typing import Any

from roundtrip.wires.schema.places import DEPTH_LIMIT
from roundtrip.wires.schema.references import References


def takes_null(schema: Any, references: References, levels: int = DEPTH_LIMIT) -> bool:
    """Whether null surely fits. When in doubt it does not."""
    if not isinstance(schema, dict) or levels == 0:
        return schema is True
    kinds = schema.get("type", "null")
    if kinds != "null" and not (isinstance(kinds, list) and "null" in kinds):
        return False
    if "const" in schema and schema["const"] is not None:
        return False
    if "enum" in schema and not (isinstance(schema["enum"], list) and None in schema["enum"]):
        return False
    if "$ref" in schema:
        target = references.target(schema["$ref"])
        if target is schema or not takes_null(target, references, levels - 1):
            return False
    for keyword, enough in (("anyOf", any), ("oneOf", any), ("allOf", all)):
        members = schema.get(keyword)
        if isinstance(members, list) and not enough(
            takes_null(member, references, levels - 1) for member in members
        ):
            return False
    return "not" not in schema and "if" not in schema


def with_null(schema: dict[str, Any], references: References) -> dict[str, Any]:
    """The schema that takes null as well, said as plainly as it can be."""
    if takes_null(schema, references):
        return schema
    kinds = schema.get("type")
    combined = schema.keys() & {"anyOf", "oneOf", "allOf", "$ref", "not", "if"}
    if not combined and isinstance(kinds, str | list):
        names = [kinds] if isinstance(kinds, str) else kinds
        wider = schema | {"type": names if "null" in names else [*names, "null"]}
        if "const" in schema:
            values = [schema["const"], None]
            wider = {key: value for key, value in wider.items() if key != "const"}
            return wider | {"enum": values}
        if isinstance(schema.get("enum"), list):
            wider["enum"] = [*schema["enum"], None]
        return wider
    if combined == {"anyOf"} and not schema.keys() & {"type", "enum", "const"}:
        return schema | {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    told = {key: value for key, value in schema.items() if key in ("title", "description")}
    meant = {key: value for key, value in schema.items() if key not in told}
    return {**told, "anyOf": [meant, {"type": "null"}]}


def without_stand_ins(
    arguments: Any, schema: Any, references: References | None = None, levels: int = DEPTH_LIMIT
) -> Any:
    """Arguments without the nulls that only say "not given": those of optional properties whose
    schema, as it was before `adapt`, takes no null. Everything else stays as it came."""
    if references is None:
        if not isinstance(schema, dict):
            return arguments
        references = References(schema)
    if not isinstance(schema, dict) or levels == 0:
        return arguments
    if isinstance(arguments, list) and isinstance(items := schema.get("items"), dict):
        return [without_stand_ins(item, items, references, levels - 1) for item in arguments]
    if isinstance(arguments, dict):
        arguments = _of_object(arguments, schema, references, levels)
    for inner in _further(schema, references):
        arguments = without_stand_ins(arguments, inner, references, levels - 1)
    return arguments


def _further(schema: dict[str, Any], references: References) -> list[Any]:
    """Schemas of the same value."""
    found = [references.target(schema["$ref"])] if "$ref" in schema else []
    for keyword in ("allOf", "anyOf", "oneOf"):
        members = schema.get(keyword)
        found += members if isinstance(members, list) else []
    return found


def _of_object(
    arguments: dict[str, Any], schema: dict[str, Any], references: References, levels: int
) -> dict[str, Any]:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict):
        return arguments
    names = required if isinstance(required, list) else []
    kept = {}
    for name, value in arguments.items():
        inner = properties.get(name, True)
        if value is None and name not in names and not takes_null(inner, references):
            continue
        kept[name] = without_stand_ins(value, inner, references, levels - 1)
    return kept
