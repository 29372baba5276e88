"""The Settings popover and the summary line beside it.

Owns the widgets, but for those that say who answers (`who_answers.py`). Each is keyed by the
setting it changes and takes its value from the session, so that a change is never lost to the one
before it. Each is also told its value as a default: what the session sets is sent to the browser
once, and a popover that was closed then, or a rerun that was overtaken, would leave the browser
with an empty widget, whose value counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import streamlit as st

from components.held import begin_anew, held, hold, key_of
from components.look import as_label
from components.settings import ANY_TOOL, Settings
from components.simulated_model import hold_wishes, on_an_occasion, simulated_model, ways_off
from components.who_answers import who_answers
from roundtrip.lines import count_of, listed
from roundtrip.loop import Done, next_action
from roundtrip.request import said_differently
from roundtrip.service import Service
from roundtrip.store import NotFound
from roundtrip.tools.tool import Tool
from roundtrip.wires.address import address_problem, host_of
from roundtrip.wires.wire import wire_named

USUAL = 1.0
"""The temperature all four APIs take where none is said: where the slider begins."""

_CHOSEN = "settings"
_NAMES = "settings-tools"
_NO_CAP: dict[str, int | float] = {
    "round_trips": 0,
    "tokens": 0,
    "cost_usd": 0.0,
    "seconds": 0.0,
}
"""How each cap's field shows that there is none."""


def current(tools: Sequence[Tool] = ()) -> Settings:
    """What is chosen in this session; where nothing is yet, a first visit's with these tools."""
    chosen = st.session_state.get(_CHOSEN)
    return chosen if isinstance(chosen, Settings) else Settings.first(tools)


def put(settings: Settings) -> None:
    """Choose all this. Call it before the popover is drawn."""
    st.session_state[_CHOSEN] = settings
    begin_anew()
    for one in fields(Settings):
        st.session_state[key_of(one.name)] = getattr(settings, one.name)
    for name, none in _NO_CAP.items():
        st.session_state[key_of(name)] = getattr(settings.caps, name) or none
    st.session_state[key_of("sets_temperature")] = settings.temperature is not None
    if settings.temperature is None:
        del st.session_state[key_of("temperature")]
    st.session_state.pop(_NAMES, None)
    hold_wishes(settings.wishes)


def for_a_question() -> Settings:
    """What is chosen in this session, for one more question."""
    settings = on_an_occasion(current())
    st.session_state[_CHOSEN] = settings
    return settings


def first_of_all(service: Service, settings: Settings) -> str | None:
    """What must be done before a question can be asked with these settings; None: nothing."""
    address = service.sent_to(settings.setup(()))
    if address and address_problem(address):
        return "Correct the address in Settings first"
    return None if settings.model.strip() else "Choose a model in Settings first"


def settings_popover(service: Service, owner: str, tools: Sequence[Tool]) -> None:
    """Draw the summary line with the popover behind it, and keep what is chosen."""
    settings = current(tools)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        summary = st.container(width="content")
        with st.popover("Settings", icon=":material/tune:", width="content"):
            settings = who_answers(service, owner, settings)
            settings = simulated_model(settings, tools)
            settings = _how(settings, tools)
            settings = _sampling(settings)
            _differences(settings, tools)
            settings = _caps(settings)
        # Written last: it tells what was chosen in this very rerun.
        summary.markdown(_summary(service, settings, tools), width="content")
        ways_off(settings, put)
    _not_yet(service, owner, settings)
    st.session_state[_CHOSEN] = settings
    service.warm(settings.wire)


def _summary(service: Service, settings: Settings, tools: Sequence[Tool]) -> str:
    """The choices at a glance, as badges."""
    offered = [tool for tool in tools if tool.name not in settings.left_out]
    who = (
        ":orange-badge[:material/smart_toy: Simulated model, no key needed]"
        if settings.simulated
        else ":violet-badge[:material/cloud: A real model]"
    )
    rounds = settings.caps.round_trips
    address = service.sent_to(settings.setup(tools))
    told = [
        f"speaks {wire_named(settings.wire).title}",
        *([f"at {host_of(address)}"] if address and not address_problem(address) else []),
        settings.model or "no model chosen",
        count_of(len(offered), "tool"),
        *([f"you are {listed(settings.by_hand)}"] if settings.by_hand else []),
        f"tool choice: {settings.tool_choice}",
        "step by step" if settings.stepwise else "runs to the end",
        f"cap {rounds} round trip{'' if rounds == 1 else 's'}"
        if rounds
        else "no cap on round trips",
    ]
    if address and address_problem(address):
        who += " :red-badge[:material/error: no usable address]"
    return " ".join([who, *(f":gray-badge[{as_label(words)}]" for words in told)])


def _not_yet(service: Service, owner: str, settings: Settings) -> None:
    """Say it where the turn under way speaks another API than is chosen: a turn keeps its own."""
    run = st.query_params.get("run")
    if run is None:
        return
    try:
        state = service.runner.journal(owner, run).state
    except NotFound:  # said by the page
        return
    if state.setup is None or isinstance(next_action(state), Done):
        return
    if state.setup.wire != settings.wire:
        chosen, spoken = (wire_named(name).title for name in (settings.wire, state.setup.wire))
        st.caption(
            f":material/info: {chosen} is spoken from the next question on; "
            f"the turn before it goes on over {spoken}."
        )


