"""The arguments' own schema: an object, whatever it was put together from.

Owns what only the root must be. The schemas inside it are `node.py`'s.
"""

from __future__ import annotations

import json
from typing import Any

from roundtrip.conversation import Change
from roundtrip.wires.schema.dialect import Dialect
from roundtrip.wires.schema.keywords import types_of
from roundtrip.wires.schema.merge import merged
from roundtrip.wires.schema.references import ROOT, References
from roundtrip.wires.schema.words import described, in_words

_MOST_FOLLOWED = 50
"""References at the root that lead to each other."""


def as_object(root: dict[str, Any], dialect: Dialect, changes: list[Change]) -> dict[str, Any]:
    """The root as an object schema. Where the wire takes no combination there, its forms are
    joined into one object and described in words."""
    taken = _followed(root, changes)
    if dialect.plain_root:
        taken = _all_of(taken, dialect, changes)
        for keyword in ("oneOf", "anyOf"):
            taken = _forms(taken, keyword, dialect, changes)
        for keyword in ("not", "enum", "const"):
            if keyword in taken:
                what = "moved into the description: this API takes it only inside properties"
                changes.append(Change(where=keyword, what=what))
                words = [in_words(keyword, taken[keyword])]
                rest = {key: value for key, value in taken.items() if key != keyword}
                taken = described(rest, words)
    if taken.get("type") != "object":
        what = "set to object: a tool's arguments always are one"
        changes.append(Change(where="type", what=what))
        taken = {"type": "object"} | taken | {"type": "object"}
    return taken


def _followed(root: dict[str, Any], changes: list[Change]) -> dict[str, Any]:
    """The root without a `$ref`: what it leads to stands there itself."""
    references = References(root)
    seen = {ROOT}
    while isinstance(reference := root.get("$ref"), str) and len(seen) < _MOST_FOLLOWED:
        rest = {key: value for key, value in root.items() if key != "$ref"}
        target = references.target(reference)
        both = None if reference in seen else merged(rest, target)
        what = "written out: the root of a tool's schema must say itself that it is an object"
        if both is None:
            what = "left out: it leads to nothing, or to what cannot be joined with the rest"
        changes.append(Change(where="$ref", what=what))
        root = rest if both is None else both
        seen.add(reference)
    if "$ref" in root:
        changes.append(Change(where="$ref", what="left out: it leads to nothing"))
        root = {key: value for key, value in root.items() if key != "$ref"}
    return root


def _form(schema: Any, references: References) -> Any:
    """A form of the root with its reference followed once."""
    if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return merged(rest, references.target(schema["$ref"]))
    return schema


def _all_of(root: dict[str, Any], dialect: Dialect, changes: list[Change]) -> dict[str, Any]:
    members = root.get("allOf")
    if "allOf" not in root:
        return root
    what = "joined into the object: this API takes no combination at the root"
    changes.append(Change(where="allOf", what=what))
    references = References(root)
    taken = {key: value for key, value in root.items() if key != "allOf"}
    said: list[str] = []
    waiting = list(members) if isinstance(members, list) else []
    for _ in range(_MOST_FOLLOWED * 4):
        if not waiting:
            break
        member = _form(waiting.pop(0), references)
        if isinstance(member, dict) and isinstance(member.get("allOf"), list):
            rest = {key: value for key, value in member.items() if key != "allOf"}
            waiting = [rest, *member["allOf"], *waiting]
            continue
        both = merged(taken, member)
        if both is None:
            said.append(in_words("allOf", member))
        else:
            taken = both
    return described(taken, said + [in_words("allOf", member) for member in waiting])


def _forms(
    root: dict[str, Any], keyword: str, dialect: Dialect, changes: list[Change]
) -> dict[str, Any]:
    """The forms an object may have as one: all their properties, what each of them requires."""
    if keyword not in root:
        return root
    taken = {key: value for key, value in root.items() if key != keyword}
    references = References(root)
    told = root[keyword] if isinstance(root[keyword], list) else []
    forms = [form for form in (_form(member, references) for member in told) if _is_object(form)]
    what = "joined into one object, the forms are in the description: this API takes no"
    changes.append(Change(where=keyword, what=f"{what} combination at the root"))
    if not forms:
        return taken
    only = merged(taken, forms[0]) if len(forms) == 1 else None
    if only is not None:
        return _forms(only, keyword, dialect, changes) if keyword in only else only
    taken = _with_properties_of(forms, taken)
    named = "exactly one" if keyword == "oneOf" else "at least one"
    shown = [f"({n}) {_in_words(form)}" for n, form in enumerate(forms, start=1)]
    return described(taken, [f"fits {named} of these forms: {'; '.join(shown)}"])


def _is_object(form: Any) -> bool:
    if not isinstance(form, dict):
        return form is True
    return not types_of(form) or "object" in types_of(form)


def _with_properties_of(forms: list[Any], root: dict[str, Any]) -> dict[str, Any]:
    own = root.get("properties")
    properties: dict[str, Any] = dict(own) if isinstance(own, dict) else {}
    found: dict[str, list[Any]] = {}
    for form in forms:
        inner = form.get("properties") if isinstance(form, dict) else None
        for name, schema in inner.items() if isinstance(inner, dict) else ():
            if name not in properties and schema not in found.setdefault(name, []):
                found[name].append(schema)
    for name, schemas in found.items():
        properties[name] = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    required = root.get("required")
    names = list(required) if isinstance(required, list) else []
    names += [n for n in _required(forms[0]) if all(n in _required(f) for f in forms)]
    taken = root | {"properties": properties}
    if names:
        taken["required"] = list(dict.fromkeys(n for n in names if isinstance(n, str)))
    closed = all(isinstance(f, dict) and f.get("additionalProperties") is False for f in forms)
    if closed and "additionalProperties" not in root:
        taken["additionalProperties"] = False
    return taken


def _required(form: Any) -> list[Any]:
    required = form.get("required") if isinstance(form, dict) else None
    return required if isinstance(required, list) else []


def _in_words(form: Any) -> str:
    """One form: what it fixes, what it needs, what else it knows."""
    if not isinstance(form, dict):
        return "anything"
    inner = form.get("properties")
    properties = inner if isinstance(inner, dict) else {}
    fixed = {
        name: schema["const"] if "const" in schema else schema["enum"][0]
        for name, schema in properties.items()
        if isinstance(schema, dict)
        and (
            "const" in schema or (isinstance(schema.get("enum"), list) and len(schema["enum"]) == 1)
        )
    }
    parts = [f"{name} = {json.dumps(value, default=str)}" for name, value in fixed.items()]
    needed = [str(name) for name in _required(form) if name not in fixed]
    if needed:
        parts.append("with " + ", ".join(needed))
    others = [name for name in properties if name not in fixed and name not in needed]
    if others:
        parts.append("optionally " + ", ".join(others))
    title = form.get("title")
    return (f"{title}: " if isinstance(title, str) else "") + (", ".join(parts) or "anything")
