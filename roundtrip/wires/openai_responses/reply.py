"""Replies of the Responses API, read: a whole body, or the events of a stream.

Both ways end in the same reading of one response (a stream's is put together by `stream.py`), so
that the body and the stream of a reply give equal `Reply` values. Writing is `speech.py`'s.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from roundtrip.conversation import Delta, Message, Reply, Signal, StopSignal, Usage
from roundtrip.wires.json_text import Misshapen, expect, load, optional
from roundtrip.wires.openai_responses.errors import failure
from roundtrip.wires.openai_responses.messages import read_output
from roundtrip.wires.openai_responses.stream import ResponseStream
from roundtrip.wires.openai_responses.told import kept, template
from roundtrip.wires.refusal import refusal_words
from roundtrip.wires.wire import WireError

REASONS: dict[str, Signal] = {"max_output_tokens": "max_tokens", "content_filter": "refusal"}
"""Why a response is `incomplete`; one that was for another reason is just that."""

END = "[DONE]"
"""How some servers end every stream; it says nothing."""


OURS = ("response.", "keepalive", "ping")
"""How the kinds of its events begin; the last is what gateways keep a connection open with."""


class ResponsesReplyDecoder:
    """Reads one reply."""

    def __init__(self) -> None:
        self._stream = ResponseStream()
        self._body: dict[str, Any] | None = None
        self._foreign: str | None = None
        """The first event that is none of this API's: where no response comes, another one
        speaks."""

    def feed(self, data: str) -> list[Delta]:
        """Take one event's data, or a whole body. Raises `WireError`: `protocol` for what is no
        event, else the kind of the failure that the reply reports."""
        if data.strip() == END:
            return []
        try:
            event = expect(load(data), dict, "event")
            if "type" not in event:
                return self._take_body(event)
            if event["type"] == "error":
                raise failure(event)
            response = event.get("response")
            if event["type"] == "response.failed" or _is_failed(response):
                raise failure(expect(response, dict, "response"))
            if not str(event["type"]).startswith(OURS):
                self._foreign = self._foreign or str(event["type"])
            return self._stream.take(event)
        except Misshapen as problem:
            raise WireError("protocol", str(problem)) from None
        except ValueError as problem:
            raise WireError("protocol", f"not JSON: {problem}") from None

    def finish(self) -> Reply:
        """The reply as far as it came. Raises `WireError` (`protocol`)."""
        response = self._body or self._stream.response()
        if response is None and self._foreign is not None:
            why = f"not a reply of the Responses API: it begins with {self._foreign[:80]!r}"
            raise WireError("protocol", why)
        if response is None:
            nothing = Message(role="assistant", parts=())
            return Reply(id=None, model=None, message=nothing, stop=_stop(None, None, nothing))
        try:
            return read_reply(response)
        except Misshapen as problem:
            raise WireError("protocol", str(problem)) from None
        except ValidationError as problem:
            raise WireError("protocol", problem.errors()[0]["msg"]) from None

    def _take_body(self, body: dict[str, Any]) -> list[Delta]:
        if _is_failed(body):
            raise failure(body)
        if "output" not in body:
            raise Misshapen("output: Field required")
        self._body = body
        return []


def _is_failed(response: Any) -> bool:
    """Whether a response, alone or in an event, says that it failed."""
    return isinstance(response, dict) and bool(
        response.get("error") or response.get("status") == "failed"
    )


def read_reply(response: dict[str, Any]) -> Reply:
    """The reply that one response JSON says. Raises `Misshapen`."""
    message = read_output(optional(response, "output", list, "") or [], "output")
    return Reply(
        id=optional(response, "id", str, ""),
        model=optional(response, "model", str, ""),
        message=message,
        stop=read_stop(response, message),
        usage=read_usage(optional(response, "usage", dict, "")),
        native=kept(response, "output"),
    )


def read_stop(response: dict[str, Any], message: Message) -> StopSignal:
    """Both words for why the model stopped; a response that is not finished is `incomplete`."""
    details = optional(response, "incomplete_details", dict, "") or {}
    status = optional(response, "status", str, "")
    return _stop(status, optional(details, "reason", str, "incomplete_details"), message)


def _stop(status: str | None, reason: str | None, message: Message) -> StopSignal:
    signal: Signal = "incomplete"
    if status == "completed":
        refused = refusal_words(message) is not None
        signal = "tool_calls" if message.calls else "refusal" if refused else "end"
    elif status == "incomplete" and reason is not None:
        return StopSignal(signal=REASONS.get(reason, signal), provider=f"{status}: {reason}")
    return StopSignal(signal=signal, provider=status)


def read_usage(usage: dict[str, Any] | None) -> Usage | None:
    """The counts the provider told; None for those it did not. What was read from the cache and
    written to it is part of the input here, and is taken out."""
    if usage is None:
        return None
    of_input = optional(usage, "input_tokens_details", dict, "usage") or {}
    of_output = optional(usage, "output_tokens_details", dict, "usage") or {}
    told = optional(usage, "input_tokens", int, "usage")
    read = optional(of_input, "cached_tokens", int, "usage.input_tokens_details")
    write = optional(of_input, "cache_write_tokens", int, "usage.input_tokens_details")
    fresh = None if told is None else told - (read or 0) - (write or 0)
    return Usage(
        # Parts that exceed the whole do not tell how much was fresh.
        input=fresh if fresh is None or fresh >= 0 else None,
        output=optional(usage, "output_tokens", int, "usage"),
        cache_read=read,
        cache_write=write,
        reasoning=optional(of_output, "reasoning_tokens", int, "usage.output_tokens_details"),
    )


def is_ours(reply: Reply) -> bool:
    """Whether the reply carries what this wire kept of it."""
    return bool(template(reply.native))
