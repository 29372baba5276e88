"""How a request steers the reply: model, streaming, function calling, caps, thinking, both ways.

Owns everything the vocabulary has a word for, except contents, system and tools; it stands in the
URL, in `generationConfig` and in `toolConfig`. The rest is kept in the options' native and comes
back in its place: the fields of the two configurations stand there as `generationConfig.seed`.
"""

from __future__ import annotations

from typing import Any, Literal

from roundtrip.conversation import Change, Native, Options, ThinkingOption, ToolChoice
from roundtrip.wires.gemini.path import other_method, read_path
from roundtrip.wires.gemini.told import NAME, TOLD, camel, kept, spelling, template
from roundtrip.wires.json_text import Misshapen, expect, optional
from roundtrip.wires.lens import ABSENT, put, spelled
from roundtrip.wires.losses import sayable
from roundtrip.wires.redact import path_without_keys
from roundtrip.wires.temperature import bearable
from roundtrip.wires.wire import Tools

GROUPS = ("generationConfig", "toolConfig")
CAP = "generationConfig.maxOutputTokens"
TEMPERATURE = "generationConfig.temperature"
THINKING = "generationConfig.thinkingConfig"
CALLING = "toolConfig.functionCallingConfig"

VALIDATED = "VALIDATED"
"""The mode in which arguments fit the schemas: this API's word for strict."""

MODES: dict[str, Literal["auto", "any", "none"]] = {
    "AUTO": "auto",
    "ANY": "any",
    "NONE": "none",
    VALIDATED: "auto",
}
_NUMBERED = ("MODE_UNSPECIFIED", *MODES)
"""In the order of their numbers, which may stand for them."""

WORDS = {"auto": "AUTO", "any": "ANY", "none": "NONE", "tool": "ANY"}
ADAPTIVE = -1
"""The thinking budget by which the model decides itself."""


def flat(body: dict[str, Any]) -> dict[str, Any]:
    """The body with the fields of its configurations beside the others. Raises `Misshapen`."""
    fields: dict[str, Any] = {}
    for name, value in body.items():
        if camel(name) in GROUPS and value:
            config = expect(value, dict, name)
            fields |= {f"{name}.{inner}": told for inner, told in config.items()}
        else:
            fields[name] = value
    return fields


def nested(fields: dict[str, Any]) -> dict[str, Any]:
    """The inverse of `flat`; a configuration stands where its first field does."""
    body: dict[str, Any] = {}
    for name, value in fields.items():
        group, dot, inner = name.partition(".")
        if dot and camel(group) in GROUPS:
            body[group] = (body.get(group) or {}) | {inner: value}
        else:
            body[name] = value
    return body


def place(fields: dict[str, Any], wanted: str) -> str:
    """The name under which flat fields have one, e.g. `generation_config.maxOutputTokens`."""
    found = spelling(fields, wanted)
    group, dot, inner = wanted.partition(".")
    if not dot or found in fields:
        return found
    groups = [name.partition(".")[0] for name in fields]
    return f"{spelling(groups, group)}.{inner}"


def read_options(fields: dict[str, Any], path: str, **told: Any) -> tuple[Options, bool]:
    """The options of a request's flat body, and whether its mode is VALIDATED.

    `told`: marks of the fields that others read. Raises `Misshapen`.
    """
    calling, thinking = place(fields, CALLING), place(fields, THINKING)
    choice, strict = _read_choice(optional(fields, calling, dict, ""))
    thought = _read_thinking(optional(fields, thinking, dict, ""))
    marks = told | ({calling: TOLD} if choice else {}) | ({thinking: TOLD} if thought else {})
    cap, temperature = place(fields, CAP), place(fields, TEMPERATURE)
    beside = kept(fields, held=("model", cap, temperature), **marks)
    named, stream = _asked(path, optional(fields, "model", str, ""))
    options = Options(
        model=named,
        stream=stream,
        tool_choice=choice,
        max_output_tokens=optional(fields, cap, int, ""),
        temperature=_read_number(fields, temperature),
        thinking=thought,
        native=Native(wire=NAME, value=beside.value | {"path": path_without_keys(path)}),
    )
    return options, strict


def _asked(path: str, named: str | None) -> tuple[str, bool]:
    """The model and whether to stream: the URL says it; some clients say the model twice.

    Raises `Misshapen` for a URL that asks something else of a model.
    """
    if method := other_method(path):
        raise Misshapen(
            f"The URL asks for {method}: a request for a reply goes to generateContent or"
            " streamGenerateContent"
        )
    model, stream = read_path(path) or ("", False)
    return model or (named or "").removeprefix("models/"), stream


def write_options(
    options: Options, into: dict[str, Any], tools: Tools, changes: list[Change]
) -> dict[str, Any]:
    """The flat fields that carry the options, for `put`."""
    calling, thinking = place(into, CALLING), place(into, THINKING)
    cap, temperature = place(into, CAP), place(into, TEMPERATURE)
    if options.parallel_tool_calls is False:
        what = "left out: this API has no switch against several calls at once"
        changes.append(Change(where="options.parallel_tool_calls", what=what))
    return {
        "model": _write_model(options, into),
        calling: _write_choice(options, into.get(calling, ABSENT), tools, changes, bool(into)),
        temperature: spelled(into, temperature, bearable(NAME, options, changes)),
        cap: spelled(into, cap, options.max_output_tokens),
        thinking: _write_thinking(options.thinking, into.get(thinking, ABSENT), changes),
    }


