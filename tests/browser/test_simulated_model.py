"""What the simulated model is asked to do: chosen in Settings, seen on the page, easily switched
off."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from roundtrip.lines import SCRIPTED
from tests.browser.playground import QUIET_MS, Playground
from tests.browser.provider import a_provider
from tests.browser.test_layout_and_access import NARROW, runs_off_the_side, violations
from tests.browser.test_rows import document
from tests.drive.driving import says, text

PARCEL = "Where is my parcel?"


def wish(playground: Playground, label: str, option: str) -> Locator:
    """In the open settings: choose what begins so, and wait until it stands beside Settings."""
    settings = playground.page.get_by_test_id("stPopoverBody")
    box = playground.choice(label)
    box.fill(option)
    expect(playground.page.get_by_role("option").first).to_contain_text(option)
    box.press("Enter")
    expect(badge(playground, label.lower())).to_be_visible()
    playground.ready()
    return settings


def badge(playground: Playground, name: str) -> Locator:
    """The badge of what is on: a button that switches it off."""
    return playground.page.locator(f".st-key-off-{name} button:visible")


def headers(playground: Playground) -> list[dict[str, str]]:
    """Those of each request that left, in order."""
    return [dict(one["request_headers"]) for one in document(playground)["exchanges"]]


def begin_anew(playground: Playground) -> None:
    playground.page.get_by_role("button", name="New conversation").click()
    expect(playground.cards.first).to_be_visible()
    playground.ready()


def test_a_script_is_explained_followed_marked_and_switched_off(playground: Playground) -> None:
    playground.open_settings()
    settings = wish(playground, "Script", "Makes up")
    expect(settings.get_by_text("gets somebody else's parcel")).to_be_visible()
    expect(settings.get_by_text(PARCEL)).to_be_visible()
    playground.close_settings()
    expect(badge(playground, "script")).to_contain_text("script: Makes up an argument")

    playground.start(PARCEL)
    playground.to_the_end()
    playground.answered()
    asks, answers = playground.chat.locator(".bubble.model").all()
    for bubble in (asks, answers):
        expect(bubble.locator(".mark")).to_have_text(SCRIPTED)
    assert 'order_id="O-5017"' in asks.inner_text()
    for phase in ("stop", "answer"):
        row = playground.page.locator(f'.tl .item:has([data-phase="{phase}"])')
        expect(row.locator(".badge.scripted")).to_have_text("scripted")
        expect(row.locator(".note")).to_contain_text(SCRIPTED[1:])
    asked = playground.page.locator('.tl .item:has([data-phase="ask"])')
    asked.locator("button.step").click()
    asked.get_by_role("tab", name="Headers").click()
    expect(asked.get_by_text("x-script", exact=True)).to_be_visible()
    assert violations(playground) == []

    badge(playground, "script").focus()
    playground.page.keyboard.press("Enter")
    expect(badge(playground, "script")).to_have_count(0)
    playground.ask("What is 17% of 2,340?")
    playground.to_the_end()
    playground.answered(2)
    assert "397.8" in playground.last_bubble()
    expect(playground.chat.locator(".mark")).to_have_count(2)
    expect(badge(playground, "script")).to_have_count(0)
    wished = [one.get("x-script") for one in headers(playground)]
    assert wished == ["made-up-argument", "made-up-argument", None, None]


def test_a_fault_is_told_in_its_row_and_nobody_is_stuck_with_it(playground: Playground) -> None:
    playground.open_settings()
    wish(playground, "Fault", "cut")
    playground.close_settings()
    expect(badge(playground, "fault")).to_contain_text("fault: cut")
    playground.start("Write me a haiku")
    playground.to_the_end()
    again = playground.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible(timeout=QUIET_MS)
    note = playground.page.locator(".tl .item .note.bad").last
    expect(note).to_contain_text("The fault cut was asked of the simulator.")

    badge(playground, "fault").click()
    expect(badge(playground, "fault")).to_have_count(0)
    again.click()
    playground.to_the_end()
    playground.answered()


def test_a_fault_on_the_first_try_strikes_whoever_asks_and_lets_the_next_try_through(
    playground: Playground,
) -> None:
    settings = playground.open_settings()
    wish(playground, "Fault", "429")
    settings.get_by_text("Only on the first try").click()
    expect(badge(playground, "fault")).to_contain_text("429 on the first try")
    playground.close_settings()
    for _ in range(2):  # the second time it is the same question in the same words
        playground.start("Write me a haiku")
        playground.to_the_end()
        playground.answered()
        assert playground.phases() == ["define", "ask", "error", "ask", "answer"]
        assert {one["x-fault"] for one in headers(playground)} == {"429*1"}
        begin_anew(playground)


def test_a_real_model_is_told_nothing_of_it_and_what_was_chosen_is_there_afterwards(
    playground: Playground,
) -> None:
    playground.open_settings()
    wish(playground, "Script", "Writes the call")
    wish(playground, "Fault", "500")
    playground.close_settings()
    with a_provider(says(text("It is 397.8."))) as provider:
        playground.use_real_model(provider.url, "some-key", "some-model")
        expect(badge(playground, "script")).to_have_count(0)
        expect(badge(playground, "fault")).to_have_count(0)
        playground.ask("What is 17% of 2,340?")
        playground.to_the_end()
        playground.answered()
        assert not provider.asked[0].headers.keys() & {"x-script", "x-fault", "x-pace"}
    playground.use_simulated_model()
    expect(badge(playground, "script")).to_be_visible()
    expect(badge(playground, "fault")).to_be_visible()


def test_a_slow_pace_lets_one_watch_and_a_run_opened_again_has_its_own_settings(
    playground: Playground,
) -> None:
    settings = playground.open_settings()
    settings.get_by_text("Slow enough to watch").click()
    expect(badge(playground, "pace")).to_be_visible()
    playground.close_settings()
    playground.start("What is 17%")
    playground.to_the_end()
    expect(playground.live_row).to_be_visible()
    playground.answered()
    slow = playground.run

    begin_anew(playground)
    badge(playground, "pace").click()
    expect(badge(playground, "pace")).to_have_count(0)
    playground.open_settings().get_by_text("Step by step").click()
    expect(playground.summary).to_contain_text("runs to the end")
    playground.close_settings()
    playground.start("Write me a haiku")
    playground.answered()

    playground.page.locator(f".st-key-run-{slow} button").click()
    expect(badge(playground, "pace")).to_be_visible()
    playground.ask("Write me a haiku.")  # what this browser chose since does not come back
    expect(playground.next_button).to_contain_text("Write the request")
    begin_anew(playground)
    expect(badge(playground, "pace")).to_be_visible()
    expect(playground.summary).to_contain_text("step by step")


def test_narrow_it_can_be_read_and_used(playground: Playground) -> None:
    playground.page.set_viewport_size(NARROW)
    playground.open()
    playground.open_settings()
    wish(playground, "Script", "Obeys a letter")
    wish(playground, "Fault", "cut")
    assert violations(playground) == []
    playground.close_settings()
    expect(playground.cards.first).to_contain_text(re.compile("Sum up this letter"))
    assert not runs_off_the_side(playground)
    assert violations(playground) == []
