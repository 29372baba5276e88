"""Definitions read from JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.conversation import ToolDefinition
from roundtrip.tools import tools_in
from roundtrip.tools.json_source import definitions_in
from tests.recordings import ABSENT, FOLDER, recorded

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": ["integer", "null"]}},
    "required": ["city"],
}

GEMINI_CITY = {
    "type": "OBJECT",
    "properties": {"city": {"type": "STRING"}, "days": {"type": "INTEGER", "nullable": True}},
    "required": ["city"],
    "propertyOrdering": ["city", "days"],
}

WORDS = {"name": "get_weather", "description": "Weather of a city."}

SPELLINGS = {
    "anthropic": WORDS | {"input_schema": CITY},
    "openai-chat": {"type": "function", "function": WORDS | {"parameters": CITY}},
    "openai-responses": {"type": "function", "parameters": CITY, **WORDS},
    "gemini": WORDS | {"parametersJsonSchema": CITY},
    "gemini, older": WORDS | {"parameters": GEMINI_CITY},
    "gemini, a tool": {"functionDeclarations": [WORDS | {"parameters": GEMINI_CITY}]},
    "gemini, snake case": {"function_declarations": [WORDS | {"parameters_json_schema": CITY}]},
    "mcp": WORDS | {"inputSchema": CITY, "annotations": {"readOnlyHint": True}},
    "an answer of an MCP server": {"id": 1, "result": {"tools": [WORDS | {"inputSchema": CITY}]}},
    "a request": {"model": "x", "messages": [], "tools": [WORDS | {"input_schema": CITY}]},
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("as_list", [False, True])
def test_every_spelling_says_the_same_tool(spelling: str, as_list: bool, tmp_path: Path) -> None:
    value = SPELLINGS[spelling]
    path = tmp_path / "weather.json"
    path.write_text(json.dumps([value] if as_list else value))
    loaded = tools_in(path)
    assert loaded.problems == ()
    (tool,) = loaded.tools
    assert tool.definition == ToolDefinition(**WORDS, input_schema=CITY)
    assert tool.run is None
    assert tool.source == f"{tmp_path.name}/weather.json"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (5, "the top level: a definition is a JSON object, not 5"),
        ({"input_schema": CITY}, '"name" is missing'),
        ([WORDS, {"name": 7}], 'item 2: "name" is missing or is not a text'),
        (WORDS | {"description": 7}, '"description" of get_weather is not a text'),
        (WORDS | {"input_schema": "city"}, '"input_schema" of get_weather must be an object'),
        (WORDS | {"parameters": {"type": "strin"}}, '"parameters" of get_weather is not a JSON'),
        (WORDS | {"inputSchema": {"type": "string"}}, "must describe an object"),
        ([WORDS, WORDS], 'item 2: there is already a tool called "get_weather"'),
        ({"type": "web_search_20250305", "name": "web_search"}, 'runs tools of type "web_search'),
        ({"type": "custom", "name": "sql"}, "takes free text"),
        ({"openapi": "3.1.0", "paths": {}}, "OpenAPI document"),
        ({"tools": 5}, "tools, its value: a definition is a JSON object, not 5"),
        ([], "no tool definition"),
    ],
)
def test_what_is_no_definition_is_told_with_its_place(value: Any, words: str) -> None:
    (problem,) = definitions_in(value).problems
    assert words in problem


def test_the_other_definitions_are_still_read() -> None:
    found = definitions_in([5, WORDS, {"name": ""}])
    assert [definition.name for definition in found.definitions] == ["get_weather"]
    assert len(found.problems) == 2


def test_a_syntax_error_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "tools.json"
    path.write_text('{\n  "name": "x",\n}')
    (problem,) = tools_in(path).problems
    assert problem.line == 3
    assert "not valid JSON" in problem.message


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 100_000, b""])
def test_a_file_that_is_no_json_is_a_problem(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tools.json"
    path.write_bytes(content)
    assert len(tools_in(path).problems) == 1
    assert len(tools_in(tmp_path / "nowhere.json").problems) == 1


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["name", "type", "function", "tools", "parameters", "result"]),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_no_json_makes_reading_raise(value: Any) -> None:
    found = definitions_in(value)
    assert found.definitions or found.problems


@pytest.mark.skipif(not FOLDER.exists(), reason=ABSENT)
@pytest.mark.parametrize("wire", ["anthropic", "openai-chat", "openai-responses", "gemini"])
def test_recorded_definitions_are_read_or_run_by_the_provider(wire: str) -> None:
    read = 0
    for case in recorded(wire):
        tools = case.request.get("tools") if isinstance(case.request, dict) else None
        if not tools:
            continue
        found = definitions_in(tools)
        read += len(found.definitions)
        for problem in found.problems:
            # Gemini names a tool it runs itself by its key: it has no name of its own.
            ours = ("provider runs", "free text", '"name" is missing', "already")
            assert any(words in problem for words in ours), case.name
    assert read > 200
