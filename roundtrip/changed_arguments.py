"""How the model learns that a person changed the arguments of its call.

Owns the words at the head of the result, both ways: written for the model, taken off where a person
is shown what ran beside them. The model's own call goes back to it as it said it.
"""

from __future__ import annotations

import json
from typing import Any


def told(arguments: dict[str, Any]) -> str:
    """What stands before the result of a call that ran with these arguments."""
    said = json.dumps(arguments, ensure_ascii=False)
    return f"The person changed the arguments of this call. It ran with {said}.\n\n"


def without(text: str, arguments: dict[str, Any]) -> str:
    """The result alone."""
    return text.removeprefix(told(arguments))