def _differences(settings: Settings, tools: Sequence[Tool]) -> None:
    """What of all this the API cannot say. The request's row lists it again, as it was sent."""
    changes = said_differently(settings.setup(tools))
    of_tools = [change for change in changes if change.where.startswith("tools")]
    told = [
        f"`{change.place}` {as_label(change.what)}" for change in changes if change not in of_tools
    ]
    if of_tools:
        told.append(f"the definitions: {count_of(len(of_tools), 'change')}, told in the Define row")
    if told:
        title = wire_named(settings.wire).title
        heading = f":material/info: {title} cannot say all of this as it stands:\n"
        st.caption("\n".join([heading, *(f"- {words}" for words in told)]))


def _how(settings: Settings, tools: Sequence[Tool]) -> Settings:
    st.markdown("**How**")
    stepwise = st.toggle(
        "Step by step",
        settings.stepwise,
        key=held("stepwise", settings.stepwise),
        help="One click, one step.",
    )
    stream = st.toggle("Stream the reply", settings.stream, key=held("stream", settings.stream))
    parallel = st.toggle(
        "Allow several calls at once",
        settings.parallel,
        key=held("parallel", settings.parallel),
        help="Off: one call at a time, and its result goes back before the next.",
    )
    strict = st.toggle(
        "Strict arguments",
        settings.strict,
        key=held("strict", settings.strict),
        help="The provider makes arguments fit the schema.",
    )
    left_out = _tools_offered(settings, [tool.name for tool in tools])
    offered = [tool.name for tool in tools if tool.name not in left_out]
    by_hand = _answered_by_hand(settings, offered)
    choices = [*ANY_TOOL, *offered]
    choice = st.session_state.get(key_of("tool_choice"), settings.tool_choice)
    if choice not in choices:
        choice = st.session_state[hold("tool_choice", Settings.tool_choice)]
    tool_choice = st.selectbox(
        "Tool choice",
        choices,
        index=choices.index(choice),
        key=held("tool_choice", settings.tool_choice),
        format_func=lambda name: ANY_TOOL.get(name, f"it must call {name}"),
    )
    system = st.text_area(
        "System prompt",
        settings.system,
        key=held("system", settings.system),
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
        by_hand=by_hand,
    )


def _tools_offered(settings: Settings, names: list[str]) -> tuple[str, ...]:
    """The tools a person left out. A tool that is new since the last rerun is offered."""
    kept = [name for name in names if name not in settings.left_out]
    if st.session_state.get(_NAMES) != names:
        st.session_state[_NAMES] = names
        hold("offered", kept)
    offered = st.multiselect("Tools offered", names, kept, key=key_of("offered"))
    return tuple(name for name in names if name not in offered)


def _answered_by_hand(settings: Settings, offered: list[str]) -> tuple[str, ...]:
    """The tools a person wants to be: their code does not run."""
    shown = st.session_state.get(key_of("by_hand"), settings.by_hand)
    kept = [name for name in shown if name in offered]
    if kept != shown:  # a choice that is not among the options would be an error
        hold("by_hand", kept)
    chosen = st.multiselect(
        "You are the tool",
        offered,
        kept,
        key=key_of("by_hand"),
        placeholder="none: your code runs",
        help="A call of these waits for you: you enter the result, and its code does not run.",
    )
    return tuple(chosen)


def _sampling(settings: Settings) -> Settings:
    modes = ["off", "adaptive", "budget"]
    thinking = st.selectbox(
        "Thinking",
        modes,
        index=modes.index(settings.thinking),
        key=held("thinking", settings.thinking),
        help="What the model thinks before it answers or calls. off: none is asked for. "
        "adaptive: the model decides how much. budget: up to so many tokens.",
    )
    budget = settings.budget_tokens
    if thinking == "budget":
        key = held("budget_tokens", budget)
        budget = st.number_input(
            "Thinking budget (tokens)", 1024, 64_000, budget, step=1024, key=key
        )
    cap = st.number_input(
        "Output cap (tokens)",
        1,
        64_000,
        settings.max_output_tokens,
        step=256,
        key=held("max_output_tokens", settings.max_output_tokens),
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
        key=held("sets_temperature", said),
        help="Off: not said, the provider decides. 0 is the most repeatable.",
    ):
        return None
    hottest = wire_named(settings.wire).hottest
    chosen = min(settings.temperature if settings.temperature is not None else USUAL, hottest)
    if (st.session_state.get(key_of("temperature")) or 0.0) > hottest:  # set for another API
        hold("temperature", chosen)
    return st.slider("Temperature", 0.0, hottest, chosen, 0.1, key=held("temperature", chosen))


def _caps(settings: Settings) -> Settings:
    st.markdown("**Caps of a turn**")
    caps = settings.caps
    # 0 and not an empty field: an emptied field goes back to its default by itself.
    shown = {name: getattr(caps, name) or none for name, none in _NO_CAP.items()}
    keys = {name: held(name, value) for name, value in shown.items()}
    left, right = st.columns(2)
    rounds = left.number_input(
        "Round trips", 0, 1000, shown["round_trips"], key=keys["round_trips"]
    )
    tokens = right.number_input("Tokens", 0, None, shown["tokens"], step=10_000, key=keys["tokens"])
    dollars = left.number_input(
        "US dollars", 0.0, None, shown["cost_usd"], step=0.5, key=keys["cost_usd"]
    )
    seconds = right.number_input(
        "Seconds", 0.0, None, shown["seconds"], step=30.0, key=keys["seconds"]
    )
    st.caption("0: no cap. The same call three times over ends a turn too.")
    chosen = {"round_trips": rounds, "tokens": tokens, "cost_usd": dollars, "seconds": seconds}
    return replace(
        settings, caps=caps.model_copy(update={name: cap or None for name, cap in chosen.items()})
    )
