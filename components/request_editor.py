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


def request_editor(read: Callable[[], str], write: Callable[[str], bool], *, scope: str) -> bool:
    """A button that opens the body for writing, or the open editor. Returns whether it is open.

    `read`: the body that lies ready. `write`: told what it is to be instead; whether it is now.
    `scope` names the request, so that what is typed for one never follows into another.
    """
    opened = f"editing-{scope}"
    if not st.session_state.get(opened):
        st.button(
            "Edit the request first",
            key=f"edit-{scope}",
            icon=":material/edit:",
            on_click=lambda: st.session_state.update({opened: True}),
        )
        return False
    # A widget's own state ends where another page is opened; what was typed does not.
    kept = f"typed-{scope}"
    text = str(st.session_state.get(kept) or _indented(read()))
    with st.container(border=True):
        if len(text) > LONGEST:
            st.caption(f"{len(text):,} characters are too many to edit in a page.")
            _close(opened, kept)
            return True
        typed = st.text_area(
            "The body, written by hand",
            text,
            key=f"body-{scope}",
            height=320,
            help="Sent as it stands here, to the byte. Headers and key are added by the SDK.",
        )
        st.session_state[kept] = typed
        st.caption("It goes out once. The next request is again written from your conversation.")
        if problem := _no_json(typed):
            st.warning(f"{problem} It is sent as it is: the next row shows what the API says.")
        with st.container(horizontal=True):
            st.button(
                "Use this body",
                key=f"use-{scope}",
                type="primary",
                icon=":material/check:",
                on_click=lambda: _use(write, f"body-{scope}", opened, kept),
            )
            _close(opened, kept)
    return True


def _use(write: Callable[[str], bool], field: str, opened: str, kept: str) -> None:
    # What stands in the field now: a click that ends the typing comes before the next drawing.
    if write(str(st.session_state.get(field, ""))):
        _leave(opened, kept)


def _close(opened: str, kept: str) -> None:
    st.button("Leave it as it is", key=f"leave-{opened}", on_click=lambda: _leave(opened, kept))


def _leave(opened: str, kept: str) -> None:
    st.session_state[opened] = False
    st.session_state.pop(kept, None)


def _indented(text: str) -> str:
    """JSON as our wires write it, set in lines; anything else stays as it is.

    What would come out otherwise than it went in (numbers of many spellings, a name told twice,
    half characters) is not touched: what is shown is what leaves.
    """
    if _no_json(text):
        return text
    value = json.loads(text)
    if json.dumps(value, ensure_ascii=False, separators=(",", ":")) != text:
        return text
    return json.dumps(value, ensure_ascii=False, indent=2)


def _no_json(text: str) -> str | None:
    """Why a text is no JSON, in words; None where it is."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"Not JSON: {error.msg}, line {error.lineno}, column {error.colno}."
    except (ValueError, RecursionError) as error:
        return f"Not JSON: {error}."
    return None
