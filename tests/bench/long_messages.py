"""Long messages and streams: four times as much takes about four times as long."""

from __future__ import annotations

import json
from collections.abc import Callable
from time import process_time
from typing import Any

from roundtrip.conversation import Conversation, Message, Options, Text, ToolCall, ToolResult
from roundtrip.wires.wire import WIRES, WireRequest, wire_named
from tests.bench.figures import Figure

FEW, TIMES = 500, 4
BOUND = 9.0
"""Between what is proportional (4 times as long) and what is quadratic (16 times)."""


def took(work: Callable[[int], Callable[[], Any]], size: int) -> float:
    """Seconds of the processor, the least of several runs: others use it too."""
    run = work(size)
    spent = []
    for _ in range(3):
        began = process_time()
        run()
        spent.append(process_time() - began)
    return min(spent)


def chat(messages: list[dict[str, Any]]) -> Callable[[], Any]:
    body = json.dumps({"model": "m", "messages": messages}).encode()
    request = WireRequest("POST", "", (), body)
    return lambda: wire_named("openai-chat").decode_request(request)


def results_in_a_row(size: int) -> Callable[[], Any]:
    return chat([{"role": "tool", "tool_call_id": f"c{n}", "content": "1"} for n in range(size)])


def answers_in_a_row(size: int) -> Callable[[], Any]:
    return chat([{"role": "assistant", "content": "Yes."} for _ in range(size)])


def chunks(choices: list[dict[str, Any]]) -> Callable[[], Any]:
    told = [
        json.dumps({"object": "chat.completion.chunk", "id": "x", "choices": [{"index": 0} | one]})
        for one in choices
    ]

    def run() -> None:
        decoder = wire_named("openai-chat").reply_decoder()
        for chunk in told:
            decoder.feed(chunk)
        decoder.finish()

    return run


def stream_with_log_probabilities(size: int) -> Callable[[], Any]:
    token = {"token": "a", "logprob": -0.1, "bytes": [97], "top_logprobs": []}
    one = {"delta": {"content": "a"}, "logprobs": {"content": [token], "refusal": None}}
    return chunks([one] * (8 * size))


def stream_of_content_in_parts(size: int) -> Callable[[], Any]:
    return chunks([{"delta": {"content": [{"type": "text", "text": "a"}]}}] * (8 * size))


def stream_of_calls_all_of_one_index(size: int) -> Callable[[], Any]:
    said = {"name": "f", "arguments": "{}"}
    calls = [{"index": 0, "id": f"c{n}", "function": said} for n in range(4 * size)]
    return chunks([{"delta": {"tool_calls": [call]}} for call in calls])


def parallel_calls_on(wire: str) -> Callable[[int], Callable[[], Any]]:
    """Calls without ids, each of a name of its own; their results come in the other order."""

    def work(size: int) -> Callable[[], Any]:
        names = [f"f{n}" for n in range(2 * size)]
        calls = tuple(ToolCall(id=None, name=name, arguments={}) for name in names)
        results = tuple(ToolResult(call_id=None, name=name) for name in reversed(names))
        messages = (
            Message(role="user", parts=(Text(text="Go."),)),
            Message(role="assistant", parts=calls),
            Message(role="user", parts=results),
        )
        conversation = Conversation(messages=messages)
        return lambda: wire_named(wire).encode_request(conversation, (), Options(model="m"))

    return work


READ = (
    results_in_a_row,
    answers_in_a_row,
    stream_with_log_probabilities,
    stream_of_content_in_parts,
    stream_of_calls_all_of_one_index,
)


def measure() -> list[Figure]:
    """By how much longer four times as much takes."""
    read = [(f"reading {work.__name__.replace('_', ' ')}", work) for work in READ]
    linked = [(f"{wire}: linking parallel calls", parallel_calls_on(wire)) for wire in WIRES]
    return [
        Figure(f"{name}, {TIMES} times", took(work, TIMES * FEW) / took(work, FEW), "x", BOUND)
        for name, work in (*read, *linked)
    ]
