"""Which of several results is highest or lowest, said only when it was asked.

Owns the comparing words and the field they are about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from roundtrip.simulator.model.synonyms import related
from roundtrip.simulator.model.wording import label, said
from roundtrip.simulator.model.words import content_stems, stem, tokens

_HIGH = re.compile(
    r"\b(?:warm|hott|high|larg|bigg|great|long|fast|heavi|tall|old)(?:er|est)\b|\b(?:more|most|max\w*)\b",
    re.I,
)
_LOW = re.compile(
    r"\b(?:cold|cool|low|small|short|slow|light|cheap|young)(?:er|est)\b|\b(?:less|least|fewer|min\w*)\b",
    re.I,
)
_EITHER = re.compile(r"\b(?:compare|comparison|difference|versus|vs)\b", re.I)


def comparison(question: str, told: Sequence[tuple[str, Any]]) -> str | None:
    """The highest, the lowest or both; None when not asked or nothing is comparable.

    `told`: each result's subject and data.
    """
    wants_high, wants_low = bool(_HIGH.search(question)), bool(_LOW.search(question))
    if _EITHER.search(question):
        wants_high = wants_low = True
    records = [(subject, data) for subject, data in told if isinstance(data, Mapping)]
    if len(records) < 2 or not (wants_high or wants_low):
        return None
    key = _compared_key(question, [data for _, data in records])
    if key is None:
        return None
    ordered = sorted(records, key=lambda one: one[1][key])
    if ordered[0][1][key] == ordered[-1][1][key]:
        return f"The {label(key)} is the same: {said(ordered[0][1][key], key)}."
    ends = [("Highest", ordered[-1])] * wants_high + [("Lowest", ordered[0])] * wants_low
    return " ".join(
        f"{end} {label(key)}: {subject} ({said(data[key], key)})." for end, (subject, data) in ends
    )


def _compared_key(question: str, records: Sequence[Mapping[str, Any]]) -> str | None:
    asked = set(content_stems(question))
    common = [
        key
        for key in records[0]
        if all(
            isinstance(record.get(key), int | float) and not isinstance(record.get(key), bool)
            for record in records
        )
    ]
    about = [key for key in common if _stems(key) & asked]
    near = [key for key in common if any(related(word) & asked for word in _stems(key))]
    return next(iter([*about, *near, *common]), None)


def _stems(key: str) -> set[str]:
    return {stem(word) for word in tokens(key)}
