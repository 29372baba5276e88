"""What a tool says it does not know: "no other day than tomorrow".

Owns reading that limit and telling whether a question goes beyond it.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import lru_cache

from roundtrip.simulator.model.mentions import Reading

_ONE_DAY = re.compile(
    r"\bno other (?:day|date) than (today|tomorrow)\b"
    r"|\bonly (?:knows? |for |about )?(today|tomorrow)\b",
    re.I,
)
_OTHER_TIME = re.compile(
    r"\b(?:next|last|past|coming) (?:week|weekend|month|year|summer|winter|spring|autumn)\b"
    r"|\byesterday\b|\bin \d+ (?:days|weeks|months)\b|\bago\b",
    re.I,
)
_AHEAD = {"today": 0, "tomorrow": 1}


def goes_beyond(description: str, reading: Reading) -> str | None:
    """Why the question is not for this tool, or None: it asks about another day than it knows."""
    only = _only_day(description)
    if only is None:
        return None
    known = (reading.today + timedelta(days=_AHEAD[only])).isoformat()
    days = {str(mention.value) for mention in reading.of("date")}
    # "Today" is said of many things: "It is hot here today. Is tomorrow any better?"
    others = days - {known, reading.today.isoformat()}
    if (others and known not in days) or _OTHER_TIME.search(reading.text):
        return f"it knows no other day than {only}"
    return None


@lru_cache(512)
def _only_day(description: str) -> str | None:
    found = _ONE_DAY.search(" ".join(description.split()))
    return (found[1] or found[2]).lower() if found else None
