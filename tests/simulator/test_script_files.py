"""A script is a small file that people write: what is written is what is read, and a mistake in it
is said with file, line and reason."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from roundtrip.simulator.scripts import NotAScript, Script, bundled, read_script, scripts_in
from roundtrip.simulator.scripts.files import LARGEST
from roundtrip.tools.checks import problems
from tests.simulator.scripted import replies
from tests.simulator.workshop import DEFINITIONS

RIGHT = """\
name: a-lesson
title: A lesson
shows: Something.
replies:
  - text: Hello
"""

scripts = some.fixed_dictionaries(
    {
        "name": some.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,2}", fullmatch=True),
        "title": some.text(min_size=1, max_size=20),
        "shows": some.text(min_size=1, max_size=20),
        "replies": some.lists(replies, min_size=1, max_size=3),
    },
    optional={
        "ask": some.text(min_size=1, max_size=20),
        "tools": some.lists(some.text(min_size=1, max_size=8), max_size=3),
    },
)


class Dumper(yaml.SafeDumper):
    """Writes `"1e3"` in quotation marks, which this older YAML takes for text anyway."""


Dumper.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"-?\d+[eE][-+]?\d+\Z"), None)


def written(folder: Path, text: str, name: str = "one.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def complaints(path: Path) -> list[str]:
    with pytest.raises(NotAScript) as caught:
        read_script(path)
    return [str(one).removeprefix(str(path)) for one in caught.value.complaints]


@given(scripts)
def test_what_is_written_is_what_is_read_as_yaml_and_as_json(
    tmp_path_factory: pytest.TempPathFactory, told: dict[str, Any]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    as_yaml = written(folder, yaml.dump(told, Dumper=Dumper))
    as_json = written(folder, json.dumps(told, indent="\t"), "one.json")

    meant = Script.model_validate(told)

    assert read_script(as_yaml) == meant
    assert read_script(as_json) == meant
    assert read_script(written(folder, meant.model_dump_json(), "two.json")) == meant


@given(
    some.text(max_size=60) | some.from_regex(r"([a-z]+: ?|- |\[|\{|\"|#|&a|\*a|!!x|\n|\t| ){1,12}")
)
def test_no_text_is_more_than_a_complaint(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.getbasetemp()
    for name in ("any.yaml", "any.json"):
        told = complaints(written(folder, text, name))
        assert told and all(told)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("title: A lesson\n", ""), ":1: title: it is missing"),
        (("title", "titel"), ":2: titel: there is no such field; did you mean title?"),
        (("a-lesson", "A Lesson"), ":1: name: lower-case letters, digits and single hyphens"),
        (("shows: Something.", "shows: 7"), ":3: shows: text is expected; put it in quotation"),
        (("text: Hello", "text: 2026"), ":5: replies[0].text: text is expected"),
        (("- text: Hello", "- text: ''"), ":5: replies[0]: it says nothing: give it text or"),
        (("- text: Hello", "- stop: tool_calls"), ":5: replies[0]: stop: tool_calls needs calls"),
        (
            ("text: Hello", "calls:\n      - name: a\n        arguments: [1]"),
            ":7: replies[0].calls[0].arguments: an object is expected, or a text",
        ),
        (
            ("text: Hello", "text: Hello\n    when: { after: lunch }"),
            ":6: replies[0].when.after: Input should be 'question' or 'results'",
        ),
        (("text: Hello", "text: Hello\n    text: Twice"), ":6: text is said twice"),
        (("text: Hello", "text: !!binary SGVsbG8="), ":5: the tag tag:yaml.org,2002:binary is"),
        (("text: Hello", "text: &a Hello\n    thinking: *a"), ":6: an alias (*) is not read"),
        (("text: Hello", "text: [Hello"), ":6: while parsing a flow sequence, expected"),
        (("replies:\n  - text: Hello", "replies: []"), ":4: replies: there is nothing in it"),
    ],
)
def test_a_mistake_is_said_with_line_place_and_reason(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    found = complaints(written(tmp_path, RIGHT.replace(*change, 1)))

    assert found[-1].startswith(told)
    assert len(found) == (2 if "titel" in told else 1)  # it is missing, besides


def test_all_mistakes_of_a_file_are_said_at_once(tmp_path: Path) -> None:
    text = RIGHT.replace("title: A lesson\n", "").replace("text:", "texts:")

    assert len(complaints(written(tmp_path, text))) >= 2


def test_what_looks_like_a_date_or_a_no_is_text(tmp_path: Path) -> None:
    arguments = "{ day: 2026-11-22, country: no, time: 12:30, code: 007, n: 7, x: 1.5, on: true }"
    call = f"calls: [{{ name: book, arguments: {arguments} }}]"

    [reply] = read_script(written(tmp_path, RIGHT.replace("text: Hello", call))).replies

    assert reply.calls[0].arguments == {
        "day": "2026-11-22",
        "country": "no",
        "time": "12:30",
        "code": "007",
        "n": 7,
        "x": 1.5,
        "on": True,
    }


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\xff\xfe", ": it is not UTF-8 text"),
        (b"", ":1: no script: it has no fields"),
        (b"- a list", ":1: no script: it has no fields"),
        (b"[" * 100_000, ": it is nested too deeply"),
        (b"#" * (LARGEST + 1), f": it is longer than {LARGEST:,} bytes"),
    ],
)
def test_a_file_that_is_something_else_is_a_complaint(
    tmp_path: Path, raw: bytes, told: str
) -> None:
    path = tmp_path / "one.yaml"
    path.write_bytes(raw)

    assert complaints(path) == [told]


@pytest.mark.parametrize("raw", [b'{"name": "\\ud800"}', b'{"a": NaN}', b'{"a": 1, "a": 2}'])
def test_json_that_python_alone_would_take_is_a_complaint(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(raw)

    assert len(complaints(path)) == 1


def test_a_file_that_is_not_there_is_a_complaint(tmp_path: Path) -> None:
    assert complaints(tmp_path / "none.yaml") == [": No such file or directory"]


def test_in_a_folder_the_right_scripts_work_beside_the_wrong_ones(tmp_path: Path) -> None:
    written(tmp_path, RIGHT, "right.yml")
    written(tmp_path, "name: x", "wrong.yaml")
    written(tmp_path, RIGHT, "twin.yaml")
    written(tmp_path, "not for us", "notes.txt")
    (tmp_path / "folder.yaml").mkdir()
    taken = RIGHT.replace("a-lesson", "endless-loop")
    written(tmp_path, taken, "taken.yaml")

    loaded = scripts_in(tmp_path, bundled())

    assert list(loaded.scripts) == ["a-lesson"]
    told = {complaint.path.name: str(complaint) for complaint in loaded.complaints}
    assert set(told) == {"wrong.yaml", "twin.yaml", "taken.yaml"}
    assert told["twin.yaml"].endswith("name: another script is called 'a-lesson' already")


def test_the_scripts_that_come_along_go_with_the_sample_tools() -> None:
    definitions = {one.name: one for one in DEFINITIONS}
    assert 5 <= len(bundled()) <= 8
    for script in bundled().values():
        assert script.shows.endswith(".") and script.ask
        assert set(script.tools) <= set(definitions)
        calls = [call for reply in script.replies for call in reply.calls]
        for call in (one for one in calls if one.name in definitions):
            assert problems(call.arguments, definitions[call.name].input_schema) == ()
