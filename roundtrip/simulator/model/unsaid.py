"""Values nobody has to say: a default, a subject for a message, the country of a city.

Owns where they come from. What a text says is found in `values.py`; what is invented because a
call is demanded, in `guesses.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from roundtrip.simulator.model.descriptions import default_in
from roundtrip.simulator.model.free_text import heading_of, is_message
from roundtrip.simulator.model.measures import CONVERSION, counts_one
from roundtrip.simulator.model.naming import region_for
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.slots import Filled, TextInUse

_PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
    "array": (list,), "object": (dict,), "any": (object,),
}  # fmt: skip


def unsaid(
    parameter: Parameter,
    parameters: Sequence[Parameter],
    text: TextInUse,
    values: Mapping[str, Filled],
) -> Filled | None:
    """A value for a required parameter that the text does not give, or None.

    `parameters`, `values`: those beside it, and what they have.
    """
    if not parameter.required:
        return None
    if heading := _heading(parameter, parameters, values):
        return heading
    if parameter.type in ("integer", "number") and (one := _one_of_its_kind(text, values)):
        return one
    if parameter.default is not None:
        return Filled(parameter.default, "the default of its schema", firm=False)
    if (told := default_in(parameter.description)) is not None and _is_of_type(parameter, told):
        return Filled(told, "the default its description names", firm=False)
    for other in values.values():
        if region := region_for(parameter, str(other.value).split(", ")[0]):
            return Filled(region, f"where {other.value} lies", firm=False)
    return None


def _heading(
    parameter: Parameter, parameters: Sequence[Parameter], values: Mapping[str, Filled]
) -> Filled | None:
    """A subject out of the message it stands above."""
    message = next((values[p.name] for p in parameters if is_message(p) and p.name in values), None)
    heading = heading_of(parameter, str(message.value)) if message else None
    return Filled(heading, "the first words of the message") if heading else None


def _one_of_its_kind(text: TextInUse, values: Mapping[str, Filled]) -> Filled | None:
    """A rate is asked for one; a week is one week."""
    if not any(filled.reason == CONVERSION for filled in values.values()):
        return None
    if any(counts_one(text.reading.text, money) for money in (True, False)):
        return Filled(1, "no number is said, so one of it is meant")
    return None


def _is_of_type(parameter: Parameter, value: Any) -> bool:
    if isinstance(value, bool) and parameter.type not in ("boolean", "any"):
        return False
    return isinstance(value, _PYTHON[parameter.type])
