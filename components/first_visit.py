"""What stands on the page before anything was asked: starter cards and the tools at hand.

Owns the starter questions. Presentation only: a chosen question is returned, not asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from components.look import as_label
from roundtrip.lines import count_of
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

_USED_BY_STARTERS = ("weather.py", "calculator.py", "flaky.py", "orders.py")


def starters(*, simulated: bool, can_ask: bool, lesson: Starter | None = None) -> str | None:
    """The starter cards, that of a lesson first. Returns the question that was clicked."""
    st.markdown("#### Ask something. Watch how the model asks *your code* for help.")
    chosen = None
    for position, starter in enumerate((lesson, *STARTERS) if lesson else STARTERS):
        if st.button(
            f"{as_label(starter.question)}  \n:small[:gray[{as_label(starter.shows)}]]",
            key=f"starter-{position}",
            icon=starter.icon,
            width="stretch",
            disabled=not can_ask,
        ):
            chosen = starter.question
    if simulated:
        st.caption("Simulated model, no key needed. To use a real one, open Settings.")
    return chosen


def tool_cards(tools: Sequence[Tool], problems: Sequence[object], left_out: Sequence[str]) -> None:
    """The tools as cards a person can read, and files that could not be loaded.

    A card for each file, as a file has one topic; tools that are not offered stand folded away.
    """
    st.markdown("##### The tools your app holds")
    st.caption("Plain Python functions in `sample_tools/`. The model sees what is written here.")
    _cards([tool for tool in tools if tool.name not in left_out])
    if folded := [tool for tool in tools if tool.name in left_out]:
        with st.expander(count_of(len(folded), "more tool"), icon=":material/handyman:"):
            st.caption("Not offered to the model until you add them in Settings, Tools offered.")
            _cards(folded)
    for problem in problems:
        st.warning("A file in sample_tools could not be used.", icon=":material/error:")
        st.text(str(problem))


def _cards(tools: Sequence[Tool]) -> None:
    """In reading order down the left column, then down the right one, about half in each."""
    columns = st.columns(2)
    told = 0
    for file in sorted({tool.source for tool in tools}, key=_telling):
        held = [tool for tool in tools if tool.source == file]
        right = told > 0 and told + len(held) > len(tools) / 2
        told += len(held)
        with columns[right].container(border=True, gap="small"):
            st.caption(f":material/description: {as_label(file.rpartition('/')[2])}")
            for tool in held:
                _entry(tool)


def _telling(source: str) -> tuple[int, str]:
    """The files that the starter questions use come first."""
    name = source.rpartition("/")[2]
    return (_USED_BY_STARTERS.index(name) if name in _USED_BY_STARTERS else 99, name)


def _entry(tool: Tool) -> None:
    ask = " :orange-badge[asks you first]" if tool.policy == "ask" else ""
    names = ", ".join(tool.definition.input_schema.get("properties", {}))
    does = as_label(_first_sentence(tool.definition.description or ""))
    st.markdown(f"`{tool.name}({names})`{ask}  \n{does}")


def _first_sentence(description: str) -> str:
    return re.split(r"(?<=[.!?])\s|\n", description.strip(), maxsplit=1)[0]
