"""The content of a message, both ways: a string, or a list of text, image, file and other parts.

Owns `content` and `refusal`. Does not own who said it (`messages.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from roundtrip.conversation import Change, Native, Opaque, Part, ProviderStep, Text
from roundtrip.wires.json_text import Misshapen
from roundtrip.wires.lens import ABSENT, put
from roundtrip.wires.openai_chat.shapes import expect, required, wrong_type
from roundtrip.wires.openai_chat.told import NAME, kept, template
from roundtrip.wires.refusal import REFUSAL

Shown = Text | Opaque


def read_content(holder: dict[str, Any], where: str) -> tuple[tuple[Shown, ...], str | None]:
    """The parts and how they were spelled: `string`, `list`, or None where nothing was said.

    An empty string says nothing. Raises `Misshapen`.
    """
    content = holder.get("content")
    if content is None or content == "":
        return (), None
    if isinstance(content, str):
        return (Text(text=content),), "string"
    path = f"{where}.content"
    if not isinstance(content, list):
        raise wrong_type(content, "one of a string or array of objects", path)
    return tuple(_read_part(part, f"{path}[{n}]") for n, part in enumerate(content)), "list"


def _read_part(part: Any, where: str) -> Shown:
    kind = required(expect(part, dict, where), "type", str, where)
    if kind == "text":
        text = required(part, "text", str, where)
        return Text(text=text, native=kept(part, "text", held=("type",)))
    return Opaque(label=kind, native=Native(wire=NAME, value=part))


def refusal(words: str) -> Opaque:
    """The part for a message's `refusal`; it has the shape of a content part that refuses."""
    return Opaque(label=REFUSAL, native=Native(wire=NAME, value={"type": REFUSAL, REFUSAL: words}))


def write_content(
    parts: Sequence[tuple[str, Part]], into: dict[str, Any], changes: list[Change]
) -> Any:
    """The `content` of these parts, each with its place; for `put`.

    What was told as a list stays one; where nothing is said, what stood there stands again.
    """
    written = [(place, _write_part(part, place, changes)) for place, part in parts]
    blocks = [block for _, block in written if block is not None]
    shape = into.get("content")
    if shape == "list":
        return blocks
    if not blocks:
        return ABSENT if shape == "string" else into.get("content", ABSENT)
    if len(blocks) == 1 and blocks[0].keys() == {"type", "text"}:
        return blocks[0]["text"]
    return blocks


def _write_part(part: Part, where: str, changes: list[Change]) -> dict[str, Any] | None:
    if isinstance(part, Text):
        return put(template(part.native), {"type": "text", "text": part.text})
    if isinstance(part, Opaque) and part.native.wire == NAME:
        block: dict[str, Any] = part.native.value
        return block
    changes.append(Change(where=where, what=_why_not(part)))
    return None


def _why_not(part: Part) -> str:
    if isinstance(part, ProviderStep):
        return f"{part.name} of {part.native.wire} is left out: that provider ran it"
    if isinstance(part, Opaque):
        return f"{part.label} of {part.native.wire} is left out"
    return "left out: this cannot stand in a message of this role here"


def only_texts(parts: Sequence[Shown], where: str) -> tuple[Text, ...]:
    """The parts, if all are texts. Raises `Misshapen`."""
    for n, part in enumerate(parts):
        if not isinstance(part, Text):
            raise Misshapen(
                f"Invalid value: '{part.label}'. Supported values are: 'text'."
                f" (parameter '{where}.content[{n}].type')"
            )
    return tuple(part for part in parts if isinstance(part, Text))
