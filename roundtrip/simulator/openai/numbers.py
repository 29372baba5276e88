"""What both of OpenAI's APIs refuse about numbers in a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.openai.refusals import wrong_type
from roundtrip.simulator.refusals import Refusal

_HOTTEST = 2


def whole_number(
    body: dict[str, Any], name: str, least: int = 1, most: int | None = None
) -> Iterator[Refusal]:
    """An optional count."""
    value = body.get(name)
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        yield wrong_type(name, "an integer", value)
    elif value < least:
        words = (
            f"Invalid '{name}': integer below minimum value. Expected a value >= {least}, but got "
            f"{value} instead."
        )
        yield Refusal(400, words, "integer_below_min_value", name)
    elif most is not None and value > most:
        words = (
            f"Invalid '{name}': integer above maximum value. Expected a value <= {most}, but got "
            f"{value} instead."
        )
        yield Refusal(400, words, "integer_above_max_value", name)


def temperature(body: dict[str, Any]) -> Iterator[Refusal]:
    value = body.get("temperature")
    if value is None:
        return
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        yield wrong_type("temperature", "a decimal", value)
    elif not 0 <= value <= _HOTTEST:
        below = value < 0
        bound = (
            "below minimum value. Expected a value >= 0"
            if below
            else (f"above maximum value. Expected a value <= {_HOTTEST}")
        )
        code = "decimal_below_min_value" if below else "decimal_above_max_value"
        words = f"Invalid 'temperature': decimal {bound}, but got {value} instead."
        yield Refusal(400, words, code, "temperature")
