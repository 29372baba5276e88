"""JSON as the wires read and write it: strict text and expected shapes.

Owns parsing, dumping and the complaints about shapes. What a wire keeps of the JSON it read is
`lens.py`'s. Knows nothing of messages or tools.
"""

from __future__ import annotations

import json
from typing import Any

KINDS = {str: "string", dict: "dictionary", list: "list", int: "integer", bool: "boolean"}


class Misshapen(Exception):
    """JSON a wire cannot read; the message is in the API's style, `messages.0.role: …`."""


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
