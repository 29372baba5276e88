"""Items and the messages they make, both ways.

The API tells a conversation as a flat list of items. Owns which of them stand together in one
message: all that the model said between two inputs, the results that follow each other, and each
message of a person or of the system by itself.

A message's native is its `layout`: for each item in order, None where the item is one part, or the
item without its content and how many parts its content holds. It is used while it still fits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from roundtrip.conversation import Message, Native, Opaque, Part, Text, ToolCall
from roundtrip.wires.json_text import Misshapen, expect, required
from roundtrip.wires.lens import put
from roundtrip.wires.openai_responses.content import (
    is_content,
    is_plain,
    read_content,
    write_content,
)
from roundtrip.wires.openai_responses.items import Writing, is_said_by_us, read_item, write_item
from roundtrip.wires.openai_responses.told import LINKS, NAME

Role = Literal["user", "assistant", "system"]
ROLES: dict[str, Role] = {
    "user": "user",
    "assistant": "assistant",
    "system": "system",
    "developer": "system",
}
USUAL = ("type", "id", "role", "status", "content")
"""What every message item says; a field beside these may tell the model something."""

Layout = list[dict[str, Any] | None]


@dataclass
class Draft:
    """A message while its items are read."""

    role: Role
    run: bool
    """Whether the next item of the same side belongs to it too."""

    parts: list[Part] = field(default_factory=list)
    layout: Layout = field(default_factory=list)

    def message(self) -> Message:
        """The message, with how it was told."""
        return Message(
            role=self.role, parts=tuple(self.parts), native=_native(self.layout, reply=False)
        )


def read_items(items: list[Any], where: str) -> list[Draft]:
    """The messages these items make; results get the name of the call they answer. Raises
    `Misshapen`."""
    names: dict[str, str] = {}
    drafts: list[Draft] = []
    for n, item in enumerate(items):
        place = f"{where}.{n}"
        role, run = _side(expect(item, dict, place), place)
        if not (run and drafts and drafts[-1].run and drafts[-1].role == role):
            drafts.append(Draft(role, run))
        _read_into(drafts[-1], item, place, names)
    return drafts


def read_output(items: list[Any], where: str) -> Message:
    """The one message a reply's items are, whatever they are. Raises `Misshapen`."""
    draft, names = Draft("assistant", run=True), dict[str, str]()
    for n, item in enumerate(items):
        _read_into(draft, expect(item, dict, f"{where}.{n}"), f"{where}.{n}", names)
    native = _native(draft.layout, reply=True)
    return Message(role="assistant", parts=tuple(draft.parts), native=native)


def _side(item: dict[str, Any], where: str) -> tuple[Role, bool]:
    if is_message(item):
        role = required(item, "role", str, where)
        if role not in ROLES:
            said = ", ".join(f"'{word}'" for word in ROLES)
            raise Misshapen(f"Invalid value: '{role}'. Supported values are: {said}.")
        return ROLES[role], role == "assistant"
    if item.get("type") == "additional_tools":
        return "system", False
    return ("user" if is_said_by_us(item) else "assistant"), True


def is_message(item: dict[str, Any]) -> bool:
    """Whether an item is a message; the short form leaves its type out."""
    return item.get("type", "message") == "message"


def _read_into(draft: Draft, item: dict[str, Any], where: str, names: dict[str, str]) -> None:
    if not is_message(item):
        part = read_item(item, where, names)
        if isinstance(part, ToolCall) and part.id is not None:
            names[part.id] = part.name
        draft.parts.append(part)
        draft.layout.append(None)
        return
    content = item.get("content")
    parts: list[Part]
    if isinstance(content, str):
        parts, shape = [Text(text=content)], "string"
    else:
        blocks, shape = required(item, "content", list, where), "list"
        parts = [read_content(block, f"{where}.content.{n}") for n, block in enumerate(blocks)]
    draft.parts += parts
    draft.layout.append({"item": item | {"content": shape}, "parts": len(parts)})


def beside_of(layout: Layout) -> dict[str, Any]:
    """What its items say beside what every item says."""
    items = [entry["item"] for entry in layout if entry]
    return {name: value for item in items for name, value in item.items() if name not in USUAL}


def _native(layout: Layout, *, reply: bool) -> Native:
    value = {"fields": beside_of(layout), "shapes": {}, "layout": layout}
    return Native(wire=NAME, value=value | ({"reply": True} if reply else {}))


def layout_of(native: Native | None) -> Layout | None:
    """How a message was told; None for one built by us or told by another wire."""
    if native is None or native.wire != NAME or not isinstance(native.value, dict):
        return None
    layout: Layout | None = native.value.get("layout")
    return layout


