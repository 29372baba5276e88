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
from roundtrip.tools.checks import parse_arguments, too_much
from roundtrip.wires.anthropic.told import NAME, kept, template
from roundtrip.wires.json_text import Misshapen, dump, expect, optional, required
from roundtrip.wires.lens import ABSENT, put, spelled

PROVIDER_CALLS = ("server_tool_use", "mcp_tool_use")
RESULT_ENDING = "_tool_result"

BLANK = "a text without words is left out: the API refuses it"

INVALID_JSON = "INVALID_JSON"
"""The API wants an object where the model wrote broken JSON: the text goes back under this key.

Source: Anthropic's guide to fine-grained tool streaming, "Handling invalid JSON".
"""


def read_block(block: Any, where: str, names: Mapping[str, str]) -> Part:
    """One part. `names`: the tool of each call id seen so far. Raises `Misshapen`."""
    kind = required(expect(block, dict, where), "type", str, where)
    path = f"{where}.{kind}"
    if kind == "text":
        return Text(
            text=required(block, "text", str, path), native=kept(block, "text", held=("type",))
        )
    if kind == "tool_use":
        return _read_call(block, path)
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


def _read_call(block: dict[str, Any], path: str) -> ToolCall:
    arguments = required(block, "input", dict, path)
    call = ToolCall(
        id=required(block, "id", str, path),
        name=required(block, "name", str, path),
        arguments=arguments,
        native=kept(block, "id", "name", "input", held=("type",)),
    )
    text = arguments.get(INVALID_JSON)
    if isinstance(text, str) and len(arguments) == 1:
        _, error = parse_arguments(text)
    elif error := too_much(arguments):  # such a value could be sent on, and not be kept
        text = dump(arguments)
    if error is None:
        return call
    told = {"arguments": None, "arguments_text": text, "arguments_error": error}
    return call.model_copy(update=told)


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


def write_part(part: Part, where: str, changes: list[Change]) -> dict[str, Any] | None:
    """One block, or None where this wire cannot say the part; what is lost joins `changes`."""
    if isinstance(part, Text):
        return put(template(part.native), {"type": "text", "text": part.text})
    if isinstance(part, ToolCall):
        return _write_call(part, where, changes)
    if isinstance(part, ToolResult):
        return _write_result(part, where, changes)
    if isinstance(part, Thinking):
        return _write_thinking(part, where, changes)
    if part.native.wire == NAME:
        return part.native.value
    what = part.name if isinstance(part, ProviderStep) else part.label
    changes.append(Change(where=where, what=f"{what} of {part.native.wire} is left out"))
    return None


def _write_call(call: ToolCall, where: str, changes: list[Change]) -> dict[str, Any]:
    arguments = call.arguments
    if arguments is None:
        what = f"these are not a JSON object and go back as text under {INVALID_JSON}"
        changes.append(Change(where=f"{where}.arguments", what=what))
        arguments = {INVALID_JSON: call.arguments_text or ""}
    fields = {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments}
    return put(template(call.native), fields)


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
