"""One schema inside a tool's schema, and all below it, in a wire's dialect.

Owns the walk and its order: what is joined, followed, left out, narrowed and closed. The arguments'
own schema comes prepared by `root.py`; the rules on single keywords are in `keywords.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from roundtrip.conversation import Change
from roundtrip.wires.schema import keywords
from roundtrip.wires.schema.dialect import Dialect
from roundtrip.wires.schema.merge import ANNOTATIONS, merged
from roundtrip.wires.schema.nulls import takes_null, with_null
from roundtrip.wires.schema.places import DEFINITIONS, LISTS, MAPS, SINGLE, beside
from roundtrip.wires.schema.references import ROOT, References, references_in
from roundtrip.wires.schema.words import described, in_words

UNROLLED = 2
"""How often a definition is written out inside itself where a wire takes no recursion."""

MOST_WRITTEN_OUT = 5_000
"""Schemas; definitions that use each other many times would grow without end."""

DEEPEST = 30
"""Schemas inside schemas, below which nothing more is written out."""

ANYTHING = ["string", "number", "boolean", "null"]
"""The types of a value that could be anything, where a type must be named."""


@dataclass(frozen=True)
class Place:
    """Where the walk is."""

    where: str
    """Path from the root."""

    inside: str = ROOT
    """The definition it is in, as a reference."""

    written_out: tuple[str, ...] = ()
    """Recursive definitions being written out around it."""

    objects: int = 0
    """Objects around it, from the definition it is in."""

    level: int = 0
    """Schemas around it."""

    def at(self, *steps: str | int) -> Place:
        return replace(self, where=beside(self.where, *steps), level=self.level + 1)


class Walk:
    """Brings one schema into a dialect, collecting the changes on the way."""

    def __init__(self, root: dict[str, Any], dialect: Dialect, changes: list[Change]) -> None:
        self.dialect = dialect
        self.references = References(root)
        self.changes = changes
        self.left = MOST_WRITTEN_OUT
        self.silent = False
        self.enum_values = 0

    def told(self, where: str, what: str) -> None:
        if not self.silent:
            self.changes.append(Change(where=where, what=what))

    def schema(self, schema: Any, place: Place) -> dict[str, Any] | None:
        """The schema as the wire takes it; None where it takes none at this place."""
        if schema is True:
            self.told(place.where, "written as {}: this API takes no true in a schema's place")
        if schema is False:
            return self._nothing(place)
        if not isinstance(schema, dict):
            if schema is not True:
                self.told(place.where, "left out: it is no schema, and stands where one belongs")
            schema = {}
        if place.written_out:
            self.left -= 1
        taken: dict[str, Any] | None = self._joined(schema, place)
        taken = self._followed(taken or {}, place)
        if taken is None:
            return None
        if "$ref" in taken:
            return taken
        taken = keywords.narrowed(taken, self.dialect, place.where, self.told)
        taken = self._counted(taken, place)
        if "object" in keywords.types_of(taken):
            place = replace(place, objects=place.objects + 1)
            deepest = self.dialect.objects_deep
            if deepest is not None and place.objects > deepest:
                self.told(place.where, f"left out: {self.dialect.name} takes {deepest} levels")
                return None
        taken = self._below(taken, place)
        return None if taken is None else self._shaped(taken, place)

    def _nothing(self, place: Place) -> dict[str, Any] | None:
        if self.dialect.closed or self.dialect.keywords is not None:
            self.told(place.where, "left out: nothing fits the schema false")
            return None
        if self.dialect.shapes_listed:
            what = 'written as {"not": {}}: this API takes no false in a schema\'s place'
            self.told(place.where, what)
        return {"not": {}}

    def _joined(self, schema: dict[str, Any], place: Place) -> dict[str, Any]:
        """Without `allOf` where it is not taken: joined, or said in words."""
        if "allOf" not in schema or self._takes("allOf"):
            return schema
        members = schema["allOf"] if isinstance(schema["allOf"], list) else []
        taken = {key: value for key, value in schema.items() if key != "allOf"}
        where, said = beside(place.where, "allOf"), []
        self.told(where, f"joined into one schema: {self.dialect.name} takes no allOf")
        waiting = list(members)
        while waiting:
            member = waiting.pop(0)
            if isinstance(member, dict) and isinstance(member.get("allOf"), list):
                self.left -= 1
                if self.left > 0:
                    rest = {key: value for key, value in member.items() if key != "allOf"}
                    waiting = [rest, *member["allOf"], *waiting]
                    continue
            if isinstance(member, dict) and "$ref" in member and taken.keys() - ANNOTATIONS:
                found = self._written_out(member)
                if found is not None:
                    waiting.insert(0, found)
                    continue
            both = merged(taken, member)
            if both is None:
                said.append(in_words("allOf", member))
            else:
                taken = both
        if said:
            self.told(where, "what could not be joined is said in the description")
        return described(taken, said)

    def _written_out(self, schema: dict[str, Any]) -> dict[str, Any] | None:
        """A reference replaced by what it leads to, where that ends and can be joined."""
        reference = schema["$ref"]
        target = self.references.target(reference)
        self.left -= 1
        if self.left <= 0 or target is None or self.references.recursive(reference):
            return None
        beside_it = {key: value for key, value in schema.items() if key != "$ref"}
        if isinstance(target, dict) and "$ref" in target and beside_it.keys() - ANNOTATIONS:
            target = self._written_out(target)
        return merged(beside_it, target)

    def _followed(self, schema: dict[str, Any], place: Place) -> dict[str, Any] | None:
        """`$ref` as the wire takes it: alone, wrapped, or written out."""
        if "$ref" not in schema or not self.dialect.lone_references:
            return schema
        reference, where = schema["$ref"], beside(place.where, "$ref")
        others = {key: value for key, value in schema.items() if key != "$ref"}
        if self.dialect.recursion == "none" and self.references.recursive(reference):
            if (
                place.written_out.count(reference) >= UNROLLED
                or self.left <= 0
                or place.level > DEEPEST
            ):
                what = f"cut off: {self.dialect.name} takes no definition that leads to itself"
                self.told(where, what)
                return None
            what = f"written out, {UNROLLED} levels deep: {self.dialect.name} takes no definition"
            self.told(where, f"{what} that leads to itself")
            return self._unrolled(reference, others, place)
        if not others:
            return schema
        if others.keys() - ANNOTATIONS:
            written = self._written_out(schema)
            if written is not None:
                self.told(where, "written out: this API takes nothing beside a $ref")
                return self._followed(self._joined(written, place), place)
        if "anyOf" in others:
            self.told(where, "said in the description: this API takes nothing beside a $ref")
            return described(others, [in_words("allOf", {"$ref": reference})])
        self.told(where, "moved into an anyOf of one: this API takes nothing beside a $ref")
        return {"anyOf": [{"$ref": reference}], **others}

    def _unrolled(
        self, reference: str, others: dict[str, Any], place: Place
    ) -> dict[str, Any] | None:
        """A recursive definition written out here; what it loses is listed at its first level."""
        target = self.references.target(reference)
        if reference == ROOT and isinstance(target, dict):
            target = {key: value for key, value in target.items() if key not in DEFINITIONS}
        written = merged(others, target)
        silent, self.silent = self.silent, self.silent or reference in place.written_out
        around = replace(place, written_out=(*place.written_out, reference))
        found = self.schema(target if written is None else written, around)
        self.silent = silent
        return found

    def _counted(self, schema: dict[str, Any], place: Place) -> dict[str, Any]:
        most, values = self.dialect.enum_values, schema.get("enum")
        if most is None or not isinstance(values, list):
            return schema
        self.enum_values += len(values)
        if self.enum_values <= most:
            return schema
        self.enum_values -= len(values)
        what = f"moved into the description: {self.dialect.name} takes {most} values in all"
        self.told(beside(place.where, "enum"), what)
        rest = {key: value for key, value in schema.items() if key != "enum"}
        return described(rest, [in_words("enum", values)])

    def _below(self, schema: dict[str, Any], place: Place) -> dict[str, Any] | None:
        """The schema with every schema inside it brought into the dialect."""
        taken: dict[str, Any] = {}
        for keyword, value in schema.items():
            if keyword in ("properties", "required"):
                continue
            if keyword == "additionalProperties" and (
                self.dialect.closed or value in (True, False)
            ):
                taken[keyword] = value
            elif keyword in MAPS and isinstance(value, dict):
                taken[keyword] = self._map(keyword, value, place)
            elif keyword in LISTS and isinstance(value, list):
                inner = [self.schema(v, place.at(keyword, n)) for n, v in enumerate(value)]
                fitting = [v for v in inner if v is not None]
                if keyword in ("anyOf", "oneOf") and value and not fitting:
                    return None
                taken[keyword] = (
                    fitting
                    if keyword in ("anyOf", "oneOf")
                    else [self._least() if v is None else v for v in inner]
                )
            elif keyword in SINGLE:
                found = self.schema(value, place.at(keyword))
                taken[keyword] = self._least() if found is None else found
            else:
                taken[keyword] = value
        return self._with_properties(schema, taken, place)

    def _map(self, keyword: str, value: dict[str, Any], place: Place) -> dict[str, Any]:
        taken = {}
        for name, inner in value.items():
            at = place.at(keyword, name)
            if keyword in DEFINITIONS and not place.where:
                reference = f"#/{keyword}/" + name.replace("~", "~0").replace("/", "~1")
                at = Place(where=at.where, inside=reference)
                if self.dialect.recursion == "none" and self.references.recursive(reference):
                    self.told(at.where, "left out: it is written out where it is used")
                    continue
            found = self.schema(inner, at)
            taken[name] = self._least() if found is None else found
        return taken

    def _with_properties(
        self, schema: dict[str, Any], taken: dict[str, Any], place: Place
    ) -> dict[str, Any]:
        """The properties, and which of them are required, in their places."""
        properties, required = schema.get("properties"), schema.get("required")
        if not isinstance(properties, dict):
            properties = {}
        names = [n for n in required if isinstance(n, str)] if isinstance(required, list) else []
        optional, kept = self.dialect.recursion == "optional", {}
        for name, inner in properties.items():
            at = place.at("properties", name)
            if optional and name in names and self._closes_circle(inner, place.inside):
                what = f"{name} is no longer required: this API takes a definition that leads back"
                self.told(place.at("required").where, f"{what} to itself only where none is")
                names.remove(name)
            found = self.schema(inner, at)
            if found is None and name not in names:
                self.told(at.where, "left out: what fits it cannot be said here")
                continue
            kept[name] = self._least() if found is None else found
        order = {key: None for key in schema if key in taken or key in ("properties", "required")}
        told = {key: taken[key] for key in order if key in taken}
        if "properties" in schema:
            told["properties"] = kept
        if "required" in schema:
            told["required"] = names if isinstance(required, list) else required
        return {key: told[key] for key in order if key in told}

    def _closes_circle(self, schema: Any, inside: str) -> bool:
        """Whether every value of this schema holds one of a definition that leads back here."""
        if not isinstance(schema, dict):
            return False
        required = schema.get("required")
        names = required if isinstance(required, list) else []
        properties = schema.get("properties")
        demanded = (
            {n: v for n, v in properties.items() if n in names}
            if isinstance(properties, dict)
            else {}
        )
        found = references_in({**schema, "properties": demanded}, own_definitions=False)
        return any(
            reference == inside or inside in self.references.reach(reference)
            for reference in found
            if self.references.recursive(reference)
        )

    def _shaped(self, schema: dict[str, Any], place: Place) -> dict[str, Any]:
        """Objects with their properties listed and closed, arrays with their items described."""
        kinds = keywords.types_of(schema)
        if self.dialect.shapes_listed and "array" in kinds and "items" not in schema:
            self.told(place.where, f"items added: {self.dialect.name} takes no array without")
            schema = schema | {"items": {"type": ANYTHING} if self.dialect.closed else {}}
        if self.dialect.shapes_listed and "object" in kinds and "properties" not in schema:
            self.told(place.where, f"properties added: {self.dialect.name} wants them listed")
            schema = schema | {"properties": {}}
        if self.dialect.closed and "object" in kinds:
            schema = self._closed(schema, place)
        return schema

    def _closed(self, schema: dict[str, Any], place: Place) -> dict[str, Any]:
        properties = schema["properties"]
        required = schema.get("required")
        names = list(required) if isinstance(required, list) else []
        for name in names:
            if name not in properties:
                self.told(place.at("properties", name).where, "added: it is required")
                properties = properties | {name: {"type": ANYTHING}}
        if schema.get("additionalProperties") is not False:
            what = f"set to false: {self.dialect.name} takes only properties that are listed"
            if isinstance(schema.get("additionalProperties"), dict) and not properties:
                what += ", so that nothing but {} can be sent here; without strict it is free again"
            self.told(place.at("additionalProperties").where, what)
        if self.dialect.all_required:
            for name, inner in properties.items():
                if name in names:
                    continue
                at, what = place.at("properties", name), "required, and null when it is not given"
                if takes_null(inner, self.references):
                    at, what = place.at("required"), f"{name} is required, its null is not given"
                self.told(at.where, f"{what}: {self.dialect.name} knows no optional properties")
                properties = properties | {name: with_null(inner, self.references)}
            if names == list(properties) and "required" not in schema:
                self.told(place.at("required").where, f"added: {self.dialect.name} wants it")
            names = list(properties)
        closed = schema | {"properties": properties, "additionalProperties": False}
        if self.dialect.all_required or "required" in schema:
            closed["required"] = names
        return closed

    def _least(self) -> dict[str, Any]:
        """What stands where a schema must and none can be said: an object without properties."""
        least: dict[str, Any] = {"type": "object", "properties": {}}
        if self.dialect.closed:
            least["additionalProperties"] = False
        if self.dialect.all_required:
            least["required"] = []
        return least

    def _takes(self, keyword: str) -> bool:
        return self.dialect.keywords is None or keyword in self.dialect.keywords
