"""The Settings popover: who answers, with which options, under which caps.

Owns the widgets and what a person chose in them. What a choice means is the engine's: this gives
a `Setup`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from roundtrip.conversation import Options, ThinkingOption, ToolChoice
from roundtrip.events import Caps, OfferedTool, Setup
from roundtrip.service import Service
from roundtrip.tools.tool import Tool
from roundtrip.wires.wire import WIRES, wire_named

SIMULATED_MODELS = ("sim-large", "sim-small", "sim-thinker")
CHOICES = {
    "auto": "auto: the model decides",
    "any": "any: it must call a tool",
    "none": "none: it must not call a tool",
}
_STATE = "settings"


@dataclass(frozen=True)
class Settings:
    """What a person chose. The defaults are a first visit's."""

    simulated: bool = True
    wire: str = "anthropic"
    model: str = "sim-large"
    base_url: str = ""
    stepwise: bool = True
    stream: bool = True
    system: str = ""
    tool_choice: str = "auto"
    parallel: bool = True
    strict: bool = False
    max_output_tokens: int = 1024
    temperature: float | None = None
    thinking: str = "off"
    budget_tokens: int = 2048
    caps: Caps = field(default_factory=Caps)
    left_out: tuple[str, ...] = ()
    """Tools that are not offered; the others are, a new one included."""

    def setup(self, tools: Sequence[Tool]) -> Setup:
        """What the next turn is run with."""
        offered = [tool for tool in tools if tool.name not in self.left_out]
        return Setup(
            wire=self.wire,
            options=self._options({tool.name for tool in offered}),
            system=self.system.strip() or None,
            tools=tuple(_offered(tool, self.strict) for tool in offered),
            base_url=None if self.simulated else self.base_url.strip() or None,
            simulated=self.simulated,
            stepwise=self.stepwise,
            caps=self.caps,
        )

    def _options(self, offered: set[str]) -> Options:
        modes = {"off": None, "adaptive": ThinkingOption(mode="adaptive")}
        budget = ThinkingOption(mode="budget", budget_tokens=self.budget_tokens)
        return Options(
            model=self.model.strip(),
            stream=self.stream,
            tool_choice=_tool_choice(self.tool_choice, offered),
            parallel_tool_calls=None if self.parallel or not offered else False,
            max_output_tokens=self.max_output_tokens,
            temperature=self.temperature,
            thinking=modes.get(self.thinking, budget),
        )


def settings_of(setup: Setup, tools: Sequence[Tool]) -> Settings:
    """The settings that would make this setup again: a reload of a run finds them as they were."""
    options, choice = setup.options, setup.options.tool_choice
    offered = {tool.definition.name for tool in setup.tools}
    thinking = options.thinking
    return Settings(
        simulated=setup.simulated,
        wire=setup.wire,
        model=options.model,
        base_url=setup.base_url or "",
        stepwise=setup.stepwise,
        stream=options.stream,
        system=setup.system or "",
        tool_choice="auto" if choice is None else choice.name or choice.mode,
        parallel=options.parallel_tool_calls is not False,
        strict=any(tool.definition.strict for tool in setup.tools),
        max_output_tokens=options.max_output_tokens or 1024,
        temperature=options.temperature,
        thinking=thinking.mode if thinking else "off",
        budget_tokens=(thinking and thinking.budget_tokens) or 2048,
        caps=setup.caps,
        left_out=tuple(tool.name for tool in tools if tool.name not in offered),
    )


def current() -> Settings:
    return st.session_state.get(_STATE, Settings())


def keep(settings: Settings) -> None:
    st.session_state[_STATE] = settings


def settings_popover(service: Service, owner: str, tools: Sequence[Tool]) -> Settings:
    """The summary line with the popover behind it. Returns what is chosen now."""
    settings = current()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        summary = st.container(width="content")
        with st.popover("Settings", icon=":material/tune:", width="content"):
            settings = _who_answers(service, owner, settings)
            settings = _how(settings, tools)
            settings = _caps(settings)
        # Written last: it tells what was chosen in this very rerun.
        summary.markdown(_summary(settings, tools), width="content")
    keep(settings)
    return settings


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
        f"{len(offered)} tool{'' if len(offered) == 1 else 's'}",
        f"tool choice: {settings.tool_choice}",
        "step by step" if settings.stepwise else "runs to the end",
        f"cap {rounds} round trips" if rounds else "no cap on round trips",
    ]
    return " ".join([who, *(f":gray-badge[{_plain(words)}]" for words in told)])


def _plain(words: str) -> str:
    return "".join(letter for letter in words if letter.isalnum() or letter in " :-")


