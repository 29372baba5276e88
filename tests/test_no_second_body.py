"""Only captured exchanges hold whole bodies: nothing else keeps what a request said twice.

What a wire keeps beside a canonical value (its native) holds that value's own JSON and no other
part's; what is dropped from a conversation is gone; a run's events hold no request.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from roundtrip.conversation import (
    Conversation,
    Native,
    Options,
    Text,
    ToolCall,
    ToolDefinition,
    ToolResult,
)
from roundtrip.service import SIMULATOR_PATHS
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.wires.json_text import dump
from roundtrip.wires.send import Target
from roundtrip.wires.wire import WIRES, Tools, WireError, WireRequest, wire_named
from tests.recordings import ABSENT, recorded
from tests.turns import AT_ONCE, Turns, setup

TELLING = 24
"""Characters from which on a text is taken for nobody else's; shorter ones repeat by chance."""

needs_recordings = pytest.mark.skipif(not list(recorded("anthropic")), reason=ABSENT)

Decoded = tuple[Conversation, Tools, Options]


def decoded(wire: str) -> Iterator[tuple[str, Decoded]]:
    for case in recorded(wire):
        if case.request is not None:
            body = json.dumps(case.request).encode()
            request = WireRequest("POST", case.exchange["path"], (), body)
            try:
                yield case.name, wire_named(wire).decode_request(request)
            except WireError:
                continue  # what the API refused as well


def texts_of(part: Any) -> list[str]:
    """The words of a part that are long enough to be its own."""
    found: list[str] = []
    if isinstance(part, Text):
        found = [part.text]
    elif isinstance(part, ToolResult):
        found = [inner.text for inner in part.content if isinstance(inner, Text)]
    elif isinstance(part, ToolCall):
        found = [value for value in (part.arguments or {}).values() if isinstance(value, str)]
    elif isinstance(part, ToolDefinition):
        found = [part.description or ""]
    return [text for text in found if len(text) >= TELLING]


def kept(native: Native | None) -> str:
    return "" if native is None else dump(native.value)


@needs_recordings
@pytest.mark.parametrize("wire", WIRES)
def test_what_is_kept_beside_the_whole_holds_no_parts_words(wire):
    checked = 0
    for name, (conversation, tools, options) in decoded(wire):
        whole = kept(conversation.native) + kept(options.native)
        whole += "".join(kept(message.native) for message in conversation.messages)
        parts = [part for message in conversation.messages for part in message.parts]
        for part in (*parts, *tools, *conversation.system):
            for text in texts_of(part):
                checked += 1
                assert dump(text)[1:-1] not in whole, (name, text[:80])
    assert checked > 300


@needs_recordings
@pytest.mark.parametrize("wire", WIRES)
def test_what_is_kept_beside_a_part_holds_no_other_parts_words(wire):
    """Of parts that are kept whole (images, a provider's own steps) nothing is said here."""
    checked = 0
    for name, (conversation, tools, _) in decoded(wire):
        parts = [part for message in conversation.messages for part in message.parts]
        everything = [*parts, *tools, *conversation.system]
        for part in everything:
            if not isinstance(part, Text | ToolCall | ToolResult | ToolDefinition):
                continue
            own, beside = "".join(texts_of(part)), kept(part.native)
            foreign = {text for other in everything for text in texts_of(other) if text not in own}
            checked += len(foreign)
            assert not [text for text in foreign if dump(text)[1:-1] in beside], name
    assert checked > 1000


@needs_recordings
@pytest.mark.parametrize("wire", WIRES)
def test_a_message_that_is_taken_out_is_gone_from_the_request(wire):
    checked = 0
    for name, (conversation, tools, options) in decoded(wire):
        for n, message in enumerate(conversation.messages):
            rest = conversation.messages[:n] + conversation.messages[n + 1 :]
            shorter = conversation.model_copy(update={"messages": rest})
            others = dump([left.model_dump(mode="json") for left in rest])
            others += dump([tool.model_dump(mode="json") for tool in tools])
            sent = wire_named(wire).encode_request(shorter, tools, options)[0].body.decode()
            for part in message.parts:
                for text in texts_of(part):
                    spelled = dump(text)[1:-1]
                    if spelled not in others:
                        checked += 1
                        assert spelled not in sent, (name, text[:80])
    assert checked > 100


@pytest.mark.parametrize("wire", WIRES)
def test_a_runs_events_hold_no_request(wire, tmp_path):
    turns = Turns(tmp_path)
    question = "What should I wear in Tokyo and Oslo tomorrow, on a long walk?"
    with SimulatorThread(AT_ONCE) as root:
        target = Target(wire, root + SIMULATOR_PATHS[wire], "any-key")
        asyncio.run(turns.ask(question, setup(wire=wire), lambda _: target))
    document = turns.document()
    turns.store.close()

    assert len(document["exchanges"]) == 2
    events = json.dumps(document["events"], ensure_ascii=False)
    for exchange in document["exchanges"]:
        body = exchange["request_body"]["text"]
        assert body not in events and json.dumps(body)[1:-1] not in events
    # It is said once, by the event that begins the turn, however often it was sent.
    assert events.count(question) == 1
    assert (
        sum(exchange["request_body"]["text"].count(question) for exchange in document["exchanges"])
        == 2
    )
