"""The expected shapes of JSON, complained about in this API's words.

The like of `json_text`'s, whose words are another's: `Missing required parameter:
'messages[0].role'.`
"""

from __future__ import annotations

from typing import Any

from roundtrip.wires.json_text import Misshapen

_KINDS = {
    str: "a string",
    dict: "an object",
    list: "an array",
    int: "an integer",
    bool: "a boolean",
    float: "a decimal",
    type(None): "null",
}


def wrong_type(value: Any, expected: str, where: str) -> Misshapen:
    """The complaint about a value of another kind than `expected`, e.g. `a string`."""
    got = _KINDS.get(type(value), "something else")
    return Misshapen(f"Invalid type for '{where}': expected {expected}, but got {got} instead.")


def expect(value: Any, kind: type, where: str) -> Any:
    """The value, if it is of that kind. Raises `Misshapen`."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise wrong_type(value, _KINDS[kind], where)
    return value


def required(holder: dict[str, Any], field: str, kind: type, where: str) -> Any:
    """The field of an object. Raises `Misshapen` when it is missing or of another kind."""
    path = f"{where}.{field}" if where else field
    if field not in holder:
        raise Misshapen(f"Missing required parameter: '{path}'.")
    return expect(holder[field], kind, path)


def optional(holder: dict[str, Any], field: str, kind: type, where: str) -> Any:
    """The same, but None where the field is absent or null."""
    if holder.get(field) is None:
        return None
    return required(holder, field, kind, where)


def one_of(value: str, allowed: tuple[str, ...], where: str) -> str:
    """The value, if it is among those allowed. Raises `Misshapen`."""
    if value not in allowed:
        listed = ", ".join(f"'{word}'" for word in allowed[:-1])
        raise Misshapen(
            f"Invalid value: '{value}'. Supported values are: {listed}, and '{allowed[-1]}'."
            f" (parameter '{where}')"
        )
    return value
