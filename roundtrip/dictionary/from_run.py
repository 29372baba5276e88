"""A run's conversation as the dictionary spells it.

Owns taking it out of a run: which replies, and without what one wire alone can say.
"""

from __future__ import annotations

from collections.abc import Iterable

from roundtrip.conversation import Reply, bare
from roundtrip.dictionary.shortened import shortened
from roundtrip.dictionary.subject import Subject
from roundtrip.events import Event, ReplyReceived
from roundtrip.state import RunState


def of_run(state: RunState, events: Iterable[Event]) -> Subject | None:
    """A run's conversation so far, with its last question's options; None before its first.
    Of a long one what `shortened` keeps."""
    if state.setup is None:
        return None
    replies = [bare(event.reply) for event in events if isinstance(event, ReplyReceived)]
    offered = (bare(tool.definition) for tool in state.setup.tools)
    subject = Subject(
        conversation=bare(state.conversation),
        tools=(*offered, *state.setup.provider_tools),
        options=bare(state.setup.options),
        asks=_last(reply for reply in replies if _asks(reply)),
        answers=_last(reply for reply in replies if not reply.message.calls),
    )
    return shortened(subject)


def _asks(reply: Reply) -> bool:
    """Whether it waits for results: calls of a reply that was refused are taken back."""
    return bool(reply.message.calls) and reply.stop.signal != "refusal"


def _last(replies: Iterable[Reply]) -> Reply | None:
    """The last one. Its own wire's word for the stop goes: each wire says it in its own."""
    last = None
    for reply in replies:
        last = reply
    if last is None:
        return None
    return last.model_copy(update={"stop": last.stop.model_copy(update={"provider": None})})
