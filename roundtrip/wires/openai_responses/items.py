"""Items and the parts they mean, both ways: the same items stand in requests and in replies.

Owns one item that is a part by itself: calls, results, reasoning, what the provider ran. Messages
and their content are `messages.py`'s.

The native of `Thinking`, `ProviderStep` and `Opaque` is the whole item (it goes back verbatim); of
calls and results it is what stands beside the canonical fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
from roundtrip.tools.checks import parse_arguments
from roundtrip.wires.json_text import dump, expect, optional, required
from roundtrip.wires.lens import put
from roundtrip.wires.openai_failed import told_failed
from roundtrip.wires.openai_responses.content import read_content, write_content
from roundtrip.wires.openai_responses.told import NAME, kept, template

CALL, FREE_CALL = "function_call", "custom_tool_call"
RESULTS = {CALL: "function_call_output", FREE_CALL: "custom_tool_call_output"}

STEPS = (
    "web_search_call",
    "file_search_call",
    "code_interpreter_call",
    "image_generation_call",
    "mcp_call",
    "mcp_list_tools",
    "tool_search_call",
    "tool_search_output",
    "shell_call",
    "shell_call_output",
    "program",
    "program_output",
)
"""What the provider runs itself; where a client may run it too, see `_is_the_clients`."""

SAID_BY_US = (
    *RESULTS.values(),
    "computer_call_output",
    "local_shell_call_output",
    "apply_patch_call_output",
    "mcp_approval_response",
)
"""Items that answer the model; all others that are no messages are the model's side."""


@dataclass
class Writing:
    """What writing one item has to know of the others."""

    changes: list[Change]
    told: bool = False
    """Whether the options are this wire's own: what was told in such a request goes as it came."""

    stored: bool = False
    """Whether the provider keeps its replies, and finds reasoning again by its id."""

    reply: bool = False
    """Whether a reply is written and not a request."""

    echo: bool = False
    """Whether the message came as a reply: it is to be what the API takes, not what it said."""

    free_text: set[str] = field(default_factory=set)
    """The calls so far whose argument is free text."""

    def lost(self, where: str, what: str) -> None:
        self.changes.append(Change(where=where, what=what))


def is_said_by_us(item: dict[str, Any]) -> bool:
    """Whether an item that is no message comes from the app and not from the model."""
    kind = item.get("type")
    if kind in ("tool_search_output", "shell_call_output"):
        return _is_the_clients(item)
    return kind in SAID_BY_US


def read_item(item: dict[str, Any], where: str, names: Mapping[str, str]) -> Part:
    """One part. `names`: the tool of each call id seen so far. Raises `Misshapen`."""
    kind = required(item, "type", str, where)
    if kind == CALL:
        return _read_call(item, where)
    if kind == FREE_CALL:
        return ToolCall(
            id=required(item, "call_id", str, where),
            name=required(item, "name", str, where),
            arguments=None,
            arguments_text=required(item, "input", str, where),
            native=kept(item, "call_id", "name", "input", held=("type",)),
        )
    if kind in RESULTS.values():
        return _read_result(item, where, names)
    whole = Native(wire=NAME, value=item)
    if kind == "reasoning":
        signed = bool(item.get("encrypted_content"))
        return Thinking(text=_reasoning(item, where), signed=signed, native=whole)
    if kind in STEPS and not _is_the_clients(item):
        name = optional(item, "name", str, where) or kind.removesuffix("_call")
        is_result = kind.endswith("_output") or kind == "mcp_list_tools"
        return ProviderStep(name=name.removesuffix("_output"), is_result=is_result, native=whole)
    return Opaque(label=kind, native=whole)


def _is_the_clients(item: dict[str, Any]) -> bool:
    """Whether the client runs this built-in tool, and not the provider."""
    kind = item.get("type")
    if kind in ("tool_search_call", "tool_search_output"):
        return item.get("execution") == "client"
    if kind == "shell_call":
        environment = item.get("environment")
        return not isinstance(environment, dict) or environment.get("type") == "local"
    return kind == "shell_call_output" and not item.get("id")


def _read_call(item: dict[str, Any], where: str) -> ToolCall:
    text = optional(item, "arguments", str, where)
    arguments, error = parse_arguments(text)
    return ToolCall(
        id=required(item, "call_id", str, where),
        name=required(item, "name", str, where),
        arguments=arguments,
        arguments_text=text if error else None,
        arguments_error=error,
        # The text stays: it comes back to the letter while it still means the same.
        native=kept(item, "call_id", "name", held=("type", "arguments")),
    )


