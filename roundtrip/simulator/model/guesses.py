"""A value for a parameter nobody gave, for the one case where a call is demanded.

A real model that must call invents arguments too; here the invention is plain to see.
"""

from __future__ import annotations

from typing import Any

from roundtrip.simulator.model.parameters import Parameter


def guessed(parameter: Parameter, question: str) -> Any:
    """The emptiest value of its type; the question itself for a string."""
    if parameter.default is not None:
        return parameter.default
    if parameter.choices:
        return parameter.choices[0]
    match parameter.type:
        case "integer" | "number":
            return 0
        case "boolean":
            return False
        case "array":
            return []
        case "object":
            return {m.name: guessed(m, question) for m in parameter.members if m.required}
    return question
