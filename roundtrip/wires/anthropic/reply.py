"""Replies of the Messages API, read: a whole body, or the events of a stream.

Owns putting a stream's blocks together. Both ways end in the same reading of one message, so that
the body and the stream of a reply give equal `Reply` values. Writing is `speech.py`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from roundtrip.conversation import Delta, Message, Reply, Signal, StopSignal, Usage
from roundtrip.wires.anthropic.blocks import read_block
from roundtrip.wires.anthropic.errors import failure
from roundtrip.wires.anthropic.request import note_name
from roundtrip.wires.anthropic.told import kept, template
from roundtrip.wires.json_text import Misshapen, dump, expect, load, optional, required
from roundtrip.wires.object_arguments import from_text
from roundtrip.wires.wire import WireError

SIGNALS: dict[str, Signal] = {
    "tool_use": "tool_calls",
    "end_turn": "end",
    "stop_sequence": "end",
    "max_tokens": "max_tokens",
    "model_context_window_exceeded": "max_tokens",
    "refusal": "refusal",
    "pause_turn": "paused",
    "compaction": "paused",
}
"""Both of the last are continued by sending the conversation again as it is. A stop reason of
tomorrow counts as `end`: the model did stop, and the provider's word is shown beside ours."""

USAGE = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_input_tokens",
    "cache_write": "cache_creation_input_tokens",
}
"""Cache counts stand beside the input here, so nothing is subtracted."""

SILENT = ("ping", "content_block_stop", "message_stop")
"""Events that say nothing of the message."""

GROWING = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}
SHOWN: dict[str, Any] = {"text_delta": "text", "thinking_delta": "thinking"}


class AnthropicReplyDecoder:
    """Reads one reply. A second `message_start` begins it anew: the server started over."""

    def __init__(self) -> None:
        self._message: dict[str, Any] | None = None
        self._blocks: dict[int, dict[str, Any]] = {}
        self._inputs: dict[int, str] = {}
        self._foreign: str | None = None
        """The first event of an unknown kind: where no message comes, another API speaks."""

    def feed(self, data: str) -> list[Delta]:
        """Take one event's data, or a whole body. Raises `WireError`: `protocol` for what is no
        event, else the kind of the failure that the reply reports."""
        try:
            event = expect(load(data), dict, "event")
            kind = required(event, "type", str, "event")
            if kind == "error":
                raise failure(event)
            take = TAKES.get(kind)
            if take is None and kind not in SILENT:  # the API may add kinds of events
                self._foreign = self._foreign or kind
            return take(self, event) if take else []
        except Misshapen as problem:
            raise WireError("protocol", str(problem)) from None
        except ValueError as problem:
            raise WireError("protocol", f"not JSON: {problem}") from None

    def finish(self) -> Reply:
        """The reply as far as it came. Raises `WireError` (`protocol`)."""
        if self._message is None and self._foreign is not None:
            why = f"not a reply of the Messages API: it begins with {self._foreign[:80]!r}"
            raise WireError("protocol", why)
        if self._message is None:
            nothing = Message(role="assistant", parts=())
            return Reply(id=None, model=None, message=nothing, stop=read_stop(None))
        content = [self._finished(index) for index in sorted(self._blocks)]
        try:
            return read_reply(self._message | {"content": content})
        except Misshapen as problem:
            raise WireError("protocol", str(problem)) from None
        except ValidationError as problem:
            raise WireError("protocol", problem.errors()[0]["msg"]) from None
        except RecursionError:
            raise WireError("protocol", "nested too deeply") from None

    def _whole(self, body: dict[str, Any]) -> list[Delta]:
        self._message, self._inputs = body, {}
        blocks = required(body, "content", list, "")
        self._blocks = {n: expect(block, dict, "content") for n, block in enumerate(blocks)}
        return []

    def _start(self, event: dict[str, Any]) -> list[Delta]:
        return self._whole(required(event, "message", dict, "message_start"))

    def _start_block(self, event: dict[str, Any]) -> list[Delta]:
        index = required(event, "index", int, "content_block_start")
        block = dict(required(event, "content_block", dict, "content_block_start"))
        self._blocks[index] = block
        self._inputs.pop(index, None)
        if block.get("type") != "tool_use":
            return []
        deltas = [Delta(kind="call", index=index, text=str(block.get("name")))]
        if block.get("input"):  # a call made in one go: no deltas will follow
            deltas.append(Delta(kind="arguments", index=index, text=dump(block["input"])))
        return deltas

    def _grow_block(self, event: dict[str, Any]) -> list[Delta]:
        index = required(event, "index", int, "content_block_delta")
        delta = required(event, "delta", dict, "content_block_delta")
        kind = required(delta, "type", str, "content_block_delta.delta")
        block = self._blocks.get(index)
        if block is None:
            raise Misshapen(f"content_block_delta: block {index} has not begun")
        if kind == "input_json_delta":
            return self._grow_input(index, block, required(delta, "partial_json", str, kind))
        if kind == "citations_delta":
            block["citations"] = [*(block.get("citations") or []), delta.get("citation")]
            return []
        if kind in GROWING:
            required(delta, GROWING[kind], str, kind)
        for field, more in delta.items():
            if field != "type":
                grown = isinstance(more, str) and isinstance(block.get(field), str)
                block[field] = block[field] + more if grown else more
        if kind in SHOWN:
            return [Delta(kind=SHOWN[kind], index=index, text=delta[GROWING[kind]])]
        return []

    def _grow_input(self, index: int, block: dict[str, Any], more: str) -> list[Delta]:
        self._inputs[index] = self._inputs.get(index, "") + more
        ours = more and block.get("type") == "tool_use"
        return [Delta(kind="arguments", index=index, text=more)] if ours else []

    def _end(self, event: dict[str, Any]) -> list[Delta]:
        if self._message is None:
            raise Misshapen("message_delta: the message has not begun")
        delta = required(event, "delta", dict, "message_delta")
        news = {field: value for field, value in event.items() if field not in ("type", "delta")}
        usage = optional(event, "usage", dict, "message_delta")
        if usage is not None:  # counts are totals: the later one stands, nothing is added
            counted = {field: count for field, count in usage.items() if count is not None}
            news["usage"] = usage | (self._message.get("usage") or {}) | counted
        self._message = self._message | delta | news
        return []

    def _finished(self, index: int) -> dict[str, Any]:
        block, text = self._blocks[index], self._inputs.get(index, "")
        if not text:  # calls made in one go carry their input from the start
            return block
        return block | {"input": from_text(text)}


