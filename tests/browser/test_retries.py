"""A retry is seen, can be cancelled and made now; what came of a broken reply stays."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from roundtrip.wires.wire import WIRES, wire_named
from tests.browser.playground import QUIET_MS, Playground
from tests.browser.provider import a_provider
from tests.browser.test_layout_and_access import violations
from tests.drive.driving import refuses, says, text
from tests.drive.faults import breaks

BUSY = refuses(429, "rate_limit_error", "Too fast for your plan", retry_after="25")
FINE = says(text("It is 397.8."))


def waits(playground: Playground) -> Locator:
    """Ask, and wait until the page counts down to the next try."""
    playground.start("What is 17%")
    playground.to_the_end()
    counted = playground.rows.last.locator(".countdown")
    expect(counted).to_have_text(re.compile(r"^\d+ s$"), timeout=QUIET_MS)
    row = playground.rows.last
    expect(row).to_contain_text("Too fast for your plan. Trying again in")
    expect(row).to_contain_text("· attempt 2 of 3")
    return counted


def test_the_row_counts_down_and_the_next_try_can_be_made_now_by_the_keyboard(
    playground: Playground,
) -> None:
    with a_provider(BUSY, FINE) as provider:
        playground.use_real_model(provider.url, "some-key")
        counted = waits(playground)
        now = playground.page.get_by_role("button", name="Try now")
        expect(now).to_be_visible(timeout=QUIET_MS)
        seen = counted.inner_text()
        expect(counted).not_to_have_text(seen)
        assert int(counted.inner_text().split()[0]) < int(seen.split()[0])
        assert len(provider.asked) == 1

        assert violations(playground) == []

        cancel = playground.page.get_by_role("button", name="Cancel the retry")
        now.focus()
        playground.page.keyboard.press("Tab")
        expect(cancel).to_be_focused()
        playground.page.keyboard.press("Shift+Tab")
        playground.page.keyboard.press("Enter")
        playground.answered()
        assert len(provider.asked) == 2
    assert "397.8" in playground.last_bubble()
    told = [row.words for row in playground.read_rows()]
    assert re.search(r"Too fast for your plan\. Tried again after [\d.]+ s\.", told[2])
    assert told[3].endswith("(attempt 2)")


def test_a_cancelled_retry_ends_in_the_failure_and_nothing_is_sent(playground: Playground) -> None:
    with a_provider(BUSY, FINE) as provider:
        playground.use_real_model(provider.url, "some-key")
        waits(playground)
        playground.page.get_by_role("button", name="Cancel the retry").click()
        again = playground.page.get_by_role("button", name="Try again")
        expect(again).to_be_visible(timeout=QUIET_MS)
        assert len(provider.asked) == 1
        words = [row.words for row in playground.read_rows()][-2:]
        assert words[0].endswith("Too fast for your plan. Not tried again.")
        assert "You cancelled the retry" in words[1]
        assert "Too fast for your plan" in playground.chat.inner_text()

        again.click()
        playground.to_the_end()
        playground.answered()
        assert len(provider.asked) == 2


@pytest.mark.parametrize("wire", WIRES)
def test_a_refusal_and_a_broken_reply_are_told_in_the_row_and_in_the_chat(
    playground: Playground, wire: str
) -> None:
    said = "tools.0: <b>this</b> is more than your plan takes"
    refused = refuses(400, "invalid_request_error", said)
    with a_provider(refused, breaks("cut"), FINE) as provider:
        playground.speak(wire_named(wire).title)
        playground.use_real_model(provider.url, "some-key", "some-model")
        playground.start("What is 17%")
        playground.to_the_end()
        again = playground.page.get_by_role("button", name="Try again")
        expect(again).to_be_visible(timeout=QUIET_MS)
        expect(playground.rows.last).to_contain_text(said)
        expect(playground.chat.locator(".bubble.note").last).to_contain_text(said)

        again.click()
        playground.to_the_end()
        half = playground.chat.locator(".bubble.model").last
        expect(half).to_contain_text("Model, broken off", timeout=QUIET_MS)
        expect(half).to_contain_text("Cold and wet …")
        expect(half).to_contain_text("it is not sent to the model")
        row = playground.rows.last
        expect(row).to_have_attribute("data-phase", "error")
        expect(row).to_contain_text("It broke off after: “Cold and wet")
        note = playground.page.locator(".tl .item .note.bad").last
        expect(note).to_contain_text("it is not sent to the model")
        expect(again).to_be_visible(timeout=QUIET_MS)
        assert "Traceback" not in playground.page.locator("body").inner_text()
        assert violations(playground) == []

        playground.ask("And in words?")
        playground.to_the_end()
        playground.answered()
        assert "397.8" in playground.last_bubble()
        assert {asked.wire for asked in provider.asked} == {wire}
        assert "Cold" not in provider.asked[-1].raw.decode()
        expect(playground.chat.locator(".bubble.model").first).to_contain_text("Model, broken off")
