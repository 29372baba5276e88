"""The Settings popover and the summary line beside it.

Owns the widgets. Each is keyed by the setting it changes and takes its value from the session, so
that a change is never lost to the one before it. Each is also told its value as a default: what
the session sets is sent to the browser once, and a popover that was closed then, or a rerun that
was overtaken, would leave the browser with an empty widget, whose value counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import streamlit as st

from components.settings import ANY_TOOL, Settings
from roundtrip.lines import count_of
from roundtrip.service import Service
from roundtrip.simulator.model import MODELS as SIMULATED_MODELS
from roundtrip.tools.tool import Tool
from roundtrip.wires.address import address_problem
from roundtrip.wires.wire import WIRES, wire_named

_CHOSEN = "settings"
_NAMES = "settings-tools"
_NO_CAP: dict[str, int | float] = {
    "round_trips": 0,
    "tokens": 0,
    "cost_usd": 0.0,
    "seconds": 0.0,
}
"""How each cap's field shows that there is none."""


def current() -> Settings:
    """What is chosen in this session."""
    chosen = st.session_state.get(_CHOSEN)
    return chosen if isinstance(chosen, Settings) else Settings()


def put(settings: Settings) -> None:
    """Choose all this. Call it before the popover is drawn."""
    st.session_state[_CHOSEN] = settings
    for one in fields(Settings):
        st.session_state[_key(one.name)] = getattr(settings, one.name)
    for name, none in _NO_CAP.items():
        st.session_state[_key(name)] = getattr(settings.caps, name) or none
    st.session_state[_key("sets_temperature")] = settings.temperature is not None
    if settings.temperature is None:
        del st.session_state[_key("temperature")]
    st.session_state.pop(_NAMES, None)


def settings_popover(service: Service, owner: str, tools: Sequence[Tool]) -> None:
    """Draw the summary line with the popover behind it, and keep what is chosen."""
    settings = current()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        summary = st.container(width="content")
        with st.popover("Settings", icon=":material/tune:", width="content"):
            settings = _who_answers(service, owner, settings)
            settings = _how(settings, tools)
            settings = _sampling(settings)
            settings = _caps(settings)
        # Written last: it tells what was chosen in this very rerun.
        summary.markdown(_summary(settings, tools), width="content")
    st.session_state[_CHOSEN] = settings


def _key(name: str) -> str:
    return f"setting-{name}"


def _held(name: str, value: Any) -> str:
    """The key of the widget for a setting, holding its value where the widget is new."""
    st.session_state.setdefault(_key(name), value)
    return _key(name)


def _hold(name: str, value: Any) -> str:
    """The key of a widget that is to show this value. Only before the widget is drawn."""
    st.session_state[_key(name)] = value
    return _key(name)


def _summary(settings: Settings, tools: Sequence[Tool]) -> str:
    """The choices at a glance, as badges. Holds no text of a person's own."""
    offered = [tool for tool in tools if tool.name not in settings.left_out]
    who = (
        ":orange-badge[:material/smart_toy: Simulated model, no key needed]"
        if settings.simulated
        else ":violet-badge[:material/cloud: A real model]"
    )
    rounds = settings.caps.round_trips
    told = [
        f"speaks {wire_named(settings.wire).title}",
        count_of(len(offered), "tool"),
        f"tool choice: {settings.tool_choice}",
        "step by step" if settings.stepwise else "runs to the end",
        f"cap {rounds} round trip{'' if rounds == 1 else 's'}"
        if rounds
        else "no cap on round trips",
    ]
    return " ".join([who, *(f":gray-badge[{_plain(words)}]" for words in told)])


def _plain(words: str) -> str:
    # An underscore in a tool's name is escaped, or Markdown would read it.
    kept = "".join(letter for letter in words if letter.isalnum() or letter in " :-_")
    return kept.replace("_", r"\_")


def _who_answers(service: Service, owner: str, settings: Settings) -> Settings:
    st.markdown("**Who answers**")
    simulated = st.segmented_control(
        "Who answers",
        [True, False],
        default=settings.simulated,
        key=_held("simulated", settings.simulated),
        format_func=lambda simulated: "Simulated model" if simulated else "A real model",
        label_visibility="collapsed",
        required=True,
    )
    wire = st.selectbox(
        "API",
        list(WIRES),
        index=list(WIRES).index(settings.wire),
        key=_held("wire", settings.wire),
        format_func=lambda name: wire_named(name).title,
        help="Which provider's spelling of function calling is spoken.",
    )
    known = SIMULATED_MODELS if simulated else wire_named(wire).models
    if simulated != settings.simulated or wire != settings.wire:
        _hold("model", Settings.model if simulated else known[0])
    held = st.session_state.get(_key("model"), settings.model)
    models = [*known, *([held] if held and held not in known else [])]
    model = st.selectbox(
        "Model",
        models,
        index=models.index(held) if held in models else 0,
        key=_held("model", settings.model),
        accept_new_options=True,
        help="Choose one, or type any name.",
    )
    settings = replace(settings, simulated=bool(simulated), wire=wire, model=model or known[0])
    return settings if simulated else _real(service, owner, settings)


def _real(service: Service, owner: str, settings: Settings) -> Settings:
    base_url = _address(settings.base_url) if service.allows_addresses else ""
    source = service.key_source(owner, settings.wire, base_url or None)
    with st.form("key", border=False, clear_on_submit=True):
        typed = st.text_input(
            "Key",
            type="password",
            placeholder=f"using {source.words}" if source else "paste a key",
            help="Kept in this server's memory for 12 hours at most; never stored or shown.",
            autocomplete="off",
        )
        with st.container(horizontal=True):
            use = st.form_submit_button("Use this key")
            forget = st.form_submit_button("Forget it", disabled=not (source and source.typed))
    if use and typed.strip():
        try:
            service.keep_key(owner, settings.wire, base_url or None, typed)
        except ValueError as error:
            st.error(f"That is no key: {error}.")
        else:
            st.rerun()
    if forget:
        service.forget_key(owner, settings.wire, base_url or None)
        st.rerun()
    if source is None:
        st.caption("There is no key yet: a question would fail. The simulated model needs none.")
    return replace(settings, base_url=base_url)


