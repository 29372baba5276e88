"""Arguments on the wires that carry them as an object, where a model wrote something else.

Owns what such a wire tells instead of an object, both ways. How text is parsed, and what is too
much, is `tools/checks.py`'s.
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import Change, ToolCall
from roundtrip.tools.checks import parse_arguments, too_much
from roundtrip.wires.json_text import dump, load
from roundtrip.wires.lens import ABSENT
from roundtrip.wires.openai_definitions import FREE_TEXT_FIELD

INVALID_JSON = "INVALID_JSON"
"""Where the model wrote broken JSON, the text goes back in an object, under this key.

Source: Anthropic's guide to fine-grained tool streaming, "Handling invalid JSON".
"""


def taken(told: Any) -> dict[str, Any]:
    """The fields of a call that say these arguments: as they are, or as text and what is wrong.

    Null says no more than an empty object.
    """
    text, error = _unreadable({} if told is None else told)
    if error is None:
        return {"arguments": told or {}}
    return {"arguments": None, "arguments_text": text, "arguments_error": error}


def _unreadable(told: Any) -> tuple[str, str | None]:
    text = told.get(INVALID_JSON) if isinstance(told, dict) and len(told) == 1 else None
    if isinstance(text, str):
        return text, parse_arguments(text)[1]
    if isinstance(told, dict):
        excess = too_much(told)  # such a value could be sent on, and not be kept
        return (dump(told), excess) if excess else ("", None)
    text = dump(told)
    return text, parse_arguments(text)[1]


def shape_of(told: Any) -> str | None:
    """What a native keeps of arguments that are no object: their JSON text."""
    return None if isinstance(told, dict) else dump(told)


def as_told(call: ToolCall, shape: Any) -> Any:
    """The value that `shape_of` kept, while the call still says it; else `ABSENT`."""
    if not isinstance(shape, str):
        return ABSENT
    told = load(shape)
    said = {"arguments_text": None, "arguments_error": None} | taken(told)
    same = all(getattr(call, field) == value for field, value in said.items())
    return told if same else ABSENT


def from_text(text: str) -> Any:
    """The value that a model's text stands for: what it says, or the text in an object."""
    arguments, error = parse_arguments(text)
    try:
        told = load(text)
        if not isinstance(told, dict) and dump(told) == text:
            return told
    except (ValueError, RecursionError):
        pass
    return arguments if error is None else {INVALID_JSON: text}


def to_text(told: Any) -> str:
    """The inverse of `from_text`: no arguments are no text."""
    text = told.get(INVALID_JSON) if isinstance(told, dict) and len(told) == 1 else None
    if isinstance(text, str):
        return text
    return "" if told == {} else dump(told)


def as_object(call: ToolCall, where: str, changes: list[Change]) -> dict[str, Any]:
    """The arguments as the API takes them; text that goes back in an object joins `changes`."""
    if call.arguments is not None:
        return call.arguments
    if call.arguments_error is None:
        key, why = FREE_TEXT_FIELD, "this is free text, and the API takes an object"
    else:
        key, why = INVALID_JSON, f"these could not be taken ({call.arguments_error})"
    changes.append(Change(where=f"{where}.arguments", what=f"{why}: sent as text under {key}"))
    return {key: call.arguments_text or ""}
