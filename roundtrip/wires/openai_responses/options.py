"""How a request steers the reply: choice, caps, reasoning, both ways.

Owns every top-level field the vocabulary has a word for, except input, instructions and tools. The
others are kept in the options' native and come back in their places; `previous_response_id` and
`conversation` among them: words that only the provider holds.
"""

from __future__ import annotations

import re
from typing import Any

from roundtrip.conversation import Change, Native, Options, ThinkingOption
from roundtrip.wires.json_text import Misshapen, optional, required
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.losses import sayable
from roundtrip.wires.openai_efforts import NO_EFFORT, effort_of, told_effort
from roundtrip.wires.openai_responses.told import NAME, kept, template
from roundtrip.wires.openai_responses.tools import read_choice, write_choice
from roundtrip.wires.redact import path_without_keys
from roundtrip.wires.temperature import bearable
from roundtrip.wires.wire import Tools

HELD = ("max_output_tokens", "temperature", "stream", "parallel_tool_calls")
"""Top-level fields whose spelling is kept though the options hold their value."""

TOLD = "told"
"""Marks, in the native, where a field stood whose value the options hold themselves."""

STANDALONE: dict[str, Any] = {"store": False}
"""So that every request says everything and the provider keeps nothing."""

REASONING_COMES_BACK: dict[str, Any] = {"include": ["reasoning.encrypted_content"]}
"""What a model thought goes back with the next request, in the only form there is unstored."""

WITHOUT_REASONING = re.compile(r"(?:ft:)?(?:gpt-3|gpt-4|chatgpt-)")
"""Models of these names refuse to be asked for it ("Encrypted content is not supported with this
model", status 400); of others it is asked, and one that did not reason sends none."""


def read_options(body: dict[str, Any], path: str, headers: tuple[tuple[str, str], ...]) -> Options:
    """The options of a request's body; unknown fields stay in the native. Raises `Misshapen`."""
    choice = None if body.get("tool_choice") is None else read_choice(body["tool_choice"])
    thinking = _read_thinking(optional(body, "reasoning", dict, ""))
    told = {"tool_choice": choice, "reasoning": thinking}
    marks = {name: TOLD for name, value in told.items() if value is not None}
    marks |= {"tools": TOLD} if body.get("tools") is not None else {}
    spoken = ("instructions",) if body.get("instructions") is not None else ()
    beside = kept(body, "model", "input", *spoken, held=HELD, **marks).value
    betas = [[name, value] for name, value in headers if name.lower() == "openai-beta"]
    native = beside | {"path": path_without_keys(path), "headers": betas}
    return Options(
        model=required(body, "model", str, ""),
        stream=optional(body, "stream", bool, "") or False,
        tool_choice=choice,
        parallel_tool_calls=optional(body, "parallel_tool_calls", bool, ""),
        max_output_tokens=optional(body, "max_output_tokens", int, ""),
        temperature=_read_number(body, "temperature"),
        thinking=thinking,
        native=Native(wire=NAME, value=native),
    )


def _read_number(body: dict[str, Any], name: str) -> float | None:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise Misshapen(f"{name}: Input should be a valid number")
    return value


def write_options(options: Options, tools: Tools, changes: list[Change]) -> dict[str, Any]:
    """The fields of the body that carry the options, for `put`."""
    into = template(options.native)
    fields = {
        "tool_choice": _write_choice(options, into, tools, changes),
        "parallel_tool_calls": spelled(into, "parallel_tool_calls", options.parallel_tool_calls),
        "max_output_tokens": spelled(into, "max_output_tokens", options.max_output_tokens),
        "temperature": spelled(into, "temperature", bearable(NAME, options, changes)),
        "reasoning": _write_thinking(options, into, changes),
        "stream": spelled(into, "stream", options.stream, reads=bool),
    }
    if into:
        return fields
    thinks = not WITHOUT_REASONING.match(options.model)
    return fields | STANDALONE | (REASONING_COMES_BACK if thinks else {})


def _untold(into: dict[str, Any], name: str) -> Any:
    """What stood in a field nothing was read from: null, or what the vocabulary has no word for."""
    return ABSENT if into.get(name) == TOLD else into.get(name, ABSENT)


def _write_choice(
    options: Options, into: dict[str, Any], tools: Tools, changes: list[Change]
) -> Any:
    if options.tool_choice is None:
        return _untold(into, "tool_choice")
    must_call = options.tool_choice.mode in ("any", "tool")
    if must_call and not sayable(NAME, tools) and not into:
        what = "left out: the API takes it only together with tools"
        changes.append(Change(where="options.tool_choice", what=what))
        return ABSENT
    return write_choice(options.tool_choice, tools)


def _read_thinking(reasoning: dict[str, Any] | None) -> ThinkingOption | None:
    """None where no effort and no summary is asked for: the provider decides."""
    if reasoning is None:
        return None
    effort = optional(reasoning, "effort", str, "reasoning")
    if effort is None and reasoning.get("summary") is None:
        return None
    if effort == NO_EFFORT:
        return ThinkingOption(mode="off", native=kept(reasoning, held=("effort",)))
    return ThinkingOption(mode="adaptive", native=kept(reasoning))


def _write_thinking(options: Options, into: dict[str, Any], changes: list[Change]) -> Any:
    thinking = options.thinking
    if thinking is None:
        return _untold(into, "reasoning")
    told = template(thinking.native)
    read = _read_thinking(told)
    if read is not None and read.mode == thinking.mode:
        return told
    if thinking.mode == "off":
        return put(told, {"effort": NO_EFFORT})
    if thinking.mode == "adaptive":
        return put(told, {"effort": told_effort(thinking) or ABSENT, "summary": "auto"})
    effort = effort_of(thinking.budget_tokens)
    what = f"becomes the effort {effort}: this API takes no number of tokens"
    changes.append(Change(where="options.thinking.budget_tokens", what=what))
    return put(told, {"effort": effort, "summary": "auto"})
