"""How a request steers the reply: tools, tool choice, caps, thinking, both ways.

Owns every top-level field the vocabulary has a word for, except messages and system. The others
are kept in the options' native and come back in their places.
"""

from __future__ import annotations

from typing import Any, Literal

from roundtrip.conversation import (
    OUTPUT_TOKENS,
    Change,
    Native,
    Options,
    ProviderTool,
    ThinkingOption,
    ToolChoice,
    ToolDefinition,
)
from roundtrip.wires.anthropic.told import NAME, kept, template
from roundtrip.wires.json_text import Misshapen, expect, optional, required
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.redact import path_without_keys
from roundtrip.wires.schema import adapt, under
from roundtrip.wires.temperature import bearable
from roundtrip.wires.wire import Tools

LEAST_BUDGET = 1024
"""The smallest thinking budget the API takes."""

WHILE_THINKING = 1.0
"""The only temperature the API takes beside thinking, adaptive or with a budget."""

CHOICES = ("auto", "any", "none", "tool")
MODES: dict[str, Literal["budget", "adaptive", "off"]] = {
    "enabled": "budget",
    "adaptive": "adaptive",
    "disabled": "off",
}
HELD = ("max_tokens", "temperature", "stream")
"""Top-level fields whose spelling is kept though the options hold their value."""

TOLD = "told"
"""Marks, in the native, where a field stood whose value the options hold themselves."""

TYPES: dict[str, str] = {mode: kind for kind, mode in MODES.items()}


def read_options(body: dict[str, Any], path: str, headers: tuple[tuple[str, str], ...]) -> Options:
    """The options of a request's body; betas and unknown fields stay in the native.

    Raises `Misshapen`.
    """
    choice = optional(body, "tool_choice", dict, "")
    thinking = _read_thinking(body)
    told = {"tool_choice": choice, "thinking": thinking}
    marks = {field: TOLD for field, value in told.items() if value is not None}
    beside = kept(body, "model", "messages", "system", "tools", held=HELD, **marks).value
    betas = [[name, value] for name, value in headers if name.lower() == "anthropic-beta"]
    native = beside | {"path": path_without_keys(path), "headers": betas}
    disabled = choice.get("disable_parallel_tool_use") if choice else None
    return Options(
        model=required(body, "model", str, ""),
        stream=optional(body, "stream", bool, "") or False,
        tool_choice=None if choice is None else _read_choice(choice),
        parallel_tool_calls=_reads_parallel(disabled),
        max_output_tokens=optional(body, "max_tokens", int, ""),
        temperature=_read_number(body, "temperature"),
        thinking=thinking,
        native=Native(wire=NAME, value=native),
    )


def write_options(options: Options, has_tools: bool, changes: list[Change]) -> dict[str, Any]:
    """The fields of the body that carry the options, for `put`; always with `max_tokens`."""
    into = template(options.native)
    thinking = _write_thinking(options, into, has_tools, changes)
    return {
        "max_tokens": _write_cap(options, into, thinking, changes),
        "tool_choice": _write_choice(options, into, has_tools, changes),
        "temperature": _write_temperature(options, into, thinking, changes),
        "thinking": thinking,
        "stream": spelled(into, "stream", options.stream, reads=bool),
    }


def _write_cap(options: Options, into: dict[str, Any], thinking: Any, changes: list[Change]) -> Any:
    cap = spelled(into, "max_tokens", options.max_output_tokens)
    if into:
        return cap
    budget = thinking.get("budget_tokens", 0) if isinstance(thinking, dict) else 0
    if cap is ABSENT:
        cap, what = OUTPUT_TOKENS + budget, "set to {}: the API demands a cap and none was chosen"
    elif budget >= cap:
        cap, what = cap + budget, "raised to {}: the API wants more than the thinking budget"
    else:
        return cap
    changes.append(Change(where="options.max_output_tokens", what=what.format(cap)))
    return cap


def _write_temperature(
    options: Options, into: dict[str, Any], thinking: Any, changes: list[Change]
) -> Any:
    heat = bearable(NAME, options, changes)
    thinks = isinstance(thinking, dict) and thinking.get("type") != TYPES["off"]
    if thinks and heat not in (None, WHILE_THINKING) and not into:
        what = f"left out: while the model thinks this API takes none but {WHILE_THINKING:g}"
        changes.append(Change(where="options.temperature", what=what))
        return ABSENT
    return spelled(into, "temperature", heat)


def _untold(into: dict[str, Any], field: str) -> Any:
    """What stood in a field nothing was read from: null, or what the vocabulary has no word for."""
    return ABSENT if into.get(field) == TOLD else into.get(field, ABSENT)


def _read_number(body: dict[str, Any], field: str) -> float | None:
    value = body.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise Misshapen(f"{field}: Input should be a valid number")
    return value


def _read_choice(choice: dict[str, Any]) -> ToolChoice:
    mode = required(choice, "type", str, "tool_choice")
    if mode not in CHOICES:
        expected = ", ".join(f"'{word}'" for word in CHOICES)
        raise Misshapen(
            f"tool_choice: Input tag '{mode}' found using 'type' does not match any of the"
            f" expected tags: {expected}"
        )
    name = required(choice, "name", str, "tool_choice.tool") if mode == "tool" else None
    held = ("type", "name", "disable_parallel_tool_use")
    return ToolChoice(mode=mode, name=name, native=kept(choice, held=held))


