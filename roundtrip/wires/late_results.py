"""Results that come late, put right behind their calls where an API takes them nowhere else.

One API lets a person speak between a call and its result, the others refuse that; and one wants the
calls and all that the model says with them in a single message. Owns where results stand; changes
no part, and moves nothing out of a message that the wire itself told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from roundtrip.conversation import Change, Message, ToolResult
from roundtrip.wires.open_calls import OpenCalls

Written = TypeVar("Written")
Place = tuple[int, int]
"""A part: the place of its message, and its own in there."""

MOVED = "said right behind its call: this API takes nothing between a call and its result"

JOINED = "joined to the one before: results stand right after all their calls here"

_PATH = re.compile(r"messages\[(\d+)\](?:\.parts\[(\d+)\])?")


def with_results_in_time(
    wire: str,
    messages: tuple[Message, ...],
    changes: list[Change],
    write: Callable[[tuple[Message, ...], list[Change]], Written],
    *,
    one_message: bool = False,
) -> Written:
    """What `write` makes of the messages with each result behind its call. `one_message`: whether
    no other message of the model's may stand between them either.

    Each move joins `changes`, and what `write` lists does under the paths of before the moves.
    """
    late = _late(wire, messages)
    joined = _going_on(wire, messages, late) if one_message else frozenset()
    if not late and not joined:
        return write(messages, changes)
    moved = sorted(place for places in late.values() for place in places)
    changes += [Change(where=f"messages[{at}].parts[{n}]", what=MOVED) for at, n in moved]
    changes += [Change(where=f"messages[{at}]", what=JOINED) for at in sorted(joined)]
    rows = _in_time(wire, messages, late, joined)
    listed: list[Change] = []
    written = write(tuple(row.message(messages) for row in rows), listed)
    changes += [_where_it_was(change, rows) for change in listed]
    return written


def _late(wire: str, messages: Sequence[Message]) -> dict[int, list[Place]]:
    """The results that come late, each under the place of the message it is to stand before."""
    behind = _behind_results(messages)
    late: defaultdict[int, list[Place]] = defaultdict(list)
    calls = OpenCalls()
    for at, message in enumerate(messages):
        for call in message.calls:
            calls.add(call, at)
        stays = _is_told(message, wire)
        for n, part in enumerate(message.parts):
            call_made = calls.answered(part) if isinstance(part, ToolResult) else None
            if call_made is None or stays:
                continue
            before = behind[call_made.message]
            if at > before:  # in that message itself results come first
                late[before].append((at, n))
    return late


def _behind_results(messages: Sequence[Message]) -> list[int]:
    """For each message the place behind what may stand between it and a result: more that the
    model said with it, and then results."""
    behind_results = [len(messages)] * (len(messages) + 1)
    behind_turn = [len(messages)] * (len(messages) + 1)
    for at in reversed(range(len(messages))):
        behind_results[at] = behind_results[at + 1] if _only_results(messages[at]) else at
        says = messages[at].role == "assistant"
        behind_turn[at] = behind_turn[at + 1] if says else behind_results[at]
    return behind_turn[1:]


def _going_on(
    wire: str, messages: Sequence[Message], late: dict[int, list[Place]]
) -> frozenset[int]:
    """The messages in which the model goes on after it has called."""
    going_on: set[int] = set()
    for at, (before, message) in enumerate(pairwise(messages), 1):
        called = bool(before.calls) or at - 1 in going_on
        says = before.role == message.role == "assistant"
        if (
            says
            and called
            and at not in late
            and not any(_is_told(m, wire) for m in (before, message))
        ):
            going_on.add(at)
    return frozenset(going_on)


def _only_results(message: Message) -> bool:
    return bool(message.parts) and all(isinstance(part, ToolResult) for part in message.parts)


def _is_told(message: Message, wire: str) -> bool:
    """Whether the wire itself told the message, or a part of it."""
    natives = (message.native, *(part.native for part in message.parts))
    return any(native is not None and native.wire == wire for native in natives)


@dataclass
class _Row:
    """A message to be: the one it comes from, and where its parts were."""

    origin: int
    ours: bool = False
    """Whether there was no such message before."""

    places: list[Place] = field(default_factory=list)

    def message(self, messages: Sequence[Message]) -> Message:
        parts = tuple(messages[at].parts[n] for at, n in self.places)
        if self.ours:
            return Message(role="user", parts=parts)
        return messages[self.origin].model_copy(update={"parts": parts})


def _in_time(
    wire: str,
    messages: Sequence[Message],
    late: dict[int, list[Place]],
    joined: frozenset[int],
) -> tuple[_Row, ...]:
    moved = {place for places in late.values() for place in places}
    rows: list[_Row] = []
    for at, message in enumerate(messages):
        if at in late:
            before = messages[at - 1]
            if not _only_results(before) or _is_told(before, wire):
                rows.append(_Row(late[at][0][0], ours=True))
            rows[-1].places += late[at]
        places = [(at, n) for n in range(len(message.parts)) if (at, n) not in moved]
        if at in joined:
            rows[-1].places += places
        else:
            rows.append(_Row(at, places=places))
    return tuple(row for row in rows if row.places or not messages[row.origin].parts)


def _where_it_was(change: Change, rows: Sequence[_Row]) -> Change:
    found = _PATH.match(change.where)
    if found is None:
        return change
    row = rows[int(found[1])]
    path = f"messages[{row.origin}]"
    if found[2] is not None:
        at, n = row.places[int(found[2])]
        path = f"messages[{at}].parts[{n}]"
    return change.model_copy(update={"where": path + change.where[found.end() :]})