def _write_model(options: Options, into: dict[str, Any]) -> Any:
    named = into.get("model")
    if named is None or options.native is None:
        return into.get("model", ABSENT)
    if _asked(options.native.value["path"], named)[0] == options.model:
        return named
    return ("models/" if named.startswith("models/") else "") + options.model


def _read_number(fields: dict[str, Any], field: str) -> float | None:
    value = fields.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float | None):
        raise Misshapen(f"{field}: Input should be a valid number")
    return value


def _read_choice(config: dict[str, Any] | None) -> tuple[ToolChoice | None, bool]:
    if config is None:
        return None, False
    mode = config.get("mode")
    if type(mode) is int and 0 <= mode < len(_NUMBERED):
        mode = _NUMBERED[mode]
    if mode in (None, _NUMBERED[0]):
        return None, False
    word = mode.upper() if isinstance(mode, str) else ""
    if word not in MODES:
        raise Misshapen(f"Invalid value at 'tool_config.function_calling_config.mode': {mode!r}")
    names = config.get(spelling(config, "allowedFunctionNames"))
    held = ["mode"]
    if word == "ANY" and isinstance(names, list) and len(names) == 1 and isinstance(names[0], str):
        held.append(spelling(config, "allowedFunctionNames"))
        choice = ToolChoice(mode="tool", name=names[0], native=kept(config, held=held))
    else:
        choice = ToolChoice(mode=MODES[word], native=kept(config, held=held))
    return choice, word == VALIDATED


def _write_choice(
    options: Options, untold: Any, tools: Tools, changes: list[Change], decoded: bool
) -> Any:
    choice = options.tool_choice
    strict = _wants_strict(tools)
    if choice is None and not strict:
        return ABSENT if untold == TOLD else untold
    if not sayable(NAME, tools) and not decoded:
        what = "left out: the API takes it only together with functions"
        changes.append(Change(where="options.tool_choice", what=what))
        return ABSENT
    mode = choice.mode if choice else "auto"
    told = template(choice.native) if choice else {}
    if told:
        read, was_strict = _read_choice(told)
        same = read is not None and choice is not None and read.name == choice.name
        if same and read and read.mode == mode and (mode != "auto" or was_strict == strict):
            return told
    word = VALIDATED if strict and mode == "auto" else WORDS[mode]
    changes += _made_strict(tools) if word == VALIDATED else _not_said_strict(tools, word)
    names = [choice.name] if choice and mode == "tool" else ABSENT
    return put(told, {"mode": word, spelling(told, "allowedFunctionNames"): names})


def _wants_strict(tools: Tools) -> bool:
    return any(getattr(tool, "strict", None) for tool in tools)


def _made_strict(tools: Tools) -> list[Change]:
    what = "strict too: mode VALIDATED holds every function to its schema"
    return [
        Change(where=f"tools[{n}].strict", what=what)
        for n, tool in enumerate(tools)
        if getattr(tool, "strict", True) is not True
    ]


def _not_said_strict(tools: Tools, word: str) -> list[Change]:
    what = f"not said: strict is the mode {VALIDATED} here, and the tool choice is the mode {word}"
    return [
        Change(where=f"tools[{n}].strict", what=what)
        for n, tool in enumerate(tools)
        if getattr(tool, "strict", None)
    ]


def _read_thinking(config: dict[str, Any] | None) -> ThinkingOption | None:
    if config is None:
        return None
    mode = _thinking_of(config)
    if mode is None:
        return None  # it says nothing of how much
    budget = config[spelling(config, "thinkingBudget")] if mode == "budget" else None
    held = [spelling(config, "thinkingBudget")]
    return ThinkingOption(mode=mode, budget_tokens=budget, native=kept(config, held=held))


def _thinking_of(config: dict[str, Any]) -> Literal["off", "adaptive", "budget"] | None:
    budget = optional(config, spelling(config, "thinkingBudget"), int, "thinking_config")
    if budget is not None:
        return "off" if budget == 0 else "budget" if budget > 0 else "adaptive"
    level = config.get(spelling(config, "thinkingLevel"))
    shown = config.get(spelling(config, "includeThoughts"))
    return "adaptive" if level or shown else None


def _write_thinking(thinking: ThinkingOption | None, untold: Any, changes: list[Change]) -> Any:
    if thinking is None:
        return ABSENT if untold == TOLD else untold
    told = template(thinking.native)
    budget_field = spelling(told, "thinkingBudget")
    same = told and _thinking_of(told) == thinking.mode
    if same and (thinking.mode != "budget" or told[budget_field] == thinking.budget_tokens):
        return told
    budget = {"off": 0, "adaptive": ADAPTIVE, "budget": thinking.budget_tokens}[thinking.mode]
    if budget is None:
        budget = ADAPTIVE
        what = "left to the model: no budget was chosen"
        changes.append(Change(where="options.thinking.budget_tokens", what=what))
    shown = {} if told or thinking.mode == "off" else {"includeThoughts": True}
    level = {spelling(told, "thinkingLevel"): ABSENT}  # refused beside a budget
    return put(told, shown | level | {budget_field: budget})
