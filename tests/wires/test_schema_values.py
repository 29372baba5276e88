"""Values a strict model may send fit the tool's own schema, once nulls for "not given" are out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roundtrip.tools.checks import problems
from roundtrip.wires.schema import adapt, without_stand_ins
from tests.wires.schemas import sayable_schemas

_ANY = {
    "string": st.sampled_from(["a", "north", "2026-01-31", "ada@example.com"]),
    "integer": st.integers(0, 9),
    "number": st.integers(0, 9) | st.floats(0, 9),
    "boolean": st.booleans(),
    "null": st.none(),
}


@st.composite
def values_of(draw: st.DrawFn, schema: dict[str, Any], root: dict[str, Any], left: int = 6) -> Any:
    """Values of a strict schema's shape; bounds and formats are for the validator to judge."""
    if "$ref" in schema:
        target = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
        return draw(values_of(target, root, left - 1))
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        forms = schema["anyOf"] if left > 0 else schema["anyOf"][-1:]
        return draw(values_of(draw(st.sampled_from(forms)), root, left - 1))
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kind = draw(st.sampled_from(kinds)) if left > 0 else kinds[-1]
    if kind == "array":
        size = draw(st.integers(schema.get("minItems", 0), 3)) if left > 0 else 0
        return [draw(values_of(schema["items"], root, left - 1)) for _ in range(size)]
    if kind != "object":
        return draw(_ANY[kind])
    assume(left > -20)
    required = schema.get("required", [])
    return {
        name: draw(values_of(inner, root, left - 1))
        for name, inner in schema["properties"].items()
        if name in required or (left > 0 and draw(st.booleans()))
    }


@pytest.mark.parametrize("wire", ["anthropic", "openai-chat"])
@given(data=st.data(), schema=sayable_schemas())
def test_what_fits_the_strict_schema_fits_the_tools_own(
    wire: str, data: st.DataObject, schema: dict[str, Any]
) -> None:
    """No recursion cut: where a definition leads to itself without end, something must give."""
    strict, changes = adapt(schema, wire, strict=True)
    assume(not any("leads to itself" in change.what for change in changes))
    sent = data.draw(values_of(strict, strict))
    assume(not problems(sent, strict))
    assert not problems(without_stand_ins(sent, schema), schema)


@pytest.mark.parametrize("wire", ["anthropic", "openai-chat"])
@given(data=st.data(), schema=sayable_schemas())
def test_what_fits_the_tools_own_schema_can_be_sent(
    wire: str, data: st.DataObject, schema: dict[str, Any]
) -> None:
    """Values of listed properties, no recursion cut: those the strict schema must not refuse."""
    strict, changes = adapt(schema, wire, strict=True)
    assume(not any("leads to itself" in change.what for change in changes))
    sent = without_stand_ins(data.draw(values_of(strict, strict)), schema)
    assume(not problems(sent, schema))
    assert not problems(_filled(sent, strict, strict), strict)


def _filled(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> Any:
    """The value with null where a strict schema requires what is not given."""
    if "$ref" in schema:
        return _filled(value, root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root)
    if "anyOf" in schema:
        tried = [_filled(value, form, root) for form in schema["anyOf"]]
        forms = [
            filled
            for filled, form in zip(tried, schema["anyOf"], strict=True)
            if not problems(filled, form | {"$defs": root.get("$defs", {})})
        ]
        return forms[0] if forms else value
    if isinstance(value, list):
        return [_filled(item, schema.get("items", {}), root) for item in value]
    if isinstance(value, dict) and "properties" in schema:
        missing = [name for name in schema.get("required", []) if name not in value]
        inner = schema["properties"]
        given = {name: _filled(v, inner[name], root) for name, v in value.items() if name in inner}
        return given | dict.fromkeys(missing)
    return value
