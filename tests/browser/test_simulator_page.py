"""The Simulator page: addresses to copy, lines to try, and what other programs ask, as it comes."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from roundtrip.simulator.server import SIMULATOR_PATHS
from roundtrip.wires.wire import WIRES, wire_named
from tests.browser.playground import QUIET_MS
from tests.browser.serving import Served

HOSTILE = '<img src=x onerror="window.hostile=1"> ‮ $x^2$ **b**'


class SimulatorPage:
    """One tab on the page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        page.set_default_timeout(QUIET_MS)
        page.goto(f"{url}simulator")
        page.wait_for_selector(".log .log-bar")

    @property
    def codes(self) -> list[str]:
        """Everything that can be copied."""
        return [text.strip() for text in self.page.get_by_test_id("stCode").all_inner_texts()]

    def rows(self, words: str) -> object:
        return self.page.locator(".log-row").filter(has_text=words)


@pytest.fixture
def simulator_page(context: BrowserContext, served: Served) -> SimulatorPage:
    return SimulatorPage(context.new_page(), served.url)


def ask(served: Served, words: str, **headers: str) -> None:
    body = {"model": "sim-large", "messages": [{"role": "user", "content": words}]}
    httpx2.post(
        f"{served.url}sim/openai/v1/chat/completions",
        json=body,
        headers={"authorization": "Bearer any-key"} | headers,
    )


def test_it_shows_four_base_urls_and_a_line_for_each(
    simulator_page: SimulatorPage, served: Served
) -> None:
    page = simulator_page.page
    for wire in WIRES:
        assert f"{served.url}sim{SIMULATOR_PATHS[wire]}" in simulator_page.codes
        page.get_by_role("radio", name=wire_named(wire).title).click()
        expect(page.get_by_role("radio", name=wire_named(wire).title)).to_be_checked()
        expect(page.get_by_test_id("stCode").filter(has_text="curl")).to_contain_text(
            SIMULATOR_PATHS[wire]
        )


def test_the_line_that_is_shown_is_a_row_a_moment_later(simulator_page: SimulatorPage) -> None:
    [line] = [code for code in simulator_page.codes if code.startswith("curl")]
    ended = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=60)
    assert "get_weather" in ended.stdout
    row = simulator_page.rows('asks for get_weather(city="Tokyo")')
    expect(row.first).to_be_visible()
    row.first.click()
    for tab in ("Response", "Headers", "Request", "Request headers"):
        expect(simulator_page.page.get_by_role("tab", name=tab, exact=True)).to_be_visible()
    simulator_page.page.get_by_role("tab", name="Request", exact=True).click()
    expect(simulator_page.page.get_by_role("tabpanel").last).to_contain_text("What is the weather")


def test_a_hostile_request_is_text_and_a_refused_one_says_why(
    simulator_page: SimulatorPage, served: Served
) -> None:
    ask(served, HOSTILE)
    ask(served, "Hello", authorization="Bearer invalid-key")
    expect(simulator_page.rows("<img src=x").first).to_be_visible()
    expect(simulator_page.rows("Incorrect API key provided").first).to_contain_text("401")
    assert simulator_page.page.evaluate("window.hostile") is None


def test_cleared_the_log_is_empty_and_fills_again(
    simulator_page: SimulatorPage, served: Served
) -> None:
    ask(served, "Before")
    expect(simulator_page.rows("Before").first).to_be_visible()
    simulator_page.page.get_by_role("button", name="Clear").click()
    expect(simulator_page.page.locator(".log-row")).to_have_count(0)
    expect(simulator_page.page.locator(".log-empty")).to_be_visible()
    ask(served, "After")
    expect(simulator_page.rows("After").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_and_used_by_everybody(
    new_context: Callable[..., BrowserContext], served: Served, scheme: str
) -> None:
    narrow = {"width": 390, "height": 844}
    page = new_context(color_scheme=scheme, viewport=narrow).new_page()
    ask(served, "Hello")
    shown = SimulatorPage(page, served.url)
    shown.rows("Hello").first.click()
    expect(page.get_by_role("tab", name="Response", exact=True)).to_be_visible()
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in ("serious", "critical")] == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= narrow["width"], "the page scrolls sideways"
