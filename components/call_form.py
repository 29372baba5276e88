"""What a person decides about one call: allow it, change it, refuse it, or answer in its place.

Owns the widgets, and that nothing typed is lost while they are not drawn. What counts is the
engine's word (`roundtrip.intents`); doing it is the page's.
"""

from __future__ import annotations

import json
from typing import Protocol

import streamlit as st

from components.look import as_label
from roundtrip.controls import Offer
from roundtrip.lines import whole_call
from roundtrip.state import PendingCall
from roundtrip.text_timeline import block

TALL = 1500
"""Characters of a call from which on it scrolls in a box of its own."""

EXAMPLE = '{"temp_c": 18, "sky": "rain"}, or plain words'


class CallIntents(Protocol):
    """What a person may want of a call."""

    def approve(self, call: int, arguments: str | None = None) -> str | None: ...
    def refuse(self, call: int, reason: str) -> None: ...
    def enter_result(self, call: int, text: str, is_error: bool) -> None: ...


def call_form(
    pending: PendingCall, offers: tuple[Offer, ...], intents: CallIntents, scope: str
) -> None:
    """Draw the call with what can be done about it. `scope` names it among all calls."""
    with st.container(border=True):
        words = block(whole_call(pending.as_run))  # nobody can allow what they did not see
        st.code(
            words, language=None, wrap_lines=True, height=320 if len(words) > TALL else "content"
        )
        if "approve" in offers:
            if is_editing(scope):
                _editor(pending, intents, scope)
            else:
                _decision(pending, intents, scope)
        if "enter_result" in offers:
            _result(pending, intents, scope)


def is_editing(scope: str) -> bool:
    """Whether the arguments of this call are being changed."""
    return bool(st.session_state.get(f"changing-{scope}"))


def with_escapes(text: str) -> str:
    """JSON in which what nobody would see stands as an escape, and means the same."""
    return "".join(char if block(char) == char else json.dumps(char)[1:-1] for char in text)


def typed_reason(scope: str) -> str:
    """Why a person refuses the call, as far as they said."""
    return _typed(f"reason-{scope}")


def _decision(pending: PendingCall, intents: CallIntents, scope: str) -> None:
    number = pending.index
    key, kept = _kept(f"reason-{scope}")
    st.session_state[kept] = st.text_input(
        "Reason, if you refuse",
        st.session_state.get(kept, ""),
        key=key,
        placeholder="the model reads it",
    )
    with st.container(horizontal=True):
        st.button(
            "Allow it to run",
            key=f"approve-{scope}",
            type="primary",
            icon=":material/check:",
            on_click=lambda: _approve(number, intents, scope, None),
        )
        st.button(
            "Change it first",
            key=f"change-{scope}",
            icon=":material/edit:",
            on_click=lambda: st.session_state.update({f"changing-{scope}": True}),
        )
        st.button(
            "Refuse",
            key=f"refuse-{scope}",
            icon=":material/block:",
            on_click=lambda: intents.refuse(number, typed_reason(scope)),
        )


def _editor(pending: PendingCall, intents: CallIntents, scope: str) -> None:
    asked = with_escapes(json.dumps(pending.call.arguments or {}, indent=2, ensure_ascii=False))
    _area("The arguments, as JSON", f"arguments-{scope}", asked, height=200)
    if problem := st.session_state.get(f"unfit-{scope}"):
        st.error(as_label(problem), icon=":material/error:")
    st.caption(
        "What stands here runs. The model's own words stay as it said them; the result tells it "
        "which arguments really ran."
    )
    with st.container(horizontal=True):
        st.button(
            "Allow it as changed",
            key=f"approve-changed-{scope}",
            type="primary",
            icon=":material/check:",
            on_click=lambda: _approve(pending.index, intents, scope, _typed(f"arguments-{scope}")),
        )
        st.button(
            "Leave it as it is", key=f"unchanged-{scope}", on_click=lambda: _leave_editor(scope)
        )


def _approve(number: int, intents: CallIntents, scope: str, arguments: str | None) -> None:
    st.session_state[f"unfit-{scope}"] = intents.approve(number, arguments)


def _leave_editor(scope: str) -> None:
    for name in ("changing", "unfit", "arguments", "kept-arguments"):
        st.session_state.pop(f"{name}-{scope}", None)


def _result(pending: PendingCall, intents: CallIntents, scope: str) -> None:
    number = pending.index
    text = _area("Result", f"result-{scope}", placeholder=f"e.g. {EXAMPLE}", height=120)
    key, kept = _kept(f"is-error-{scope}")
    st.session_state[kept] = st.toggle(
        "This is an error",
        st.session_state.get(kept, False),
        key=key,
        help="The model is told that the tool failed, with these words.",
    )
    st.caption(as_label(_read_as(text)))
    st.button(
        "Enter this result",
        key=f"enter-{scope}",
        icon=":material/edit:",
        on_click=lambda: intents.enter_result(
            number, _typed(f"result-{scope}"), bool(st.session_state.get(key))
        ),
    )


def _read_as(text: str) -> str:
    """What the text will be taken for; either will do."""
    if not text.strip():
        return "JSON or plain words: the model reads them as they stand. Nothing is sent yet."
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        if text.lstrip()[0] in "{[":
            return f"This looks like JSON and is none ({error}). It is taken as plain words."
        return "Taken as plain words."
    return "Taken as JSON."


def _area(label: str, name: str, text: str = "", **more: object) -> str:
    """A text area whose words outlive the moments in which it is not drawn."""
    key, kept = _kept(name)
    value = st.session_state.get(kept, text)
    typed: str = st.text_area(label, value, key=key, **more)  # type: ignore[call-overload]
    st.session_state[kept] = typed
    return typed


def _kept(name: str) -> tuple[str, str]:
    """The key of a widget, and where its value stays when another page or row is drawn."""
    return name, f"kept-{name}"


def _typed(key: str) -> str:
    """What stands in a field now. A click that ends the typing comes before the next drawing, so
    the value the field gave when it was drawn is too old."""
    return str(st.session_state.get(key, ""))
