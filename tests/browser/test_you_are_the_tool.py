"""A person is the tool: a call waits for what they enter, and the model answers with it."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.playground import QUIET_MS, Playground

LARGE = "A long report. " * 10_000
"""More than a model's context wants, less than a browser's text field sticks at."""


def be_the_tool(playground: Playground, name: str) -> None:
    playground.open_settings()
    box = playground.choice("You are the tool")
    box.fill(name)
    expect(playground.page.get_by_role("option")).to_have_text([name])
    box.press("Enter")
    expect(playground.summary).to_contain_text(f"you are {name}", timeout=QUIET_MS)
    playground.page.keyboard.press("Tab")  # its list stays open for another choice
    playground.close_settings()


def asked(playground: Playground) -> Locator:
    """Ask for the weather; gives the field for its result."""
    playground.ask("What is the weather in Tokyo?")
    playground.to_the_end()
    result = playground.page.get_by_role("textbox", name="Result")
    expect(result).to_be_visible()
    assert playground.phases() == ["define", "ask", "stop"], "no code may run"
    return result


def enter(playground: Playground) -> None:
    playground.page.get_by_role("button", name="Enter this result").click()


def test_somebody_new_is_the_tool_and_the_model_answers_with_their_result(
    playground: Playground,
) -> None:
    be_the_tool(playground, "get_weather")
    result = asked(playground)
    expect(playground.page.get_by_text("You are the tool: enter what")).to_be_visible()
    assert result.input_value() == ""
    enter(playground)
    expect(playground.page.get_by_text("Nothing is written yet")).to_be_visible()
    result.fill('{"city": "Tokyo", "temp_c": 41, "sky": "frogs falling"')
    result.press("Control+Enter")
    expect(playground.page.get_by_text("This looks like JSON and is none")).to_be_visible()
    result.fill('{"city": "Tokyo", "temp_c": 41, "sky": "frogs falling"}')
    result.press("Control+Enter")
    expect(playground.page.get_by_text("Taken as JSON")).to_be_visible()
    assert len(playground.phases()) == 3, "nothing is sent while it is written"
    enter(playground)
    expect(playground.rows).to_have_count(4)
    assert "was answered by you" in playground.read_rows()[-1].words
    expect(playground.chat.locator(".bubble.code")).to_contain_text("You answered as the tool")
    playground.to_the_end()
    playground.answered()
    assert "frogs falling" in playground.last_bubble()


def test_a_failure_can_be_played_and_the_model_reads_it(playground: Playground) -> None:
    be_the_tool(playground, "get_weather")
    asked(playground).fill("the weather station is on fire")
    playground.page.get_by_text("This is an error").click()
    enter(playground)
    playground.to_the_end()
    playground.answered()
    assert "the weather station is on fire" in playground.last_bubble()


def test_a_large_paste_survives_a_look_at_another_page(playground: Playground) -> None:
    be_the_tool(playground, "get_weather")
    result = asked(playground)
    result.fill(LARGE)
    result.press("Control+Enter")
    expect(playground.page.get_by_text("Taken as plain words")).to_be_visible()
    playground.page.get_by_role("link", name="Dictionary").click()
    expect(playground.page.get_by_role("heading", name="Dictionary")).to_be_visible()
    expect(result).to_have_count(0, timeout=QUIET_MS)
    playground.page.get_by_role("link", name="Playground").click()
    expect(result).to_have_value(LARGE, timeout=QUIET_MS)
    enter(playground)
    expect(playground.rows).to_have_count(4)
    playground.to_the_end()
    playground.answered()
