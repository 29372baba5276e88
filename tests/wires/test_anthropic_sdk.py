"""What the `anthropic` wire writes as a server, read by the official SDK as a client."""

from __future__ import annotations

import random
from typing import Any

import pytest
from anthropic import Anthropic

from roundtrip.conversation import Reply
from tests.recordings import ABSENT, recorded
from tests.wires.anthropic_traffic import TRAFFIC, message_of, reply_of

REPLIES = [
    case for case in recorded("anthropic") if message_of(case.response).get("type") == "message"
]

pytestmark = pytest.mark.skipif(not REPLIES, reason=ABSENT)


def client_that_receives(reply: Reply, stream: bool) -> Anthropic:
    http = TRAFFIC.client_that_receives(reply, stream)
    return Anthropic(api_key="any", base_url="http://127.0.0.1", http_client=http)


@pytest.mark.parametrize("stream", [False, True], ids=["body", "stream"])
def test_the_sdk_reads_our_replies_as_the_recorded_ones(
    stream: bool, full: bool, sample: random.Random
) -> None:
    question: Any = {"role": "user", "content": "?"}
    for case in REPLIES if full else sample.sample(REPLIES, 40):
        messages = client_that_receives(reply_of(case.response), stream).beta.messages
        if stream:
            with messages.stream(model="m", max_tokens=1, messages=[question]) as replying:
                read = replying.get_final_message()
        else:
            read = messages.create(model="m", max_tokens=1, messages=[question])
        said = message_of(case.response)
        assert read.stop_reason == said["stop_reason"], case.name
        assert read.usage.output_tokens == said["usage"]["output_tokens"], case.name
        assert [block.type for block in read.content] == [
            block["type"] for block in said["content"]
        ], case.name
        for block, told in zip(read.content, said["content"], strict=True):
            for field in ("text", "thinking", "signature", "id", "name", "input"):
                assert getattr(block, field, None) == told.get(field), (case.name, field)
