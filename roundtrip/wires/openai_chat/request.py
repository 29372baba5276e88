"""Requests of the Chat Completions API, both ways.

Owns the body's top level and the path. Messages are `messages.py`'s and `writing.py`'s, tools
`tools.py`'s, what else steers the reply `options.py`'s. No protocol rules (order, pairing, limits)
are checked.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from roundtrip.conversation import Change, Conversation, Message, Options
from roundtrip.wires.json_text import Misshapen, dump, load
from roundtrip.wires.late_results import with_results_in_time
from roundtrip.wires.lens import put
from roundtrip.wires.losses import left_behind
from roundtrip.wires.openai_chat.messages import read_messages
from roundtrip.wires.openai_chat.options import read_options, write_options
from roundtrip.wires.openai_chat.shapes import required
from roundtrip.wires.openai_chat.told import NAME, template
from roundtrip.wires.openai_chat.tools import read_tools, write_tools
from roundtrip.wires.openai_chat.writing import write_messages
from roundtrip.wires.openai_efforts import carried
from roundtrip.wires.wire import Tools, WireError, WireRequest

PATH = "/chat/completions"
"""Below the base URL, which ends in `/v1` for OpenAI and most of those that imitate it."""

REFUSED = "invalid_request_error"


def decode_request(request: WireRequest) -> tuple[Conversation, Tools, Options]:
    """What a request says. Raises `WireError` (`bad_request`), in the words the API would use."""
    try:
        body = load(request.body.decode())
    except ValueError as problem:
        words = f"We could not parse the JSON body of your request: {problem}"
        raise WireError("bad_request", words, REFUSED) from None
    try:
        if not isinstance(body, dict):
            raise Misshapen("Invalid type for the body: expected an object.")
        options = read_options(body, request.path)
        system, shape, messages = read_messages(required(body, "messages", list, ""))
        conversation = Conversation(system=system, messages=messages, native=shape)
        return conversation, read_tools(body), options
    except Misshapen as problem:
        raise WireError("bad_request", str(problem), REFUSED) from None
    except ValidationError as problem:
        raise WireError("bad_request", problem.errors()[0]["msg"], REFUSED) from None


def encode_request(
    conversation: Conversation, tools: Tools, options: Options
) -> tuple[WireRequest, tuple[Change, ...]]:
    """The request that says this, and what it could not say."""
    changes = left_behind(NAME, conversation, tools, options, carried(options))
    into = template(options.native)
    path = options.native.value.get("path", PATH) if options.native and into else PATH

    def written(messages: tuple[Message, ...], listed: list[Change]) -> list[dict[str, Any]]:
        return write_messages(conversation.model_copy(update={"messages": messages}), listed)

    fields = {
        "model": options.model,
        "messages": with_results_in_time(
            NAME, conversation.messages, changes, written, one_message=True
        ),
        **write_tools(tools, into, changes),
        **write_options(options, tools, into, changes),
    }
    body = dump(put(into, fields)).encode()
    return WireRequest("POST", path or PATH, (), body), tuple(changes)
