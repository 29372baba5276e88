"""One served app and one Chromium for all browser tests; each test has contexts of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.playground import QUIET_MS, Playground
from tests.browser.serving import Served, serve

expect.set_options(timeout=QUIET_MS)

# Package, not session: while Playwright is held open, no other test could run an event loop.


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def served(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = serve(tmp_path_factory.mktemp("served"))
    yield served
    served.stop()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A browser with cookies of its own; takes what `Browser.new_context` takes."""
    made: list[BrowserContext] = []

    def new(**how: object) -> BrowserContext:
        made.append(browser.new_context(**{"viewport": {"width": 1440, "height": 1000}, **how}))
        return made[-1]

    yield new
    for context in made:
        context.close()


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    return new_context()


@pytest.fixture
def playground(context: BrowserContext, served: Served) -> Playground:
    """The page, open, in a browser that was never here before."""
    return Playground(context.new_page(), served.url).open()
