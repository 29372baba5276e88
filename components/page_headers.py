"""What every answer tells the browser: where its page may load things from, and what it tells on.

Owns the headers, and what Streamlit's page needs of them. Each need is one that Chromium was seen
to complain of; `tests/browser/test_page_headers.py` sees that nothing else is asked for.
"""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def _content_security_policy() -> str:
    page = Path(st.__file__).parent / "static" / "index.html"
    # Streamlit's page begins with one script of its own; no other may stand in a page.
    scripts = " ".join(map(_source_of, _INLINE_SCRIPT.findall(page.read_text("utf-8"))))
    return "; ".join(
        (
            "default-src 'self'",
            # blob: is how Streamlit loads a component's script, and only a script can make one. Its
            # messages are read with WebAssembly. Text is never run: no 'unsafe-eval'.
            f"script-src 'self' blob: 'wasm-unsafe-eval' {scripts}",
            # Streamlit writes its styles as the page is drawn.
            "style-src 'self' 'unsafe-inline'",
            # The page's icon, and what a chart is saved through.
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _source_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


HEADERS = {
    "Content-Security-Policy": _content_security_policy(),
    # A page's address names the run: no other site is told.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class PageHeadersMiddleware:
    """Says them with every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
