"""What the `openai-responses` wire writes as a server, read by the official SDK as a client."""

from __future__ import annotations

import random
from typing import Any

import pytest
from openai import OpenAI

from roundtrip.conversation import Message, Reply, StopSignal, Text, Thinking, ToolCall, Usage
from tests.recordings import ABSENT, recorded
from tests.wires.openai_responses_traffic import TRAFFIC, reply_of, response_of

REPLIES = [
    case
    for case in recorded("openai-responses")
    if response_of(case.response).get("status") in ("completed", "incomplete")
]

pytestmark = pytest.mark.skipif(not REPLIES, reason=ABSENT)

READ = ("id", "type", "status", "role", "call_id", "name", "arguments", "input")
READ_OF_PARTS = ("type", "text", "refusal")


def client_that_receives(reply: Reply, stream: bool) -> OpenAI:
    http = TRAFFIC.client_that_receives(reply, stream)
    return OpenAI(api_key="any", base_url="http://127.0.0.1", http_client=http)


@pytest.mark.parametrize("stream", [False, True], ids=["body", "stream"])
def test_the_sdk_reads_our_replies_as_the_recorded_ones(
    stream: bool, full: bool, sample: random.Random
) -> None:
    for case in REPLIES if full else sample.sample(REPLIES, 60):
        read = read_by_the_sdk(reply_of(case.response), stream)
        told = response_of(case.response)
        assert (read.id, read.status) == (told["id"], told["status"]), case.name
        assert len(read.output) == len(told["output"]), case.name
        if told["usage"]:
            assert read.usage.total_tokens == told["usage"]["total_tokens"], case.name
        for item, said in zip(read.output, told["output"], strict=True):
            for name in READ:
                assert getattr(item, name, None) == said.get(name), (case.name, name)
            parts = said.get("content") or []
            for part, content in zip(getattr(item, "content", None) or [], parts, strict=True):
                for name in READ_OF_PARTS:
                    assert getattr(part, name, None) == content.get(name), (case.name, name)


def read_by_the_sdk(reply: Any, stream: bool) -> Any:
    replying = client_that_receives(reply, stream).responses.create(
        model="m", input="?", stream=stream
    )
    if not stream:
        return replying
    texts: dict[str, str] = {}
    for event in replying:
        if event.type == "response.output_text.delta":
            texts[event.item_id] = texts.get(event.item_id, "") + event.delta
        if event.type in ("response.completed", "response.incomplete"):
            said = [item for item in event.response.output if item.type == "message"]
            told = {item.id: item.content[0].text for item in said if _is_text(item)}
            assert {name: text for name, text in told.items() if text} == texts
            return event.response
    raise AssertionError("the stream has no last event")


def _is_text(item: Any) -> bool:
    return len(item.content) == 1 and item.content[0].type == "output_text"


def test_the_sdk_reads_a_reply_that_we_built() -> None:
    """With its accumulator, which needs every event in its place."""
    parts = (
        Thinking(text="Which city?"),
        Text(text="Let me look."),
        ToolCall(id="call_1", name="get_weather", arguments={"city": "Oslo"}),
    )
    reply = Reply(
        id="resp_1",
        model="sim-large",
        message=Message(role="assistant", parts=parts),
        stop=StopSignal(signal="tool_calls", provider="completed"),
        usage=Usage(input=3, output=4, cache_read=0, reasoning=1),
    )
    client = client_that_receives(reply, stream=True)
    with client.responses.stream(model="m", input="?") as replying:
        read = replying.get_final_response()
    assert read.output_text == "Let me look."
    assert [item.type for item in read.output] == ["reasoning", "message", "function_call"]
    assert read.usage is not None and read.usage.total_tokens == 7
