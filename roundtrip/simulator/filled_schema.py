"""A value of a JSON Schema, made from what is at hand, as constrained decoding makes it.

Owns what stands in each field: what a result holds under its name, then what was said for it, then
the answer in words, then the emptiest value there is. Reads no conversation
(`structured_answer.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from roundtrip.tools.checks import problems

_DEEPEST = 12
_MOST_VALUES = 1_000
"""Schemas may be recursive, in depth and breadth: beyond either, what they demand is left out."""


class Sources:
    """What a value can be made from."""

    def __init__(
        self, schema: dict[str, Any], records: Sequence[Mapping[str, Any]], words: str
    ) -> None:
        self.schema, self.records, self.words = schema, records, words
        self._left = _MOST_VALUES

    def value(self, said: Any) -> Any:
        """A value of the schema."""
        return self._value(self.schema, said, self.records, 0)

    def held(self) -> tuple[int, int]:
        """How many of the fields that the schema demands the results hold, and how many it demands,
        those inside others in their place."""
        demanded = self._demanded(self.schema, 0)
        keys = {_plain(key) for record in self.records for key in record}
        return len(demanded & keys), len(demanded)

    def _demanded(self, rule: Any, depth: int) -> set[str]:
        self._left -= 1
        rule = self._settled(rule, None)
        properties = rule.get("properties")
        found: set[str] = set()
        for name in _listed(rule.get("required")):
            if (
                isinstance(properties, Mapping)
                and name in properties
                and not self._is_enough(depth)
            ):
                found |= self._demanded(properties[name], depth + 1) or {_plain(name)}
        if "items" in rule and not self._is_enough(depth):
            found |= self._demanded(rule["items"], depth + 1)
        return found

    def _value(self, rule: Any, said: Any, records: Sequence[Mapping[str, Any]], depth: int) -> Any:
        self._left -= 1
        if said is None and self._takes_null(rule):
            return None
        rule = self._settled(rule, said)
        if "const" in rule:
            return rule["const"]
        if isinstance(rule.get("enum"), list) and rule["enum"]:
            return said if said in rule["enum"] else rule["enum"][0]
        kind = next(iter(_listed(rule.get("type"))), None)
        if kind == "object" or "properties" in rule:
            return self._object(rule, said, records, depth)
        if kind == "array":
            return self._array(rule, said, records, depth)
        if said is not None and self._fits(rule, said):
            return said
        return self._emptiest(rule, kind)

    def _object(
        self, rule: Mapping[str, Any], said: Any, records: Sequence[Mapping[str, Any]], depth: int
    ) -> dict[str, Any]:
        properties = rule.get("properties")
        required = rule.get("required")
        told = said if isinstance(said, Mapping) else {}
        made: dict[str, Any] = {}
        for name, inner in (properties if isinstance(properties, Mapping) else {}).items():
            demanded = isinstance(required, list) and name in required
            held = self._held(name, inner, records)
            held = told.get(name) if held is None else held
            if held is None and (self._is_enough(depth) or not demanded):
                continue
            made[name] = self._value(inner, held, records, depth + 1)
        return made

    def _held(self, name: str, rule: Any, records: Sequence[Mapping[str, Any]]) -> Any:
        """What a result holds under this name and may stand here."""
        for record in records:
            for key, value in record.items():
                if _plain(key) == _plain(name) and self._fits(rule, value):
                    return value
        return None

    def _array(
        self, rule: Mapping[str, Any], said: Any, records: Sequence[Mapping[str, Any]], depth: int
    ) -> list[Any]:
        inner = rule.get("items", {})
        if isinstance(said, list) and self._fits(rule, said):
            return said
        names = {_plain(name) for name in self._settled(inner, None).get("properties") or ()}
        alike = [one for one in reversed(records) if names & {_plain(key) for key in one}]
        most = rule.get("maxItems")
        made = [self._value(inner, None, [one], depth + 1) for one in alike]
        made = made[:most] if isinstance(most, int) else made
        least = rule.get("minItems")
        lacking = (least if isinstance(least, int) else 0) - len(made)
        if lacking > 0 and not self._is_enough(depth):
            made += [self._value(inner, None, (), depth + 1)] * min(lacking, self._left)
        return made

    def _is_enough(self, depth: int) -> bool:
        return depth > _DEEPEST or self._left <= 0

    def _takes_null(self, rule: Any) -> bool:
        forms = (rule.get("anyOf") or rule.get("oneOf")) if isinstance(rule, Mapping) else None
        return any(
            isinstance(form, Mapping) and "null" in _listed(form.get("type"))
            for form in [rule, *_listed(forms)]
        )

    def _emptiest(self, rule: Mapping[str, Any], kind: Any) -> Any:
        if "default" in rule and self._fits(rule, rule["default"]):
            return rule["default"]
        if kind in ("integer", "number"):
            choices = [0, rule.get("minimum"), rule.get("maximum"), rule.get("multipleOf"), 1]
            return next((one for one in choices if self._fits(rule, one)), 0)
        if kind in ("boolean", "null"):
            return False if kind == "boolean" else None
        most = rule.get("maxLength")
        if not _BOUNDS & rule.keys():
            return self.words
        words = self.words[: most if isinstance(most, int) else None]
        examples = (words, "", "2000-01-01", "2000-01-01T00:00:00Z", "00:00:00Z")
        return next((one for one in examples if self._fits(rule, one)), words)

    def _settled(self, rule: Any, said: Any) -> Mapping[str, Any]:
        """References followed; of several forms the one that what is said fits, else the first."""
        for _ in range(_DEEPEST):
            if not isinstance(rule, Mapping):
                return {}
            if isinstance(reference := rule.get("$ref"), str):
                rule = self._pointed(reference)
                continue
            forms = rule.get("anyOf") or rule.get("oneOf") or rule.get("allOf")
            if not isinstance(forms, list) or not forms:
                return rule
            fitting = [form for form in forms if said is not None and self._fits(form, said)]
            rule = next(iter(fitting or forms))
        return {}

    def _pointed(self, reference: str) -> Any:
        here: Any = self.schema
        for step in filter(None, reference.removeprefix("#").split("/")):
            step = step.replace("~1", "/").replace("~0", "~")
            here = here.get(step) if isinstance(here, Mapping) else None
        return here

    def _fits(self, rule: Any, value: Any) -> bool:
        """Whether the value may stand where this rule of the schema is."""
        if not isinstance(rule, Mapping):
            return True
        definitions = {key: self.schema[key] for key in _DEFINITIONS if key in self.schema}
        return not problems(value, {**definitions, **rule})


_DEFINITIONS = ("$defs", "definitions")


_BOUNDS = {"minLength", "maxLength", "pattern", "format"}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
