"""Requests of generateContent, both ways.

Owns the body's top level, contents and system instruction. Single parts are `parts.py`'s, tools
`tools.py`'s, and what else steers the reply `options.py`'s. No protocol rules (order, pairing,
limits) are checked.

A message's native marks how its parts stood: as a `list`, a `single` part, or `reply` for a message
that came as a model's answer.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from roundtrip.conversation import (
    Change,
    Conversation,
    Message,
    Options,
    Part,
    Text,
    ToolCall,
    ToolResult,
)
from roundtrip.wires.gemini.options import flat, nested, place, read_options, write_options
from roundtrip.wires.gemini.parts import SIGNATURE, read_part, write_part
from roundtrip.wires.gemini.path import write_path
from roundtrip.wires.gemini.told import NAME, TOLD, kept, spelling, template
from roundtrip.wires.gemini.tools import read_tools, write_tools
from roundtrip.wires.json_text import Misshapen, dump, expect, load, optional, required
from roundtrip.wires.late_results import with_results_in_time
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.losses import left_behind
from roundtrip.wires.open_calls import OpenCalls
from roundtrip.wires.wire import Tools, WireError, WireRequest

ROLES: dict[Any, Any] = {None: "user", "user": "user", "function": "user", "model": "assistant"}
OWN_ROLES = {"user": "user", "assistant": "model", "system": "user"}
BLANK = "a text without words is left out: the API refuses it"

UNSIGNED = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I="
"""Base64 of `skip_thought_signature_validator`: what stands where a call has no signature.

