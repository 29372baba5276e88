"""Content parts of messages and of results, both ways: words, and what has no word here.

Owns one part at a time; the items that hold them are `items.py`'s and `messages.py`'s.
"""

from __future__ import annotations

from typing import Any

from roundtrip.conversation import Change, Native, Opaque, Text
from roundtrip.wires.json_text import expect, required
from roundtrip.wires.lens import put
from roundtrip.wires.openai_responses.told import NAME, kept, template
from roundtrip.wires.refusal import REFUSAL, refusal_in

TEXTS = ("input_text", "output_text")

CONTENT = (
    *TEXTS,
    "refusal",
    "input_image",
    "input_file",
    "input_audio",
    "computer_screenshot",
    "summary_text",
    "reasoning_text",
)
"""The parts the API documents; any other type of JSON is an item's."""

SAYS_NOTHING = ("type", "text", "annotations", "logprobs")


def read_content(block: Any, where: str) -> Text | Opaque:
    """One part. Raises `Misshapen`."""
    kind = required(expect(block, dict, where), "type", str, where)
    if kind in TEXTS:
        text = required(block, "text", str, where)
        return Text(text=text, native=kept(block, "text", held=("type",)))
    return Opaque(label=kind, native=Native(wire=NAME, value=block))


def write_content(
    part: Text | Opaque, kind: str, where: str, changes: list[Change]
) -> dict[str, Any] | None:
    """One part, a text of this `kind` unless it was told as another; None where this wire cannot
    say it: that joins `changes`."""
    if isinstance(part, Text):
        into = template(part.native) or {"type": kind}
        return put(into, {"text": part.text})
    if part.native.wire == NAME:
        block: dict[str, Any] = part.native.value
        return block
    if kind == "output_text" and (words := refusal_in(part)) is not None:
        return {"type": REFUSAL, REFUSAL: words}
    changes.append(Change(where=where, what=f"{part.label} of {part.native.wire} is left out"))
    return None


def is_plain(block: dict[str, Any]) -> bool:
    """Whether a part says no more than a string would."""
    said = {name for name, value in block.items() if value not in (None, [], {})}
    return block.get("type") in TEXTS and said <= set(SAYS_NOTHING) and not block.get("annotations")


def is_content(part: Any) -> bool:
    """Whether a part stands in an item's content, and is no item of its own."""
    if isinstance(part, Opaque) and part.native.wire == NAME:
        return part.native.value.get("type") in CONTENT
    return isinstance(part, (Text, Opaque))
