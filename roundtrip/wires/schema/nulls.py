"""Null in place of an optional value: where strict mode knows no optional properties.

Owns letting a schema take null. Does not decide which properties need it (`node.py`), nor take such
nulls out of a call's arguments again (`stand_ins.py`).
"""

from __future__ import annotations

from typing import Any

from roundtrip.wires.schema.references import References


def takes_null(schema: Any, references: References) -> bool:
    """Whether null surely fits. When in doubt it does not."""
    if not isinstance(schema, dict):
        return schema is True
    kinds = schema.get("type", "null")
    if kinds != "null" and not (isinstance(kinds, list) and "null" in kinds):
        return False
    if "const" in schema and schema["const"] is not None:
        return False
    if "enum" in schema and not (isinstance(schema["enum"], list) and None in schema["enum"]):
        return False
    if "$ref" in schema and not _leads_to_null(schema["$ref"], references):
        return False
    for keyword, enough in (("anyOf", any), ("oneOf", any), ("allOf", all)):
        members = schema.get(keyword)
        if isinstance(members, list) and not enough(takes_null(m, references) for m in members):
            return False
    return "not" not in schema and "if" not in schema


def _leads_to_null(reference: Any, references: References) -> bool:
    if references.target(reference) is None:
        return False
    if reference not in references.takes_null:
        # Until it is known, and where it leads back here: no.
        references.takes_null[reference] = False
        answer = takes_null(references.target(reference), references)
        references.takes_null[reference] = answer
    return references.takes_null[reference]


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
