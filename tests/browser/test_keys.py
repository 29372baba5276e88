"""A typed key is used, and is nowhere else: not in the page, not on disk, not in a log."""

from __future__ import annotations

import json

from playwright.sync_api import BrowserContext, WebSocket, expect

from tests.browser.playground import Playground
from tests.browser.serving import Served
from tests.browser.slow_model import slow_model

CANARY = "sk-ant-canary-Zq7vN3xW9pLr2TfK"

_ALL_TEXT = """() => {
    const seen = [];
    const walk = (node) => {
        if (node.value) seen.push(String(node.value));
        for (const attribute of node.attributes ?? []) seen.push(attribute.value);
        if (node.nodeType === Node.TEXT_NODE) seen.push(node.data);
        if (node.shadowRoot) walk(node.shadowRoot);
        node.childNodes.forEach(walk);
    };
    walk(document);
    return seen.join("\\n");
}"""
"""Every text, attribute and typed value of the page, shadow roots included."""

_STORED = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"


def test_a_typed_key_reaches_the_provider_and_nothing_else(
    context: BrowserContext, served: Served
) -> None:
    page = context.new_page()
    received: list[bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda data: received.append(_bytes(data)))

    page.on("websocket", listen)
    playground = Playground(page, served.url).open()
    with slow_model(tokens_per_second=0) as address:
        playground.use_real_model(address, CANARY)
        playground.start("What is 17%")
        playground.to_the_end()
        playground.answered()
    playground.rows.nth(1).click()
    playground.page.get_by_role("tab", name="Headers").click()
    document = page.request.get(f"{served.url}api/runs/{playground.run}/document").text()
    sent = json.loads(document)["exchanges"][0]["request_headers"]
    assert "[redacted]" in [value for _, value in sent], "no key was used"

    playground.open_settings()
    assert received
    held = {
        "the page": str(page.evaluate(_ALL_TEXT)),
        "its source": page.content(),
        "browser storage": str(page.evaluate(_STORED)),
        "cookies": str(context.cookies()),
        "the address": page.url,
        "the exported run": document,
        "websocket frames": b"".join(received).decode("latin-1"),
        **{path.name: path.read_bytes().decode("latin-1") for path in served.folder.glob("*.*")},
    }
    assert {"runs.sqlite3", "server.log"} <= held.keys()
    assert [place for place, text in held.items() if CANARY in text] == []

    page.reload()
    settings = playground.ready().open_settings()
    expect(settings.get_by_placeholder("using the key you typed")).to_be_visible()


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
