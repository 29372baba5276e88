"""The keys of the widgets behind Settings, and what each is to show.

Owns the names in the session. Which widgets there are is `settings_popover.py`'s and
`who_answers.py`'s.
"""

from __future__ import annotations

from typing import Any

import streamlit as st


def key_of(name: str) -> str:
    """The session's name for the widget of a setting."""
    return f"setting-{name}"


def held(name: str, value: Any) -> str:
    """The key of the widget for a setting, holding its value where the widget is new."""
    st.session_state.setdefault(key_of(name), value)
    return key_of(name)


def hold(name: str, value: Any) -> str:
    """The key of a widget that is to show this value. Only before the widget is drawn."""
    st.session_state[key_of(name)] = value
    return key_of(name)
