"""Where what one wire can say is not what the others can: data for `conversations.py`."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from roundtrip.conversation import Options, StopSignal, Usage
from roundtrip.wires.wire import Tools
from tests.wires import (
    anthropic_traffic,
    gemini_traffic,
    openai_chat_traffic,
    openai_responses_traffic,
)
from tests.wires.conversations import Speech, counts, objects, options_of, words
from tests.wires.traffic import changed


def _stops(**providers: list[str]) -> tuple[StopSignal, ...]:
    """Our word and the provider's own ones for it; that none came can be on every wire."""
    told = [(signal, word) for signal, said in providers.items() for word in said]
    return tuple(
        StopSignal.model_validate({"signal": signal, "provider": word})
        for signal, word in [*told, ("incomplete", None)]
    )


def _chat_ends(event: str) -> bool:
    if event == "[DONE]":
        return True
    return any(choice["finish_reason"] for choice in json.loads(event)["choices"])


def _responses_ends(event: str) -> bool:
    return json.loads(event)["type"] in ("response.completed", "response.incomplete")


def _thinking_as_allowed(options: Options) -> Options:
    """No thinking where a call is forced, a cap above its budget, no temperature beside it."""
    thinking = options.thinking
    if thinking is None or thinking.mode == "off":
        return options
    if options.tool_choice is not None and options.tool_choice.mode != "auto":
        return changed(options, thinking=None)
    cap = (options.max_output_tokens or 0) + (thinking.budget_tokens or 0) + 1
    return changed(options, max_output_tokens=cap, temperature=None)


def _said_where_not_forced(tools: Tools, options: Options) -> Tools:
    """Strict is a mode of the request; where a call is forced it is not said, and given anyway."""
    told = options.tool_choice is None or options.tool_choice.mode == "auto"
    return tuple(tool if told else changed(tool, strict=None) for tool in tools)


@st.composite
def _gemini_usages(draw: st.DrawFn) -> Usage:
    """The output is the answer's and the thoughts' tokens; nothing is written to a cache."""
    answer, thoughts = draw(counts), draw(counts)
    if answer is None:
        return Usage(input=draw(counts), cache_read=draw(counts))
    output = answer + (thoughts or 0)
    return Usage(input=draw(counts), output=output, cache_read=draw(counts), reasoning=thoughts)


_gemini_names = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,20}", fullmatch=True)
_gemini_schemas = st.fixed_dictionaries(
    {"type": st.just("object")},
    optional={
        "properties": st.dictionaries(
            st.text(max_size=8), st.sampled_from([{"type": "string"}, {"type": "integer"}])
        ),
        "description": st.text(max_size=20),
    },
)
_not_blank = words.filter(str.strip)

SPEECHES = {
    "anthropic": Speech(
        anthropic_traffic.TRAFFIC,
        # A choice and a cap are always said; without calls at all there is nothing to allow.
        options_of(
            choices=("auto", "any"),
            choice_said=True,
            cap_said=True,
            hottest=1,
            models=_not_blank,
            budgets_from=1024,
        ).map(_thinking_as_allowed),
        _stops(
            tool_calls=["tool_use"],
            end=["stop_sequence"],
            max_tokens=["model_context_window_exceeded"],
            refusal=["refusal"],
            paused=["pause_turn"],
        ),
        ends=lambda event: json.loads(event)["type"] == "message_delta",
        words=_not_blank,
        results=_not_blank,
        is_silent=lambda text: not text.strip(),
        calls_decide=False,
    ),
    "openai-chat": Speech(
        openai_chat_traffic.TRAFFIC,
        options_of(hottest=2),
        _stops(
            end=["stop", "tool_calls", "function_call"],
            max_tokens=["length"],
            refusal=["content_filter"],
        ),
        ends=_chat_ends,
        free_calls=True,
        results_apart=True,
        failures=False,
        keeps_roles=True,
        # A reply is one text, then calls.
        kinds=st.builds(
            lambda said, asked: ["text"] * said + ["call"] * asked,
            st.integers(0, 1),
            st.integers(0, 3),
        ),
        texts=st.text(min_size=1, max_size=90),
    ),
    "openai-responses": Speech(
        openai_responses_traffic.TRAFFIC,
        options_of(hottest=2),
        _stops(
            end=["completed"],
            max_tokens=["incomplete: max_output_tokens"],
            refusal=["incomplete: content_filter"],
            incomplete=["in_progress", "queued", "cancelled", "incomplete"],
        ),
        ends=_responses_ends,
        free_calls=True,
        results_apart=True,
        failures=False,
        strictness=st.booleans(),  # it has to be said
    ),
    "gemini": Speech(
        gemini_traffic.TRAFFIC,
        options_of(
            choice_said=True,
            hottest=2,
            models=words.filter(lambda model: not model.startswith("models/")),
            tool_names=_gemini_names,
            parallel=st.none(),
            budgets_from=1,
        ),
        _stops(
            end=["STOP"],
            max_tokens=["MAX_TOKENS"],
            refusal=["RECITATION"],
        ),
        ends=lambda event: gemini_traffic.finish_in(json.loads(event)) is not None,
        names=_gemini_names,
        ids=st.none() | st.uuids().map(str),
        results=words | objects.map(json.dumps),
        most_of_a_result=1,
        is_silent=lambda text: not text,
        thinks_aloud=True,
        schemas=_gemini_schemas,
        strictness=st.sampled_from([None, True]),
        strict_together=True,
        as_offered=_said_where_not_forced,
        listed=(".strict",),
        thoughts=words,
        usages=_gemini_usages(),
    ),
}
"""One a wire."""
