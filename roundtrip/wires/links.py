"""The ids that tie results to calls, where a conversation comes without fit ones.

Gemini links by order and name, and some compatible servers use ids that other APIs refuse. Nothing
but ids is touched, and ids that the wire itself told stay as they are. No two ids become one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from roundtrip.conversation import Change, Message, Part, ToolCall, ToolResult
from roundtrip.wires.open_calls import OpenCalls


@dataclass(frozen=True)
class Ids:
    """How a wire links results to calls."""

    wire: str
    prefix: str
    """What an id begins with that is made here, e.g. `toolu`."""

    unfit: str | None = None
    """The characters that its API refuses in an id, as a regular expression; None: it takes any."""

    longest: int | None = None
    """The most characters that its API takes in an id; None: none are known to be too many."""

    def takes_all(self, messages: tuple[Message, ...]) -> bool:
        """Whether every id that these say is one for this wire, as it stands."""
        return all(name == new for name, new in self._names(messages).items())

    def linked(self, messages: tuple[Message, ...], changes: list[Change]) -> tuple[Message, ...]:
        """The same messages with an id for every call and result; each new id joins `changes`."""
        linking = _Linking(self, self._names(messages), changes)
        return tuple(
            message.model_copy(
                update={
                    "parts": tuple(
                        linking.linked(part, at, n) for n, part in enumerate(message.parts)
                    )
                }
            )
            for at, message in enumerate(messages)
        )

    def _names(self, messages: tuple[Message, ...]) -> dict[str, str]:
        """What each id is called here: fit ones, and those the wire told, as they are."""
        ids = dict.fromkeys(_ids(messages))
        told = set(_ids(messages, self.wire))
        names = {name: name for name in ids if name in told or self._fit(name) == name}
        taken = set(names)
        for name in ids:
            if name not in names:
                names[name] = self.free(self._fit(name), taken)
        return names

    def _fit(self, name: str) -> str:
        return (re.sub(self.unfit, "_", name) if self.unfit else name)[: self.longest]

    def free(self, name: str, taken: set[str]) -> str:
        """The name, or with a number behind it while others have it; taken from now on."""
        free = name
        for n in count(2):
            if free not in taken:
                break
            number = f"_{n}"
            room = None if self.longest is None else self.longest - len(number)
            free = name[:room] + number
        taken.add(free)
        return free

    def why_not(self, name: str) -> str:
        """Why an id that is none here cannot stand as it was told."""
        if self.longest is not None and len(name) > self.longest:
            return f"this API takes at most {self.longest} characters"
        return f"this API refuses characters of {name}"


class _Linking:
    """Ids being put in, part by part."""

    def __init__(self, ids: Ids, names: dict[str, str], changes: list[Change]) -> None:
        self._ids, self._names, self._changes = ids, names, changes
        self._taken = set(names.values())
        self._open = OpenCalls()

    def linked(self, part: Part, at: int, n: int) -> Part:
        """The part with a fit id, where it is one of a call or a result."""
        where, made = f"messages[{at}].parts[{n}]", f"{self._ids.prefix}_{at}_{n}"
        if isinstance(part, ToolCall):
            call = part.model_copy(update={"id": self._id_of(part, made, where)})
            self._open.add(call, at)
            return call
        if isinstance(part, ToolResult):
            return part.model_copy(update={"call_id": self._call_id_of(part, made, where)})
        return part

    def _id_of(self, call: ToolCall, made: str, where: str) -> str:
        if call.id:
            return self._renamed(call.id, f"{where}.id")
        new = self._ids.free(made, self._taken)
        self._listed(f"{where}.id", f"given the id {new}: this wire links results by id")
        return new

    def _call_id_of(self, result: ToolResult, made: str, where: str) -> str:
        where = f"{where}.call_id"
        if result.call_id:
            name = self._renamed(result.call_id, where)
            self._open.answered(result.model_copy(update={"call_id": name}))
            return name
        call = self._open.answered(result)
        if call is not None and call.id:
            self._listed(where, f"said to answer the call {call.id}, the first open of that name")
            return call.id
        new = self._ids.free(made, self._taken)
        self._listed(where, f"given the id {new}, which no call has: none before it is open")
        return new

    def _renamed(self, name: str, where: str) -> str:
        new = self._names[name]
        if new != name:
            self._listed(where, f"given the id {new}: {self._ids.why_not(name)}")
        return new

    def _listed(self, where: str, what: str) -> None:
        self._changes.append(Change(where=where, what=what))


def _ids(messages: tuple[Message, ...], told_by: str | None = None) -> Iterator[str]:
    """The ids of calls and results; with `told_by`, those that this wire told."""
    for message in messages:
        for part in message.parts:
            if not isinstance(part, ToolCall | ToolResult):
                continue
            name = part.id if isinstance(part, ToolCall) else part.call_id
            if name and (told_by is None or (part.native and part.native.wire == told_by)):
                yield name
