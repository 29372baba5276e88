"""What the `$ref`s of a schema lead to, and which of them lead back to themselves.

Owns resolving and bringing every reference to a definition. Never fetches anything: a reference
to another document is not followed.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from roundtrip.conversation import Change
from roundtrip.wires.schema.places import DEFINITIONS, beside, rewritten, subschemas

ROOT = "#"
"""The whole schema, as a reference writes it."""


class References:
    """The definitions of one schema by the reference that leads to each, e.g. `#/$defs/Node`."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.targets: dict[str, Any] = {ROOT: root}
        for keyword in DEFINITIONS:
            held = root.get(keyword)
            for name, schema in held.items() if isinstance(held, dict) else ():
                self.targets[reference_to(keyword, name)] = schema
        self._leads_to = {
            reference: references_in(schema, own_definitions=False) & self.targets.keys()
            for reference, schema in self.targets.items()
        }
        self._reach: dict[str, frozenset[str]] = {}
        self.takes_null: dict[str, bool] = {}
        """What `nulls.py` found out: definitions may use each other very many times."""

    def target(self, reference: Any) -> Any:
        """The schema a reference leads to; None when it leads to none of this schema."""
        return self.targets.get(reference) if isinstance(reference, str) else None

    def reach(self, reference: str) -> frozenset[str]:
        """Every reference that following this one may lead to, itself only when recursive."""
        if reference not in self._reach:
            seen: set[str] = set()
            wanted = list(self._leads_to.get(reference, ()))
            while wanted:
                if (found := wanted.pop()) not in seen:
                    seen.add(found)
                    wanted.extend(self._leads_to[found])
            self._reach[reference] = frozenset(seen)
        return self._reach[reference]

    def recursive(self, reference: Any) -> bool:
        """Whether a definition leads back to itself."""
        return isinstance(reference, str) and reference in self.reach(reference)


def reference_to(keyword: str, name: str) -> str:
    """The reference to one definition, its name escaped as a JSON pointer wants it."""
    return f"#/{keyword}/" + name.replace("~", "~0").replace("/", "~1")


def references_in(schema: Any, *, own_definitions: bool = True) -> set[str]:
    """Every `$ref` of a schema; without its definitions where those stand for themselves."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, dict):
            continue
        if isinstance(reference := item.get("$ref"), str):
            found.add(reference)
        for steps, inner in subschemas(item):
            if own_definitions or item is not schema or steps[0] not in DEFINITIONS:
                waiting.append(inner)
    return found


def to_definitions(
    root: dict[str, Any], changes: list[Change], *, holders: tuple[str, ...] = DEFINITIONS
) -> dict[str, Any]:
    """The schema with every `$ref` leading to the root or to an entry of `holders`.

    What stands elsewhere in the schema becomes a definition of its own; a reference that leads
    nowhere, or out of the schema, is left out and listed.
    """
    root = _in_holders(root, changes, holders)
    known = References(root).targets
    added: dict[str, Any] = {}
    names: dict[str, str] = {}

    def brought(schema: Any, where: str) -> Any:
        if not isinstance(schema, dict):
            return schema
        schema = rewritten(schema, lambda steps, inner: brought(inner, beside(where, *steps)))
        if "$ref" not in schema or _is_known(schema["$ref"], known):
            return schema
        reference = schema["$ref"]
        place = beside(where, "$ref")
        if reference not in names if isinstance(reference, str) else True:
            target = _pointed_at(root, reference)
            if target is None:
                what = "left out: it leads to nothing inside this schema, and is never fetched"
                changes.append(Change(where=place, what=what))
                return {key: value for key, value in schema.items() if key != "$ref"}
            name = _free_name(reference, root, added)
            names[reference], added[name] = reference_to("$defs", name), {}
            added[name] = brought(target, beside("", "$defs", name))
        to = names[reference]
        what = f"leads to {to} now: this API follows references to definitions only"
        changes.append(Change(where=place, what=what))
        return schema | {"$ref": to}

    adapted = brought(root, "")
    if added:
        held = adapted.get("$defs")
        adapted["$defs"] = (held if isinstance(held, dict) else {}) | added
    return adapted


def _is_known(reference: Any, known: dict[str, Any]) -> bool:
    return isinstance(reference, str) and reference in known


def _in_holders(
    root: dict[str, Any], changes: list[Change], holders: tuple[str, ...]
) -> dict[str, Any]:
    """The root with its `definitions` under `$defs` where the former are not taken."""
    old = root.get("definitions")
    if "definitions" in holders or not isinstance(old, dict) or not old:
        return root
    held = root.get("$defs")
    new: dict[str, Any] = dict(held) if isinstance(held, dict) else {}
    moved: dict[str, str] = {}
    for name, schema in old.items():
        free = name
        while free in new:
            free += "_"
        new[free] = schema
        moved[reference_to("definitions", name)] = reference_to("$defs", free)

    def renamed(schema: Any, where: str) -> Any:
        if not isinstance(schema, dict):
            return schema
        schema = rewritten(schema, lambda steps, inner: renamed(inner, beside(where, *steps)))
        if isinstance(schema.get("$ref"), str) and schema["$ref"] in moved:
            what = "leads to $defs now, where this API looks for definitions"
            changes.append(Change(where=beside(where, "$ref"), what=what))
            schema["$ref"] = moved[schema["$ref"]]
        return schema

    changes.append(Change(where="definitions", what="moved to $defs, where this API looks"))
    rest = {key: value for key, value in root.items() if key != "definitions"}
    adapted: dict[str, Any] = renamed(rest | {"$defs": new}, "")
    return adapted


def _pointed_at(root: dict[str, Any], reference: Any) -> Any:
    """What a JSON pointer inside this document leads to, if it is a schema."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    node: Any = root
    for step in reference[2:].split("/"):
        step = unquote(step).replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and step.isascii() and step.isdigit() and len(step) < 6:
            node = node[int(step)] if int(step) < len(node) else None
        else:
            return None
    return node if isinstance(node, dict | bool) else None


def _free_name(reference: str, root: dict[str, Any], added: dict[str, Any]) -> str:
    held = root.get("$defs")
    taken = {*added, *(held if isinstance(held, dict) else {})}
    last = unquote(reference.rsplit("/", 1)[-1])
    name = "".join(c for c in last if c.isascii() and (c.isalnum() or c in "_-")) or "definition"
    while name in taken:
        name += "_"
    return name
