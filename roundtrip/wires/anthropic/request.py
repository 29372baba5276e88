"""Requests of the Messages API, both ways.

Owns the body's top level, messages, system and headers. Single blocks are `blocks.py`'s, tools and
what else steers the reply `options.py`'s. No protocol rules (order, pairing, limits) are checked.

A message's native marks how its content was spelled: `string`, `list`, or `reply` for a message
that came as a model's answer and may hold what the API says but refuses to hear.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from roundtrip.conversation import Change, Conversation, Message, Options, Text, ToolResult
from roundtrip.wires.anthropic.blocks import BLANK, is_blank, is_plain, read_block, write_part
from roundtrip.wires.anthropic.options import read_options, read_tools, write_options, write_tools
from roundtrip.wires.anthropic.told import LINKS, NAME, kept, template
from roundtrip.wires.json_text import Misshapen, dump, expect, load, required
from roundtrip.wires.late_results import with_results_in_time
from roundtrip.wires.lens import ABSENT, put
from roundtrip.wires.losses import left_behind, sayable
from roundtrip.wires.same_ids import told_apart
from roundtrip.wires.wire import Tools, WireError, WireRequest

PATH = "/v1/messages"
THOUGHTS = ("thinking", "redacted_thinking")
LAST_THOUGHT = "left out: the API refuses an answer that ends with a thought, as one cut off there"
ROLES = ("user", "assistant", "system")


def decode_request(request: WireRequest) -> tuple[Conversation, Tools, Options]:
    """What a request says. Raises `WireError` (`bad_request`), in the words the API would use."""
    try:
        body = load(request.body.decode())
    except ValueError as problem:
        raise WireError("bad_request", f"The request body is not valid JSON: {problem}") from None
    try:
        body = expect(body, dict, "body")
        options = read_options(body, request.path, request.headers)
        messages = read_messages(required(body, "messages", list, ""))
        system, shape = _read_system(body)
        conversation = Conversation(system=system, messages=messages, native=shape)
        return conversation, read_tools(body), options
    except Misshapen as problem:
        raise WireError("bad_request", str(problem), "invalid_request_error") from None
    except ValidationError as problem:
        words = problem.errors()[0]["msg"]
        raise WireError("bad_request", words, "invalid_request_error") from None


def encode_request(
    conversation: Conversation, tools: Tools, options: Options
) -> tuple[WireRequest, tuple[Change, ...]]:
    """The request that says this, and what it could not say."""
    changes = left_behind(NAME, conversation, tools, options)
    into = template(options.native)
    told = options.native.value if options.native and into else {}
    steering = write_options(options, bool(sayable(NAME, tools)), changes)
    fields = {
        "model": options.model,
        "max_tokens": steering.pop("max_tokens"),
        "system": _write_system(conversation, changes),
        "messages": with_results_in_time(NAME, conversation.messages, changes, write_messages),
        "tools": write_tools(tools, "tools" in into, changes),
        **steering,
    }
    headers = tuple((name, value) for name, value in told.get("headers", ()))
    body = dump(put(into, fields)).encode()
    return WireRequest("POST", told.get("path", PATH), headers, body), tuple(changes)


def read_messages(messages: list[Any]) -> tuple[Message, ...]:
    """The messages; results get the name of the call they answer. Raises `Misshapen`."""
    names: dict[str, str] = {}
    return tuple(
        _read_message(message, f"messages.{n}", names) for n, message in enumerate(messages)
    )


def _read_message(message: Any, where: str, names: dict[str, str]) -> Message:
    role = required(expect(message, dict, where), "role", str, where)
    if role not in ROLES:
        raise Misshapen(f"{where}.role: Input should be 'user', 'assistant' or 'system'")
    if isinstance(message.get("content"), str):
        text = Text(text=message["content"])
        return Message(role=role, parts=(text,), native=kept(message, "role", content="string"))
    blocks = required(message, "content", list, where)
    parts = []
    for n, block in enumerate(blocks):
        parts.append(read_block(block, f"{where}.content.{n}", names))
        note_name(block, names)
    return Message(role=role, parts=tuple(parts), native=kept(message, "role", content="list"))


def note_name(block: dict[str, Any], names: dict[str, str]) -> None:
    """Remember which tool a call's id stands for, so that its result can say it."""
    if isinstance(block.get("id"), str) and isinstance(block.get("name"), str):
        names[block["id"]] = block["name"]


def write_messages(messages: tuple[Message, ...], changes: list[Change]) -> list[dict[str, Any]]:
    """The messages as JSON; one that has nothing left to say is left out."""
    written = []
    for n, message in enumerate(LINKS.linked(told_apart(messages, changes), changes)):
        where = f"messages[{n}]"
        content = _write_content(message, where, changes)
        if content is None:
            why = "nothing of this message can be said here: left out, the API refuses empty ones"
            changes.append(Change(where=where, what=why))
            continue
        written.append(put(template(message.native), {"role": message.role, "content": content}))
    return written


def _write_content(
    message: Message, where: str, changes: list[Change]
) -> str | list[dict[str, Any]] | None:
    shape = template(message.native).get("content", "ours")
    as_told = shape in ("string", "list")
    blocks = []
    for n, part in _in_order(message, shape):
        place = f"{where}.parts[{n}]"
        ours = not as_told or (part.native is None and len(message.parts) > 1)
        if ours and is_blank(part):
            changes.append(Change(where=place, what=BLANK))
            continue
        block = write_part(part, place, changes)
        if block is not None:
            blocks.append(block)
    if message.role == "assistant" and not as_told:
        while blocks and blocks[-1]["type"] in THOUGHTS:
            blocks.pop()
            changes.append(Change(where=where, what=LAST_THOUGHT))
    if not blocks:
        return [] if as_told and not message.parts else None
    if shape in ("string", "ours") and len(blocks) == 1 and is_plain(blocks[0]):
        return blocks[0]["text"]
    return blocks


def _in_order(message: Message, shape: str) -> list[tuple[int, Any]]:
    parts = list(enumerate(message.parts))
    if shape == "ours":  # the API wants results before words
        parts.sort(key=lambda numbered: not isinstance(numbered[1], ToolResult))
    return parts


def _read_system(body: dict[str, Any]) -> tuple[tuple[Text, ...], Any]:
    system = body.get("system", ABSENT)
    if system is ABSENT:
        return (), None
    if isinstance(system, str):
        return (Text(text=system),), kept({}, system="string")
    parts = []
    for n, block in enumerate(expect(system, list, "system")):
        part = read_block(block, f"system.{n}", {})
        if not isinstance(part, Text):
            raise Misshapen(f"system.{n}.type: Input should be 'text'")
        parts.append(part)
    return tuple(parts), kept({}, system="list")


def _write_system(conversation: Conversation, changes: list[Change]) -> Any:
    shape = template(conversation.native).get("system", "ours")
    blocks = []
    for n, part in enumerate(conversation.system):
        if shape == "ours" and is_blank(part):
            changes.append(Change(where=f"system[{n}]", what=BLANK))
            continue
        blocks.append(put(template(part.native), {"type": "text", "text": part.text}))
    if shape == "list":
        return blocks
    if len(blocks) == 1 and is_plain(blocks[0]):
        return blocks[0]["text"]
    return blocks or ABSENT
