"""What this wire keeps of the JSON it told, and the two spellings of its field names.

The API reads `functionCall` and `function_call` alike (protocol buffers' JSON). A field is looked
for under both and written back as it was told; new ones are camelCase, as the API answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from roundtrip.wires.lens import Lens

NAME = "gemini"

_LENS = Lens(NAME)
kept, template = _LENS.kept, _LENS.template

TOLD = "told"
"""Marks, in a native, where a field stood whose value its canonical twin says."""

_AFTER_UNDERSCORE = re.compile(r"_+([a-z0-9])")


def camel(field: str) -> str:
    """`function_call` as `functionCall`; camelCase stays as it is."""
    return _AFTER_UNDERSCORE.sub(lambda found: found.group(1).upper(), field)


ENVELOPE = frozenset(
    {
        *("usageMetadata", "modelVersion", "responseId", "promptFeedback", "createTime"),
        *("finishReason", "finishMessage", "blockReason"),
        *("promptTokenCount", "candidatesTokenCount", "totalTokenCount"),
        *("cachedContentTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount"),
    }
)
"""What is read of a reply around its parts, and of several words."""


def in_camel(chunk: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A reply's JSON with the fields of its envelope in camelCase; what they were called joins
    `names`."""
    renamed = {}
    for told in _fields_of_envelope(chunk):
        field = camel(told)
        if field != told and field in ENVELOPE:
            renamed[told] = field
            names[field] = told
    return _renamed(chunk, renamed) if renamed else chunk


def as_spelled(reply: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The inverse of `in_camel`."""
    return _renamed(reply, names) if names else reply


def _fields_of_envelope(chunk: dict[str, Any]) -> set[str]:
    candidates = chunk.get("candidates")
    holders = [chunk, *(candidates if isinstance(candidates, list) else ())]
    holders += [value for field, value in chunk.items() if camel(field) in ENVELOPE]
    return {field for holder in holders if isinstance(holder, dict) for field in holder}


def _renamed(reply: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    envelope = {}
    for field, value in _with(reply, names).items():
        if field == "candidates" and isinstance(value, list):
            envelope[field] = [_with(candidate, names) for candidate in value]
        else:
            envelope[field] = _with(value, names) if camel(field) in ENVELOPE else value
    return envelope


def _with(holder: Any, names: Mapping[str, str]) -> Any:
    """An object with its fields renamed, but none to what another one is called."""
    if not isinstance(holder, dict):
        return holder
    return {
        field if (new := names.get(field, field)) in holder else new: value
        for field, value in holder.items()
    }


def spelling(holder: Iterable[str], field: str) -> str:
    """The name under which an object has a field; the camelCase `field` where it has none."""
    names = list(holder)
    return field if field in names else next((n for n in names if camel(n) == field), field)
