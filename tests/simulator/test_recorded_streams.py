"""A stream of the simulator has the events of a real one, in the same order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from roundtrip.conversation import Reply, Text, Thinking, ToolCall, bare
from roundtrip.simulator import api
from roundtrip.simulator.model import Decision, Response
from roundtrip.wires.wire import wire_named
from tests.recordings import ABSENT, FOLDER, Recorded, recorded
from tests.simulator.recorded_requests import BASES, FARES_OTHERWISE, sent_again
from tests.simulator.stream_kinds import kinds_of, replies_in

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)

SAMPLED = 20
LEAST = {"anthropic": 82, "openai-chat": 68, "openai-responses": 80, "gemini": 57}

_ROUTER = "another server's stream, between client and model: it tells the role in every chunk"
_SHELL = "a shell of the provider's: the pieces of its commands and of their output are not told"

DIFFERENT = {
    "vercel-ai__anthropic-programmatic-tool-calling.1.chunks.json": (
        "calls by the provider's own sandbox, made in one go, in messages without an end"
    ),
    "vercel-ai__spliced-message-start.chunks.json": (
        "made up: a server breaks off within a call and starts over"
    ),
    "llm__test_tools_streaming_test_tools_streaming_variant_a.json": _ROUTER,
    "llm__test_tools_streaming_test_tools_streaming_variant_b.json": _ROUTER,
    "llm__test_tools_streaming_test_tools_streaming_variant_c.json": _ROUTER,
    "pydantic-ai__test_openai_responses_test_openai_responses_model_mcp_list_tools_stream_backfills"
    "_missing_results.json": "lists of tools from several servers, each begun before one is done",
    "vercel-ai__openai-image-generation-tool.1.chunks.json": (
        "an unfinished picture of the provider's is told, which a reply no longer holds"
    ),
    "vercel-ai__openai-shell-container.1.chunks.json": _SHELL,
    "vercel-ai__openai-shell-tool.1.chunks.json": _SHELL,
    "vercel-ai__google-vertex-stream-tool-call-arguments-nested.1.chunks.json": (
        "arguments in pieces, as Google's cloud sends them to who asks for it"
    ),
}
"""Recordings by file, and why a stream of ours differs."""


UNSIGNED = {
    "pydantic-ai__test_google_test_google_streaming_tool_call_thought_signature.json": (
        "the one answer of a model of that generation without a signature"
    )
}
"""Where a model of ours adds what the real one did not."""


def streams(wire: str) -> list[Recorded]:
    """Recorded streams of replies; one tells a failure only."""
    found = [
        case
        for case in recorded(wire)
        if isinstance(case.response, str)
        and case.exchange["status"] == 200
        and "event: error" not in case.response
    ]
    assert len(found) >= LEAST[wire]
    return found


def decoded(wire: str, events: list[Any]) -> Reply:
    decoder = wire_named(wire).reply_decoder()
    for event in events:
        decoder.feed(event if isinstance(event, str) else json.dumps(event))
    return decoder.finish()


def written(wire: str, reply: Reply) -> list[str]:
    """The kinds of what the simulator writes for a reply."""
    stream = b"".join(event.encode() for event in wire_named(wire).encode_reply(reply, stream=True))
    return [kind for one in replies_in(wire, stream.decode()) for kind in kinds_of(wire, one)]


@pytest.mark.parametrize("wire", BASES)
def test_a_reply_is_written_as_the_events_it_came_in(wire, figures):
    different: dict[str, str] = {}
    for case in streams(wire):
        for events in replies_in(wire, case.response):
            real, ours = kinds_of(wire, events), written(wire, decoded(wire, events))
            if real != ours:
                different.setdefault(case.name, f"{real} is written {ours}")

    reasons = [f"{name}: {DIFFERENT.get(name.split('#')[0])}" for name in different]
    figures.count(f"{wire}: streams written in the order they came in", len(streams(wire)), reasons)
    listed = [name for name in DIFFERENT if (FOLDER / wire / name).exists()]
    assert {name.split("#")[0] for name in different} == set(listed), different


def said_in(reply: Reply) -> Response | None:
    """The reply as something a simulated model can say; None where it cannot: it thinks, speaks and
    calls, in this order."""
    parts = [part for part in reply.message.parts if part != Text(text="", native=part.native)]
    kinds = "".join(
        {"thinking": "h", "text": "t", "tool_call": "c"}.get(p.kind, "x") for p in parts
    )
    ends = reply.stop.signal in ("tool_calls", "end")
    if not re.fullmatch("h?t?c*", kinds) or not kinds or not ends or reply.more_choices:
        return None
    calls = [bare(part) for part in parts if isinstance(part, ToolCall)]
    thoughts = [part.text for part in parts if isinstance(part, Thinking)]
    return Response(
        text=reply.message.text,
        calls=tuple(call.model_copy(update={"id": None}) for call in calls),
        thinking=thoughts[0] if thoughts else None,
        decision=Decision(outcome="answer", question="", threshold=0, why=""),
    )


MINIMAL: dict[str, Any] = {
    "anthropic": {"max_tokens": 9000, "messages": [{"role": "user", "content": "Hi"}]},
    "openai-chat": {"messages": [{"role": "user", "content": "Hi"}]},
    "openai-responses": {"input": "Hi"},
    "gemini": {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]},
}
PATHS = {
    "anthropic": "/v1/messages",
    "openai-chat": "/v1/chat/completions",
    "openai-responses": "/v1/responses",
}


def asking_for(wire: str, case: Recorded, reply: Reply) -> Recorded:
    """The recording with a request, where it has lost its own."""
    if case.request is not None:
        return case
    body = dict(MINIMAL[wire])
    if wire != "gemini":
        body |= {"model": reply.model, "stream": True}
    if wire == "openai-chat" and '"usage":{' in case.response:
        body["stream_options"] = {"include_usage": True}
    path = PATHS.get(wire, f"/v1beta/models/{reply.model}:streamGenerateContent?alt=sse")
    return Recorded(case.name, case.features, case.exchange | {"request": body, "path": path})


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Response]]:
    """What the simulated model says next: the last in the list."""
    says: list[Response] = []
    monkeypatch.setattr(api, "respond", lambda *_, **__: says[-1])
    yield says


@pytest.mark.parametrize("wire", BASES)
def test_a_model_that_says_the_same_is_streamed_in_the_same_events(
    simulator, wire, model, figures, full, sample
):
    cases = [
        (case, said)
        for case in streams(wire)
        if case.name.split("#")[0] not in DIFFERENT | UNSIGNED
        and case.name not in FARES_OTHERWISE
        and (said := said_in(decoded(wire, replies_in(wire, case.response)[-1])))
    ]
    chosen = cases if full else sample.sample(cases, SAMPLED)

    different = {}
    with httpx2.Client(timeout=30) as client:
        for case, said in chosen:
            model.append(said)
            events = replies_in(wire, case.response)[-1]
            asked = asking_for(wire, case, decoded(wire, events))
            answer = sent_again(client, simulator, wire, asked)
            assert answer.status_code == 200, (case.name, answer.text)
            [ours] = replies_in(wire, answer.text)
            if kinds_of(wire, ours) != kinds_of(wire, events):
                different[case.name] = f"{kinds_of(wire, events)} became {kinds_of(wire, ours)}"

    figures.tell(*(f"{wire}: {n}: {why}" for n, why in UNSIGNED.items() if wire == "gemini"))
    figures.tell(f"{wire}: {len(cases)} of {len(streams(wire))} streams are what a model here says")
    figures.count(f"{wire}: the model's own streams", len(chosen), map(str, different.items()))
    assert different == {}
