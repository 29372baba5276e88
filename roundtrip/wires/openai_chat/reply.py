"""Replies of the Chat Completions API, read: a whole body, or the chunks of a stream.

Both ways end in the same reading of one body, so that the body and the stream of a reply give
equal `Reply` values. Putting chunks together is `chunks.py`'s, writing `speech.py`'s.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from roundtrip.conversation import Delta, Message, Reply, Signal, StopSignal, Usage
from roundtrip.wires.json_text import Misshapen, dump, load
from roundtrip.wires.openai_chat.chunks import CHUNK, WHOLE, Chunks
from roundtrip.wires.openai_chat.messages import read_assistant
from roundtrip.wires.openai_chat.shapes import expect, optional, required
from roundtrip.wires.openai_chat.told import TOLD, kept, template
from roundtrip.wires.openai_errors import failure
from roundtrip.wires.refusal import refusal_words
from roundtrip.wires.wire import WireError

SIGNALS: dict[str, Signal] = {
    "stop": "end",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "length": "max_tokens",
    "model_length": "max_tokens",
    "content_filter": "refusal",
    "insufficient_system_resource": "incomplete",
    "abort": "incomplete",
    "error": "incomplete",
}
"""The last three are DeepSeek's, vLLM's, and Mistral's and OpenRouter's: the server gave up.
`model_length` is Mistral's word for a full context. A word of tomorrow counts as `end`: the model
did stop, and the provider's word is shown beside ours."""

END_MARK = "[DONE]"


class ChatReplyDecoder:
    """Reads one reply."""

    def __init__(self) -> None:
        self._body: dict[str, Any] | None = None
        self._chunks: Chunks | None = None

    def feed(self, data: str) -> list[Delta]:
        """Take one event's data, or a whole body. Raises `WireError`: `protocol` for what is
        neither, else the kind of the failure that the reply reports."""
        if data.strip() == END_MARK:
            return []
        try:
            told = expect(load(data), dict, "reply")
            _refuse_failure(told)
            if _is_chunk(told):
                self._chunks = self._chunks or Chunks()
                return self._chunks.add(told)
            if self._chunks is None:
                required(told, "choices", list, "")
                self._body = told
            return []  # within a stream: an event of tomorrow
        except Misshapen as problem:
            raise WireError("protocol", str(problem)) from None
        except ValueError as problem:
            raise WireError("protocol", f"not JSON: {problem}") from None

    def finish(self) -> Reply:
        """The reply as far as it came. Raises `WireError` (`protocol`)."""
        body = self._chunks.body() if self._chunks else self._body
        if body is None:
            nothing = Message(role="assistant", parts=())
            return Reply(id=None, model=None, message=nothing, stop=_INCOMPLETE)
        try:
            return read_reply(body)
        except Misshapen as problem:
            raise WireError("protocol", str(problem)) from None
        except ValidationError as problem:
            raise WireError("protocol", problem.errors()[0]["msg"]) from None


_INCOMPLETE = StopSignal(signal="incomplete", provider=None)


def _refuse_failure(told: dict[str, Any]) -> None:
    """Raises the failure that a body or a chunk reports, at its top or in a choice."""
    choices = told.get("choices")
    choices = choices if isinstance(choices, list) else []
    for holder in (told, *(choice for choice in choices if isinstance(choice, dict))):
        if holder.get("error"):
            raise failure(holder)
    if told.get("object") == "error" and "choices" not in told:
        raise failure(told)


def _is_chunk(told: dict[str, Any]) -> bool:
    kind, choices = told.get("object"), told.get("choices")
    if kind == CHUNK:
        return True
    if "choices" not in told or kind == WHOLE:
        return False
    if not isinstance(choices, list):
        return choices is None
    return not choices or any(isinstance(choice, dict) and "delta" in choice for choice in choices)


def read_reply(body: dict[str, Any]) -> Reply:
    """The reply that one whole body says: the first of its choices. Raises `Misshapen`."""
    choices = [
        expect(choice, dict, f"choices[{n}]")
        for n, choice in enumerate(required(body, "choices", list, ""))
    ]
    at = place_of_first(choices)
    where = f"choices[{at}]"
    first = choices[at] if choices else {}
    message = _as_the_api_says(optional(first, "message", dict, where) or {})
    said = read_assistant(message, f"{where}.message", reply=True)
    layout = {name: TOLD if name == "message" else value for name, value in first.items()}
    if not message:
        layout.pop("message", None)
    return Reply(
        id=optional(body, "id", str, "") or None,
        model=optional(body, "model", str, "") or None,
        message=said,
        stop=read_stop(optional(first, "finish_reason", str, where), said),
        usage=read_usage(body.get("usage")),
        more_choices=max(0, len(choices) - 1),
        native=kept(body, choices=[*choices[:at], layout, *choices[at + 1 :]] if choices else []),
    )


def place_of_first(choices: list[dict[str, Any]]) -> int:
    """Where the choice of the lowest index stands: a server may tell them in any order."""
    told = [choice.get("index") for choice in choices]
    indexes = [index if type(index) is int else 0 for index in told]
    return indexes.index(min(indexes)) if indexes else 0


def _as_the_api_says(message: dict[str, Any]) -> dict[str, Any]:
    """The message without the liberties of compatible servers: arguments as an object, a call
    that was cut off before its name."""
    calls = message.get("tool_calls")
    if not isinstance(calls, list):
        return message
    return message | {"tool_calls": [_call_as_the_api_says(call) for call in calls]}


def _call_as_the_api_says(call: Any) -> Any:
    if not isinstance(call, dict) or "custom" in call:
        return call
    said = call.get("function")
    said = dict(said) if isinstance(said, dict) else {}
    if not isinstance(said.get("name"), str):
        said["name"] = ""
    if not isinstance(said.get("arguments"), str | None):
        said["arguments"] = dump(said["arguments"])
    call_id = call.get("id")
    numbered = {"id": str(call_id)} if isinstance(call_id, int) else {}
    return call | numbered | {"function": said}


def read_stop(reason: str | None, said: Message) -> StopSignal:
    """Both words for why the model stopped; without a reason the reply is `incomplete`.

    Calls count for more than the word: a forced function ends with `stop`.
    """
    if not reason:
        return StopSignal(signal="incomplete", provider=None)
    signal = SIGNALS.get(reason, "end")
    if signal in ("end", "tool_calls"):
        signal = "tool_calls" if said.calls else "refusal" if refusal_words(said) else "end"
    return StopSignal(signal=signal, provider=reason)


def read_usage(usage: Any) -> Usage | None:
    """The counts the provider told; None for those it did not. Cached tokens lie inside the
    prompt here: they are subtracted."""
    if not isinstance(usage, dict):
        return None
    prompt, output = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    read = _count(usage.get("prompt_tokens_details"), "cached_tokens")
    if read is None:
        read = _count(usage, "prompt_cache_hit_tokens")  # DeepSeek's
    written = _count(usage.get("prompt_tokens_details"), "cache_write_tokens")
    fresh = None if prompt is None else prompt - (read or 0) - (written or 0)
    return Usage(
        # A server whose parts exceed the whole did not tell how much was fresh.
        input=fresh if fresh is None or fresh >= 0 else None,
        output=output,
        cache_read=read,
        cache_write=written,
        reasoning=_count(usage.get("completion_tokens_details"), "reasoning_tokens"),
    )


def _count(holder: Any, name: str) -> int | None:
    value = holder.get(name) if isinstance(holder, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_ours(reply: Reply) -> bool:
    """Whether the reply carries what this wire kept of it."""
    return bool(template(reply.native))
