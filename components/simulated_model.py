"""What the simulated model is asked to do besides answering: a script, a fault, a pace.

Owns these widgets behind Settings, and the badges beside it by which each is seen and switched off.
What a wish means, and the header that carries it, is the simulator's.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from components.first_visit import Starter
from components.held import held, hold
from components.look import as_label
from components.settings import Settings
from roundtrip.lines import listed
from roundtrip.simulator import faults
from roundtrip.simulator.scripts import Script, bundled
from roundtrip.simulator.wishes import PACES, REALISTIC, Wishes
from roundtrip.tools.tool import Tool

_NO_SCRIPT = "none: the model answers by itself"
_NO_FAULT = "none: everything works"
_PACE_WORDS = {"realistic": "Realistic", "slow": "Slow enough to watch", "at-once": "At once"}


def simulated_model(settings: Settings, tools: Sequence[Tool]) -> Settings:
    """Draw the widgets, where the simulated model answers. Returns the settings with what is
    chosen in them."""
    if not settings.simulated:
        return settings
    st.markdown("**The simulated model**")
    wishes = settings.wishes
    script = _script(wishes.script)
    if chosen := bundled().get(script):
        offered = [tool.name for tool in tools if tool.name not in settings.left_out]
        _about(chosen, offered)
    fault = _fault(wishes.fault)
    once = bool(fault) and st.toggle(
        "Only on the first try",
        wishes.once,
        key=held("once", wishes.once),
        help="Each request fails once, and gets through when it is sent again.",
    )
    pace = st.segmented_control(
        "Pace",
        list(PACES),
        default=wishes.pace,
        key=held("pace", wishes.pace),
        format_func=lambda name: _PACE_WORDS[name],
        required=True,
    )
    wishes = replace(wishes, script=script, fault=fault, once=once, pace=pace or REALISTIC)
    return replace(settings, wishes=wishes)


def hold_wishes(wishes: Wishes) -> None:
    """Let the widgets show this. Only before they are drawn."""
    for name in ("script", "fault", "once", "pace"):
        hold(name, getattr(wishes, name))


def on_an_occasion(settings: Settings) -> Settings:
    """The settings for one more question: a fault that strikes once strikes this one too."""
    if not settings.wishes.once:
        return settings
    return replace(settings, wishes=replace(settings.wishes, occasion=secrets.token_hex(4)))


def lesson(settings: Settings) -> Starter | None:
    """The starter card of the script that is chosen."""
    script = bundled().get(settings.wishes.script) if settings.simulated else None
    if script is None or script.ask is None:
        return None
    return Starter(script.ask, f"script: {script.title}", ":material/theater_comedy:")


@dataclass(frozen=True)
class _Badge:
    """Something that is on, and what is left of the wishes without it."""

    name: str
    words: str
    icon: str
    without: Wishes


def ways_off(settings: Settings, put: Callable[[Settings], None]) -> None:
    """A badge for all that is on; a click switches it off by `put`."""
    for badge in _badges(settings.wishes) if settings.simulated else ():
        st.button(
            f":red-badge[{badge.icon} {as_label(badge.words)} :material/close:]",
            key=f"off-{badge.name}",
            type="tertiary",
            help="Switch it off. That holds from the next question on, and when you try again.",
            on_click=lambda left: put(replace(settings, wishes=left)),
            args=(badge.without,),
        )


def _badges(wishes: Wishes) -> list[_Badge]:
    script = bundled().get(wishes.script)
    once = " on the first try" if wishes.once else ""
    told = {
        "script": (wishes.script, f"script: {script.title if script else wishes.script}"),
        "fault": (wishes.fault, f"fault: {wishes.fault}{once}"),
        "pace": (wishes.pace != REALISTIC, f"pace: {_PACE_WORDS.get(wishes.pace, wishes.pace)}"),
    }
    icons = {"script": "theater_comedy", "fault": "bolt", "pace": "speed"}
    none = Wishes()
    return [
        _Badge(
            name,
            words,
            f":material/{icons[name]}:",
            replace(wishes, **{name: getattr(none, name)}),
        )
        for name, (is_on, words) in told.items()
        if is_on
    ]


def _script(before: str) -> str:
    titles = {"": _NO_SCRIPT} | {script.name: script.title for script in bundled().values()}
    return _one_of(
        "Script",
        titles,
        before,
        "script",
        "A reply that is written beforehand: what this model never does by itself, and a real one "
        "does sometimes.",
    )


def _about(script: Script, offered: Sequence[str]) -> None:
    st.caption(as_label(script.shows))
    if script.ask:
        st.caption("It goes with this question:")
        st.code(script.ask, language=None, wrap_lines=True)
    if missing := [name for name in script.tools if name not in offered]:
        st.caption(
            f":material/info: It goes with {as_label(listed(missing))}, not offered now: add it "
            "below, in Tools offered."
        )


def _fault(before: str) -> str:
    words = {"": _NO_FAULT}
    for kind, names in faults.KINDS.items():
        lead = f"{kind} · " if kind else ""
        words |= {name: f"{lead}{name}: {said}" for name, said in names.items()}
    return _one_of(
        "Fault",
        words,
        before,
        "fault",
        "What is to go wrong, so that you see what your app makes of it. It stays on until you "
        "switch it off.",
    )


def _one_of(label: str, words: Mapping[str, str], before: str, name: str, explained: str) -> str:
    """A choice of these. What is none of them any more, in an old run, is kept as it is."""
    options = [*words, *([before] if before not in words else [])]
    chosen = st.selectbox(
        label,
        options,
        index=options.index(before),
        key=held(name, before),
        format_func=lambda option: words.get(option, option),
        help=explained,
    )
    return str(chosen)
