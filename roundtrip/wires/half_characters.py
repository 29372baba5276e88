"""Half characters: text that JSON can escape and UTF-8 cannot say.

A stream that is cut into pieces by code units tells one emoji as two halves, and a model cut off
by its cap may leave one half alone. Neither can be kept nor sent back as it is. Owns putting halves
together; a half without its other is replaced by `\ufffd`. The raw bytes are not touched.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel

Value = TypeVar("Value", bound=BaseModel)


def whole_text(text: str) -> str:
    """The text with its halves joined."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def whole(value: Value) -> Value:
    """The value with the halves in all its texts joined; the same value where there are none."""
    told = value.model_dump()
    mended = _whole(told)
    return value if mended == told else type(value).model_validate(mended)


def _whole(value: Any) -> Any:
    match value:
        case str():
            return value if value.isascii() else whole_text(value)
        case dict():
            return {_whole(name): _whole(inner) for name, inner in value.items()}
        case list() | tuple():
            return type(value)(_whole(inner) for inner in value)
    return value
