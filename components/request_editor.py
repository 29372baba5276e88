"""Writing the request that lies ready by hand.

Owns the widgets. The text comes from the page and goes back to it; keeping and sending it is the
engine's (`roundtrip.hand_edit`). Nothing of it is drawn before somebody asks to edit.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

LONGEST = 200_000
"""Characters that a text field in a browser still takes without sticking."""


def request_editor(read: Callable[[], str], write: Callable[[str], None], *, scope: str) -> None:
    """A button that opens the body for writing, or the open editor.

    `read`: the body that lies ready. `write`: told what it is to be instead. `scope` names the
    request, so that what is typed for one never follows into another.
    """
    opened = f"editing-{scope}"
    if not st.session_state.get(opened):
        st.button(
            "Edit the request first",
            key=f"edit-{scope}",
            icon=":material/edit:",
            on_click=lambda: st.session_state.update({opened: True}),
        )
        return
    text = read()
    with st.container(border=True):
        if len(text) > LONGEST:
            st.caption(f"{len(text):,} characters are too many to edit in a page.")
            _close(opened)
            return
        typed = st.text_area(
            "The body, as it will leave",
            _indented(text),
            key=f"body-{scope}",
            height=320,
            help="Sent as it stands here, to the byte. Headers and key are added by the SDK.",
        )
        if problem := _no_json(typed):
            st.warning(f"{problem} It is sent as it is: the next row shows what the API says.")
        with st.container(horizontal=True):
            st.button(
                "Use this body",
                key=f"use-{scope}",
                type="primary",
                icon=":material/check:",
                on_click=lambda: _use(write, f"body-{scope}", opened),
            )
            _close(opened)


def _use(write: Callable[[str], None], field: str, opened: str) -> None:
    # What stands in the field now: a click that ends the typing comes before the next drawing.
    write(str(st.session_state.get(field, "")))
    st.session_state[opened] = False


def _close(opened: str) -> None:
    st.button(
        "Leave it as it is",
        key=f"leave-{opened}",
        on_click=lambda: st.session_state.update({opened: False}),
    )


def _indented(text: str) -> str:
    """JSON that has no line of its own is set in lines; anything else stays as it is."""
    if "\n" in text or _no_json(text):
        return text
    return json.dumps(json.loads(text), ensure_ascii=False, indent=2)


def _no_json(text: str) -> str | None:
    """Why a text is no JSON, in words; None where it is."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"Not JSON: {error.msg}, line {error.lineno}, column {error.colno}."
    except (ValueError, RecursionError) as error:
        return f"Not JSON: {error}."
    return None
