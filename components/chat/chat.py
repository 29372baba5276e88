"""Mounts the chat component. Owns its files and its data's shape; the words are the engine's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from roundtrip.chat import Bubble

_HERE = Path(__file__).parent


@cache
def _component() -> Any:
    return st.components.v2.component(
        "roundtrip_chat",
        css=(_HERE / "chat.css").read_text(),
        js=(_HERE / "chat.js").read_text(),
    )


def chat(run: str, bubbles: Sequence[Bubble], *, key: str) -> None:
    """Draw the bubbles. Text is written as text: nothing in it can become markup."""
    _component()(
        key=key,
        data={"run": run, "bubbles": [one.model_dump(exclude_none=True) for one in bubbles]},
    )
