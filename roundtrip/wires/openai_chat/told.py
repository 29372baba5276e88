"""What this wire keeps of the JSON it told, and how it links results to calls.

Tools, calls and choices hold their values one level down (`{"function": {"name": …}}`): they are
kept flat, as `function.name`, so that the lens sees every field.
"""

from __future__ import annotations

from typing import Any

from roundtrip.wires.lens import Lens
from roundtrip.wires.links import Ids

NAME = "openai-chat"
LINKS = Ids(NAME, prefix="call", longest=40)

_LENS = Lens(NAME)
kept, template = _LENS.kept, _LENS.template

TOLD = "told"
"""Marks, in a native, where a field stood whose value the canonical twin holds."""


def flat(holder: dict[str, Any], inner: str) -> dict[str, Any]:
    """The object with the fields of its inner object beside its own, in order."""
    flattened: dict[str, Any] = {}
    for field, value in holder.items():
        if field == inner and isinstance(value, dict):
            flattened |= {f"{inner}.{name}": inside for name, inside in value.items()}
        else:
            flattened[field] = value
    return flattened


def nested(fields: dict[str, Any], inner: str) -> dict[str, Any]:
    """The inverse of `flat`."""
    holder: dict[str, Any] = {}
    for field, value in fields.items():
        if field.startswith(f"{inner}."):
            holder.setdefault(inner, {})[field.removeprefix(f"{inner}.")] = value
        else:
            holder[field] = value
    return holder
