"""How long after an event its row is painted, in a real Chromium on the same machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.bench.figures import Figure, percentile
from tests.browser.chromium import launch
from tests.browser.playground import Playground
from tests.browser.serving import serve

VISIBLE_MS = 300.0
"""Design: from an event to its row."""

_WATCH = """rows => {
    window.painted = {};
    new MutationObserver((changes) => {
        for (const change of changes) for (const node of change.addedNodes) {
            const seq = node.dataset?.seq;
            if (seq === undefined || seq in window.painted) continue;
            // The second frame begins after the first, which holds the row, was painted.
            requestAnimationFrame(() => requestAnimationFrame(() => {
                window.painted[seq] = (performance.timeOrigin + performance.now()) / 1000;
            }));
        }
    }).observe(rows, {childList: true});
}"""


def measure(turns: int = 6) -> list[Figure]:
    """Milliseconds; nothing where there is no Chromium."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        try:
            browser = launch(playwright)
        except pytest.skip.Exception as absent:
            print(f"the page is not measured: {absent}")
            return []
        served = serve(Path(folder))
        try:
            page = browser.new_page()
            waits = [wait for _ in range(turns) for wait in _turn(page, served.url)]
        finally:
            browser.close()
            served.stop()
    return [
        Figure("from an event to its row on the page, p50", percentile(waits, 50), "ms"),
        Figure(
            "from an event to its row on the page, p95", percentile(waits, 95), "ms", VISIBLE_MS
        ),
    ]


def _turn(page: Page, url: str) -> list[float]:
    playground = Playground(page, url).open()
    playground.start("What should I wear")
    playground.step("Write the request")
    playground.next_button.get_by_text("Send it to the model").wait_for()
    page.locator(".tl .rows").evaluate(_WATCH)
    playground.to_the_end()
    playground.answered()
    page.wait_for_function("() => Object.keys(window.painted).length >= 5")
    painted: dict[str, float] = page.evaluate("() => window.painted")
    answer = page.request.get(f"{url}api/runs/{playground.run}/steps")
    steps: list[dict[str, Any]] = answer.json()["steps"]
    return [
        (painted[str(step["seq"])] - step["at"]) * 1000
        for step in steps
        if str(step["seq"]) in painted
    ]
