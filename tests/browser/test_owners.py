"""Two browsers on one server: neither sees the other's runs, by the page or by the routes."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.playground import Playground
from tests.browser.serving import Served

ROUTES = ("steps", "steps/1", "live", "document")


def test_a_browser_sees_only_its_own_runs(
    new_context: Callable[..., BrowserContext], served: Served
) -> None:
    hers = Playground(new_context().new_page(), served.url).open()
    hers.start("What is 17%")
    hers.to_the_end()
    hers.answered()
    run = hers.run
    for route in ROUTES:
        assert hers.page.request.get(f"{served.url}api/runs/{run}/{route}").status == 200

    his = Playground(new_context().new_page(), served.url).open(run)
    expect(his.page.get_by_text("There is no such run in this browser")).to_be_visible()
    expect(his.rows).to_have_count(0)
    expect(his.page.locator("[class*=st-key-run-]")).to_have_count(0)
    for route in ROUTES:
        assert his.page.request.get(f"{served.url}api/runs/{run}/{route}").status == 404

    his.start("Write me a haiku")
    his.to_the_end()
    his.answered()
    assert his.run != run
    hers.page.reload()
    hers.ready().answered()
    expect(hers.page.locator("[class*=st-key-run-]")).to_have_count(1)
    assert "397.8" in hers.last_bubble()


def test_whoever_brings_no_cookie_sees_no_run(playground: Playground) -> None:
    playground.start("What is 17%")
    expect(playground.next_button).to_be_visible()
    for route in ROUTES:
        address = f"{playground.url}api/runs/{playground.run}/{route}"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(address, timeout=5)
