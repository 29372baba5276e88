"""JSON that looks like a wire's and is neither request nor reply, for hypothesis to draw.

Owns each wire's words and the shapes they are thrown into. Does not own what must hold of them
(`test_properties.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from hypothesis import strategies as st

from tests.wires.conversations import names, scalars, words

Strategy = st.SearchStrategy
nowhere_else = st.none()


@dataclass(frozen=True)
class Nonsense:
    """What one wire's decoders are given."""

    events: Strategy[list[Any]]
    """Of a stream, as parsed JSON."""

    bodies: Strategy[Any]
    """Of a request."""

    paths: Strategy[str | None] = nowhere_else
    """Where a request goes; None: where it should."""

    replies: Literal["equal", "both ways", "written"] = "both ways"
    """What holds of a reply read from such events: it comes back equal, it comes back the same as
    body and as stream, or it can at least be written as both."""

    requests: Literal["whole", "unless listed", "written"] = "unless listed"
    """What holds of a request that can be read: it comes back to the letter, it does where no
    change is listed, or it can at least be written."""


def garbage_of(fields: list[str], *others: Strategy[Any]) -> Strategy[Any]:
    """Any JSON of these field names, and of these words and numbers beside any others."""
    return st.recursive(
        st.one_of(scalars, *others),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(fields), inner, max_size=6)
        ),
        max_leaves=25,
    )


def _anthropic() -> Nonsense:
    kinds = [
        *("message", "message_start", "message_delta", "content_block_start"),
        *("text", "tool_use", "thinking", "tool_result", "error"),
    ]
    inside = ["type", "message", "content", "delta", "content_block", "usage"]
    fields = [*inside, "index", "error", "role", "id", "name", "input", "text", "stop_reason"]
    event = st.recursive(
        st.dictionaries(st.sampled_from(fields), scalars | st.sampled_from(kinds)),
        lambda inner: st.dictionaries(
            st.sampled_from(inside),
            inner | st.lists(inner, max_size=2) | st.sampled_from(kinds[:2]),
        ),
        max_leaves=6,
    )
    asked = ["system", "tools", "tool_choice", "thinking", "input_schema", "tool_use_id"]
    garbage = garbage_of([*fields, *asked], st.sampled_from([*kinds, "user", "assistant", "auto"]))
    block = st.dictionaries(st.sampled_from([*fields, *asked]), garbage, max_size=4)
    message = st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system"])},
        optional={"content": words | garbage | st.lists(block, max_size=2)},
    )
    body = st.fixed_dictionaries(
        {"model": words, "messages": st.lists(message | garbage, max_size=3)},
        optional={name: garbage for name in ("max_tokens", *asked[:4])},
    )
    return Nonsense(st.lists(event, min_size=1, max_size=3), garbage | body)


def _openai_chat() -> Nonsense:
    fields = [
        *("id", "object", "model", "choices", "index", "message", "delta", "finish_reason"),
        *("role", "content", "tool_calls", "function_call", "function", "custom", "name"),
        *("arguments", "input", "type", "refusal", "reasoning", "reasoning_details", "usage"),
        *("prompt_tokens", "prompt_tokens_details", "cached_tokens", "text", "logprobs", "error"),
        *("messages", "tools", "functions", "tool_choice", "tool_call_id", "parameters", "audio"),
    ]
    odd_words = [
        *("chat.completion", "chat.completion.chunk", "error", "assistant", "user", "tool"),
        *("system", "function", "custom", "text", "refusal", "{}", '{"a":', "stop", "auto"),
    ]
    garbage = garbage_of(fields, st.sampled_from(odd_words))
    head = st.fixed_dictionaries(
        {
            "object": st.sampled_from(["chat.completion", "chat.completion.chunk", None]),
            "choices": st.lists(garbage, max_size=3),
            "usage": garbage,
        }
    )
    said = st.fixed_dictionaries(
        {"name": names}, optional={"arguments": st.none() | words, "x": scalars}
    )
    call = st.fixed_dictionaries({"id": st.none() | words, "function": said})
    message = st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "tool", "system", "function"])},
        optional={
            "content": st.none() | words | st.lists(garbage, max_size=2),
            "tool_call_id": words,
            "name": words,
            "tool_calls": st.lists(call, max_size=2),
            "function_call": st.fixed_dictionaries({"name": names, "arguments": words}),
            "reasoning": words | garbage,
            "refusal": st.none() | words,
            "extra": garbage,
        },
    )
    like_one = st.fixed_dictionaries(
        {"model": st.just("m"), "messages": st.lists(message, max_size=5)}
    )
    odd = st.builds(
        lambda messages, tools, field, other: {
            "model": "m",
            "messages": messages,
            "tools": tools,
            field: other,
        },
        st.lists(garbage, max_size=3),
        garbage,
        st.sampled_from(fields),
        garbage,
    )
    return Nonsense(
        st.tuples(head, garbage).map(list) | st.tuples(head).map(list),
        like_one | odd,
        replies="written",
    )


