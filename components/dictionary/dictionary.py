"""Mounts the dictionary: one conversation on every wire, aligned. Presentation only.

Owns its files. What stands in them is finished values of the engine; nothing comes back.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

HERE = Path(__file__).parent

SCRIPTS = (
    "../scripts/element.js",
    "../scripts/dom.js",
    "drawing.js",
    "rows.js",
    "dictionary.js",
)
"""In this order they make one module: each uses only what stands before it."""

STYLES = ("dictionary.css", "../styles/pieces.css", "drawing.css")
"""In this order: a later rule of the same weight wins."""


def dictionary_view(shown: Mapping[str, Any], *, key: str) -> None:
    """Draw it. `shown`: `{"columns", "rows", "meanings"}` as `Dictionary` has them, as JSON.

    Text is written as text: nothing in it can become markup.
    """
    _component()(key=key, data=dict(shown))


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "roundtrip_dictionary",
        html=(HERE / "dictionary.html").read_text(),
        css="\n".join((HERE / name).read_text() for name in STYLES),
        js="\n".join((HERE / name).read_text() for name in SCRIPTS),
    )
