"""Content blocks and the parts they mean, both ways: the same blocks stand in requests and replies.

Owns one block at a time. Does not own messages, ids across messages, or streams of blocks.

The native of `Thinking`, `ProviderStep` and `Opaque` is the whole block (it goes back verbatim);
of the others it is what stands beside the canonical fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from roundtrip.conversation import (
    Change,
    Native,
    Opaque,
    Part,
    ProviderStep,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from roundtrip.wires.anthropic.told import NAME, kept, template
from roundtrip.wires.json_text import Misshapen, expect, optional, required
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.object_arguments import as_object, as_told, from_text, shape_of, taken

PROVIDER_CALLS = ("server_tool_use", "mcp_tool_use")
RESULT_ENDING = "_tool_result"

BLANK = "a text without words is left out: the API refuses it"


def read_block(block: Any, where: str, names: Mapping[str, str], *, reply: bool = False) -> Part:
    """One part. `names`: the tool of each call id seen so far. `reply`: a model said it, which may
    give a call any input. Raises `Misshapen`."""
    kind = required(expect(block, dict, where), "type", str, where)
    path = f"{where}.{kind}"
    if kind == "text":
        return Text(
            text=required(block, "text", str, path), native=kept(block, "text", held=("type",))
        )
    if kind == "tool_use":
        return _read_call(block, path, reply)
    if kind == "tool_result":
        return _read_result(block, path, names)
    whole = Native(wire=NAME, value=block)
    if kind == "thinking":
        text = required(block, "thinking", str, path)
        return Thinking(text=text, signed=bool(block.get("signature")), native=whole)
    if kind == "redacted_thinking":
        return Thinking(text="", signed=True, native=whole)
    if kind in PROVIDER_CALLS:
        name = required(block, "name", str, path)
        return ProviderStep(name=name, is_result=False, native=whole)
    if kind.endswith(RESULT_ENDING):
        name = names.get(str(block.get("tool_use_id")), kind.removesuffix(RESULT_ENDING))
        return ProviderStep(name=name, is_result=True, native=whole)
    return Opaque(label=kind, native=whole)


def _read_call(block: dict[str, Any], path: str, reply: bool) -> ToolCall:
    told = block.get("input") if reply else required(block, "input", dict, path)
    shape = {"input": shape_of(told)} if "input" in block else {}
    return ToolCall(
        id=required(block, "id", str, path),
        name=required(block, "name", str, path),
        native=kept(block, "id", "name", held=("type",), **shape),
        **taken(told),
    )


def _read_result(block: dict[str, Any], path: str, names: Mapping[str, str]) -> ToolResult:
    call_id = required(block, "tool_use_id", str, path)
    content = block.get("content")
    parts: tuple[Text | Opaque, ...] = ()
    shapes = {}
    if isinstance(content, str):
        parts, shapes = (Text(text=content),), {"content": "string"}
    elif content is not None:
        items = expect(content, list, f"{path}.content")
        read = [read_block(item, f"{path}.content.{n}", {}) for n, item in enumerate(items)]
        parts = tuple(part if isinstance(part, Text) else _as_opaque(part) for part in read)
        shapes = {"content": "list"}
    return ToolResult(
        call_id=call_id,
        name=names.get(call_id),
        content=parts,
        is_error=optional(block, "is_error", bool, path) or False,
        native=kept(block, "tool_use_id", held=("type", "is_error"), **shapes),
    )


def _as_opaque(part: Part) -> Opaque:
    if isinstance(part, Opaque):
        return part
    raise Misshapen(f"a result cannot hold a block of kind {part.kind}")


def write_part(
    part: Part, where: str, changes: list[Change], *, reply: bool = False
) -> dict[str, Any] | None:
    """One block, or None where this wire cannot say the part; what is lost joins `changes`."""
    if isinstance(part, Text):
        return put(template(part.native), {"type": "text", "text": part.text})
    if isinstance(part, ToolCall):
        return _write_call(part, where, changes, reply)
    if isinstance(part, ToolResult):
        return _write_result(part, where, changes)
    if isinstance(part, Thinking):
        return _write_thinking(part, where, changes)
    if part.native.wire == NAME:
        return part.native.value
    what = part.name if isinstance(part, ProviderStep) else part.label
    changes.append(Change(where=where, what=f"{what} of {part.native.wire} is left out"))
    return None


def _write_call(call: ToolCall, where: str, changes: list[Change], reply: bool) -> dict[str, Any]:
    into = template(call.native)
    told = as_told(call, into.get("input")) if reply else ABSENT
    if told is ABSENT and reply and call.arguments_error:
        told = from_text(call.arguments_text or "")  # as the stream of it will be read
    elif told is ABSENT and not (reply and into and "input" not in into and call.arguments == {}):
        told = as_object(call, where, changes)
    return put(into, {"type": "tool_use", "id": call.id, "name": call.name, "input": told})


def _write_result(result: ToolResult, where: str, changes: list[Change]) -> dict[str, Any]:
    into = template(result.native)
    shape = into.get("content", "none" if into else "ours")
    blocks: list[dict[str, Any]] = []
    for n, part in enumerate(result.content):
        place = f"{where}.content[{n}]"
        if shape == "ours" and len(result.content) > 1 and is_blank(part):
            changes.append(Change(where=place, what=BLANK))
            continue
        block = write_part(part, place, changes)
        blocks += [block] if block is not None else []
    content: Any = blocks
    if shape != "list" and len(blocks) == 1 and is_plain(blocks[0]):
        content = blocks[0]["text"]
    elif shape in ("ours", "none", None) and not blocks:
        content = into.get("content", ABSENT)
    fields = {
        "type": "tool_result",
        "tool_use_id": result.call_id,
        "content": content,
        "is_error": spelled(into, "is_error", result.is_error, reads=bool),
    }
    return put(into, fields)


def _write_thinking(thinking: Thinking, where: str, changes: list[Change]) -> dict[str, Any] | None:
    block = template(thinking.native)
    if block and thinking_is_untouched(thinking, block):
        return block
    if block:
        why = "the reasoning was changed, so its signature no longer covers it"
    elif thinking.native is not None:
        why = f"the reasoning is {thinking.native.wire}'s"
    else:
        why = "the reasoning has no signature"
    changes.append(Change(where=where, what=f"{why}: left out, the API refuses it"))
    return None


def thinking_is_untouched(thinking: Thinking, block: dict[str, Any]) -> bool:
    """Whether the words still are the ones that were signed."""
    return thinking.text == block.get("thinking", "")


def is_plain(block: dict[str, Any]) -> bool:
    """Whether a block says no more than a string would."""
    return block.keys() == {"type", "text"}


def is_blank(part: Part) -> bool:
    """Whether a part is a text without words, which the API refuses."""
    return isinstance(part, Text) and not part.text.strip()
