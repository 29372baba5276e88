"""The buttons below the conversation: what happens next, by name, and the offers at a stop.

Owns the widgets but those of a single call (`call_form.py`). What can be done and how it is called
is `roundtrip.controls`; doing it is the page's `Intents`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import streamlit as st

from components.call_form import CallIntents, call_form, is_editing, typed_reason
from components.look import as_label
from components.request_editor import request_editor
from roundtrip.controls import Controls
from roundtrip.state import PendingCall


class Intents(CallIntents, Protocol):
    """What a person may want of a run."""

    def step(self) -> None: ...
    def to_the_end(self) -> None: ...
    def stop(self) -> None: ...
    def try_now(self) -> None: ...
    def again(self) -> None: ...
    def give_up(self) -> None: ...
    def approve_all(self, calls: tuple[int, ...]) -> None: ...
    def refuse_all(self, reasons: dict[int, str]) -> None: ...
    def lying_request(self) -> str: ...
    def edit_request(self, body: str) -> bool: ...


_AGAIN = {
    "run_again": ("Run it again", ":material/replay:"),
    "send_again": ("Send it again", ":material/replay:"),
    "try_again": ("Try again", ":material/replay:"),
    "go_on": ("Go on", ":material/play_arrow:"),
}


def control_bar(controls: Controls, intents: Intents, *, scope: str) -> None:
    """Draw what can be done now. A click calls its intent before the page is drawn again.

    `scope` names the run and the reply: what is typed for one call never follows into another.
    """
    if controls.hint:
        st.caption(as_label(controls.hint))
    for call in controls.calls:
        call_form(call, controls.offers, intents, f"{scope}-{call.index}")
    if "approve" in controls.offers and len(controls.calls) > 1:
        _all_at_once(controls.calls, intents, scope)
    editing = controls.can_edit and request_editor(
        intents.lying_request, intents.edit_request, scope=scope
    )
    with st.container(horizontal=True, gap="small"):
        if controls.next and not editing:  # what would leave is not what stands in the editor
            _button(
                controls.next, intents.step, "next", primary=True, icon=":material/arrow_forward:"
            )
            _button("Run to the end", intents.to_the_end, "end", icon=":material/fast_forward:")
        for offer in controls.offers:
            if offer in _AGAIN:
                label, icon = _AGAIN[offer]
                _button(label, intents.again, "again", primary=True, icon=icon)
        if controls.can_hurry:
            _button("Try now", intents.try_now, "now", primary=True, icon=":material/replay:")
        if "give_up" in controls.offers:
            _button("Give up", intents.give_up, "give-up", icon=":material/close:")
        if controls.can_stop:
            _button(controls.stop, intents.stop, "stop", icon=":material/stop_circle:")


def _button(
    label: str, intent: Callable[[], None], key: str, *, icon: str, primary: bool = False
) -> None:
    st.button(
        as_label(label),
        key=f"control-{key}",
        icon=icon,
        type="primary" if primary else "secondary",
        on_click=intent,
    )


def _all_at_once(calls: tuple[PendingCall, ...], intents: Intents, scope: str) -> None:
    """One click for all of them; not while one is being changed, whose words it would pass over."""
    scopes = {call.index: f"{scope}-{call.index}" for call in calls}
    if any(is_editing(one) for one in scopes.values()):
        return
    with st.container(horizontal=True, gap="small"):
        _button(
            f"Allow all {len(calls)}",
            lambda: intents.approve_all(tuple(scopes)),
            "approve-all",
            icon=":material/done_all:",
        )
        _button(
            f"Refuse all {len(calls)}",
            lambda: intents.refuse_all({at: typed_reason(one) for at, one in scopes.items()}),
            "refuse-all",
            icon=":material/block:",
        )
