"""The way between the pages. Owns the list of pages, and that a run goes along.

The links are ours and not Streamlit's own: those drop the address's `run`, and with it the
conversation a person was in.
"""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager


def only_declared_pages() -> None:
    """Say so to a server that begins.

    Until a script has declared its pages, Streamlit takes every file in `pages/` for one and runs
    it alone: the first visitor after a restart, who follows a link to a page, would miss the rest.
    """
    PagesManager.uses_pages_directory = False


def pages() -> list[st.Page]:
    """Every page, in the order of the links; the first is where people arrive."""
    return [
        st.Page("pages/playground.py", title="Playground", icon=":material/forum:", default=True),
        st.Page("pages/dictionary.py", title="Dictionary", icon=":material/translate:"),
        st.Page("pages/simulator.py", title="Simulator", icon=":material/smart_toy:"),
    ]


def navigate() -> None:
    """Draw the links and the page that the address names."""
    there = pages()
    page = st.navigation(there, position="hidden")
    run = st.query_params.get("run")
    with st.sidebar:
        st.markdown("### :material/sync_alt: Roundtrip")
        for one in there:
            st.page_link(one, query_params={"run": run} if run else None)
    page.run()
