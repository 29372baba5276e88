"""`roundtrip decode`: raw replies in, what they say out, a line each.

Owns the words of the output. Reading a reply is the wire's.
"""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from roundtrip.cli.json_lines import answer_lines
from roundtrip.conversation import Reply, ToolCall
from roundtrip.wires.refusal import refusal_words
from roundtrip.wires.saved_reply import read_saved_reply
from roundtrip.wires.wire import wire_named


def decode(arguments: Namespace) -> int:
    """Decode every line. Returns the exit status; a usage error raises SystemExit(2)."""
    wire = wire_named(arguments.wire)
    return answer_lines(arguments, "protocol", lambda saved: told(read_saved_reply(wire, saved)))


def told(reply: Reply) -> dict[str, Any]:
    """The reply in the words of the output; figures and words that are not known are null."""
    return {
        "text": reply.message.text,
        "refusal": refusal_words(reply.message),
        "calls": [_told_call(call) for call in reply.message.calls],
        "stop": {"signal": reply.stop.signal, "provider": reply.stop.provider},
        "usage": None if reply.usage is None else reply.usage.model_dump(),
        "more_choices": reply.more_choices,
    }


def _told_call(call: ToolCall) -> dict[str, Any]:
    head = {"id": call.id, "name": call.name}
    if call.arguments is not None:
        return head | {"arguments": call.arguments}
    if call.arguments_error is not None:
        return head | {"arguments_error": call.arguments_error}
    return head | {"arguments_text": call.arguments_text}
