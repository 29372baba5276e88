"""The page lives with its Content-Security-Policy, and a page of another site gets nowhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Response, expect

from tests.browser.playground import QUIET_MS, Playground
from tests.browser.serving import Served
from tests.live_runs import until

_TELL = """document.addEventListener("securitypolicyviolation", (event) => {
    window.violated(`${event.effectiveDirective} ${event.blockedURI}`);
});"""

_GOT_IN = """(address) => {
    const script = document.createElement("script");
    script.textContent = "window.hostile = 1";
    document.body.append(script);
    document.body.insertAdjacentHTML("beforeend", '<img src="x" onerror="window.hostile = 2">');
    document.body.insertAdjacentHTML("beforeend", `<iframe src="${address}"></iframe>`);
    document.body.insertAdjacentHTML("beforeend", `<object data="${address}"></object>`);
    document.body.insertAdjacentHTML("beforeend", `<base href="${address}">`);
    for (const [tag, source] of [["script", "src"], ["img", "src"]]) {
        const loaded = document.createElement(tag);
        loaded[source] = `${address}?${tag}`;
        document.body.append(loaded);
    }
    fetch(address).catch(() => {});
    try { new WebSocket(address.replace("http", "ws")); } catch {}
}"""
"""What hostile text would do if it ever became HTML or script."""

_TRY = """async (address) => {
    const opened = (how) => new Promise((done) => {
        const socket = new WebSocket(address.replace("http", "ws") + "_stcore/stream", how);
        socket.onopen = () => done("open");
        socket.onerror = () => done("refused");
    });
    await fetch(`${address}api/runs/1/steps`, { mode: "no-cors", credentials: "include" });
    await fetch(`${address}sim/anthropic/v1/messages`, { mode: "no-cors", method: "POST" });
    const frame = document.createElement("iframe");
    await new Promise((done) => {
        frame.onload = done;
        frame.src = `${address}?framed`;
        document.body.append(frame);
    });
    return opened(["streamlit"]);
}"""
"""What a page of another site may try."""


@pytest.fixture
def violations(context: BrowserContext) -> list[str]:
    """What pages of this context did against their policy."""
    seen: list[str] = []
    context.expose_function("violated", lambda what: seen.append(what))
    context.add_init_script(_TELL)
    return seen


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """The address of another site, with an empty page; and of another port on the same machine,
    whose requests carry our cookie."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_every_page_asks_for_nothing_that_its_policy_forbids(
    context: BrowserContext, served: Served, violations: list[str]
) -> None:
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # On a page below the first, Streamlit looks for its server there too, and finds none.
        if message.type == "error" and "/dictionary/_stcore/" not in message.location["url"]:
            complaints.append(f"{message.text} {message.location['url']}")

    page = context.new_page()
    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    playground = Playground(page, served.url).open()
    playground.start("What should I wear")
    playground.step("Write the request")
    page.get_by_role("button", name="Edit the request first").click()
    page.get_by_role("button", name="Leave it as it is").click()
    playground.to_the_end()
    playground.answered()
    for row in range(playground.rows.count()):
        playground.rows.nth(row).click()
    playground.open_settings()
    playground.close_settings()
    page.get_by_role("link", name="Dictionary").click()
    page.wait_for_selector(".dict .row")
    page.reload()
    page.wait_for_selector(".dict .row")
    assert (violations, complaints) == ([], [])


def test_what_got_into_a_page_neither_runs_nor_tells_anybody(
    context: BrowserContext, served: Served, violations: list[str], elsewhere: str
) -> None:
    page = context.new_page()
    playground = Playground(page, served.url).open()
    page.evaluate(_GOT_IN, elsewhere)
    expected = {
        "script-src-elem inline",
        "script-src-attr inline",
        f"script-src-elem {elsewhere}?script",
        f"img-src {elsewhere}?img",
        f"frame-src {elsewhere[:-1]}",
        f"object-src {elsewhere[:-1]}",
        f"base-uri {elsewhere}",
        f"connect-src {elsewhere}",
        f"connect-src {elsewhere.replace('http', 'ws')}",
    }
    until(lambda: page.evaluate("() => 1") and expected <= set(violations))
    assert page.evaluate("() => window.hostile") is None
    playground.ready()


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_a_page_of_another_site_opens_us_by_a_link_and_in_no_other_way(
    context: BrowserContext, served: Served, elsewhere: str, name: str
) -> None:
    """From another port of the same site, which our cookie goes along with, and another site."""
    page = context.new_page()
    Playground(page, served.url).open()
    answers: list[tuple[str, int]] = []

    def note(answer: Response) -> None:
        if answer.url.startswith(served.url):
            answers.append((answer.url.removeprefix(served.url), answer.status))

    page.goto(elsewhere.replace("127.0.0.1", name))
    page.on("response", note)
    assert page.evaluate(_TRY, served.url) == "refused"
    assert dict(answers) == {
        "api/runs/1/steps": 403,
        "sim/anthropic/v1/messages": 403,
        "?framed": 403,
    }
    page.evaluate(
        """(address) => {
            const link = Object.assign(document.createElement("a"), { href: address });
            link.textContent = "link";
            document.body.append(link);
        }""",
        served.url,
    )
    page.get_by_text("link").click()
    Playground(page, served.url).ready()
    assert page.url.startswith(served.url)
    expect(page.get_by_test_id("stApp")).to_be_visible(timeout=QUIET_MS)
