"""What the `gemini` wire writes as a server, read by the official SDK as a client."""

from __future__ import annotations

import json
import random
from typing import Any

import httpx2
import pytest
from google import genai
from google.genai.types import GenerateContentResponse, HttpOptions

from tests.recordings import ABSENT, recorded
from tests.wires.gemini_traffic import TRAFFIC, chunks_of, reply_of, said_in, streamed


def is_for_the_sdk(response: Any) -> bool:
    """Not a refusal, and without the numbers for words that this SDK breaks on."""
    first = chunks_of(response)[0]
    return "candidates" in first and '"finishReason": 1' not in json.dumps(response)


REPLIES = [case for case in recorded("gemini") if is_for_the_sdk(case.response)]

pytestmark = pytest.mark.skipif(not REPLIES, reason=ABSENT)


class Server:
    """Answers whatever is asked with the one reply it was given."""

    def __init__(self) -> None:
        transport = httpx2.Client(transport=httpx2.MockTransport(self._answer))
        options = HttpOptions(base_url="http://127.0.0.1", httpx_client=transport)
        self._client = genai.Client(api_key="any", vertexai=False, http_options=options)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        kind = "text/event-stream" if "alt=sse" in str(request.url) else "application/json"
        return httpx2.Response(200, headers={"content-type": kind}, content=self._content)

    def read_by_sdk(self, content: bytes, stream: bool) -> list[GenerateContentResponse]:
        """The chunks as the SDK hands them on; a body is one."""
        self._content, models = content, self._client.models
        if stream:
            return list(models.generate_content_stream(model="m", contents="?"))
        return [models.generate_content(model="m", contents="?")]


@pytest.fixture(scope="module")
def server() -> Server:
    return Server()


def heard(chunks: list[GenerateContentResponse]) -> tuple[object, ...]:
    """What a client takes from a reply: text, calls, signatures, the end and the counts."""
    parts = [
        part
        for chunk in chunks
        for candidate in (chunk.candidates or [])[:1]
        for part in (candidate.content.parts if candidate.content else None) or []
    ]
    usage, last = chunks[-1].usage_metadata, (chunks[-1].candidates or [None])[0]
    return (
        "".join(part.text for part in parts if part.text and not part.thought),
        "".join(part.text for part in parts if part.text and part.thought),
        [part.function_call.model_dump() for part in parts if part.function_call],
        [part.thought_signature for part in parts if part.thought_signature],
        last.finish_reason if last else None,
        usage.model_dump() if usage else None,
        chunks[-1].model_version,
        chunks[-1].response_id,
    )


@pytest.mark.parametrize("stream", [False, True], ids=["body", "stream"])
def test_the_sdk_reads_our_replies_as_the_recorded_ones(
    stream: bool, server: Server, full: bool, sample: random.Random
) -> None:
    compared = 0
    for case in REPLIES if full else sample.sample(REPLIES, 40):
        chunks = chunks_of(case.response)
        ours = heard(server.read_by_sdk(TRAFFIC.written(reply_of(case.response), stream), stream))
        if "partialArgs" in json.dumps(chunks):  # told whole by us, and left in pieces by the SDK
            assert ours[0] == said_in(case.response), case.name
            continue
        many = len(chunks) > 1
        content = streamed(*chunks).encode() if many else json.dumps(chunks[0]).encode()
        assert ours == heard(server.read_by_sdk(content, many)), case.name
        compared += 1
    assert compared > 30


@pytest.mark.parametrize("stream", [False, True], ids=["body", "stream"])
def test_the_sdk_reads_every_kind_of_end(stream: bool, server: Server) -> None:
    endings = {"STOP": "end", "MAX_TOKENS": "max_tokens", "SAFETY": "refusal"}
    for reason, signal in endings.items():
        candidate = {"content": {"role": "model"}, "finishReason": reason}
        reply = reply_of({"candidates": [candidate]})
        assert reply.stop.signal == signal
        [read] = server.read_by_sdk(TRAFFIC.written(reply, stream), stream)
        assert read.candidates and read.candidates[0].finish_reason == reason
