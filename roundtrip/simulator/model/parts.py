"""A text cut at its joints: between sentences, at commas, "and", "then".

Owns where it could be cut. Whether a part is a wish of its own (`goals.py`) or begins another set
of arguments (`repeats.py`) is decided there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from roundtrip.simulator.model.mentions import Reading, are_listed

_JOINT = re.compile(
    r"[;?!]+\s+|\.\s+(?=[A-Z¿¡\"'(])|\.\s+(?=[a-z])|\s+(?=\d\)\s)|\s+[-–—]\s+"
    r"|,?\s+(?:and|then|while|but|followed by|as well as|along with|after that)\s+"
    r"(?:also\s+|then\s+|finally\s+|another\s+|one\s+)?|,\s+(?:also\s+|then\s+|finally\s+)?"
    r"|\s+also\s+(?=(?:what|where|when|who|how|which|tell|show|get|find|give)\b)",
    re.I,
)
_BETWEEN = re.compile(r"\b(?:between|both)\s+[^,;.]{1,40}$", re.I)
_LISTED = ("email", "identifier", "name", "quote")
_CALCULATION = re.compile(r"\d\s*$")


@dataclass(frozen=True, slots=True)
class Part:
    start: int
    end: int
    ends_sentence: bool = False
    """Whether the joint before it is the end of a sentence."""


def parts_of(reading: Reading) -> list[Part]:
    """The text cut at every joint that is not within a value, brackets or a range."""
    text = reading.text
    kept = [(m.start, m.end) for m in reading.mentions if m.kind != "phrase"]
    kept += [found.span() for found in re.finditer(r"[\[({][^\[\](){}]*[\])}]", text)]
    parts: list[Part] = []
    here, sentence = 0, False
    for joint in _JOINT.finditer(text):
        inside = any(a < joint.start() < b or a < joint.end() - 1 < b for a, b in kept)
        ranged = " and " in joint.group() and _BETWEEN.search(text[here : joint.start()])
        summed = joint.group().strip() in ("plus", "-", "–", "—") and _CALCULATION.search(
            text[: joint.start()]
        )
        if inside or ranged or summed or _is_in_a_list(joint, reading):
            continue
        if text[here : joint.start()].strip():
            parts.append(Part(here, joint.start(), sentence))
        here, sentence = joint.end(), joint.group()[0] in ";?!."
    if text[here:].strip():
        parts.append(Part(here, len(text), sentence))
    return parts


def _is_in_a_list(joint: re.Match[str], reading: Reading) -> bool:
    """Whether it stands between two values of one kind: "ada@example.com and alan@example.com"."""
    before = [m for m in reading.mentions if m.end <= joint.start() and m.kind in _LISTED]
    after = [m for m in reading.mentions if m.start >= joint.end() and m.kind in _LISTED]
    if not before or not after or before[-1].kind != after[0].kind:
        return False
    return are_listed(reading.text, before[-1], after[0])