def _address(held: str) -> str:
    """The address of one's own; what cannot be one is said, and not kept."""
    typed = st.text_input(
        "Address",
        held,
        key=_held("base_url", held),
        placeholder="the provider's own",
        help="A base URL, if not the provider's own, e.g. of a gateway.",
    ).strip()
    problem = address_problem(typed) if typed else None
    if problem is None:
        return typed
    st.error(f"This address is not used: {problem}.", icon=":material/error:")
    return "" if address_problem(held) else held


def _how(settings: Settings, tools: Sequence[Tool]) -> Settings:
    st.markdown("**How**")
    stepwise = st.toggle(
        "Step by step",
        settings.stepwise,
        key=_held("stepwise", settings.stepwise),
        help="One click, one step.",
    )
    stream = st.toggle("Stream the reply", settings.stream, key=_held("stream", settings.stream))
    parallel = st.toggle(
        "Allow several calls at once",
        settings.parallel,
        key=_held("parallel", settings.parallel),
    )
    strict = st.toggle(
        "Strict arguments",
        settings.strict,
        key=_held("strict", settings.strict),
        help="The provider makes arguments fit the schema.",
    )
    left_out = _tools_offered(settings, [tool.name for tool in tools])
    choices = [*ANY_TOOL, *(tool.name for tool in tools if tool.name not in left_out)]
    choice = st.session_state.get(_key("tool_choice"), settings.tool_choice)
    if choice not in choices:
        choice = st.session_state[_hold("tool_choice", Settings.tool_choice)]
    tool_choice = st.selectbox(
        "Tool choice",
        choices,
        index=choices.index(choice),
        key=_held("tool_choice", settings.tool_choice),
        format_func=lambda name: ANY_TOOL.get(name, f"it must call {name}"),
    )
    system = st.text_area(
        "System prompt",
        settings.system,
        key=_held("system", settings.system),
        placeholder="none",
        height=80,
    )
    return replace(
        settings,
        stepwise=stepwise,
        stream=stream,
        parallel=parallel,
        strict=strict,
        tool_choice=tool_choice,
        system=system,
        left_out=left_out,
    )


def _tools_offered(settings: Settings, names: list[str]) -> tuple[str, ...]:
    """The tools a person left out. A tool that is new since the last rerun is offered."""
    kept = [name for name in names if name not in settings.left_out]
    if st.session_state.get(_NAMES) != names:
        st.session_state[_NAMES] = names
        _hold("offered", kept)
    offered = st.multiselect("Tools offered", names, kept, key=_key("offered"))
    return tuple(name for name in names if name not in offered)


def _sampling(settings: Settings) -> Settings:
    modes = ["off", "adaptive", "budget"]
    thinking = st.selectbox(
        "Thinking",
        modes,
        index=modes.index(settings.thinking),
        key=_held("thinking", settings.thinking),
    )
    budget = settings.budget_tokens
    if thinking == "budget":
        key = _held("budget_tokens", budget)
        budget = st.number_input(
            "Thinking budget (tokens)", 1024, 64_000, budget, step=1024, key=key
        )
    cap = st.number_input(
        "Output cap (tokens)",
        1,
        64_000,
        settings.max_output_tokens,
        step=256,
        key=_held("max_output_tokens", settings.max_output_tokens),
        help="A thinking budget comes on top.",
    )
    temperature = _temperature(settings)
    return replace(
        settings,
        thinking=thinking,
        budget_tokens=int(budget),
        max_output_tokens=int(cap),
        temperature=temperature,
    )


def _temperature(settings: Settings) -> float | None:
    said = settings.temperature is not None
    if not st.toggle(
        "Set the temperature",
        said,
        key=_held("sets_temperature", said),
        help="Off: not said, the provider decides. 0 is the most repeatable.",
    ):
        return None
    hottest = wire_named(settings.wire).hottest
    held = min(settings.temperature if settings.temperature is not None else hottest, hottest)
    return st.slider("Temperature", 0.0, hottest, held, 0.1, key=_held("temperature", held))


def _caps(settings: Settings) -> Settings:
    st.markdown("**Caps of a turn**")
    caps = settings.caps
    # 0 and not an empty field: an emptied field goes back to its default by itself.
    held = {name: getattr(caps, name) or none for name, none in _NO_CAP.items()}
    keys = {name: _held(name, value) for name, value in held.items()}
    left, right = st.columns(2)
    rounds = left.number_input("Round trips", 0, 1000, held["round_trips"], key=keys["round_trips"])
    tokens = right.number_input("Tokens", 0, None, held["tokens"], step=10_000, key=keys["tokens"])
    dollars = left.number_input(
        "US dollars", 0.0, None, held["cost_usd"], step=0.5, key=keys["cost_usd"]
    )
    seconds = right.number_input(
        "Seconds", 0.0, None, held["seconds"], step=30.0, key=keys["seconds"]
    )
    st.caption("0: no cap. The same call three times over ends a turn too.")
    chosen = {"round_trips": rounds, "tokens": tokens, "cost_usd": dollars, "seconds": seconds}
    return replace(
        settings, caps=caps.model_copy(update={name: cap or None for name, cap in chosen.items()})
    )
