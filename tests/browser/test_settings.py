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
