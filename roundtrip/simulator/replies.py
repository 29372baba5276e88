"""From what the model would say to a reply of an API: ids, the token limit, the usage.

Owns the parts that all APIs share. Does not decide what is said (`model/`), nor how it is
written down (`roundtrip/wires/`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from roundtrip import tokens
from roundtrip.conversation import (
    Message,
    Part,
    Reply,
    Signal,
    StopSignal,
    Text,
    Thinking,
    ToolCall,
    Usage,
)


class Said(Protocol):
    """What a reply is to say: a model's response, or a script's."""

    @property
    def thinking(self) -> str | None: ...
    @property
    def text(self) -> str: ...
    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """Without ids."""


@dataclass(frozen=True)
class Spelling:
    """What an API calls its things."""

    reply_id: Callable[[bytes], str]
    call_id: Callable[[bytes, int], str | None]
    stops: Mapping[Signal, str]
    sent: Callable[[bytes, tuple[Part, ...], Signal], Reply]
    """These parts, and why there are no more, as a reply of this API: signed as it signs, without
    what it hides, with the fields that have no canonical word. Ids, stop and usage come on top."""

    no_reasoning: int | None = None
    """What it counts where nothing was thought: 0, or it does not say."""


@dataclass(frozen=True)
class Asked:
    """What of the request shapes the reply beside its words."""

    model: str
    """As it was named; it is echoed."""

    seed: bytes
    """Stands for everything that was asked: the same seed gives the same ids."""

    input_tokens: int
    max_output_tokens: int | None


@dataclass(frozen=True)
class _Written:
    """What has been written so far, and how much more may be."""

    parts: tuple[Part, ...] = ()
    left: int | None = None
    used: int = 0
    reasoning: int | None = None
    full: bool = False


def reply_to(asked: Asked, said: Said, spelling: Spelling, stop: Signal | None = None) -> Reply:
    """The whole reply. Over `max_output_tokens` it is cut and its stop says so.

    `stop`: None where what is said tells it.
    """
    written = _Written(left=asked.max_output_tokens)
    if said.thinking is not None:
        written = _write_thinking(written, said.thinking)
    if said.text:
        written = _write_text(written, said.text)
    for number, call in enumerate(said.calls):
        named = call.model_copy(update={"id": spelling.call_id(asked.seed, number)})
        written = _write_call(written, named)
    signal: Signal = stop or ("tool_calls" if said.calls else "end")
    return _reply(asked, written, "max_tokens" if written.full else signal, spelling)


def refusal(asked: Asked, spelling: Spelling) -> Reply:
    """A reply that declines: nothing is said, and the stop signal tells why."""
    return _reply(asked, _Written(), "refusal", spelling)


def unadorned(parts: tuple[Part, ...]) -> Reply:
    """For an API that sends the parts as they are."""
    stop = StopSignal(signal="incomplete", provider=None)
    return Reply(id=None, model=None, message=Message(role="assistant", parts=parts), stop=stop)


def _reply(asked: Asked, written: _Written, signal: Signal, spelling: Spelling) -> Reply:
    reasoning = spelling.no_reasoning if written.reasoning is None else written.reasoning
    usage = Usage(
        input=asked.input_tokens,
        output=written.used,
        cache_read=0,
        cache_write=0,
        reasoning=reasoning,
    )
    return spelling.sent(asked.seed, written.parts, signal).model_copy(
        update={
            "id": spelling.reply_id(asked.seed),
            "model": asked.model,
            "stop": StopSignal(signal=signal, provider=spelling.stops[signal]),
            "usage": usage,
        }
    )


def _write_thinking(written: _Written, text: str) -> _Written:
    kept, used, full = _fitting(text, written.left)
    after = _add(written, Thinking(text=kept), used, full)
    return replace(after, reasoning=used)


def _write_text(written: _Written, text: str) -> _Written:
    kept, used, full = _fitting(text, written.left)
    if written.full or not kept:
        return replace(written, full=True)
    return _add(written, Text(text=kept), used, full)


def _write_call(written: _Written, call: ToolCall) -> _Written:
    """A call that does not fit keeps the arguments that do, as a model cut off in one would."""
    if written.full or written.left == 0:
        return replace(written, full=True)
    if call.arguments is None:
        used = tokens.count(call.name) + tokens.count(call.arguments_text or "")
        return _add(written, call, used, full=False)
    arguments = dict(call.arguments)
    while True:
        used = tokens.count(call.name) + tokens.count(json.dumps(arguments, ensure_ascii=False))
        if written.left is None or used <= written.left or not arguments:
            break
        arguments.popitem()
    full = written.left is not None and (used > written.left or arguments != call.arguments)
    return _add(written, call.model_copy(update={"arguments": arguments}), used, full)


def _fitting(text: str, left: int | None) -> tuple[str, int, bool]:
    """What of a text fits, its tokens, and whether something was left out."""
    used = tokens.count(text)
    if left is None or used <= left:
        return text, used, False
    return tokens.first_tokens(text, left), left, True


def _add(written: _Written, part: Part, used: int, full: bool) -> _Written:
    used = used if written.left is None else min(used, written.left)
    left = None if written.left is None else written.left - used
    return replace(
        written, parts=(*written.parts, part), left=left, used=written.used + used, full=full
    )
