"""What the `openai-chat` wire writes as a server, read by the official SDK as a client."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionChunk

from roundtrip.conversation import Reply
from tests.recordings import ABSENT, recorded
from tests.wires.openai_chat_traffic import TRAFFIC, calls_of, reply_json, reply_of

REPLIES = [case for case in recorded("openai-chat") if "error" not in reply_json(case.response)]

pytestmark = pytest.mark.skipif(not REPLIES, reason=ABSENT)

QUESTION: Any = {"model": "m", "messages": [{"role": "user", "content": "?"}]}


def client_that_receives(reply: Reply, stream: bool) -> OpenAI:
    http = TRAFFIC.client_that_receives(reply, stream)
    return OpenAI(api_key="any", base_url="http://127.0.0.1", http_client=http)


@pytest.mark.parametrize("stream", [False, True], ids=["body", "stream"])
def test_the_sdk_reads_our_replies_as_the_recorded_ones(
    stream: bool, full: bool, sample: random.Random
) -> None:
    for case in REPLIES if full else sample.sample(REPLIES, 60):
        completions = client_that_receives(reply_of(case.response), stream).chat.completions
        replying = completions.create(**QUESTION, stream=stream)
        read = put_together(replying) if stream else replying.model_dump()
        said = reply_json(case.response)
        told, reads = said["choices"][0], read["choices"][0]
        message, heard = told.get("message") or {}, reads["message"] or {}
        assert reads["finish_reason"] == told["finish_reason"], case.name
        assert (heard.get("content") or "") == (message.get("content") or ""), case.name
        assert heard.get("refusal") == message.get("refusal"), case.name
        assert calls_of(heard) == calls_of(message), case.name
        assert (read["usage"] or {}).get("total_tokens") == (said["usage"] or {}).get(
            "total_tokens"
        ), case.name


def put_together(chunks: Iterable[ChatCompletionChunk]) -> Any:
    """The SDK's chunks as a body, by hand: its own accumulator breaks on some recordings."""
    body: Any = {"choices": [{"message": {}, "finish_reason": None}], "usage": None}
    first = body["choices"][0]
    message = first["message"]
    for chunk in chunks:
        body["usage"] = chunk.usage.model_dump() if chunk.usage else body["usage"]
        for choice in chunk.choices:
            if choice.index:
                continue
            first["finish_reason"] = choice.finish_reason or first["finish_reason"]
            for field in ("content", "refusal"):
                piece = getattr(choice.delta, field)
                if piece is not None:
                    message[field] = (message.get(field) or "") + piece
            for piece in choice.delta.tool_calls or ():
                take_call(message.setdefault("tool_calls", []), piece.model_dump())
            if choice.delta.function_call:
                take_said(message.setdefault("function_call", {}), choice.delta.function_call)
    return body


def take_call(calls: list[Any], piece: Any) -> None:
    if len(calls) <= piece["index"]:
        calls.append(piece)
        return
    for field in ("function", "custom"):
        for name, more in (piece.get(field) or {}).items():
            known = calls[piece["index"]].setdefault(field, {})
            known[name] = (known.get(name) or "") + (more or "")


def take_said(said: Any, piece: Any) -> None:
    said["name"] = said.get("name") or piece.name
    said["arguments"] = said.get("arguments", "") + (piece.arguments or "")


def test_the_sdks_own_accumulator_reads_our_streams(full: bool, sample: random.Random) -> None:
    for case in REPLIES if full else sample.sample(REPLIES, 60):
        client = client_that_receives(reply_of(case.response), stream=True)
        with client.chat.completions.stream(**QUESTION) as replying:
            snapshots = [event.type for event in replying]
            read = replying.current_completion_snapshot
        assert snapshots, case.name
        said = calls_of((reply_json(case.response)["choices"][0].get("message")) or {})
        if read.choices and not any(text for *_, text in said):
            assert calls_of(read.choices[0].message.model_dump()) == said, case.name
