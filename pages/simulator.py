"""The Simulator: its address, how other programs ask it, and what they ask just now.

Lays out finished values. No arithmetic, no provider names.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from components.look import page_style
from components.request_log.request_log import request_log
from roundtrip.owner import owner_from
from roundtrip.service import the_service
from roundtrip.simulator.first_requests import FirstRequest, first_requests
from roundtrip.simulator.model_names import models_here
from roundtrip.simulator_api import caller_key

ALONE = "python -m roundtrip.simulator --port 8600"

service = the_service()


def _root() -> str:
    """The mounted simulator's address, as this browser reaches it."""
    here = urlsplit(st.context.url or "")
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{here.scheme}://{here.netloc}{f'/{base}' if base else ''}/sim"


def _addresses(examples: tuple[FirstRequest, ...]) -> None:
    """Each API's base URL, two beside each other."""
    st.markdown("##### Base URLs")
    columns = st.columns(2)
    for position, example in enumerate(examples):
        with columns[position % 2].container(gap="xsmall"):
            st.caption(example.title)
            st.code(example.base_url, language=None)


def _how_to_ask(examples: tuple[FirstRequest, ...]) -> None:
    """One question, by curl and by each API's official SDK."""
    st.markdown("##### Ask it something")
    titles = [example.title for example in examples]
    chosen = st.segmented_control(
        "API",
        titles,
        default=titles[0],
        required=True,
        key="simulator-api",
        label_visibility="collapsed",
    )
    example = next(one for one in examples if one.title == chosen)
    # No language: the highlighting's colours are too pale to read on the light scheme.
    by_curl, by_python = st.tabs(["curl", "Python, official SDK"])
    by_curl.code(example.curl, language=None, wrap_lines=True)
    by_python.code(example.python, language=None, wrap_lines=True)


def _what_it_is(key: str) -> None:
    st.markdown("#### Simulator")
    st.markdown(
        "A server that speaks four providers' APIs, with a simulated model behind it. Point any"
        " client at it by its base URL: no account, no cost, no network."
    )
    st.caption(
        f"Models: {', '.join(f'`{name}`' for name in models_here())}, and each provider's own names"
        f" (`sim-large` answers for them). Any key works, `{key}` is the one used here; one that"
        " begins with `invalid` is refused as a real one would be."
    )


def _alone() -> None:
    with st.expander("Without this page", icon=":material/terminal:"):
        st.caption("In a checkout, the same simulator alone; `--help` lists latency and speed.")
        st.code(ALONE, language=None)


def main() -> None:
    page_style()
    owner = owner_from(st.context.cookies)
    if owner is None:
        st.info("This page needs its one cookie, to keep your requests yours. Allow it and reload.")
        return
    key = caller_key(owner, only_this_machine=service.loopback)
    _what_it_is(key)
    examples = first_requests(_root(), key)
    _addresses(examples)
    _how_to_ask(examples)
    _alone()
    st.markdown("##### What is asked of it")
    if service.loopback:
        st.caption("Every request that other programs send here, as it comes.")
    else:
        st.caption(f"What comes with the key `{key}`, which is yours: others do not see it.")
    request_log(key="request-log")


main()
