"""A tool's returned value as the text that goes back to the model.

Owns that conversion alone; how large a text may be is the tool's own limit (`execute.py`).
"""

from __future__ import annotations

import dataclasses
import json
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import BaseModel


class NotJson(Exception):
    """A value that has no JSON; its text says which and why."""


def as_text(value: Any) -> str:
    """A string as it is, anything else as JSON with its letters unescaped.

    Dataclasses, pydantic models, enums, dates and decimals, which arguments may be, are
    written as JSON too. Raises NotJson.
    """
    try:
        if isinstance(value, str) and not isinstance(value, Enum):
            text = str(value)
        else:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)
        text.encode()
    except UnicodeEncodeError:
        raise NotJson("the result holds half of a surrogate pair, which is not text") from None
    except RecursionError:
        raise NotJson("the result is nested too deeply for JSON") from None
    except TypeError as error:
        raise NotJson(f"the result is not JSON: {error}") from None
    except ValueError as error:
        raise NotJson(f"the result is not JSON: {error}") from None
    return text


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
