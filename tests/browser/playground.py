"""The Playground in the words of a person: open it, ask, take the next step, read the rows.

Owns where things are on the page. Every wait is for a condition on the page; what is expected
stands in the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

QUIET_MS = 60_000
"""How long a condition may take on a busy machine; nothing ever waits this long by design."""


BRING_TO_REST = """box => new Promise(atRest => {
    box.scrollIntoView({ block: "center" });
    let before = null, still = 0;
    const look = () => {
        const { top } = box.getBoundingClientRect();
        still = top === before ? still + 1 : 0;
        before = top;
        if (still < 5) requestAnimationFrame(look); else atRest();
    };
    requestAnimationFrame(look);
})"""
"""Scroll a field into the middle, and wait until frames pass in which it stays there: the page
hears of the scrolling a frame later, and the popover may still be opening."""


@dataclass(frozen=True)
class Row:
    """One row of the timeline as it stands on the page."""

    phase: str
    standing: str
    words: str


class Playground:
    """One tab."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        page.set_default_timeout(QUIET_MS)

    # Where things are

    @property
    def chat(self) -> Locator:
        return self.page.get_by_role("log", name="Conversation")

    @property
    def rows(self) -> Locator:
        """The steps; the reply still arriving is not among them."""
        return self.page.locator(".tl button.step")

    @property
    def live_row(self) -> Locator:
        return self.page.locator(".tl .item.live")

    @property
    def next_button(self) -> Locator:
        return self.page.locator(".st-key-control-next button")

    @property
    def question(self) -> Locator:
        """The field for what to ask."""
        return self.page.get_by_test_id("stChatInputTextArea")

    @property
    def cards(self) -> Locator:
        """The starter cards."""
        return self.page.locator("[class*=st-key-starter] button")

    @property
    def stop_button(self) -> Locator:
        return self.page.locator(".st-key-control-stop button")

    @property
    def summary(self) -> Locator:
        """The line beside Settings."""
        return self.page.get_by_test_id("stMarkdownContainer").filter(has_text="tool choice:")

    @property
    def spoken(self) -> list[str]:
        """What the requests' rows say of whom they ask."""
        return self.page.locator(".tl .speaks").all_inner_texts()

    @property
    def run(self) -> str | None:
        found = re.search(r"[?&]run=([^&]+)", self.page.url)
        return found[1] if found else None

    # What a person does

    def open(self, run: str | None = None) -> Playground:
        self.page.goto(self.url + (f"?run={run}" if run else ""))
        return self.ready()

    def ready(self) -> Playground:
        """The script has drawn the page and rests."""
        drawn = '[data-testid="stApp"][data-test-script-state="notRunning"]'
        self.page.wait_for_selector(f"{drawn} [data-testid=stChatInputTextArea]")
        return self

    def start(self, card: str) -> None:
        """Click the starter card that begins so."""
        self.cards.filter(has_text=card).click()

    def ask(self, text: str) -> None:
        asked = self.chat.locator(".bubble.you")
        before = asked.count()
        self.question.fill(text)
        self.question.press("Enter")
        # Until then the buttons are those of the turn before, and say so if they are clicked.
        expect(asked).to_have_count(before + 1)
        self.ready()

    def step(self, label: str | re.Pattern[str]) -> None:
        """Take the next step, which must be called so."""
        words = self.next_button.get_by_test_id("stMarkdownContainer")
        expect(words).to_have_text(label, timeout=QUIET_MS)
        self.next_button.click()

    def to_the_end(self) -> None:
        self.page.locator(".st-key-control-end button").click()

    def use_real_model(
        self, address: str, key: str | None = None, model: str | None = None
    ) -> None:
        """Settings: a real model, at this address, with this key, of this name."""
        settings = self.open_settings()
        settings.get_by_text("A real model", exact=True).click()
        self.type_address(address)
        if key is not None:
            self.type_key(key)
        if model is not None:
            box = settings.get_by_role("combobox", name="Model")
            box.fill(model)
            box.press("Enter")
            expect(self.summary).to_contain_text(model, timeout=QUIET_MS)
        self.close_settings()

    def type_address(self, address: str) -> None:
        """In the open settings of a real model: this address, and the page has drawn its fields;
        each address has its own."""
        settings = self.page.get_by_test_id("stPopoverBody")
        box = settings.get_by_role("textbox", name="Address")
        box.fill(address)
        box.press("Enter")
        expect(self.summary).to_contain_text(f"at {urlsplit(address).netloc}", timeout=QUIET_MS)
        self.ready()

    def choose_api(self, title: str) -> None:
        """In the open settings: the next turn speaks this API."""
        settings = self.page.get_by_test_id("stPopoverBody")
        box = settings.get_by_role("combobox", name="API")
        if box.input_value() != title:  # what stands there already opens no list
            box.fill(title)
            expect(self.page.get_by_role("option")).to_have_text([title])
            box.press("Enter")
        expect(self.summary).to_contain_text(f"speaks {title}", timeout=QUIET_MS)
        self.ready()

    def speak(self, title: str) -> None:
        """Settings: the next turn speaks this API."""
        self.open_settings()
        self.choose_api(title)
        self.close_settings()

    def type_key(self, key: str) -> None:
        """In the open settings: type a key and use it."""
        settings = self.page.get_by_test_id("stPopoverBody")
        settings.get_by_role("textbox", name="Key").fill(key)
        settings.get_by_role("button", name="Use this key").click()
        typed = settings.get_by_placeholder("using the key you typed")
        expect(typed).to_be_visible(timeout=QUIET_MS)

    def use_simulated_model(self) -> None:
        self.open_settings().get_by_text("Simulated model", exact=True).click()
        expect(self.page.get_by_text("Simulated model, no key needed").first).to_be_visible()
        self.close_settings()

    def open_settings(self) -> Locator:
        self.page.get_by_role("button", name="Settings").click()
        settings = self.page.get_by_test_id("stPopoverBody")
        expect(settings.get_by_role("radio", name="A real model")).to_be_visible(timeout=QUIET_MS)
        return settings

    def choice(self, label: str) -> Locator:
        """In the open settings: the field of a list, in the middle of what is seen. A list closes
        where its field moves under it, as one does that a browser brings into view."""
        settings = self.page.get_by_test_id("stPopoverBody")
        box = settings.get_by_role("combobox", name=label)
        box.evaluate(BRING_TO_REST)
        return box

    def close_settings(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_test_id("stPopoverBody")).to_have_count(0)
        self.ready()

    def answered(self, turns: int = 1) -> None:
        """Wait until so many answers stand and nothing is left to do."""
        answers = self.page.locator('.tl button.step[data-phase="answer"]')
        expect(answers).to_have_count(turns, timeout=QUIET_MS)
        expect(self.stop_button).to_have_count(0, timeout=QUIET_MS)
        self.ready()

    # What a person reads

    def read_rows(self) -> list[Row]:
        """All rows in one look."""
        seen: list[dict[str, Any]] = self.rows.evaluate_all(
            """rows => rows.map(row => ({
                phase: row.dataset.phase,
                standing: row.dataset.standing,
                words: row.querySelector(".say").textContent,
            }))"""
        )
        return [Row(**row) for row in seen]

    def phases(self) -> list[str]:
        return [row.phase for row in self.read_rows()]

    def last_bubble(self) -> str:
        return self.chat.locator(".bubble").last.inner_text()
