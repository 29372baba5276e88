"""The header beside a simulated reply that tells why it is what it is.

`x-simulated-decision: {"outcome":"calls","question":"…","scores":[{"name":"get_weather",
"score":3.1,"matched":["weather"]}],"threshold":1.1,"arguments":[{"tool":"get_weather",
"argument":"city","value":"Tokyo","reason":"a name after 'in'"}],"why":"…"}`

Owns the name, and making a decision fit: some HTTP clients refuse a header line of more than 8 KB.
What had to be left out is said by `"trimmed":true`; the whole is at `GET /decisions/{reply id}`.
`Decision.model_validate_json` reads it back.
"""

from __future__ import annotations

import json
from typing import Any

from roundtrip.simulator.model import Decision

HEADER = "x-simulated-decision"

MOST_BYTES = 7_000
LONGEST_TEXT = 300
"""Characters of one text, once something has to be left out."""


def decision_header(decision: Any) -> dict[str, str]:
    """The header as one that can be sent; empty for what is no decision of a model."""
    if not isinstance(decision, Decision):
        return {}
    told = decision.model_dump(mode="json")
    if _size(told) > MOST_BYTES:
        told = _shortened(told) | {"trimmed": True}
    lists = [name for name, value in told.items() if isinstance(value, list)]
    while _size(told) > MOST_BYTES:
        # The last of the longest list: scores and reasons come with the most telling first.
        longest = max(lists, key=lambda name: _size(told[name]))
        if not told[longest]:
            return {}
        told[longest] = told[longest][:-1]
    return {HEADER: _written(told)}


def _shortened(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}…"
    if isinstance(value, list):
        return [_shortened(one) for one in value]
    if isinstance(value, dict):
        return {name: _shortened(one) for name, one in value.items()}
    return value


def _size(value: Any) -> int:
    return len(_written(value))


def _written(value: Any) -> str:
    # ASCII, and no character that could end the line: JSON escapes them all but DEL.
    return json.dumps(value, separators=(",", ":")).replace("\x7f", "\\u007f")
