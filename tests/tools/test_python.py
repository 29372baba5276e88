"""Tools from Python files."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from roundtrip.tools.checks import problems, schema_problem
from roundtrip.tools.python import tools_in
from roundtrip.tools.tool import Loaded, Tool

HEAD = """
from __future__ import annotations
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Annotated, Any, Literal, Optional
from pydantic import BaseModel, Field
"""


def written(folder: Path, source: str, name: str = "mine.py") -> Path:
    path = folder / name
    path.write_text(HEAD + dedent(source))
    return path


def only(loaded: Loaded) -> Tool:
    assert loaded.problems == ()
    (tool,) = loaded.tools
    return tool


def ran(tool: Tool, **arguments: Any) -> Any:
    assert tool.run is not None
    return tool.run(**arguments)


def property_of(hint: str, folder: Path) -> dict[str, Any]:
    source = f"""
    class Unit(Enum):
        metre = "m"
        foot = "ft"

    @dataclass
    class Point:
        x: float
        y: float = 0.0

    class Person(BaseModel):
        name: str
        friends: list[Person] = []

    def tool(value: {hint}): "Use it."
    """
    return only(tools_in(written(folder, source))).definition.input_schema["properties"]["value"]


def test_a_function_is_a_tool_with_its_docstring_as_words(tmp_path: Path) -> None:
    source = '''
    def find_room(guests: int, view: Literal["sea", "garden"] = "sea") -> str:
        """Find a free room.

        Use it when somebody asks
        for a room.

        Args:
            guests: How many people,
                1 to 4.
            view: What the window shows.

        Returns:
            The room's number.
        """
        return f"{guests} {view}"
    '''
    tool = only(tools_in(written(tmp_path, source)))
    assert tool.definition.name == "find_room"
    words = "Find a free room.\n\nUse it when somebody asks for a room."
    assert tool.definition.description == words
    assert tool.definition.input_schema == {
        "type": "object",
        "properties": {
            "guests": {"type": "integer", "description": "How many people, 1 to 4."},
            "view": {
                "type": "string",
                "description": "What the window shows.",
                "default": "sea",
                "enum": ["sea", "garden"],
            },
        },
        "required": ["guests"],
        "additionalProperties": False,
    }
    assert (tool.policy, tool.timeout_s) == ("auto", 30.0)
    assert tool.source == f"{tmp_path.name}/mine.py"
    assert ran(tool, guests=2) == "2 sea"


@pytest.mark.parametrize(
    ("hint", "schema"),
    [
        ("str", {"type": "string"}),
        ("float", {"type": "number"}),
        ("bool", {"type": "boolean"}),
        ("date", {"type": "string", "format": "date"}),
        ("list[int]", {"type": "array", "items": {"type": "integer"}}),
        ("dict[str, float]", {"type": "object", "additionalProperties": {"type": "number"}}),
        ("Optional[str]", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ("Annotated[int, Field(ge=1)]", {"type": "integer", "minimum": 1}),
        ("Unit", {"type": "string", "enum": ["m", "ft"]}),
        ("Any", {}),
    ],
)
def test_a_hint_is_said_in_json_schema(hint: str, schema: dict[str, Any], tmp_path: Path) -> None:
    assert property_of(hint, tmp_path) == schema


def test_a_dataclass_is_written_out_without_titles_or_references(tmp_path: Path) -> None:
    assert property_of("Point", tmp_path) == {
        "type": "object",
        "properties": {"x": {"type": "number"}, "y": {"type": "number", "default": 0.0}},
        "required": ["x"],
        "additionalProperties": False,
    }


def test_a_recursive_model_keeps_its_definition(tmp_path: Path) -> None:
    source = """
    class Person(BaseModel):
        name: str
        friends: list[Person] = []

    def greet(person: Person) -> int:
        return len(person.friends)
    """
    tool = only(tools_in(written(tmp_path, source)))
    schema = tool.definition.input_schema
    assert set(schema["$defs"]) == {"Person"}
    ada = {"name": "Ada", "friends": [{"name": "Grace"}]}
    assert problems({"person": ada}, schema) == ()
    assert problems({"person": ada | {"friends": [{}]}}, schema) != ()
    assert ran(tool, person=ada) == 1


def test_a_property_called_title_is_no_noise(tmp_path: Path) -> None:
    source = "def add_book(title: str, default: int): pass"
    schema = only(tools_in(written(tmp_path, source))).definition.input_schema
    assert set(schema["properties"]) == {"title", "default"}


def test_arguments_become_what_the_hints_say(tmp_path: Path) -> None:
    source = """
    class Unit(Enum):
        metre = "m"

    def tool(day: date, unit: Unit, days: set[date], note: str | None = None):
        return day, unit.name, days, note
    """
    tool = only(tools_in(written(tmp_path, source)))
    day = date(2026, 12, 31)
    answer = ran(tool, day="2026-12-31", unit="m", days=["2026-12-31"])
    assert answer == (day, "metre", {day}, None)


def test_arguments_that_no_hint_fits_are_named(tmp_path: Path) -> None:
    tool = only(tools_in(written(tmp_path, "def tool(day: date): pass")))
    with pytest.raises(ValueError, match=r"^day: .*date"):
        ran(tool, day="2026-13-31")


def test_parameters_may_be_called_anything(tmp_path: Path) -> None:
    source = "def tool(self, copy, model_config, json, _x, given=1, /, *, cls=2): return _x, cls"
    loaded = tools_in(written(tmp_path, source.replace("given=1, /", "given=1")))
    assert ran(only(loaded), self=0, copy=0, model_config=0, json=0, _x=7) == (7, 2)


def test_positional_only_parameters_are_given_by_name_too(tmp_path: Path) -> None:
    tool = only(tools_in(written(tmp_path, "def tool(a: int, b: int = 5, /): return a - b")))
    assert ran(tool, a=1) == -4
    assert ran(tool, a=1, b=1) == 0


def test_only_public_functions_of_the_file_itself_are_tools(tmp_path: Path) -> None:
    source = """
    from json import dumps
    alias = dumps
    def _hidden(): pass
    def second(): pass
    def first(): pass
    other = first
    class Room:
        def method(self): pass
    """
    loaded = tools_in(written(tmp_path, source))
    assert [tool.name for tool in loaded.tools] == ["second", "first"]


def test_destructive_functions_ask_and_limits_and_options_are_read(tmp_path: Path) -> None:
    source = """
    DESTRUCTIVE = ("wipe",)
    OPTIONAL = ("look",)
    TIMEOUT_S = {"look": 5}
    def wipe(): pass
    def look(): pass
    """
    wipe, look = tools_in(written(tmp_path, source)).tools
    assert (wipe.policy, look.policy) == ("ask", "auto")
    assert (wipe.timeout_s, look.timeout_s) == (30.0, 5.0)
    assert (wipe.optional, look.optional) == (False, True)


def test_a_broken_file_is_a_problem_and_the_others_load(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def f():\n    pass\n\ndef g(:\n")
    (tmp_path / "raises.py").write_text("\n\n1 / 0\n")
    (tmp_path / "leaves.py").write_text("raise SystemExit(2)\n")
    (tmp_path / "_private.py").write_text("def hidden(): pass\n")
    written(tmp_path, "def works(): pass")
    loaded = tools_in(tmp_path)
    assert [tool.name for tool in loaded.tools] == ["works"]
    told = {Path(problem.file).name: (problem.line, problem.message) for problem in loaded.problems}
    assert told["broken.py"][0] == 4
    assert told["raises.py"] == (3, "ZeroDivisionError: division by zero")
    assert told["leaves.py"] == (1, "SystemExit: 2")
    assert set(told) == {"broken.py", "raises.py", "leaves.py"}


def test_a_function_that_cannot_be_a_tool_is_a_problem_and_the_others_load(tmp_path: Path) -> None:
    source = """
    from collections.abc import Callable
    class Room: pass
    def many(*args): pass
    def unknown(x: Nowhere): pass
    def été(): pass
    def lock(x: Room): pass
    def call(x: Callable[[], int]): pass
    def odd(x: "1 +"): pass
    def works(): pass
    """
    loaded = tools_in(written(tmp_path, source))
    assert [tool.name for tool in loaded.tools] == ["works"]
    assert [str(problem.line) for problem in loaded.problems] == [
        "11",
        "12",
        "13",
        "14",
        "15",
        "16",
    ]
    assert "any number of arguments" in loaded.problems[0].message
    assert "Nowhere" in loaded.problems[1].message


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    (problem,) = tools_in(tmp_path / "nowhere.py").problems
    assert "cannot be read" in problem.message


def test_of_two_tools_with_one_name_the_first_stays(tmp_path: Path) -> None:
    written(tmp_path, "def tool(): return 1", "a.py")
    written(tmp_path, "def tool(): return 2", "b.py")
    loaded = tools_in(tmp_path)
    assert [ran(tool) for tool in loaded.tools] == [1]
    assert "already in" in loaded.problems[0].message


def test_a_file_dropped_in_shows_up_and_a_removed_one_goes(tmp_path: Path) -> None:
    path = written(tmp_path, "def one(): pass", "one.py")
    assert [tool.name for tool in tools_in(tmp_path).tools] == ["one"]
    written(tmp_path, "def two(): pass", "two.py")
    assert [tool.name for tool in tools_in(tmp_path).tools] == ["one", "two"]
    path.unlink()
    assert [tool.name for tool in tools_in(tmp_path).tools] == ["two"]


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    path = written(tmp_path, "def tool(): return 1")
    first = only(tools_in(path))
    assert only(tools_in(path)) is first
    before = path.stat()
    # The same size and second: only the finer part of the time tells.
    written(tmp_path, "def tool(): return 2")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert ran(only(tools_in(path))) == 2


def test_loading_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    tools_in(written(tmp_path, "def tool(): pass"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]
    assert "mine" not in sys.modules


@pytest.mark.parametrize("hint", ["Point", "Unit | None", "dict[str, list[Point]]", "set[date]"])
def test_every_schema_is_one_the_checks_can_use(hint: str, tmp_path: Path) -> None:
    assert schema_problem(property_of(hint, tmp_path)) is None
