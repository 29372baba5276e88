"""The keys of the widgets behind Settings, and what each is to show.

Owns the names in the session. Which widgets there are is `settings_popover.py`'s,
`who_answers.py`'s and `simulated_model.py`'s.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

_ROUND = "settings-round"
"""How often all widgets were replaced by new ones."""


def key_of(name: str) -> str:
    """The session's name for the widget of a setting."""
    return f"setting-{name}-{st.session_state.get(_ROUND, 0)}"


def held(name: str, value: Any) -> str:
    """The key of the widget for a setting, holding its value where the widget is new."""
    st.session_state.setdefault(key_of(name), value)
    return key_of(name)


def hold(name: str, value: Any) -> str:
    """The key of a widget that is to show this value. Only before the widget is drawn."""
    st.session_state[key_of(name)] = value
    return key_of(name)


def begin_anew() -> None:
    """Let new widgets stand in the places of all. Only before they are drawn.

    While their popover is closed, the browser hears of no value that the session sets, and sends
    with its next click what it held before, which would count. Of a new widget it holds nothing.
    """
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
