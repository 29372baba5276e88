"""The Dictionary page: four columns side by side, and a field's twins light up in all of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from roundtrip.wires.wire import WIRES, wire_named
from tests.browser.playground import QUIET_MS, Playground
from tests.browser.serving import Served, serve

NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1440, "height": 1000}
MARKUP = '<img src=x onerror="window.hostile=1"><script>window.hostile=1</script> $x^2$ **b**'


class DictionaryPage:
    """One tab on the page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        page.set_default_timeout(QUIET_MS)

    def open(self, run: str | None = None) -> DictionaryPage:
        self.page.goto(f"{self.url}dictionary" + (f"?run={run}" if run else ""))
        return self.ready()

    def ready(self) -> DictionaryPage:
        self.page.wait_for_selector(".dict .row")
        return self

    def cell(self, row: str, wire: str) -> Locator:
        """All of what a wire says in a row."""
        return self.page.locator(f'.row[data-row="{row}"] .cell[data-wire="{wire}"]')

    def mark(self, row: str, wire: str, text: str) -> Locator:
        return self.cell(row, wire).locator(".mark", has_text=text).first

    def word(self, wire: str) -> Locator:
        """The wire's word for what is lit."""
        return self.page.locator(f'.head[data-wire="{wire}"] .word')

    @property
    def lit(self) -> set[tuple[str, str]]:
        """Wire and row of everything that is lit."""
        return {
            tuple(pair)
            for pair in self.page.locator(".mark.lit").evaluate_all(
                """marks => marks.map(mark => [
                    mark.closest(".cell").dataset.wire, mark.closest(".row").dataset.row,
                ])"""
            )
        }

    @property
    def meaning(self) -> Locator:
        return self.page.locator(".dict .meaning")


@pytest.fixture
def shown(context: BrowserContext, served: Served) -> DictionaryPage:
    return DictionaryPage(context.new_page(), served.url).open()


