"""What stands on the page before anything was asked: starter cards and the tools at hand.

Owns the starter questions. Presentation only: a chosen question is returned, not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from roundtrip.tools.tool import Tool


@dataclass(frozen=True)
class Starter:
    """A question to begin with, and what it shows."""

    question: str
    shows: str
    icon: str


STARTERS = (
    Starter(
        "What should I wear in Tokyo and Oslo tomorrow?",
        "two calls at once",
        ":material/call_split:",
    ),
    Starter("What is 17% of 2,340?", "one call", ":material/looks_one:"),
    Starter(
        "Has Ada Lovelace's latest order shipped yet?",
        "a chain: each result leads to the next call",
        ":material/link:",
    ),
    Starter(
        "Write me a haiku about autumn.", "no tool fits, so none is called", ":material/block:"
    ),
    Starter(
        "Is the flaky service up? Fetch its report for Q3.",
        "an error, which the model reads and recovers from",
        ":material/replay:",
    ),
)


def starters(*, simulated: bool, can_ask: bool) -> str | None:
    """The starter cards. Returns the question that was clicked."""
    st.markdown("#### Ask something. Watch how the model asks *your code* for help.")
    chosen = None
    for position, starter in enumerate(STARTERS):
        if st.button(
            f"{starter.question}  \n:small[:gray[{starter.shows}]]",
            key=f"starter-{position}",
            icon=starter.icon,
            width="stretch",
            disabled=not can_ask,
        ):
            chosen = starter.question
    if simulated:
        st.caption("Simulated model, no key needed. To use a real one, open Settings.")
    return chosen


def tool_cards(tools: Sequence[Tool], problems: Sequence[object]) -> None:
    """The tools as cards a person can read, and files that could not be loaded."""
    st.markdown("##### The tools your app holds")
    st.caption("Plain Python functions in `sample_tools/`. The model sees what is written here.")
    columns = st.columns(2)
    for position, tool in enumerate(tools):
        with columns[position % 2].container(border=True):
            _card(tool)
    for problem in problems:
        st.warning("A file in sample_tools could not be used.", icon=":material/error:")
        st.text(str(problem))


def _card(tool: Tool) -> None:
    ask = " :orange-badge[asks you first]" if tool.policy == "ask" else ""
    st.markdown(f"`{tool.name}`{ask}")
    st.text((tool.definition.description or "").split("\n")[0])
    names = ", ".join(tool.definition.input_schema.get("properties", {}))
    st.caption(f"takes {names}" if names else "takes nothing")