def _write_choice(
    options: Options, into: dict[str, Any], has_tools: bool, changes: list[Change]
) -> Any:
    choice, parallel = options.tool_choice, options.parallel_tool_calls
    if choice is None and parallel is None:
        return _untold(into, "tool_choice")
    if not has_tools and not into:
        what = "left out: the API takes it only together with tools"
        changes.append(Change(where="options.tool_choice", what=what))
        return ABSENT
    choice = choice or ToolChoice(mode="auto")
    told = template(choice.native)
    field = "disable_parallel_tool_use"
    disabled = told.get(field, ABSENT)
    if _reads_parallel(told.get(field)) != parallel:
        disabled = ABSENT if parallel is None else not parallel
        if choice.mode == "none" and parallel is not None:
            what = "left out: with the choice none there are no calls"
            changes.append(Change(where="options.parallel_tool_calls", what=what))
            disabled = ABSENT
    name = choice.name if choice.mode == "tool" else ABSENT
    return put(told, {"type": choice.mode, "name": name, field: disabled})


def _reads_parallel(disabled: Any) -> bool | None:
    return None if disabled is None else not disabled


def _read_thinking(body: dict[str, Any]) -> ThinkingOption | None:
    thinking = optional(body, "thinking", dict, "")
    mode = MODES.get(str(thinking.get("type"))) if thinking else None
    if thinking is None or mode is None:
        return None  # a mode the vocabulary has no word for stays in the options' native
    budget = None
    if mode == "budget":
        budget = required(thinking, "budget_tokens", int, "thinking.enabled")
    native = kept(thinking, "type", "budget_tokens")
    return ThinkingOption(mode=mode, budget_tokens=budget, native=native)


def _write_thinking(
    options: Options, into: dict[str, Any], has_tools: bool, changes: list[Change]
) -> Any:
    thinking, choice = options.thinking, options.tool_choice
    if thinking is None:
        return _untold(into, "thinking")
    forced = has_tools and choice is not None and choice.mode in ("any", "tool")
    if forced and thinking.mode == "budget" and not into:
        what = "left out: the API takes no thinking budget beside a choice that forces a call"
        changes.append(Change(where="options.thinking", what=what))
        return ABSENT
    budget: Any = ABSENT
    if thinking.mode == "budget":
        budget = thinking.budget_tokens
        if budget is None:
            budget = LEAST_BUDGET
            what = f"set to {budget}: the API demands a budget and none was chosen"
            changes.append(Change(where="options.thinking.budget_tokens", what=what))
        elif budget < LEAST_BUDGET and not into:
            budget = LEAST_BUDGET
            what = f"raised to {budget}: the API takes no smaller one"
            changes.append(Change(where="options.thinking.budget_tokens", what=what))
    fields = {"type": TYPES[thinking.mode], "budget_tokens": budget}
    return put(template(thinking.native), fields)


def read_tools(body: dict[str, Any]) -> Tools:
    """Our definitions, and the provider's own tools as they stand. Raises `Misshapen`."""
    tools = expect(body.get("tools", []), list, "tools")
    return tuple(_read_tool(tool, f"tools.{n}") for n, tool in enumerate(tools))


def _read_tool(tool: Any, where: str) -> ToolDefinition | ProviderTool:
    kind = optional(expect(tool, dict, where), "type", str, where)
    if kind not in (None, "custom"):
        name = optional(tool, "name", str, where) or kind
        return ProviderTool(name=name, native=Native(wire=NAME, value=tool))
    return ToolDefinition(
        name=required(tool, "name", str, f"{where}.custom"),
        description=optional(tool, "description", str, f"{where}.custom"),
        input_schema=required(tool, "input_schema", dict, f"{where}.custom"),
        strict=optional(tool, "strict", bool, f"{where}.custom"),
        native=kept(tool, "name", "input_schema", held=("type", "description", "strict")),
    )


def write_tools(tools: Tools, told: bool, changes: list[Change]) -> Any:
    """The list of tools; absent when there are none and none were `told`."""
    written = []
    for n, tool in enumerate(tools):
        if isinstance(tool, ToolDefinition):
            written.append(_write_tool(tool, f"tools[{n}].input_schema", changes))
        elif tool.native.wire == NAME:
            written.append(tool.native.value)
        else:
            what = f"{tool.name} of {tool.native.wire} is left out: that provider runs it"
            changes.append(Change(where=f"tools[{n}]", what=what))
    return written if written or told else ABSENT


def _write_tool(tool: ToolDefinition, where: str, changes: list[Change]) -> dict[str, Any]:
    into = template(tool.native)
    schema = tool.input_schema
    if not into:  # what this wire was told it says again as it was
        schema, adapted = adapt(schema, NAME, strict=bool(tool.strict))
        changes += under(where, adapted)
    fields = {
        "name": tool.name,
        "description": spelled(into, "description", tool.description),
        "input_schema": schema,
        "strict": spelled(into, "strict", tool.strict),
    }
    return put(into, fields)
