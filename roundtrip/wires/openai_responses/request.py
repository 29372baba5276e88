"""Requests of the Responses API, both ways.

Owns the body's top level, the system prompt and headers. Messages are `messages.py`'s, single items
`items.py`'s, what steers the reply `options.py`'s and `tools.py`'s. No protocol rules (order,
pairing, limits) are checked.

The conversation's native marks how the input was spelled (`string`, `list`) and has the layout of
the system prompt: `instructions`, and the messages of the system that lead the input.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from roundtrip.conversation import Change, Conversation, Native, Options, Text
from roundtrip.wires.json_text import Misshapen, dump, expect, load, optional, required
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.losses import left_behind
from roundtrip.wires.openai_efforts import carried
from roundtrip.wires.openai_responses.errors import complaint
from roundtrip.wires.openai_responses.items import Writing
from roundtrip.wires.openai_responses.messages import (
    Draft,
    Layout,
    beside_of,
    layout_of,
    read_items,
    write_laid_out,
    write_messages,
)
from roundtrip.wires.openai_responses.options import TOLD, read_options, write_options
from roundtrip.wires.openai_responses.told import NAME, kept, template
from roundtrip.wires.openai_responses.tools import read_tools, write_tools
from roundtrip.wires.wire import Tools, WireError, WireRequest

PATH = "/responses"


def decode_request(request: WireRequest) -> tuple[Conversation, Tools, Options]:
    """What a request says. Raises `WireError` (`bad_request`), in the words the API would use."""
    try:
        body = load(request.body.decode())
    except ValueError as problem:
        raise WireError("bad_request", f"The request body is not valid JSON: {problem}") from None
    try:
        body = expect(body, dict, "body")
        options = read_options(body, request.path or PATH, request.headers)
        return _read_conversation(body), read_tools(body), options
    except Misshapen as problem:
        raise complaint(problem, body) from None
    except ValidationError as problem:
        words = problem.errors()[0]["msg"]
        raise WireError("bad_request", words, "invalid_value") from None


def encode_request(
    conversation: Conversation, tools: Tools, options: Options
) -> tuple[WireRequest, tuple[Change, ...]]:
    """The request that says this, and what it could not say."""
    changes = left_behind(NAME, conversation, tools, options, carried(options))
    into = template(options.native)
    told = options.native.value if options.native and into else {}
    stored = bool(into) and into.get("store") is not False
    writing = Writing(changes, told=bool(into), stored=stored)
    instructions, leading = _write_system(conversation, writing)
    items = [*leading, *write_messages(conversation.messages, writing)]
    fields = {
        "model": options.model,
        "instructions": spelled(into, "instructions", instructions),
        "input": _write_input(items, conversation, into),
        "tools": write_tools(tools, _without_tools(into), changes),
        **write_options(options, tools, changes),
    }
    headers = tuple((name, value) for name, value in told.get("headers", ()))
    body = dump(put(into, fields)).encode()
    return WireRequest("POST", told.get("path", PATH), headers, body), tuple(changes)


def _read_conversation(body: dict[str, Any]) -> Conversation:
    drafts: list[Draft] = []
    shape = "list"
    if isinstance(body.get("input"), str):
        shape = "string"
        drafts = read_items([{"role": "user", "content": body["input"]}], "input")
    elif "input" in body and body["input"] is None:
        shape = "null"
    elif "input" in body:
        drafts = read_items(required(body, "input", list, ""), "input")
    instructions = optional(body, "instructions", str, "")
    system: list[Text] = []
    layout: Layout = []
    if instructions is not None:
        system.append(Text(text=instructions))
        layout.append({"item": {"content": "instructions"}, "parts": 1})
    while drafts and _is_system_prompt(drafts[0]):
        leading = drafts.pop(0)
        system += [part for part in leading.parts if isinstance(part, Text)]
        layout += leading.layout
    native = kept(beside_of(layout), input=shape).value | {"layout": layout}
    return Conversation(
        system=tuple(system),
        messages=tuple(draft.message() for draft in drafts),
        native=Native(wire=NAME, value=native),
    )


def _is_system_prompt(draft: Draft) -> bool:
    return draft.role == "system" and all(isinstance(part, Text) for part in draft.parts)


def _write_system(
    conversation: Conversation, writing: Writing
) -> tuple[str | None, list[dict[str, Any]]]:
    """The instructions, and the items that lead the input."""
    layout, system = layout_of(conversation.native), conversation.system
    if layout is None or sum(entry["parts"] for entry in layout if entry) != len(system):
        if len(system) <= 1:
            return (system[0].text if system else None), []
        # Several texts stay several: instructions are only one.
        content = [{"type": "input_text", "text": text.text} for text in system]
        return None, [{"role": "system", "content": content}]
    items = write_laid_out(layout, system, "system", "system", writing)
    if layout and layout[0] and layout[0]["item"]["content"] == "instructions":
        return system[0].text, items[1:]
    return None, items


def _without_tools(into: dict[str, Any]) -> Any:
    """What the body says where there are no tools."""
    return [] if into.get("tools") == TOLD else into.get("tools", ABSENT)


def _write_input(items: list[dict[str, Any]], conversation: Conversation, into: Any) -> Any:
    shape = template(conversation.native).get("input", "list")
    plain = len(items) == 1 and items[0].keys() == {"role", "content"}
    if shape == "string" and plain and isinstance(items[0]["content"], str):
        return items[0]["content"]
    if shape == "null" and not items:
        return None
    return items if items or not into or "input" in into else ABSENT
