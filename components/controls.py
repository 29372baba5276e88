"""The buttons below the conversation: what happens next, by name, and the offers at a stop.

Owns the widgets. What can be done and how it is called is `roundtrip.controls`; doing it is the
page's `Intents`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import streamlit as st

from components.look import as_label
from components.request_editor import request_editor
from roundtrip.controls import Controls, Offer
from roundtrip.lines import call_text
from roundtrip.state import PendingCall


class Intents(Protocol):
    """What a person may want of a run."""

    def step(self) -> None: ...
    def to_the_end(self) -> None: ...
    def stop(self) -> None: ...
    def again(self) -> None: ...
    def give_up(self) -> None: ...
    def approve(self, call: int) -> None: ...
    def refuse(self, call: int, reason: str) -> None: ...
    def enter_result(self, call: int, text: str, is_error: bool) -> None: ...
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
        _call_form(call, controls.offers, intents, f"{scope}-{call.index}")
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
        if "give_up" in controls.offers:
            _button("Give up", intents.give_up, "give-up", icon=":material/close:")
        if controls.can_stop:
            _button("Stop", intents.stop, "stop", icon=":material/stop_circle:")


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


def _call_form(
    pending: PendingCall, offers: tuple[Offer, ...], intents: Intents, scope: str
) -> None:
    number = pending.index
    with st.container(border=True):
        st.code(call_text(pending.call), language=None, wrap_lines=True)
        if "approve" in offers:
            st.text_input(
                "Reason, if you refuse", key=f"reason-{scope}", placeholder="the model reads it"
            )
            with st.container(horizontal=True):
                st.button(
                    "Allow it to run",
                    key=f"approve-{scope}",
                    type="primary",
                    icon=":material/check:",
                    on_click=lambda: intents.approve(number),
                )
                st.button(
                    "Refuse",
                    key=f"refuse-{scope}",
                    icon=":material/block:",
                    on_click=lambda: intents.refuse(number, _typed(f"reason-{scope}")),
                )
        if "enter_result" in offers:
            st.text_area("Result", key=f"result-{scope}", height=80)
            st.checkbox("This is an error", key=f"is-error-{scope}")
            st.button(
                "Enter this result",
                key=f"enter-{scope}",
                icon=":material/edit:",
                on_click=lambda: intents.enter_result(
                    number,
                    _typed(f"result-{scope}"),
                    bool(st.session_state.get(f"is-error-{scope}")),
                ),
            )


def _typed(key: str) -> str:
    """What stands in a field now. A click that ends the typing comes before the next drawing, so
    the value the field gave when it was drawn is too old."""
    return str(st.session_state.get(key, ""))