def _openai_responses() -> Nonsense:
    kinds = [
        *(f"response.{kind}" for kind in ("created", "completed", "output_item.added")),
        *(f"response.{kind}" for kind in ("content_part.added", "output_text.delta", "failed")),
        *(f"response.{kind}" for kind in ("function_call_arguments.delta", "output_text.done")),
        *(f"response.{kind}" for kind in ("reasoning_summary_part.added", "error")),
        *("response.output_text.annotation.added", "error", "message", "reasoning"),
        *("custom_tool_call", "function_call", "function_call_output", "output_text", "refusal"),
        "shell_call",
    ]
    fields = [
        *("type", "response", "item", "output", "content", "summary", "part", "delta", "usage"),
        *("output_index", "content_index", "summary_index", "status", "incomplete_details"),
        *("error", "role", "call_id", "name", "arguments", "input", "text", "id", "annotations"),
        *("model", "input_tokens_details", "environment", "instructions", "tools"),
        *("tool_choice", "reasoning"),
    ]
    field = st.sampled_from(fields)
    garbage = garbage_of(fields, st.integers(-1, 2), st.sampled_from([*kinds, "assistant"]))
    event = st.fixed_dictionaries(
        {"type": st.sampled_from(kinds)},
        optional={
            "response": st.dictionaries(field, garbage, max_size=4),
            "item": st.dictionaries(field, garbage, max_size=6),
            "part": garbage,
            "delta": garbage,
            "output_index": st.integers(0, 1),
            "content_index": st.integers(-1, 1),
            "summary_index": st.integers(-1, 1),
        },
    )
    bodies = st.dictionaries(field, garbage)
    named = bodies.map(lambda body: body | {"model": "m"})
    events = st.lists(event | garbage, max_size=5)
    return Nonsense(
        events,
        garbage | bodies | named,
        replies="equal",
        requests="whole",
    )


def _gemini() -> Nonsense:
    fields = [
        *("contents", "parts", "text", "functionCall", "function_call", "functionResponse"),
        *("response", "name", "args", "thought", "thoughtSignature", "role", "tools"),
        *("functionDeclarations", "parameters", "toolConfig", "functionCallingConfig", "mode"),
        *("allowedFunctionNames", "generationConfig", "thinkingConfig", "thinkingBudget"),
        *("maxOutputTokens", "candidates", "content", "finishReason", "index", "usageMetadata"),
        *("promptTokenCount", "promptFeedback", "blockReason", "partialArgs", "jsonPath"),
        *("stringValue", "willContinue", "systemInstruction", "finish_reason", "usage_metadata"),
        *("partial_args", "will_continue", "prompt_token_count", "prompt_feedback"),
    ]
    odd_words = ["user", "model", "STOP", "ANY", "VALIDATED", "$.a[0].b", "$.a", "$", "x"]
    garbage = garbage_of(fields, st.sampled_from(odd_words))
    shaped = st.fixed_dictionaries(
        {"candidates": st.lists(st.fixed_dictionaries({"content": garbage}), max_size=2)}
    )
    parts = st.lists(st.dictionaries(st.sampled_from(fields), garbage, max_size=2), max_size=3)
    filled = parts.map(lambda told: {"candidates": [{"content": {"parts": told}}]})
    like_one = st.fixed_dictionaries(
        {"contents": st.lists(st.fixed_dictionaries({"parts": parts}), max_size=2)},
        optional={"tools": garbage, "toolConfig": garbage, "generationConfig": garbage},
    )
    events = st.lists(garbage | shaped | filled, min_size=1, max_size=3)
    return Nonsense(
        events, garbage | like_one, st.none() | st.text(max_size=30), requests="written"
    )


NONSENSE = {
    "anthropic": _anthropic(),
    "openai-chat": _openai_chat(),
    "openai-responses": _openai_responses(),
    "gemini": _gemini(),
}
"""One a wire."""
