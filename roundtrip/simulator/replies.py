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
from roundtrip.simulator.prompt_cache import Prompt


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

    malformed: str | None = None
    """Its word for a stop at a call whose arguments are no JSON, where it tells no such call
    (`sent` leaves it out); None where it tells the text."""

    no_reasoning: int | None = None
    """What it counts where nothing was thought: 0, or it does not say."""

    no_cache: int | None = 0
    """What it counts where nothing was read from a cache, in the same way."""

    counts_writes: bool = True
    """Whether it tells what was written to one."""

    stopped: str | None = None
    """Its word for an end at a stop sequence, where it is another than that for any end."""

    complete: Callable[[Reply, Asked, str | None], Reply] = lambda reply, asked, stopped_by: reply
    """Adds what the API says beside, once all is counted; with the stop sequence that ended it."""


@dataclass(frozen=True)
class Asked:
    """What of the request shapes the reply beside its words."""

    model: str
    """As it was named; it is echoed."""

    seed: bytes
    """Stands for everything that was asked: the same seed gives the same ids."""

    prompt: Prompt
    max_output_tokens: int | None
    stop_sequences: tuple[str, ...] = ()
    """Words that end the reply where they would come."""


@dataclass(frozen=True)
class _Written:
    """What has been written so far, and how much more may be."""

    parts: tuple[Part, ...] = ()
    left: int | None = None
    used: int = 0
    reasoning: int | None = None
    full: bool = False
    stopped_by: str | None = None
    """The stop sequence that would have come next."""


def reply_to(asked: Asked, said: Said, spelling: Spelling, stop: Signal | None = None) -> Reply:
    """The whole reply. Over `max_output_tokens` it is cut and its stop says so; `stop` says why
    else there is no more; None where what is said tells it."""
    written = _Written(left=asked.max_output_tokens)
    if said.thinking is not None:
        written = _write_thinking(written, said.thinking)
    words, stopped_by = _before_a_stop(said.text, asked.stop_sequences)
    if words:
        written = _write_text(written, words)
    if stopped_by is not None and not written.full:
        return _reply(asked, replace(written, stopped_by=stopped_by), "end", spelling)
    for number, call in enumerate(said.calls):
        named = call.model_copy(update={"id": spelling.call_id(asked.seed, number)})
        written = _write_call(written, named)
    signal: Signal = stop or ("tool_calls" if said.calls else "end")
    return _reply(asked, written, "max_tokens" if written.full else signal, spelling)


def _before_a_stop(text: str, sequences: tuple[str, ...]) -> tuple[str, str | None]:
    """The words before the first stop sequence in them, and which that is."""
    found = [(text.find(one), one) for one in sequences if one and one in text]
    if not found:
        return text, None
    at, sequence = min(found)
    return text[:at], sequence


def unadorned(parts: tuple[Part, ...]) -> Reply:
    """For an API that sends the parts as they are."""
    stop = StopSignal(signal="incomplete", provider=None)
    return Reply(id=None, model=None, message=Message(role="assistant", parts=parts), stop=stop)


def _reply(asked: Asked, written: _Written, signal: Signal, spelling: Spelling) -> Reply:
    prompt = asked.prompt
    usage = Usage(
        input=prompt.rest,
        output=written.used,
        cache_read=prompt.cache_read or spelling.no_cache,
        cache_write=prompt.written if spelling.counts_writes else None,
        reasoning=spelling.no_reasoning if written.reasoning is None else written.reasoning,
    )
    sent = spelling.sent(asked.seed, written.parts, signal)
    word = spelling.stops[signal]
    if signal == "tool_calls" and spelling.malformed and not sent.message.calls:
        signal, word = "end", spelling.malformed
    if written.stopped_by is not None and spelling.stopped:
        word = spelling.stopped
    reply = sent.model_copy(
        update={
            "id": spelling.reply_id(asked.seed),
            "model": asked.model,
            "stop": StopSignal(signal=signal, provider=word),
            "usage": usage,
        }
    )
    return spelling.complete(reply, asked, written.stopped_by)


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