Source: Google's guide to thought signatures. Models from 3 on refuse a history whose calls, made
by another model or written by a person, carry none.
"""

_SIGNS = re.compile(r"gemini-([3-9]|\d\d)")
"""Models that demand a signature on the first call of a reply."""


def decode_request(request: WireRequest) -> tuple[Conversation, Tools, Options]:
    """What a request says. Raises `WireError` (`bad_request`), in the words the API would use."""
    try:
        body = expect(load(request.body.decode()), dict, "body")
        return _read(flat(body), request.path)
    except Misshapen as problem:
        raise WireError("bad_request", str(problem), "INVALID_ARGUMENT") from None
    except ValidationError as problem:
        words = problem.errors()[0]["msg"]
        raise WireError("bad_request", words, "INVALID_ARGUMENT") from None
    except ValueError as problem:
        words = f"Invalid JSON payload received: {problem}"
        raise WireError("bad_request", words, "INVALID_ARGUMENT") from None
    except RecursionError:
        words = "Invalid JSON payload received: nested too deeply"
        raise WireError("bad_request", words, "INVALID_ARGUMENT") from None


def _read(fields: dict[str, Any], path: str) -> tuple[Conversation, Tools, Options]:
    system, contents = place(fields, "systemInstruction"), place(fields, "contents")
    marks: dict[str, Any] = {contents: None}
    texts, native = _read_system(optional(fields, system, dict, ""))
    if native is not None:
        marks[system] = TOLD
    _, strict = read_options(fields, path)
    tools: Tools = ()
    if "tools" in fields:
        tools, marks["tools"] = read_tools(fields["tools"], strict)
    options, _ = read_options(fields, path, **marks)
    messages = read_contents(required(fields, contents, list, ""))
    return Conversation(system=texts, messages=messages, native=native), tools, options


def encode_request(
    conversation: Conversation, tools: Tools, options: Options
) -> tuple[WireRequest, tuple[Change, ...]]:
    """The request that says this, and what it could not say."""
    changes = left_behind(NAME, conversation, tools, options)
    into = template(options.native)
    told = options.native.value if options.native and into else {}
    signed = bool(_SIGNS.match(options.model.removeprefix("models/")))
    system = place(into, "systemInstruction")

    def written(messages: tuple[Message, ...], listed: list[Change]) -> list[dict[str, Any]]:
        return write_contents(messages, signed, listed)

    contents = with_results_in_time(NAME, conversation.messages, changes, written)
    fields = {
        place(into, "contents"): contents,
        system: _write_system(conversation, into.get(system, ABSENT), changes),
        "tools": write_tools(tools, into.get("tools", ABSENT), changes),
        **write_options(options, into, tools, changes),
    }
    body = dump(nested(put(into, fields))).encode()
    path = write_path(told.get("path"), options.model, options.stream)
    return WireRequest("POST", path, (), body), tuple(changes)


def read_contents(contents: list[Any]) -> tuple[Message, ...]:
    """The messages; results get the name of the call they answer. Raises `Misshapen`."""
    names: dict[str, str] = {}
    return tuple(
        _read_content(content, f"contents[{n}]", names) for n, content in enumerate(contents)
    )


def _read_content(content: Any, where: str, names: dict[str, str]) -> Message:
    role = optional(expect(content, dict, where), "role", str, where)
    if role not in ROLES:
        raise Misshapen("Please use a valid role: user, model.")
    told = content.get("parts")
    single = isinstance(told, dict)
    parts = [told] if single else expect([] if told is None else told, list, f"{where}.parts")
    shape = {} if told is None else {"parts": "single" if single else "list"}
    return Message(
        role=ROLES[role],
        parts=tuple(read_part(part, f"{where}.parts[{n}]", names) for n, part in enumerate(parts)),
        native=kept(content, held=("role",), **shape),
    )


def write_contents(
    messages: tuple[Message, ...], signed: bool, changes: list[Change]
) -> list[dict[str, Any]]:
    """The messages as JSON; one that has nothing left to say is left out. `signed`: whether the
    model demands signatures of calls."""
    written = []
    waiting = OpenCalls()
    for n, message in enumerate(messages):
        where = f"messages[{n}]"
        into = template(message.native)
        parts = _write_parts(message, into, where, waiting, changes)
        if signed and message.role == "assistant":
            _sign(message, parts, where, changes)
        if not parts and (not into or message.parts or into.get("parts") == "reply"):
            why = "nothing of this message can be said here: left out, the API refuses empty ones"
            changes.append(Change(where=where, what=why))
            continue
        if message.role == "system":
            why = "said as a user's words: this API has no system messages among the others"
            changes.append(Change(where=where, what=why))
        written.append(_write_content(message, [part for _, part in parts], into))
    return written


def _write_content(
    message: Message, parts: list[dict[str, Any]], into: dict[str, Any]
) -> dict[str, Any]:
    role = OWN_ROLES[message.role]
    if not into or into.get("parts") == "reply":
        return put(into, {"role": role, "parts": parts})
    shape = into.get("parts", ABSENT)
    said: Any = parts
    if not parts and shape != "list":
        said = shape
    elif shape == "single" and len(parts) == 1:
        said = parts[0]
    told_role = spelled(into, "role", role, reads=lambda told: OWN_ROLES[ROLES[told]])
    return put(into, {"role": told_role, "parts": said})


def _write_parts(
    message: Message,
    into: dict[str, Any],
    where: str,
    waiting: OpenCalls,
    changes: list[Change],
) -> list[tuple[int, dict[str, Any]]]:
    """The parts that can be said, each with its place in the message."""
    written = []
    for n, part in _in_order(message, into):
        place = f"{where}.parts[{n}]"
        if _is_blank(part, into):
            changes.append(Change(where=place, what=BLANK))
            continue
        if isinstance(part, ToolCall):
            waiting.add(part, n)
        call = waiting.answered(part) if isinstance(part, ToolResult) else None
        said = write_part(part, place, changes, call.name if call else None)
        if said is not None:
            written.append((n, said))
    return written


def _in_order(message: Message, into: dict[str, Any]) -> list[tuple[int, Part]]:
    parts = list(enumerate(message.parts))
    if not into:  # results answer the calls before them, so they come before words
        parts.sort(key=lambda numbered: not isinstance(numbered[1], ToolResult))
    return parts


def _is_blank(part: Part, into: dict[str, Any]) -> bool:
    if not isinstance(part, Text) or part.text:
        return False
    told = template(part.native)
    return not told or (into.get("parts") == "reply" and told.keys() == {"text"})


def _sign(
    message: Message, parts: list[tuple[int, dict[str, Any]]], where: str, changes: list[Change]
) -> None:
    """Put what stands for a signature on a first call that another model made."""
    calls = [(n, part) for n, part in parts if isinstance(message.parts[n], ToolCall)]
    if not calls:
        return
    n, part = calls[0]
    if template(message.parts[n].native) or part.get(spelling(part, SIGNATURE)):
        return
    part[SIGNATURE] = UNSIGNED
    what = "added: the word by which this model takes a call that it did not make itself"
    changes.append(Change(where=f"{where}.parts[{n}].{SIGNATURE}", what=what))


def _read_system(told: dict[str, Any] | None) -> tuple[tuple[Text, ...], Any]:
    if told is None:
        return (), None
    parts = told.get("parts")
    single = isinstance(parts, dict)
    items = [parts] if single else expect([] if parts is None else parts, list, "systemInstruction")
    texts = []
    for n, item in enumerate(items):
        part = read_part(item, f"systemInstruction.parts[{n}]", {})
        if not isinstance(part, Text):
            raise Misshapen("systemInstruction: only text parts are supported")
        texts.append(part)
    shape = {} if parts is None else {"parts": "single" if single else "list"}
    return tuple(texts), kept({}, system=kept(told, **shape).value)


def _write_system(conversation: Conversation, untold: Any, changes: list[Change]) -> Any:
    into = template(conversation.native).get("system")
    parts = []
    for n, text in enumerate(conversation.system):
        if into is None and not text.text:
            changes.append(Change(where=f"system[{n}]", what=BLANK))
        else:
            parts.append(put(template(text.native), {"text": text.text}))
    if into is None:
        return {"parts": parts} if parts else ABSENT if untold == TOLD else untold
    if not parts:
        return into | {"parts": []} if into.get("parts") == "list" else into
    single = into.get("parts") == "single" and len(parts) == 1
    return put(into, {"parts": parts[0] if single else parts})
