"""What the tests know of each wire's recordings, so that one test can ask the same of all four.

Owns the shape of these facts, which recordings are requests, replies and refusals, and what both a
reply's JSON and our reading of it say. The facts stand in each wire's own `*_recorded.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from roundtrip.conversation import Message, Reply, Thinking, ToolDefinition
from roundtrip.wires.refusal import refusal_words
from roundtrip.wires.schema import adapt
from roundtrip.wires.wire import Tools, WireRequest
from tests.recordings import Recorded, recorded
from tests.wires.edits import Request
from tests.wires.traffic import Traffic, changed, differences


@dataclass(frozen=True)
class Told:
    """What a reply says."""

    id: str | None
    model: str | None
    text: str
    calls: list[tuple[Any, ...]]
    """Each call's id, name, arguments (None where they are no JSON) and free or broken text."""

    stop: tuple[str, str | None]
    """Our word and the provider's."""

    usage: dict[str, int | None] | None
    parts: int | None
    """How many parts; None of a stream, where several chunks may tell of one."""

    refusal: str | None = None
    """The words of a refusal that stands in a field or part of its own."""

    more_choices: int = 0


def told_by(reply: Reply) -> Told:
    """What our reading of a reply says."""
    return Told(
        id=reply.id,
        model=reply.model,
        text=reply.message.text,
        calls=[
            (call.id, call.name, call.arguments, call.arguments_text)
            for call in reply.message.calls
        ],
        stop=(reply.stop.signal, reply.stop.provider),
        usage=None if reply.usage is None else reply.usage.model_dump(),
        parts=len(reply.message.parts),
        refusal=refusal_words(reply.message),
        more_choices=reply.more_choices,
    )


def is_the_models(_: Any, added: list[Any]) -> bool:
    """Whether the entries that a next request adds begin with a turn of the model."""
    return bool(added) and added[0].get("role") in ("assistant", "model")


def by_position(echo: list[Any], added: list[Any]) -> list[str]:
    """Where each entry differs from the one in its place."""
    return differences(echo, added[: len(echo)])


def whole_body(response: Any) -> Any:
    return response if isinstance(response, dict) else None


def without_thinking(message: Message) -> Message:
    """Reasoning cannot be said again once its native, which proves it, is gone."""
    kept = tuple(part for part in message.parts if not isinstance(part, Thinking))
    return changed(message, parts=kept)


def as_adapted(tools: Tools, wire: str) -> Tools:
    """The definitions in the dialect of a wire, which those get that did not come from it."""
    return tuple(_adapted(one, wire) if isinstance(one, ToolDefinition) else one for one in tools)


def _adapted(tool: ToolDefinition, wire: str) -> ToolDefinition:
    schema, _ = adapt(tool.input_schema, wire, strict=bool(tool.strict))
    return changed(tool, input_schema=schema)


@dataclass(frozen=True)
class Recordings:
    """Everything recorded of one wire, and how its JSON reads without the codec under test."""

    traffic: Traffic
    least: dict[str, int]
    """How much they hold: fewer would mean that some were passed over. Beside the lists below,
    `values` that the SDK's types read one by one, and replies `repeated` by the next request as
    they came."""

    messages: str
    """Where a request holds its messages."""

    places: dict[str, str]
    """Where in the body each of the `EDITS` shows, as a pattern."""

    told: Callable[[Any], Told]
    """What a reply says, by its JSON."""

    error: Callable[[Any], tuple[str, str] | None]
    """A refusal's word and sentence; None of a reply."""

    echo: Callable[[Recorded], list[Any] | None]
    """How the reply goes back with the next request; None where its body is not known."""

    as_taken: Callable[[Request], Request]
    """What can still be said of a request once all natives are gone."""

    changed_by_clients: dict[str, str]
    """What the recording clients did to a reply before they sent it back, by its field, and why
    ours differs."""

    whole: Callable[[Any], Any] = whole_body
    """The body that a reply is; None of a stream that is not put together as one here."""

    refused: str | None = None
    """The request that the API refuses and the decoder too."""

    unchanged: str | None = None
    """The edit that one recording says already."""

    message_is_an_entry: bool = True
    """Whether each message of ours is one entry of the list; else some are several."""

    not_judged: int = 0
    """Entries that clients sent, and go back, as no SDK would send them."""

    spelled: Callable[[Any], Any] = lambda value: value
    """JSON in one of several spellings that mean the same."""

    answers: Callable[[Any, list[Any]], bool] = is_the_models
    """Whether the entries that a next request adds go on from this reply."""

    compared: Callable[[list[Any], list[Any]], list[str]] = by_position
    """Where the echo of a reply and the entries that a next request adds differ."""

    @cached_property
    def all(self) -> list[Recorded]:
        return list(recorded(self.traffic.name))

    @cached_property
    def requests(self) -> list[Recorded]:
        told = [case for case in self.all if case.request is not None]
        return [case for case in told if case.name != self.refused]

    @cached_property
    def refusals(self) -> list[Recorded]:
        return [case for case in self.all if self.error(case.response)]

    @cached_property
    def replies(self) -> list[Recorded]:
        return [case for case in self.all if case not in self.refusals]

    @cached_property
    def streams(self) -> list[Recorded]:
        return [case for case in self.replies if isinstance(case.response, str)]

    def asked(self, case: Recorded) -> WireRequest:
        """The request as it went out, with the headers that a wire itself decides."""
        headers = case.exchange["request_headers"].items()
        betas = [(name, value) for name, value in headers if name.lower() == "anthropic-beta"]
        return self.traffic.request_of(case.request, case.exchange["path"], betas)

    def read(self, case: Recorded) -> Request:
        return self.traffic.wire.decode_request(self.asked(case))

    def continuations(self) -> Iterator[tuple[Recorded, list[Any]]]:
        """Each recording that the next one goes on from with the whole history, and what that adds
        to it: the reply, in its client's form, and more."""
        for case, following in pairwise(self.all):
            same_file = case.name.split("#")[0] == following.name.split("#")[0]
            if not same_file or None in (case.request, following.request):
                continue
            before, after = case.request[self.messages], following.request[self.messages]
            if case in self.replies and isinstance(before, list):
                added = after[len(before) :]
                if after[: len(before)] == before and self.answers(case.response, added):
                    yield case, added