def test_a_server_s_first_visitor_may_come_straight_to_it(
    new_context: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    fresh = serve(tmp_path)
    try:
        page = new_context().new_page()
        DictionaryPage(page, fresh.url).open()
        links = page.get_by_test_id("stSidebar").get_by_role("link")
        pages = ("Playground", "Dictionary", "Simulator")
        expect(links).to_have_text([re.compile(f"{page}$") for page in pages])
    finally:
        fresh.stop()


def test_it_opens_with_a_worked_example_in_four_columns(shown: DictionaryPage) -> None:
    titles = [wire_named(name).title for name in WIRES]
    expect(shown.page.locator(".head .title")).to_have_text(titles)
    expect(shown.page.get_by_text("A worked example: two calls")).to_be_visible()
    for wire in WIRES:
        expect(shown.cell("call", wire)).to_contain_text("get_weather")
    edges = shown.page.locator('.row[data-row="call"] .cell').evaluate_all(
        "cells => cells.map(cell => [cell.getBoundingClientRect().x, cell.offsetTop])"
    )
    assert len({x for x, _ in edges}) == 4 and len({y for _, y in edges}) == 1


def test_a_click_on_a_field_lights_its_twins_in_four_columns(shown: DictionaryPage) -> None:
    shown.mark("call", "anthropic", "call_tokyo").click()
    shown.page.mouse.move(0, 0)
    assert {(wire, row) for wire in WIRES for row in ("call", "result")} <= shown.lit
    expect(shown.meaning).to_have_text("The id that ties the result to the call.")
    expect(shown.word("anthropic")).to_have_text("id → tool_use_id")
    expect(shown.word("openai-chat")).to_have_text("id → tool_call_id")
    expect(shown.mark("call", "gemini", "call_tokyo")).to_have_attribute("aria-pressed", "true")
    shown.mark("call", "anthropic", "call_tokyo").click()
    shown.page.mouse.move(0, 0)
    assert shown.lit == set()


def test_pointing_at_a_field_is_enough(shown: DictionaryPage) -> None:
    shown.mark("declare", "gemini", "parametersJsonSchema").hover()
    expect(shown.word("anthropic")).to_have_text("input_schema")
    expect(shown.word("openai-chat")).to_have_text("parameters")
    shown.page.mouse.move(0, 0)
    expect(shown.word("anthropic")).to_have_text("")


def test_what_has_no_place_is_said_in_the_column_s_own_words(shown: DictionaryPage) -> None:
    expect(shown.cell("parallel", "gemini").nth(1)).to_contain_text("No place for it")
    shown.mark("parallel", "anthropic", "disable_parallel_tool_use").hover()
    expect(shown.word("gemini")).to_have_text("no word for it")
    expect(shown.word("openai-responses")).to_have_text("parallel_tool_calls")


def test_it_works_by_keyboard_alone(shown: DictionaryPage) -> None:
    stop = shown.mark("stop", "anthropic", "stop_reason")
    stop.focus()
    expect(shown.word("openai-chat")).to_have_text("finish_reason")
    shown.page.keyboard.press("Enter")
    expect(stop).to_have_attribute("aria-pressed", "true")
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("Escape")
    expect(stop).to_have_attribute("aria-pressed", "false")


def test_a_copied_request_is_the_request(
    new_context: Callable[..., BrowserContext], served: Served
) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    shown = DictionaryPage(context.new_page(), served.url).open()
    shown.page.get_by_text("Whole bodies").click()
    body = shown.cell("request", "openai-chat").locator(".fragment").last
    body.get_by_role("button", name="Copy").click()
    expect(body.get_by_text("Copied")).to_be_visible()
    copied = json.loads(shown.page.evaluate("() => navigator.clipboard.readText()"))
    assert copied["model"] == "sim-large"
    description = copied["tools"][0]["function"]["description"]
    assert description.endswith("no other day than tomorrow."), "what is folded is copied too"


def test_after_a_question_it_spells_the_person_s_own_conversation(playground: Playground) -> None:
    playground.start("What should I wear")
    playground.to_the_end()
    playground.answered()
    run, page = playground.run, playground.page
    page.get_by_role("link", name="Dictionary").click()
    shown = DictionaryPage(page, playground.url).ready()
    for wire in WIRES:
        expect(shown.cell("ask", wire).first).to_contain_text("Tokyo and Oslo tomorrow")
        expect(shown.cell("result", wire)).to_contain_text("light rain")
    expect(shown.page.locator('.row[data-row="error"] .borrowed')).to_be_visible()
    page.get_by_text("A worked example", exact=True).click()
    expect(shown.cell("ask", "gemini").first).to_contain_text("Atlantis")
    page.get_by_role("link", name="Playground").click()
    playground.ready()
    assert playground.run == run
    playground.answered()


def test_another_person_s_conversation_is_not_spelled(
    playground: Playground, new_context: Callable[..., BrowserContext], served: Served
) -> None:
    playground.start("What should I wear")
    playground.to_the_end()
    playground.answered()
    other = DictionaryPage(new_context().new_page(), served.url).open(playground.run)
    expect(other.page.get_by_text("There is no such run in this browser")).to_be_visible()
    expect(other.cell("ask", "gemini").first).to_contain_text("Atlantis")


def test_a_hostile_question_stays_text(playground: Playground) -> None:
    playground.ask(MARKUP)
    playground.to_the_end()
    playground.answered()
    page = playground.page
    page.get_by_role("link", name="Dictionary").click()
    shown = DictionaryPage(page, playground.url).ready()
    for wire in WIRES:
        expect(shown.cell("ask", wire).first).to_contain_text("<script>window.hostile=1</script>")
    page.get_by_text("Whole bodies").click()
    expect(shown.cell("request", "gemini")).to_contain_text("<img src=x")
    assert page.evaluate("() => window.hostile") is None
    assert page.locator(".dict").locator("img, script, strong, .katex").count() == 0


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
    shown = DictionaryPage(page, served.url).open()
    shown.mark("call", "anthropic", "call_tokyo").click()
    assert not page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
    wide = page.locator(".dict").evaluate("dict => dict.scrollWidth > dict.clientWidth")
    assert not wide
    found = [
        f"{rule['id']}: {node['target']} {node['html'][:200]}"
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert found == []


def test_a_narrow_page_shows_one_column_and_switches(
    new_context: Callable[..., BrowserContext], served: Served
) -> None:
    page = new_context(viewport=NARROW).new_page()
    shown = DictionaryPage(page, served.url).open()
    expect(shown.cell("call", "anthropic")).to_be_visible()
    expect(shown.cell("call", "gemini")).to_be_hidden()
    page.get_by_role("button", name="Gemini").click()
    expect(shown.cell("call", "gemini")).to_be_visible()
    expect(shown.cell("call", "anthropic")).to_be_hidden()
    shown.mark("call", "gemini", "call_tokyo").click()
    expect(shown.word("anthropic")).to_contain_text("tool_use_id")
