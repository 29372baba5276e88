"""Whether calls are those a case of the Berkeley leaderboard expects.

Owns the comparison, with the leaderboard's own leniency: spelling of strings is compared without
blanks, punctuation and case; a whole number stands for the same float. Does not run any model.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from roundtrip.conversation import ToolCall
from tests.bench.bfcl_cases import Expected

_UNTOLD = re.compile(r"[ ,./\-_*^]")


def picked(calls: Sequence[ToolCall], expected: Expected) -> bool:
    """Whether exactly the right tools are called, each as often as it should."""
    return Counter(call.name for call in calls) == Counter(name for name, _ in expected)


def filled(calls: Sequence[ToolCall], expected: Expected) -> bool:
    """Whether every argument is right too. The order of calls does not matter."""
    left = list(expected)
    for call in calls:
        right = next((one for one in left if is_right(call, *one)), None)
        if right is None:
            return False
        left.remove(right)
    return not left


def is_right(call: ToolCall, name: str, allowed: Mapping[str, Sequence[Any]]) -> bool:
    return call.name == name and _members_fit(call.arguments or {}, allowed)


def _members_fit(given: Mapping[str, Any], allowed: Mapping[str, Sequence[Any]]) -> bool:
    return all(
        name in allowed and any(_fits(value, one) for one in allowed[name])
        for name, value in given.items()
    ) and all(name in given or "" in values for name, values in allowed.items())


def _fits(value: Any, allowed: Any) -> bool:
    if isinstance(value, str) and isinstance(allowed, str):
        return _plain(value) == _plain(allowed)
    if isinstance(value, bool) or isinstance(allowed, bool):
        return value is allowed
    if isinstance(value, list) and isinstance(allowed, list):
        return len(value) == len(allowed) and all(map(_fits, value, allowed))
    if isinstance(value, dict) and isinstance(allowed, dict):
        # Of an object, too, each member has a list of values it may have.
        return _members_fit(
            value, {k: v if isinstance(v, list) else [v] for k, v in allowed.items()}
        )
    return bool(value == allowed)


def _plain(text: str) -> str:
    return _UNTOLD.sub("", text).lower().replace("'", '"')
