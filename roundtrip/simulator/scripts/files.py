"""Scripts as files: read, checked, and what is wrong with them said with file, line and reason.

Owns which files of a folder are scripts and the words of a complaint. What a script may say is
`script.py`'s.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from roundtrip.simulator.scripts.script import Call, Script, ScriptedReply, When
from roundtrip.simulator.scripts.yaml_text import Document, NotReadable

ENDINGS = (".yaml", ".yml", ".json")
LARGEST = 1024 * 1024
"""Bytes. A script is read by people; more is some other file."""

_BUNDLED = Path(__file__).parent

_FIELDS = sorted(
    {name for model in (Script, ScriptedReply, When, Call) for name in model.model_fields}
)

_WORDS = {
    "missing": "it is missing",
    "string_type": "text is expected; put it in quotation marks",
    "string_too_short": "there is nothing in it",
    "string_too_long": "it is too long",
    "string_pattern_mismatch": "lower-case letters, digits and single hyphens are expected",
    "model_type": "fields with values are expected",
    "tuple_type": "a list is expected",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
    "int_parsing": "a whole number is expected",
    "int_type": "a whole number is expected",
    "greater_than": "a number from 1 on is expected",
}
"""Ours for the mistakes that people make; for others the library's stand."""


@dataclass(frozen=True)
class Complaint:
    """One thing that is wrong with a file."""

    path: Path
    line: int | None
    where: str
    """A path into the script, e.g. `replies[0].calls[1].name`; empty for the whole."""

    reason: str

    def __str__(self) -> str:
        file = f"{self.path}:{self.line}" if self.line else str(self.path)
        return ": ".join(filter(None, (file, self.where, self.reason)))


class NotAScript(ValueError):
    """A file that cannot be used; its text has a line for each complaint."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        super().__init__("\n".join(map(str, complaints)))
        self.complaints = tuple(complaints)


@dataclass(frozen=True)
class Loaded:
    """What a folder holds."""

    scripts: Mapping[str, Script]
    """By name."""

    complaints: tuple[Complaint, ...]


@cache
def bundled() -> Mapping[str, Script]:
    """The scripts that come with the simulator, by name."""
    loaded = scripts_in(_BUNDLED)
    if loaded.complaints:
        raise NotAScript(loaded.complaints)
    return MappingProxyType(dict(loaded.scripts))


def scripts_in(folder: Path, taken: Mapping[str, Script] = MappingProxyType({})) -> Loaded:
    """The scripts of a folder's own files. `taken`: those that have their names already.

    Raises OSError where the folder cannot be read.
    """
    found: dict[str, Script] = {}
    complaints: list[Complaint] = []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in ENDINGS or path.name.startswith(".") or path.is_dir():
            continue
        try:
            script = read_script(path)
        except NotAScript as wrong:
            complaints += wrong.complaints
            continue
        if script.name in found or script.name in taken:
            reason = f"another script is called {script.name!r} already"
            complaints.append(Complaint(path, None, "name", reason))
        else:
            found[script.name] = script
    return Loaded(found, tuple(complaints))


def read_script(path: Path) -> Script:
    """The script in a file. Raises `NotAScript`."""
    try:
        text = _text_of(path)
        document = _Json(text) if path.suffix.lower() == ".json" else Document(text)
        json.dumps(document.value, ensure_ascii=False).encode()
    except OSError as error:
        raise NotAScript([Complaint(path, None, "", error.strerror or str(error))]) from None
    except NotReadable as error:
        raise NotAScript([Complaint(path, error.line, "", str(error))]) from None
    except UnicodeError:
        raise NotAScript([Complaint(path, None, "", "it is not UTF-8 text")]) from None
    if not isinstance(document.value, dict):
        raise NotAScript([Complaint(path, 1, "", "no script: it has no fields")])
    try:
        return Script.model_validate(document.value)
    except ValidationError as error:
        raise NotAScript(
            [
                Complaint(path, document.line(one["loc"]), _where(one["loc"]), _reason(one))
                for one in error.errors()
            ]
        ) from None


def _text_of(path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise NotReadable(f"it is longer than {LARGEST:,} bytes", None)
    return raw.decode("utf-8-sig")


class _Json(Document):
    """JSON is read as JSON; for the lines in it, as YAML."""

    def __init__(self, text: str) -> None:
        try:
            value = json.loads(text, parse_constant=_no_number, object_pairs_hook=_without_twins)
        except json.JSONDecodeError as error:
            raise NotReadable(error.msg, error.lineno) from None
        except RecursionError:
            raise NotReadable("it is nested too deeply", None) from None
        except ValueError as error:
            raise NotReadable(str(error), None) from None
        try:
            super().__init__(text.replace("\t", " "))  # a tab is space there only within a line
        except NotReadable:
            self._node = None
        self.value = value


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)} is said twice")
    return told


def _where(path: Sequence[str | int]) -> str:
    """As code would write it."""
    said = "".join(f"[{name}]" if isinstance(name, int) else f".{name}" for name in path)
    return said.removeprefix(".")


def _reason(error: Any) -> str:
    kind = error["type"]
    if kind == "extra_forbidden":
        return _no_such_field(error["loc"])
    return _WORDS.get(kind) or error["msg"].removeprefix("Value error, ")


def _no_such_field(path: Sequence[str | int]) -> str:
    near = get_close_matches(str(path[-1]), _FIELDS, n=1)
    return "there is no such field" + (f"; did you mean {near[0]}?" if near else "")
