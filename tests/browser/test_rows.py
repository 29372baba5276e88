"""A row opens to exactly what crossed the wire, by mouse and by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.playground import Playground


@pytest.fixture
def answered(playground: Playground) -> Playground:
    playground.start("What is 17%")
    playground.to_the_end()
    playground.answered()
    return playground


def document(playground: Playground) -> Any:
    """The run as a file, fetched as this browser."""
    answer = playground.page.request.get(f"{playground.url}api/runs/{playground.run}/document")
    assert answer.ok
    return answer.json()


def opened(playground: Playground, phase: str) -> Locator:
    """The item of the first row of that phase, its panels fetched."""
    item = playground.page.locator(
        ".tl .item", has=playground.page.locator(f"[data-phase={phase}]")
    )
    item.first.locator("button.step").click()
    expect(item.first.get_by_role("tab").first).to_be_visible()
    return item.first


def exact_text(item: Locator, tab: str) -> str:
    """The panel's text with every character as it is."""
    item.get_by_role("tab", name=tab, exact=True).click()
    exact = item.get_by_role("button", name="Exact bytes")
    if exact.count():
        exact.click()
    return str(item.locator(".view pre").evaluate("pre => pre.textContent"))


def test_a_request_shows_the_bytes_that_left(answered: Playground) -> None:
    first, second = document(answered)["exchanges"]
    asked = opened(answered, "ask")
    assert exact_text(asked, "Request") == first["request_body"]["text"]
    returned = opened(answered, "return")
    assert exact_text(returned, "Request") == second["request_body"]["text"]


def test_a_reply_shows_the_bytes_that_came_and_when_each_event_did(answered: Playground) -> None:
    for phase, exchange in zip(("stop", "answer"), document(answered)["exchanges"], strict=True):
        item = opened(answered, phase)
        assert exact_text(item, "Response") == exchange["response_body"]["text"]
        item.get_by_role("tab", name="Events").click()
        events = item.locator("ol.events > li")
        expect(events).to_have_count(len(exchange["events"]))
        assert events.locator("code").all_text_contents() == [
            event["data"] for event in exchange["events"]
        ]
        times = [float(at.split()[0]) for at in events.locator(".at").all_text_contents()]
        assert times == sorted(times)
        assert times[0] == pytest.approx(
            exchange["events"][0]["at"] - exchange["started_at"], abs=0.002
        )


def test_a_row_shows_the_headers_of_both_sides_and_no_key(answered: Playground) -> None:
    exchange = document(answered)["exchanges"][0]
    for phase, side in (("ask", "request_headers"), ("stop", "response_headers")):
        item = opened(answered, phase)
        item.get_by_role("tab", name="Headers").click()
        names, values = item.locator("dt").all_inner_texts(), item.locator("dd").all_inner_texts()
        assert [list(pair) for pair in zip(names, values, strict=True)] == exchange[side]
    assert "simulated-no-key-needed" not in str(exchange)


def test_a_tool_s_row_shows_what_it_got_and_what_it_gave(answered: Playground) -> None:
    item = opened(answered, "run")
    assert "2340 * 17 / 100" in exact_text(item, "Arguments")
    assert exact_text(item, "Result") == "397.8"


def test_rows_open_and_close_by_keyboard_alone(answered: Playground) -> None:
    keyboard, page = answered.page.keyboard, answered.page
    answered.page.get_by_test_id("stChatInputTextArea").focus()
    first = answered.rows.first
    for _ in range(30):
        keyboard.press("Tab")
        if first.evaluate("row => row.getRootNode().activeElement === row"):
            break
    expect(first).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    asked = page.locator(".tl .item.open")
    expect(asked.get_by_role("tab", name="Request")).to_be_visible()
    keyboard.press("Tab")
    expect(asked.get_by_role("tab", name="Request")).to_be_focused()
    keyboard.press("ArrowRight")
    expect(asked.get_by_role("tab", name="Headers")).to_have_attribute("aria-selected", "true")
    keyboard.press("Shift+Tab")
    keyboard.press("Enter")
    expect(page.locator(".tl .item.open")).to_have_count(0)


def test_the_whole_round_trip_can_be_taken_by_keyboard(playground: Playground) -> None:
    keyboard, page = playground.page.keyboard, playground.page

    def tab_to(name: str) -> None:
        for _ in range(60):
            keyboard.press("Tab")
            focused = page.locator("button:focus")
            if focused.count() and name in focused.inner_text():
                return
        pytest.fail(f"Tab does not reach {name!r}")

    tab_to("What is 17%")
    keyboard.press("Enter")
    expect(page.locator(".st-key-control-end button")).to_be_visible()
    tab_to("Run to the end")
    keyboard.press("Enter")
    playground.answered()