TAKES: dict[str, Callable[[AnthropicReplyDecoder, dict[str, Any]], list[Delta]]] = {
    "message": AnthropicReplyDecoder._whole,
    "message_start": AnthropicReplyDecoder._start,
    "content_block_start": AnthropicReplyDecoder._start_block,
    "content_block_delta": AnthropicReplyDecoder._grow_block,
    "message_delta": AnthropicReplyDecoder._end,
}


def read_reply(message: dict[str, Any]) -> Reply:
    """The reply that one complete message JSON says. Raises `Misshapen`."""
    names: dict[str, str] = {}
    parts = []
    for n, block in enumerate(message["content"]):
        parts.append(read_block(block, f"content.{n}", names, reply=True))
        note_name(block, names)
    said = Message(
        role="assistant", parts=tuple(parts), native=kept({"role": None}, content="reply")
    )
    return Reply(
        id=optional(message, "id", str, ""),
        model=optional(message, "model", str, ""),
        message=said,
        stop=read_stop(optional(message, "stop_reason", str, "")),
        usage=read_usage(optional(message, "usage", dict, "")),
        native=kept(message, "content"),
    )


def read_stop(reason: str | None) -> StopSignal:
    """Both words for why the model stopped; without a reason the reply is `incomplete`.

    The word alone counts: a reply that ends may tell of calls, made by the provider's own code and
    answered already.
    """
    if reason is None:
        return StopSignal(signal="incomplete", provider=None)
    return StopSignal(signal=SIGNALS.get(reason, "end"), provider=reason)


def read_usage(usage: dict[str, Any] | None) -> Usage | None:
    """The counts the provider told; None for those it did not."""
    if usage is None:
        return None
    counts = {field: optional(usage, name, int, "usage") for field, name in USAGE.items()}
    details = optional(usage, "output_tokens_details", dict, "usage") or {}
    return Usage(reasoning=optional(details, "thinking_tokens", int, "usage"), **counts)


def is_ours(reply: Reply) -> bool:
    """Whether the reply carries what this wire kept of it."""
    return bool(template(reply.native))
