"""The timeline of one run: mounts the component and says what a person's browser reports.

Owns the mounting. The rows, their panels and what is new come to the browser from the run's
routes, so what is handed in here never grows with the run (any change of a component's data sends
all of it again). How it looks is in the files beside this one.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    "countdown.js",
    "rows.js",
    "live_row.js",
    "feed.js",
    "timeline.js",
)
"""In this order they make one module: each uses only what stands before it."""

STYLES = (
    "../styles/base.css",
    "timeline.css",
    "../styles/pieces.css",
    "rows.css",
    "../styles/payload.css",
    "../styles/decision.css",
    "narrow.css",
)
"""In this order: a later rule of the same weight wins."""


@dataclass(frozen=True)
class TimelineIntent:
    """The run moved on: whatever else on the page shows it is out of date."""

    head: int
    """The newest event the timeline shows."""


def timeline(
    *, run: str | None, head: int, live: bool, token: str, key: str
) -> TimelineIntent | None:
    """Draw the run's timeline; None for `run` draws the empty one.

    `head` is the newest event the page knows, `live` whether it takes the run for live. A new
    `token` says that the page acted on the run (sent, stopped, went on): the timeline looks
    again. Returns an intent in the one rerun that it asked for, else None.
    """
    shown = _component()(
        key=key,
        data={"run": run, "head": head, "live": live, "token": token},
        on_advanced_change=_noted,
    )
    return None if shown.advanced is None else TimelineIntent(head=int(shown.advanced))


def _noted() -> None:
    """A callback must be there for the value to be told; the rerun itself is the news."""


@cache
def _component() -> ComponentRenderer:
    return st.components.v2.component(
        "roundtrip_timeline",
        html=(HERE / "timeline.html").read_text(),
        css="\n".join((HERE / name).read_text() for name in STYLES),
        js="\n".join((HERE / name).read_text() for name in SCRIPTS),
    )
