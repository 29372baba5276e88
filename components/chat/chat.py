"""Mounts the chat component. Owns its files; the words are the engine's.

The bubbles come to the browser from the run's routes, so a rerun of the page carries none.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent

SCRIPTS = (
    "../scripts/element.js",
    "../scripts/app_root.js",
    "../scripts/dom.js",
    "fold.js",
    "chat.js",
)
"""In this order they make one module: each uses only what stands before it."""

STYLES = ("chat.css", "../styles/pieces.css")


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "roundtrip_chat",
        css="\n".join((HERE / name).read_text() for name in STYLES),
        js="\n".join((HERE / name).read_text() for name in SCRIPTS),
    )


def chat(run: str, *, head: int, token: str, key: str) -> None:
    """Draw the run's last messages. A new `head` or `token` says that there is news.

    Text is written as text: nothing in it can become markup.
    """
    _component()(key=key, data={"run": run, "head": head, "token": token})