def _read_result(item: dict[str, Any], where: str, names: Mapping[str, str]) -> ToolResult:
    call_id = required(item, "call_id", str, where)
    output, shape = item.get("output"), "list"
    content: tuple[Text | Opaque, ...] = ()
    if isinstance(output, list):
        content = tuple(
            read_content(block, f"{where}.output.{n}") for n, block in enumerate(output)
        )
    else:
        text, shape = required(item, "output", str, where), "string"
        content = (Text(text=text),) if text else ()
    return ToolResult(
        call_id=call_id,
        name=names.get(call_id),
        content=content,
        native=kept(item, "call_id", held=("type",), output=shape),
    )


def _reasoning(item: dict[str, Any], where: str) -> str:
    """The visible words: the summary, or the reasoning itself where a model shows it."""
    said = []
    for name in ("summary", "content"):
        blocks = optional(item, name, list, where) or []
        shown = [expect(block, dict, f"{where}.{name}").get("text") for block in blocks]
        said.append([text for text in shown if isinstance(text, str) and text])
    return "\n\n".join(said[0] or said[1])


def write_item(part: Part, where: str, writing: Writing) -> dict[str, Any] | None:
    """One item, or None where this wire cannot say the part; what is lost joins the changes."""
    if isinstance(part, ToolCall):
        return _write_call(part, writing)
    if isinstance(part, ToolResult):
        return _write_result(part, where, writing)
    if isinstance(part, Thinking):
        return _write_thinking(part, where, writing)
    if not isinstance(part, Text) and part.native.wire == NAME:
        item: dict[str, Any] = part.native.value
        return item
    if isinstance(part, (ProviderStep, Opaque)):
        what = part.name if isinstance(part, ProviderStep) else part.label
        writing.lost(where, f"{what} of {part.native.wire} is left out")
    return None


def _write_call(call: ToolCall, writing: Writing) -> dict[str, Any]:
    into = template(call.native)
    free = into.get("type") == FREE_CALL or (
        not into and call.arguments is None and call.arguments_error is None
    )
    head = {"type": FREE_CALL if free else CALL, "call_id": call.id, "name": call.name}
    if free:
        writing.free_text.add(call.id or "")
        text = call.arguments_text or "" if call.arguments is None else dump(call.arguments)
        return put(into, head | {"input": text})
    arguments = _arguments(call, into)
    blank = writing.echo and not (arguments or "").strip()
    return put(into, head | {"arguments": "{}" if blank else arguments})


def _arguments(call: ToolCall, into: dict[str, Any]) -> str | None:
    if call.arguments is None:
        return call.arguments_text or ""
    told = into.get("arguments")
    if "arguments" in into and _means(told) == dump(call.arguments):
        return told
    return dump(call.arguments)


def _means(text: str | None) -> str | None:
    arguments, error = parse_arguments(text)
    return None if error else dump(arguments)


def _write_result(result: ToolResult, where: str, writing: Writing) -> dict[str, Any]:
    into = template(result.native)
    usual = RESULTS[FREE_CALL if result.call_id in writing.free_text else CALL]
    parts = [(f"{where}.content[{n}]", part) for n, part in enumerate(result.content)]
    if result.is_error:
        parts = told_failed(parts, where, writing.changes)
    told = [write_content(part, "input_text", place, writing.changes) for place, part in parts]
    blocks = [block for block in told if block is not None]
    output: Any = blocks
    if into.get("output") != "list" and all(block.keys() == {"type", "text"} for block in blocks):
        output = blocks[0]["text"] if len(blocks) == 1 else output or ""
    kind = into.get("type", usual)
    return put(into, {"type": kind, "call_id": result.call_id, "output": output})


def _write_thinking(thinking: Thinking, where: str, writing: Writing) -> dict[str, Any] | None:
    item = template(thinking.native)
    if item and thinking.text == _reasoning(item, ""):
        as_told = writing.told and not writing.echo
        if thinking.signed or writing.stored or writing.reply or as_told:
            return item
        why = "the reasoning came without its encrypted content, and replies are not stored"
    elif writing.reply:
        summary = [{"type": "summary_text", "text": thinking.text}] if thinking.text else []
        return {"type": "reasoning", "summary": summary}
    elif item:
        why = "the reasoning was changed, so its encrypted content no longer fits"
    elif thinking.native is not None:
        why = f"the reasoning is {thinking.native.wire}'s"
    else:
        why = "the reasoning has no encrypted content"
    writing.lost(where, f"{why}: left out, the API refuses it")
    return None
