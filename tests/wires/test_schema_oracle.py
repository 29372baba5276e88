"""Our `adapt` beside pydantic-ai's transformers: they agree, or one row of a table says why not.

Schemas: every tool's of the recordings, and generated ones. Each is compared node by node; a
difference no row explains, or more than one, fails.
"""

from __future__ import annotations

import copy
import json
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from pydantic_ai.profiles.google import google_model_profile
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider

from roundtrip.tools.openapi_dialect import to_json_schema
from roundtrip.wires.schema import adapt
from roundtrip.wires.schema.places import LISTS, MAPS, SINGLE, beside
from tests.figures import Figures
from tests.recordings import ABSENT, recorded
from tests.wires.schema_differences import MISSING, TABLE, Difference, explained
from tests.wires.schemas import DIALECTS, WIRES, tool_schemas

OPENAI = OpenAIProvider.model_profile("gpt-5.5")["json_schema_transformer"]
ORACLES = {
    "anthropic": AnthropicProvider.model_profile("claude-opus-5-5")["json_schema_transformer"],
    "openai-chat": OPENAI,
    "openai-responses": OPENAI,
    "gemini": google_model_profile("gemini-2.5-pro")["json_schema_transformer"],
}
GENERATED = 440


def compared(d: Difference) -> Iterator[Difference]:
    """Every difference between two nodes; none is sought below an explained one."""
    theirs, ours = d.theirs, d.ours
    if theirs == ours and type(theirs) is type(ours):
        return
    if explained(d) or not isinstance(theirs, dict) or not isinstance(ours, dict):
        yield d
        return
    for keyword in sorted(theirs.keys() | ours.keys()):
        here = replace(d, keyword=keyword)
        one, other = here.values
        if one == other and type(one) is type(other):
            continue
        place = beside(d.place, keyword)
        if keyword in MAPS and isinstance(one, dict) and isinstance(other, dict):
            for name in sorted(one.keys() | other.keys()):
                values = {"theirs": one.get(name, MISSING), "ours": other.get(name, MISSING)}
                yield from compared(replace(d, place=beside(place, name), **values))
        elif keyword in LISTS and isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                yield here
            for n, (mine, yours) in enumerate(zip(one, other, strict=False)):
                inner = replace(d, place=beside(place, n), theirs=mine, ours=yours)
                yield from compared(inner)
        elif keyword in SINGLE and isinstance(one, dict) and isinstance(other, dict):
            yield from compared(replace(d, place=place, theirs=one, ours=other))
        else:
            yield here


def oracle(schema: dict[str, Any], wire: str, strict: bool) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ORACLES[wire](copy.deepcopy(schema), strict=strict).walk()
        except Exception as error:  # whatever it raises is its answer
            return error


def test_it_agrees_or_the_table_says_why(
    schemas: dict[str, list[dict[str, Any]]], figures: Figures
) -> None:
    rows: Counter[str] = Counter()
    wrong: list[str] = []
    equal = total = 0
    for schema in [*schemas["recorded"], *schemas["generated"]]:
        for wire, strict in DIALECTS:
            ours, _ = adapt(schema, wire, strict=strict)
            whole = Difference(wire, strict, "", oracle(schema, wire, strict), ours, schema)
            found = list(compared(whole))
            total, equal = total + 1, equal + (not found)
            for difference in found:
                explaining = [row.name for row in explained(difference)]
                rows.update(explaining)
                if len(explaining) != 1:
                    wrong.append(_shown(difference, explaining))
    figures.tell(
        f"{sum(map(len, schemas.values()))} schemas, {total} comparisons, {equal} equal",
        *(f"{count:7} {name}" for name, count in rows.most_common()),
    )
    assert sum(map(len, schemas.values())) >= 500
    shown = "\n".join(wrong[:40])
    assert not wrong, f"{len(wrong)} differences are not explained by exactly one row:\n{shown}"
    unused = [row.name for row in TABLE if row.name not in rows]
    assert not unused, f"rows that explain nothing: {unused}"


def _shown(d: Difference, rows: list[str]) -> str:
    mode = f"{d.wire}{' strict' if d.strict else ''}"
    values = d.values if d.keyword else (d.theirs, d.ours)
    words = " | ".join("-" if v is MISSING else str(v)[:150] for v in values)
    return f"{mode} {d.place}.{d.keyword or '(node)'} {rows}: {words}"


@pytest.fixture(scope="module")
def schemas() -> dict[str, list[dict[str, Any]]]:
    """Different schemas: those of the recordings, and generated ones, the same at every run."""
    told: dict[str, dict[str, Any]] = {}
    for wire in WIRES:
        for schema in _recorded(wire):
            told.setdefault(json.dumps(schema, sort_keys=True), schema)
    if not told:
        pytest.skip(ABSENT)
    made: dict[str, dict[str, Any]] = {}

    @settings(
        max_examples=GENERATED,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(tool_schemas(levels=2))
    def make(schema: dict[str, Any]) -> None:
        made.setdefault(json.dumps(schema, sort_keys=True), schema)

    make()
    return {"recorded": list(told.values()), "generated": list(made.values())}


def _recorded(wire: str) -> Iterator[dict[str, Any]]:
    for exchange in recorded(wire):
        tools = (exchange.request or {}).get("tools") or []
        for tool in [tool for tool in tools if isinstance(tool, dict)]:
            declared = tool.get("functionDeclarations") or tool.get("function_declarations") or []
            for holder in (tool, tool.get("function") or {}, *declared):
                for field in ("input_schema", "parametersJsonSchema", "parameters_json_schema"):
                    if isinstance(holder.get(field), dict):
                        yield holder[field]
                if isinstance(holder.get("parameters"), dict):
                    yield to_json_schema(holder["parameters"])
