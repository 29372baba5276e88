"""A choice in Settings changes that choice and no other."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.playground import Playground

UNTOUCHED = ("8 tools", "tool choice: auto", "step by step", "cap 8 round trips")


def test_choosing_who_answers_keeps_tools_steps_and_caps(playground: Playground) -> None:
    playground.use_real_model("http://127.0.0.1:1", "some-key")
    summary = playground.page.get_by_test_id("stMarkdownContainer").filter(has_text="tool choice")
    expect(summary).to_contain_text("A real model")
    for words in UNTOUCHED:
        expect(summary).to_contain_text(words)
    playground.start("What is 17%")
    expect(playground.next_button).to_contain_text("Write the request")


def test_settings_opened_after_a_turn_are_those_it_ran_with(playground: Playground) -> None:
    playground.start("Write me a haiku")
    playground.to_the_end()
    playground.answered()
    playground.open_settings().get_by_text("Stream the reply").click()
    playground.close_settings()
    summary = playground.page.get_by_test_id("stMarkdownContainer").filter(has_text="tool choice")
    for words in UNTOUCHED:
        expect(summary).to_contain_text(words)


def test_a_setting_keeps_every_change(playground: Playground) -> None:
    playground.open()
    settings = playground.open_settings()
    toggle = settings.get_by_role("switch", name="Stream the reply")
    for wanted in (False, True, False, True):
        settings.get_by_text("Stream the reply").click()
        expect(toggle).to_be_checked(checked=wanted)


def test_a_cap_can_be_taken_away_and_a_temperature_too(playground: Playground) -> None:
    playground.open()
    settings = playground.open_settings()
    rounds = settings.get_by_label("Round trips")
    rounds.fill("0")
    rounds.press("Enter")
    expect(playground.page.get_by_text("no cap on round trips")).to_be_visible()
    for shown in (1, 0):
        settings.get_by_text("Set the temperature").click()
        expect(settings.get_by_role("slider", name="Temperature")).to_have_count(shown)
    playground.close_settings()
    playground.start("Write me a haiku")
    playground.to_the_end()
    playground.answered()


def test_an_address_with_a_password_in_it_is_refused_where_it_is_typed(
    playground: Playground,
) -> None:
    playground.open()
    settings = playground.open_settings()
    settings.get_by_text("A real model").click()
    address = settings.get_by_role("textbox", name="Address")
    address.fill("http://bob:secret@example.org")
    address.press("Enter")
    expect(settings.get_by_text("This address is not used")).to_be_visible()