def _is_of_a_reply(native: Native | None) -> bool:
    return layout_of(native) is not None and native is not None and "reply" in native.value


def write_messages(messages: tuple[Message, ...], writing: Writing) -> list[dict[str, Any]]:
    """The items; what a message cannot say here joins the changes."""
    items = []
    for n, message in enumerate(LINKS.linked(messages, writing.changes)):
        written = write_message(message, f"messages[{n}]", writing)
        if not written and not _says_nothing(message):
            writing.lost(f"messages[{n}]", "nothing of this message can be said here: left out")
        items += written
    return items


def _says_nothing(message: Message) -> bool:
    return not message.parts and layout_of(message.native) is not None


def write_message(message: Message, where: str, writing: Writing) -> list[dict[str, Any]]:
    """The items of one message."""
    layout = layout_of(message.native)
    writing.echo = not writing.reply and _is_of_a_reply(message.native)
    if layout is not None and fits(layout, message):
        return write_laid_out(layout, message.parts, message.role, f"{where}.parts", writing)
    if _says_more(layout):
        what = "told anew after the change, without the marks its items were told with"
        writing.lost(where, what)
    if message.role == "assistant":
        return _write_said(message, where, writing)
    return _write_input(message, where, writing)


def _says_more(layout: Layout | None) -> bool:
    """Whether items would lose an id or a mark when they are told anew."""
    items = [entry["item"] for entry in layout or () if entry]
    return any(item.keys() - {"type", "role", "content"} for item in items)


def fits(layout: Layout, message: Message) -> bool:
    """Whether the parts still stand as they were told."""
    at = 0
    for entry in layout:
        count = entry["parts"] if entry else 1
        slot = message.parts[at : at + count]
        if len(slot) != count or not all(_stands(part, entry is not None) for part in slot):
            return False
        if entry is not None and ROLES[entry["item"]["role"]] != message.role:
            return False
        at += count
    return at == len(message.parts)


def _stands(part: Part, within: bool) -> bool:
    """Whether a part can stand within a message's content, or else be an item."""
    whole = isinstance(part, Opaque) and part.native.wire == NAME  # it goes back as it came
    return whole or is_content(part) == within


def write_laid_out(
    layout: Layout, parts: tuple[Part, ...], role: Role, where: str, writing: Writing
) -> list[dict[str, Any]]:
    """The parts as the items they were told in."""
    items, at = [], 0
    for entry in layout:
        if entry is None:
            item = write_item(parts[at], f"{where}[{at}]", writing)
            items += [] if item is None else [item]
            at += 1
            continue
        told, count = entry["item"], entry["parts"]
        content = _content(parts[at : at + count], role, f"{where}", at, writing)
        if told["content"] == "string" and len(content) == 1 and is_plain(content[0]):
            content = content[0]["text"]
        items.append(put(told, {"content": content}))
        at += count
    return items


def _content(parts: tuple[Part, ...], role: Role, where: str, first: int, writing: Writing) -> Any:
    kind = "output_text" if role == "assistant" else "input_text"
    blocks = []
    for n, part in enumerate(parts, start=first):
        if isinstance(part, (Text, Opaque)):
            block = write_content(part, kind, f"{where}[{n}]", writing.changes)
            blocks += [] if block is None else [block]
    return blocks


def _write_input(message: Message, where: str, writing: Writing) -> list[dict[str, Any]]:
    """A person's message, or the system's: its results first, then its words."""
    items, words = [], []
    for n, part in enumerate(message.parts):
        if is_content(part):
            words += _content((part,), message.role, f"{where}.parts", n, writing)
            continue
        item = write_item(part, f"{where}.parts[{n}]", writing)
        items += [] if item is None else [item]
    if words:
        plain = len(words) == 1 and is_plain(words[0])
        items.append({"role": message.role, "content": words[0]["text"] if plain else words})
    return items


def _write_said(message: Message, where: str, writing: Writing) -> list[dict[str, Any]]:
    """What the model said, item by item."""
    items = []
    for n, part in enumerate(message.parts):
        place = f"{where}.parts[{n}]"
        if isinstance(part, Text):
            items.append({"role": "assistant", "content": part.text})
        elif is_content(part):
            content = _content((part,), "assistant", f"{where}.parts", n, writing)
            items += [{"role": "assistant", "content": content}] if content else []
        else:
            item = write_item(part, place, writing)
            items += [] if item is None else [item]
    return items