def _who_answers(service: Service, owner: str, settings: Settings) -> Settings:
    st.markdown("**Who answers**")
    simulated = st.segmented_control(
        "Who answers",
        [True, False],
        default=settings.simulated,
        format_func=lambda simulated: "Simulated model" if simulated else "A real model",
        label_visibility="collapsed",
        required=True,
    )
    if simulated != settings.simulated:
        model = SIMULATED_MODELS[0] if simulated else wire_named(settings.wire).models[0]
        settings = replace(settings, simulated=simulated, model=model)
    wire = st.selectbox(
        "API",
        list(WIRES),
        index=list(WIRES).index(settings.wire),
        format_func=lambda name: wire_named(name).title,
        help="Which provider's spelling of function calling is spoken.",
    )
    known = SIMULATED_MODELS if simulated else wire_named(wire).models
    models = [*known, *([settings.model] if settings.model not in known else [])]
    model = st.selectbox(
        "Model",
        models,
        index=models.index(settings.model),
        accept_new_options=True,
        help="Choose one, or type any name.",
        key=f"model-{simulated}",
    )
    settings = replace(settings, wire=wire, model=model or models[0])
    return settings if simulated else _real(service, owner, settings)


def _real(service: Service, owner: str, settings: Settings) -> Settings:
    base_url = st.text_input(
        "Address",
        settings.base_url,
        placeholder="the provider's own",
        help="A base URL, if not the provider's own, e.g. of a gateway.",
    )
    source = service.key_source(owner, settings.wire, base_url.strip() or None)
    with st.form("key", border=False, clear_on_submit=True):
        typed = st.text_input(
            "Key",
            type="password",
            placeholder=f"using {source}" if source else "paste a key",
            help="Kept in this server's memory for 12 hours at most; never stored or shown.",
            autocomplete="off",
        )
        with st.container(horizontal=True):
            use = st.form_submit_button("Use this key")
            forget = st.form_submit_button("Forget it", disabled=source != "the key you typed")
    if use and typed.strip():
        try:
            service.keys.put(owner, settings.wire, typed, time.time())
        except ValueError as error:
            st.error(f"That is no key: {error}.")
        else:
            st.rerun()
    if forget:
        service.keys.forget(owner, settings.wire)
        st.rerun()
    if source is None:
        st.caption("There is no key yet: a question would fail. The simulated model needs none.")
    return replace(settings, base_url=base_url)


def _how(settings: Settings, tools: Sequence[Tool]) -> Settings:
    st.markdown("**How**")
    stepwise = st.toggle("Step by step", settings.stepwise, help="One click, one step.")
    stream = st.toggle("Stream the reply", settings.stream)
    parallel = st.toggle("Allow several calls at once", settings.parallel)
    strict = st.toggle(
        "Strict arguments", settings.strict, help="The provider makes arguments fit the schema."
    )
    names = [tool.name for tool in tools]
    offered = st.multiselect(
        "Tools offered", names, [name for name in names if name not in settings.left_out]
    )
    choices = [*CHOICES, *offered]
    choice = settings.tool_choice if settings.tool_choice in choices else "auto"
    tool_choice = st.selectbox(
        "Tool choice",
        choices,
        index=choices.index(choice),
        format_func=lambda name: CHOICES.get(name, f"it must call {name}"),
    )
    system = st.text_area("System prompt", settings.system, placeholder="none", height=80)
    settings = replace(
        settings,
        stepwise=stepwise,
        stream=stream,
        parallel=parallel,
        strict=strict,
        tool_choice=tool_choice,
        system=system,
        left_out=tuple(name for name in names if name not in offered),
    )
    return _sampling(settings)


def _sampling(settings: Settings) -> Settings:
    modes = ["off", "adaptive", "budget"]
    thinking = st.selectbox("Thinking", modes, index=modes.index(settings.thinking))
    budget = settings.budget_tokens
    if thinking == "budget":
        budget = st.number_input("Thinking budget (tokens)", 1024, 64_000, budget, step=1024)
    cap = st.number_input("Output cap (tokens)", 1, 128_000, settings.max_output_tokens, step=256)
    temperature = st.number_input(
        "Temperature",
        0.0,
        2.0,
        settings.temperature,
        step=0.1,
        placeholder="the provider's default",
        help="Empty: not said. 0 is the most repeatable.",
    )
    return replace(
        settings,
        thinking=thinking,
        budget_tokens=int(budget),
        max_output_tokens=int(cap),
        temperature=temperature,
    )


def _caps(settings: Settings) -> Settings:
    st.markdown("**Caps of a turn**")
    caps = settings.caps
    left, right = st.columns(2)
    rounds = left.number_input("Round trips", 1, 1000, caps.round_trips)
    tokens = right.number_input("Tokens", 1, None, caps.tokens, step=10_000)
    dollars = left.number_input("US dollars", 0.01, None, caps.cost_usd, step=0.5)
    seconds = right.number_input("Seconds", 1.0, None, caps.seconds, step=30.0)
    st.caption("Empty: no cap. The same call three times over ends a turn too.")
    return replace(
        settings,
        caps=Caps(round_trips=rounds, tokens=tokens, cost_usd=dollars, seconds=seconds),
    )


def _offered(tool: Tool, strict: bool) -> OfferedTool:
    definition = tool.definition.model_copy(update={"strict": True}) if strict else tool.definition
    return OfferedTool(definition=definition, policy=tool.policy, has_code=tool.run is not None)


def _tool_choice(choice: str, offered: set[str]) -> ToolChoice | None:
    if not offered or choice == "auto":
        return None
    if choice in offered:
        return ToolChoice(mode="tool", name=choice)
    return ToolChoice(mode=choice) if choice in ("any", "none") else None
