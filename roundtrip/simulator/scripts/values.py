"""Values of earlier results in the words of a reply: `{{get_weather.temp_c}}`.

Owns the spelling and what it stands for. A text that is nothing but one value becomes that value,
so that a number stays a number among a call's arguments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from roundtrip.simulator.model.history import Outcome

_VALUE = re.compile(r"\{\{\s*(?P<tool>[A-Za-z_][\w-]*)(?P<path>(?:\.[\w-]+)*)\s*\}\}")


class NoSuchValue(LookupError):
    """No result has what a reply wants to say; the message names it."""


def filled(told: Any, outcomes: Sequence[Outcome]) -> Any:
    """The JSON value with all values of results in it. `outcomes`: newest last.

    Raises `NoSuchValue`.
    """
    if isinstance(told, str):
        whole = _VALUE.fullmatch(told)
        return _value(whole, outcomes) if whole else filled_text(told, outcomes)
    if isinstance(told, dict):
        return {name: filled(value, outcomes) for name, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [filled(value, outcomes) for value in told]
    return told


def filled_text(told: str, outcomes: Sequence[Outcome]) -> str:
    """The same for words, which stay words. Raises `NoSuchValue`."""
    return _VALUE.sub(lambda found: _as_words(_value(found, outcomes)), told)


def _as_words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(found: re.Match[str], outcomes: Sequence[Outcome]) -> Any:
    """Of the newest result of the tool that has it."""
    tool, path = found["tool"], found["path"].split(".")[1:]
    for outcome in reversed(outcomes):
        if outcome.result is None or outcome.call.name != tool:
            continue
        try:
            return _at(outcome.data, path)
        except LookupError:
            continue
    raise NoSuchValue(f"no result so far has {found[0]}")


def _at(value: Any, path: Sequence[str]) -> Any:
    """What stands there: fields by name, items of a list by number from 0. Raises LookupError."""
    for name in path:
        if isinstance(value, list) and name.isdecimal():
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value[name]
        else:
            raise LookupError(name)
    return value
