"""A tool's returned value as the text that goes back to the model.

Owns that conversion alone; how large a text may be is the tool's own limit (`tool.py`).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel


class NotJson(Exception):
    """A value that has no JSON; its text says which and why."""


class TooLarge(Exception):
    """A value whose text is over the limit."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(size, limit)
        self.size = size
        """Bytes of UTF-8."""

        self.limit = limit


def as_text(value: Any, limit: int | None = None) -> str:
    """A string as it is, anything else as JSON with its letters unescaped.

    Dataclasses, pydantic models, enums, dates and decimals, which arguments may be, are
    written as JSON too. Raises NotJson, and TooLarge where the text has more than `limit` bytes.
    """
    kept: list[str] = []
    size = 0
    try:
        for piece in _pieces(value):
            size += sum(len(part.encode()) for part in _parts(piece))
            # What is over the limit is counted and not kept.
            if limit is None or size <= limit:
                kept.append(piece)
    except UnicodeEncodeError:
        raise NotJson("the result holds half of a surrogate pair, which is not text") from None
    except RecursionError:
        raise NotJson("the result is nested too deeply for JSON") from None
    except (TypeError, ValueError) as error:
        raise NotJson(f"the result is not JSON: {error}") from None
    if limit is not None and size > limit:
        raise TooLarge(size, limit)
    return "".join(kept)


PART = 1_000_000
"""Characters that are looked at in one go, a fraction of a millisecond: nothing else of this
process runs meanwhile."""


def _parts(text: str) -> Iterator[str]:
    return (text[start : start + PART] for start in range(0, len(text), PART))


def _pieces(value: Any) -> Iterator[str]:
    """The text in pieces: written in one, a large value would hold up every other thread."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return iter((str.__str__(value),))
    return json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain).iterencode(value)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: getattr(value, field.name) for field in fields}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    raise TypeError(f"it holds a value of type {type(value).__name__}")
