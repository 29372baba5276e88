"""`roundtrip decode` on each wire: one set of words for what each API spells its own way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from roundtrip.wires.wire import WIRES
from tests.json_lines import answered
from tests.recordings import ABSENT, recorded

NO_FIGURES = dict.fromkeys(("input", "output", "cache_read", "cache_write", "reasoning"))


def told(signal: str, provider: str | None, **more: Any) -> dict[str, Any]:
    """A whole answer; what is not named is empty."""
    stop = {"signal": signal, "provider": provider}
    empty = {"text": "", "refusal": None, "calls": [], "usage": None, "more_choices": 0}
    return empty | {"stop": stop} | more


def figures(**known: int) -> dict[str, int | None]:
    return NO_FIGURES | known


def chat(message: Any, finish: str | None = "stop", **body: Any) -> Any:
    choice = {"index": 0, "message": {"role": "assistant"} | message, "finish_reason": finish}
    return {"id": "c", "object": "chat.completion", "model": "m", "choices": [choice]} | body


def response(*output: Any, **body: Any) -> Any:
    head = {"id": "r", "object": "response", "model": "m", "status": "completed"}
    return head | {"output": list(output)} | body


def said(*content: Any) -> Any:
    return {"type": "message", "id": "msg", "role": "assistant", "content": list(content)}


def gemini(*parts: Any, finish: str | None = "STOP", **body: Any) -> Any:
    candidate = {"content": {"role": "model", "parts": list(parts)}}
    return {"candidates": [candidate | ({"finishReason": finish} if finish else {})]} | body


TOKYO = {"city": "Tokyo"}
CASES: list[tuple[str, str, Any, dict[str, Any]]] = [
    (
        "anthropic",
        "the cache stands beside the input, thinking within the output",
        {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": "Hi."}],
            "stop_reason": "end_turn",
            "usage": {
                "input_tokens": 10,
                "cache_read_input_tokens": 4,
                "cache_creation_input_tokens": 3,
                "output_tokens": 9,
                "output_tokens_details": {"thinking_tokens": 5},
            },
        },
        told(
            "end",
            "end_turn",
            text="Hi.",
            usage=figures(input=10, output=9, cache_read=4, cache_write=3, reasoning=5),
        ),
    ),
    (
        "openai-chat",
        "a forced function ends with stop, and is a call all the same",
        chat(
            {
                "content": None,
                "tool_calls": [
                    {
                        "id": "call_1",
                        "type": "function",
                        "function": {"name": "weather", "arguments": '{"city":"Tokyo"}'},
                    },
                    {
                        "id": "call_2",
                        "type": "function",
                        "function": {"name": "now", "arguments": ""},
                    },
                ],
            }
        ),
        told(
            "tool_calls",
            "stop",
            calls=[
                {"id": "call_1", "name": "weather", "arguments": TOKYO},
                {"id": "call_2", "name": "now", "arguments": {}},
            ],
        ),
    ),
    (
        "openai-chat",
        "the cache is taken out of the prompt",
        chat(
            {"content": "Hi."},
            usage={
                "prompt_tokens": 100,
                "completion_tokens": 20,
                "prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10},
                "completion_tokens_details": {"reasoning_tokens": 15},
            },
        ),
        told(
            "end",
            "stop",
            text="Hi.",
            usage=figures(input=30, output=20, cache_read=60, cache_write=10, reasoning=15),
        ),
    ),
    (
        "openai-chat",
        "a refusal has words of its own, and other choices are counted",
        chat({"content": None, "refusal": "No."})
        | {
            "choices": [
                chat({"content": None, "refusal": "No."})["choices"][0],
                {"index": 1, "message": {"content": "Yes."}, "finish_reason": "stop"},
            ]
        },
        told("refusal", "stop", refusal="No.", more_choices=1),
    ),
    (
        "openai-chat",
        "a custom call carries text",
        chat(
            {
                "content": None,
                "tool_calls": [
                    {"id": "call_1", "type": "custom", "custom": {"name": "sql", "input": "SELECT"}}
                ],
            },
            "tool_calls",
        ),
        told(
            "tool_calls",
            "tool_calls",
            calls=[{"id": "call_1", "name": "sql", "arguments_text": "SELECT"}],
        ),
    ),
    (
        "openai-chat",
        "a stream that ends without finish_reason",
        [
            {
                "id": "c",
                "object": "chat.completion.chunk",
                "model": "m",
                "choices": [
                    {
                        "index": 0,
                        "delta": {"role": "assistant", "content": "Hi"},
                        "finish_reason": None,
                    }
                ],
            }
        ],
        told("incomplete", None, text="Hi"),
    ),
    (
        "openai-responses",
        "calls are linked by call_id",
        response(
            {"type": "reasoning", "id": "rs", "summary": [{"type": "summary_text", "text": "…"}]},
            {
                "type": "function_call",
                "id": "fc",
                "call_id": "call_1",
                "name": "weather",
                "arguments": '{"city":"Tokyo"}',
                "status": "completed",
            },
            {
                "type": "custom_tool_call",
                "id": "ct",
                "call_id": "call_2",
                "name": "sql",
                "input": "S",
            },
            usage={
                "input_tokens": 100,
                "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10},
                "output_tokens": 20,
                "output_tokens_details": {"reasoning_tokens": 15},
            },
        ),
        told(
            "tool_calls",
            "completed",
            calls=[
                {"id": "call_1", "name": "weather", "arguments": TOKYO},
                {"id": "call_2", "name": "sql", "arguments_text": "S"},
            ],
            usage=figures(input=30, output=20, cache_read=60, cache_write=10, reasoning=15),
        ),
    ),
    (
        "openai-responses",
        "the status, with the reason when it is incomplete",
        response(
            said({"type": "output_text", "text": "Hi", "annotations": []}),
            status="incomplete",
            incomplete_details={"reason": "max_output_tokens"},
        ),
        told("max_tokens", "incomplete: max_output_tokens", text="Hi"),
    ),
    (
        "openai-responses",
        "a refusal",
        response(said({"type": "refusal", "refusal": "No."})),
        told("refusal", "completed", refusal="No."),
    ),
    *(
        (
            "openai-responses",
            f"not done: {status}",
            response(status=status),
            told("incomplete", status),
        )
        for status in ("queued", "in_progress")
    ),
    (
        "gemini",
        "calls without ids, thoughts beside the candidates",
        gemini(
            {"text": "Hmm.", "thought": True},
            {"text": "Let me look."},
            {"functionCall": {"name": "weather", "args": TOKYO}},
            {"functionCall": {"id": "f1", "name": "now"}},
            usageMetadata={
                "promptTokenCount": 100,
                "toolUsePromptTokenCount": 7,
                "cachedContentTokenCount": 60,
                "candidatesTokenCount": 20,
                "thoughtsTokenCount": 15,
            },
        ),
        told(
            "tool_calls",
            "STOP",
            text="Let me look.",
            calls=[
                {"id": None, "name": "weather", "arguments": TOKYO},
                {"id": "f1", "name": "now", "arguments": {}},
            ],
            usage=figures(input=47, output=35, cache_read=60, reasoning=15),
        ),
    ),
    (
        "gemini",
        "no finish signal",
        gemini({"text": "Hi"}, finish=None),
        told("incomplete", None, text="Hi"),
    ),
    (
        "gemini",
        "the list that a stream is without server-sent events",
        [gemini({"text": "H"}, finish=None), gemini({"text": "i"}, finish="MAX_TOKENS")],
        told("max_tokens", "MAX_TOKENS", text="Hi"),
    ),
    (
        "gemini",
        "a prompt that was blocked",
        {"promptFeedback": {"blockReason": "SAFETY"}},
        told("refusal", "SAFETY"),
    ),
]


@pytest.mark.parametrize(
    ("wire", "reply", "expected"),
    [
        pytest.param(wire, reply, expected, id=f"{wire}: {what}")
        for wire, what, reply, expected in CASES
    ],
)
def test_a_reply_is_told_in_the_words_all_wires_share(wire, reply, expected):
    assert answered("decode", "--wire", wire, lines=[reply]) == [expected]


@pytest.mark.parametrize("wire", ["openai-chat", "openai-responses"])
def test_arguments_that_do_not_parse_are_told_with_the_place(wire):
    function = {"name": "weather", "arguments": '{"city": '}
    call = {"id": "call_1", "type": "function", "function": function}
    item = {"type": "function_call", "id": "fc", "call_id": "call_1", **function}
    reply = chat({"tool_calls": [call]}) if wire == "openai-chat" else response(item)
    ((told_call,),) = [
        answer["calls"] for answer in answered("decode", "--wire", wire, lines=[reply])
    ]

    assert told_call.keys() == {"id", "name", "arguments_error"}
    assert "column" in told_call["arguments_error"] or "char" in told_call["arguments_error"]


FAILED: dict[str, Any] = {
    "anthropic": {"type": "error", "error": {"type": "rate_limit_error", "message": "Slow down."}},
    "openai-chat": {
        "error": {"type": "tokens", "code": "rate_limit_exceeded", "message": "Slow down."}
    },
    "openai-responses": response(
        status="failed", error={"code": "rate_limit_exceeded", "message": "Slow down."}
    ),
    "gemini": [{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Slow down."}}],
}


@pytest.mark.parametrize("wire", WIRES)
def test_a_failure_is_told_in_the_providers_words(wire):
    assert answered("decode", "--wire", wire, lines=[FAILED[wire]]) == [
        {"error": {"kind": "rate_limit", "message": "Slow down."}}
    ]


@pytest.mark.skipif(not list(recorded("anthropic")), reason=ABSENT)
@pytest.mark.parametrize("wire", WIRES)
def test_every_recorded_reply_is_told_and_only_refusals_are_errors(wire):
    cases = list(recorded(wire))
    answers = answered("decode", "--wire", wire, lines=[case.response for case in cases])

    assert len(answers) == len(cases) >= 250
    for case, answer in zip(cases, answers, strict=True):
        # A reply of status 200 may report a failure too: of a filter, or in a stream.
        refused = case.exchange["status"] >= 400 or '"error": {' in json.dumps(case.response)
        assert ("error" in answer) <= (refused or "response.failed" in case.response), case.name
        if "error" not in answer:
            assert answer.keys() == told("end", None).keys(), case.name
