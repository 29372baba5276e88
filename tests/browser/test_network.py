"""The page works without a network: nothing it asks for leaves its own origin."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebSocket

from tests.browser.playground import Playground
from tests.browser.serving import Served


def test_no_request_leaves_the_page_s_own_origin(context: BrowserContext, served: Served) -> None:
    asked: list[str] = []
    complaints: list[str] = []

    def note_request(request: Request) -> None:
        asked.append(request.url)

    def note_socket(socket: WebSocket) -> None:
        asked.append(socket.url)

    def note_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"{message.text} {message.location}")

    context.on("request", note_request)
    page = context.new_page()
    page.on("websocket", note_socket)
    page.on("console", note_console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    playground = Playground(page, served.url).open()
    playground.start("What should I wear")
    playground.to_the_end()
    playground.answered()
    playground.open_settings()
    playground.close_settings()
    playground.page.reload()
    playground.ready().answered()

    own = urlsplit(served.url).netloc
    elsewhere = [address for address in asked if urlsplit(address).netloc not in (own, "")]
    assert len(asked) > 10
    assert elsewhere == []
    assert complaints == []
