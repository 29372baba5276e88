"""Narrow and wide, light and dark: nothing runs off the side, and everybody can use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, expect

from tests.browser.playground import Playground
from tests.browser.serving import Served

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 1000}

STREAMLIT_S_OWN: tuple[tuple[str, str, str], ...] = ()
"""(rule, part of the selector, why it is not ours to mend)."""


def violations(playground: Playground) -> list[str]:
    """What axe finds serious or critical, but for what is listed as Streamlit's own."""
    found: list[dict[str, Any]] = Axe().run(playground.page).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:200]}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if not _is_streamlit_s(rule["id"], str(node["target"]))
    ]


def _is_streamlit_s(rule: str, selector: str) -> bool:
    return any(rule == theirs and part in selector for theirs, part, _ in STREAMLIT_S_OWN)


def runs_off_the_side(playground: Playground) -> bool:
    return bool(
        playground.page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
    )


@pytest.mark.parametrize(
    ("scheme", "viewport", "sampled"),
    [
        pytest.param("light", WIDE, True, id="light-wide"),
        pytest.param("dark", NARROW, True, id="dark-narrow"),
        pytest.param("light", NARROW, False, id="light-narrow"),
        pytest.param("dark", WIDE, False, id="dark-wide"),
    ],
)
def test_it_can_be_read_and_used(
    new_context: Callable[..., BrowserContext],
    served: Served,
    full: bool,
    scheme: str,
    viewport: dict[str, int],
    sampled: bool,
) -> None:
    if not (full or sampled):
        pytest.skip("each scheme and each width once; all pairs with --full")
    page = new_context(color_scheme=scheme, viewport=viewport).new_page()
    playground = Playground(page, served.url).open()
    assert not runs_off_the_side(playground)
    assert violations(playground) == []

    playground.start("What should I wear")
    playground.to_the_end()
    playground.answered()
    assert not runs_off_the_side(playground)
    playground.rows.nth(1).click()
    expect(page.get_by_role("tab", name="Request")).to_be_visible()
    assert not runs_off_the_side(playground)
    assert violations(playground) == []
