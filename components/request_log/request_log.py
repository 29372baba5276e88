"""Mounts the log of what other programs ask of the simulator. Presentation only.

Owns its files. What stands in it comes to the browser from `/api/simulator`, so nothing is handed
in and nothing comes back. An opened request looks as an opened row of the timeline does.
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
    "../scripts/json_view.js",
    "../scripts/decision.js",
    "../scripts/payload.js",
    "request_log.js",
)
"""In this order they make one module: each uses only what stands before it."""

STYLES = (
    "../styles/base.css",
    "../styles/pieces.css",
    "../styles/payload.css",
    "../styles/decision.css",
    "request_log.css",
)
"""In this order: a later rule of the same weight wins."""


def request_log(*, key: str) -> None:
    """Draw it. It looks for news by itself for as long as the page is seen."""
    _component()(key=key)


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "roundtrip_request_log",
        html=(HERE / "request_log.html").read_text(),
        css="\n".join((HERE / name).read_text() for name in STYLES),
        js="\n".join((HERE / name).read_text() for name in SCRIPTS),
    )
