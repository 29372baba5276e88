"""The Dictionary: one conversation as every provider's API spells it, side by side.

Reads the run's state and lays out the component. No arithmetic, no provider names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components.dictionary.dictionary import dictionary_view
from components.look import page_style
from roundtrip.dictionary import Subject, dictionary, of_run, worked_example
from roundtrip.lines import listed
from roundtrip.owner import owner_from
from roundtrip.service import the_service
from roundtrip.store import NotFound, StoreError

MINE, EXAMPLE = "This conversation", "A worked example"
PIECES, WHOLE = "Concept by concept", "Whole bodies"
KEPT = 32
"""Conversations whose spelling is kept at hand: a switch of the view draws it without asking."""

runner = the_service().runner


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _drawn(owner: str, run: str, head: int) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    """A run's dictionary as JSON and what it leaves out; None before the first question."""
    journal = runner.journal(owner, run)
    subject = of_run(journal.state, journal.events(last=head))
    return None if subject is None else (_as_json(subject), subject.left_out)


@st.cache_data(max_entries=1, show_spinner=False)
def _example() -> dict[str, Any]:
    return _as_json(worked_example())


def _as_json(subject: Subject) -> dict[str, Any]:
    return dictionary(subject).model_dump(mode="json", exclude_defaults=True)


def _run_in_address(owner: str) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    """The dictionary of the run that the address names, and what it leaves out."""
    run = st.query_params.get("run")
    if run is None:
        return None
    try:
        return _drawn(owner, run, runner.journal(owner, run).head)
    except NotFound:
        st.warning("There is no such run in this browser. Here is a worked example.")
        return None


def _which(mine: bool) -> tuple[bool, bool]:
    """What the person wants to see: their conversation or the example; whole bodies or pieces."""
    source = MINE if mine else EXAMPLE
    with st.container(horizontal=True):
        if mine:
            source = st.segmented_control(
                "What is spelled",
                [MINE, EXAMPLE],
                default=MINE,
                required=True,
                key="dictionary-source",
                label_visibility="collapsed",
            )
        view = st.segmented_control(
            "How much of it",
            [PIECES, WHOLE],
            default=PIECES,
            required=True,
            key="dictionary-view",
            label_visibility="collapsed",
        )
    return source == MINE, view == WHOLE


def _about_example(*, asked: bool) -> None:
    words = "A worked example: two calls at once, and one of them fails."
    if not asked:
        words += " Ask something on the Playground, and your own conversation stands here."
    st.caption(words)


def _about_mine(left_out: Sequence[str]) -> None:
    words = "Your conversation so far, written afresh for each API."
    if left_out:
        words += f" It is long, so this is left out here: {listed(left_out)}."
    st.caption(words + " The bytes that really crossed are in the Playground's rows.")


def main() -> None:
    page_style()
    owner = owner_from(st.context.cookies)
    if owner is None:
        st.info("This page needs its one cookie, to keep your runs yours. Allow it, then reload.")
        return
    st.markdown("#### Dictionary")
    st.markdown(
        "Every provider spells function calling its own way, and all mean the same. One"
        " conversation, side by side: who can read one column can read them all."
    )
    try:
        found = _run_in_address(owner)
    except StoreError as error:
        st.error(f"The runs cannot be read just now: {error}", icon=":material/error:")
        found = None
    mine, whole = _which(found is not None)
    if found is not None and mine:
        shown, left_out = found
        _about_mine(left_out)
    else:
        shown = _example()
        _about_example(asked=found is not None)
    rows = shown["whole" if whole else "rows"]
    view = {"columns": shown["columns"], "rows": rows, "meanings": shown["meanings"]}
    dictionary_view(view, key="dictionary")


main()
