"""The cases of the Berkeley Function Calling Leaderboard v4, and which half a case is in.

Owns the way from the published wheel to conversations, tools and expected calls. What counts as
right is in `bfcl_score.py`, what is measured in `bfcl.py`.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from roundtrip.conversation import Conversation, Message, Text, ToolDefinition

Half = Literal["tune", "report"]

_LOCK = Path(__file__).with_name("bfcl.lock")
_KEPT = Path(sys.prefix) / "bfcl"
_TYPES = {"dict": "object", "float": "number", "tuple": "array", "any": None}
_IDENTIFIER = re.compile(r"[^A-Za-z0-9_-]")

Expected = tuple[tuple[str, dict[str, Any]], ...]
"""Each call: the tool, and for each argument the values it may have ("": it may be left out)."""


@dataclass(frozen=True)
class Case:
    """One question with the tools offered and the calls that are right."""

    id: str
    conversation: Conversation
    tools: tuple[ToolDefinition, ...]
    expected: Expected
    """Empty where nothing may be called."""


def half_of(case_id: str) -> Half:
    """By hash of the id: no choice of ours, and the same for everybody."""
    return "tune" if hashlib.sha256(case_id.encode()).digest()[0] % 2 else "report"


@cache
def cases(suite: str, half: Half) -> tuple[Case, ...]:
    """The suite's cases of one half, in the order they are published."""
    answers = {
        line["id"]: line["ground_truth"] for line in _lines(f"possible_answer/{_file(suite)}")
    }
    return tuple(
        _case(line, answers.get(line["id"], ()))
        for line in _lines(_file(suite))
        if half_of(line["id"]) == half
    )


def _file(suite: str) -> str:
    return f"BFCL_v4_{suite}.json"


def _lines(name: str) -> list[dict[str, Any]]:
    """The JSON lines of a file of the wheel; none where it has no such file (suites without calls
    have no answers)."""
    with zipfile.ZipFile(_wheel()) as wheel:
        path = f"bfcl_eval/data/{name}"
        if path not in wheel.namelist():
            return []
        return [json.loads(line) for line in wheel.read(path).decode().splitlines() if line]


@cache
def _wheel() -> Path:
    """The published wheel, fetched once into the virtual environment and checked by its hash."""
    if not (found := list(_KEPT.glob("bfcl_eval-*.whl"))):
        print(f"fetching the cases named in {_LOCK.name}", flush=True)
        command = f"-m pip download --quiet --no-deps --require-hashes --dest {_KEPT} -r {_LOCK}"
        subprocess.run([sys.executable, *command.split(" ")], check=True)
        found = list(_KEPT.glob("bfcl_eval-*.whl"))
    return found[-1]


def _case(line: dict[str, Any], answers: Any) -> Case:
    said = [message for turn in line["question"] for message in turn]
    system = tuple(Text(text=one["content"]) for one in said if one["role"] == "system")
    messages = tuple(
        Message(role=one["role"], parts=(Text(text=one["content"]),))
        for one in said
        if one["role"] in ("user", "assistant")
    )
    return Case(
        id=line["id"],
        conversation=Conversation(system=system, messages=messages),
        tools=tuple(_tool(function) for function in line["function"]),
        expected=tuple(
            (_named(name), arguments) for call in answers for name, arguments in call.items()
        ),
    )


def _tool(function: dict[str, Any]) -> ToolDefinition:
    """As a provider is sent it: a name without dots, types as JSON Schema has them."""
    return ToolDefinition(
        name=_named(function["name"]),
        description=function.get("description"),
        input_schema=_schema(function["parameters"]),
    )


def _named(name: str) -> str:
    return _IDENTIFIER.sub("_", name)


def _schema(rule: Any, *, names: bool = False) -> Any:
    """`names`: whether the keys are a person's own, as those of `properties`."""
    if isinstance(rule, list):
        return [_schema(one) for one in rule]
    if not isinstance(rule, dict):
        return rule
    written = {}
    for key, value in rule.items():
        if key == "type" and isinstance(value, str) and not names:
            value = _TYPES.get(value, value)
            if value is None:
                continue
        written[key] = _schema(value, names=key == "properties" and not names)
    return written
