"""How a request steers the reply: caps, temperature, reasoning, streaming, and the choice of a
tool, both ways.

Owns every top-level field the vocabulary has a word for, except messages and tools. The others
are kept in the options' native and come back in their places.
"""

from __future__ import annotations

import re
from typing import Any

from roundtrip.conversation import Change, Native, Options, ThinkingOption
from roundtrip.wires.lens import ABSENT, spelled
from roundtrip.wires.losses import sayable
from roundtrip.wires.openai_chat.shapes import optional, required, wrong_type
from roundtrip.wires.openai_chat.told import NAME, TOLD, kept, template
from roundtrip.wires.openai_chat.tools import read_choice, write_choice
from roundtrip.wires.openai_efforts import (
    FIELDS,
    NO_EFFORT,
    USUAL_EFFORT,
    effort_of,
    told_effort,
)
from roundtrip.wires.redact import path_without_keys
from roundtrip.wires.temperature import bearable
from roundtrip.wires.wire import Tools

CAPS = ("max_completion_tokens", "max_tokens")
"""The second is the older word, the only one that some compatible servers know."""

NEWER_WORD = re.compile(r"(?:ft:)?(?:gpt-|o\d|chatgpt-|codex-|computer-use-|sim-)")
"""Models that are told their cap in the newer word: OpenAI's own, some of which refuse the older
one. A compatible server that does not know the newer one would drop the cap without a word."""

HELD = (*CAPS, "temperature", "stream", "parallel_tool_calls")
"""Top-level fields whose spelling is kept though the options hold their value."""

EFFORT = FIELDS[NAME]


def read_options(body: dict[str, Any], path: str) -> Options:
    """The options of a request's body; unknown fields stay in the native. Raises `Misshapen`."""
    choice, choice_field = read_choice(body)
    marks = {choice_field: TOLD} if choice_field else {}
    marks |= {field: TOLD for field in ("tools", "functions") if body.get(field)}
    thinking = _read_thinking(body)
    if thinking is not None:
        marks[EFFORT] = TOLD
    beside = kept(body, "model", "messages", held=HELD, **marks).value
    native = beside | {"path": path_without_keys(path)}
    caps = (optional(body, field, int, "") for field in CAPS)
    return Options(
        model=required(body, "model", str, ""),
        stream=optional(body, "stream", bool, "") or False,
        tool_choice=choice,
        parallel_tool_calls=optional(body, "parallel_tool_calls", bool, ""),
        max_output_tokens=next((cap for cap in caps if cap is not None), None),
        temperature=_read_number(body, "temperature"),
        thinking=thinking,
        native=Native(wire=NAME, value=native),
    )


def _read_number(body: dict[str, Any], field: str) -> float | None:
    value = body.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise wrong_type(value, "a decimal", field)
    return value


def _read_thinking(body: dict[str, Any]) -> ThinkingOption | None:
    """An effort other than none leaves the amount to the model: which one, the native says."""
    effort = optional(body, EFFORT, str, "")
    if effort is None:
        return None
    if effort == NO_EFFORT:
        return ThinkingOption(mode="off")
    return ThinkingOption(mode="adaptive", native=kept({EFFORT: effort}))


def write_options(
    options: Options, tools: Tools, into: dict[str, Any], changes: list[Change]
) -> dict[str, Any]:
    """The fields of the body that carry the options, for `put`."""
    streams = spelled(into, "stream", options.stream, reads=bool)
    return {
        **_write_cap(options, into),
        "temperature": spelled(into, "temperature", bearable(NAME, options, changes)),
        EFFORT: _write_thinking(options, into, changes),
        **_write_choice(options, tools, into, changes),
        "parallel_tool_calls": _write_parallel(options, tools, into, changes),
        "stream": streams,
        "stream_options": _write_stream_options(options, into, changes),
    }


def _write_cap(options: Options, into: dict[str, Any]) -> dict[str, Any]:
    usual = CAPS[0] if into or NEWER_WORD.match(options.model) else CAPS[1]
    field = next((cap for cap in CAPS if into.get(cap) is not None), usual)
    return {field: spelled(into, field, options.max_output_tokens)}


def _write_thinking(options: Options, into: dict[str, Any], changes: list[Change]) -> Any:
    thinking = options.thinking
    if thinking is None:
        return ABSENT if into.get(EFFORT) == TOLD else into.get(EFFORT, ABSENT)
    if thinking.mode == "off":
        return NO_EFFORT
    if thinking.mode == "adaptive":
        own = template(thinking.native).get(EFFORT)
        return (told_effort(thinking) or _usual_effort(changes)) if own is None else own
    effort = effort_of(thinking.budget_tokens)
    what = f"said as the effort {effort!r}: this API takes no number of tokens for its reasoning"
    changes.append(Change(where="options.thinking.budget_tokens", what=what))
    return effort


def _usual_effort(changes: list[Change]) -> str:
    what = f"said as the effort {USUAL_EFFORT!r}: this API has no word that leaves it to the model"
    changes.append(Change(where="options.thinking.mode", what=what))
    return USUAL_EFFORT


def _write_choice(
    options: Options, tools: Tools, into: dict[str, Any], changes: list[Change]
) -> dict[str, Any]:
    marked = {
        field: ABSENT for field in ("tool_choice", "function_call") if into.get(field) == TOLD
    }
    choice = options.tool_choice
    if choice is None:
        return marked
    if not sayable(NAME, tools) and not into:
        changes.append(_only_with_tools("tool_choice"))
        return marked
    legacy = "functions" in into and "tools" not in into
    field = next(iter(marked), "function_call" if legacy else "tool_choice")
    return marked | {field: write_choice(choice, field, tools, changes)}


def _write_parallel(
    options: Options, tools: Tools, into: dict[str, Any], changes: list[Change]
) -> Any:
    if options.parallel_tool_calls is not None and not sayable(NAME, tools) and not into:
        changes.append(_only_with_tools("parallel_tool_calls"))
        return ABSENT
    return spelled(into, "parallel_tool_calls", options.parallel_tool_calls)


def _only_with_tools(option: str) -> Change:
    what = "left out: the API takes it only together with tools"
    return Change(where=f"options.{option}", what=what)


def _write_stream_options(options: Options, into: dict[str, Any], changes: list[Change]) -> Any:
    if not into:  # without it a stream says nothing of its tokens
        return {"include_usage": True} if options.stream else ABSENT
    told = into.get("stream_options", ABSENT)
    if told not in (ABSENT, None) and into.get("stream") and not options.stream:
        what = "left out: the API takes it only for a stream"
        changes.append(Change(where="options.stream_options", what=what))
        return ABSENT
    return told
