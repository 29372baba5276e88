"""The few rules of style that the theme's settings cannot say. Owns no layout
and no data."""

from __future__ import annotations

import streamlit as st

from roundtrip.text_timeline import one_line

# Streamlit writes white on a primary button and on what is chosen of many in every scheme; on the
# dark scheme's pale blue that cannot be read. Its captions are the text at 60 %, a shade too pale
# on the light scheme (4.4 to 1 where 4.5 is asked for). The page's top padding is made for apps
# with a header of their own. A popover stands outside the element that says which scheme it is, so
# the document says it too.
_STYLE = """
<style>
:root { color-scheme: light dark; }
[data-testid=stBaseButton-primary]:not(:disabled),
[data-testid=stBaseButton-primary]:not(:disabled):hover,
[data-testid=stMultiSelect] [data-tag] :is(span, button) { color: light-dark(#ffffff, #0f1117); }
[data-testid=stCaptionContainer] { opacity: 1; }
[data-testid=stCaptionContainer] :is(p, li, code) { color: light-dark(#5d6675, #9aa4b5); }
[data-testid=stSidebarHeader] { height: auto; padding-bottom: 0; }
[data-testid=stMainBlockContainer] { padding: 3.75rem 1.25rem 2rem; }
:is([class*=st-key-starter], [class*=st-key-run-]) button,
:is([class*=st-key-starter], [class*=st-key-run-]) button > div {
  justify-content: flex-start;
  text-align: left;
}
[class*=st-key-starter] button:disabled span { color: inherit !important; }
</style>
"""


def page_style() -> None:
    """Apply them."""
    st.html(_STYLE)


def as_label(words: str) -> str:
    """A person's words on a button: shown as they are, never read as Markdown, and with a name for
    what nobody would see."""
    shown = one_line(words)
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]()#+-.!|~<>:$&" else sign for sign in shown)
