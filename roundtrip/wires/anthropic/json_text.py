"""JSON as this wire reads and writes it: strict text, expected shapes, and values kept in place.

Owns parsing, dumping, the complaints about shapes, and the lens that writes a changed value back
into the JSON it came from. Knows nothing of messages or tools.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from roundtrip.conversation import Native

NAME = "anthropic"
ABSENT: Any = object()
"""A field that is not to stand in the JSON at all (`None` is written as null)."""

KINDS = {str: "string", dict: "dictionary", list: "list", int: "integer", bool: "boolean"}


class Misshapen(Exception):
    """JSON this wire cannot read; the message is in the API's style, `messages.0.role: …`."""


def load(text: str) -> Any:
    """Parse JSON. Raises ValueError for anything else, NaN and endless nesting included."""
    try:
        return json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def dump(value: Any) -> str:
    """Compact JSON, readable where it can be: only halves of surrogate pairs are escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{digits} is too large a number")
    return number


def expect(value: Any, kind: type, where: str) -> Any:
    """The value, if it is of that kind. Raises `Misshapen`."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise Misshapen(f"{where}: Input should be a valid {KINDS[kind]}")
    return value


def required(holder: dict[str, Any], field: str, kind: type, where: str) -> Any:
    """The field of an object. Raises `Misshapen` when it is missing or of another kind."""
    path = f"{where}.{field}" if where else field
    if field not in holder:
        raise Misshapen(f"{path}: Field required")
    return expect(holder[field], kind, path)


def optional(holder: dict[str, Any], field: str, kind: type, where: str) -> Any:
    """The same, but None where the field is absent or null."""
    if holder.get(field) is None:
        return None
    return required(holder, field, kind, where)


def kept(holder: dict[str, Any], *told: str, **shapes: Any) -> Native:
    """What an object says beside its canonical value, and where the canonical fields stood.

    `told` fields are emptied (their canonical twin holds them), `shapes` are marked by a word.
    """
    rest = {field: None if field in told else value for field, value in holder.items()}
    return Native(wire=NAME, value=rest | shapes)


def template(native: Native | None) -> dict[str, Any]:
    """What `kept` kept; empty for a value built by us or told by another wire."""
    if native is None or native.wire != NAME or not isinstance(native.value, dict):
        return {}
    return native.value


def put(into: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """The object with these fields: known ones in their old places, new ones behind."""
    written = into | fields
    return {field: value for field, value in written.items() if value is not ABSENT}


def spelled(
    into: dict[str, Any], field: str, meant: Any, reads: Callable[[Any], Any] = lambda value: value
) -> Any:
    """A field for `put`: the old spelling while it still reads as what is meant, else that."""
    if reads(into.get(field)) == meant:
        return into.get(field, ABSENT)
    return ABSENT if meant is None else meant
