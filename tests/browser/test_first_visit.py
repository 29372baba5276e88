"""A first visit: it is there at once, and each starter card shows what it says it shows."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.playground import Playground
from tests.browser.serving import Served
from tests.stopwatch import Stopwatch

FIRST_PAINT_S = 5.0
"""What a first visitor waits before giving up on a page is about this."""

WEATHER = "What should I wear in Tokyo and Oslo tomorrow?"
A_CALL_AND_ITS_ANSWER = ["define", "ask", "stop", "run", "return", "answer"]


def calls_of(playground: Playground) -> list[str]:
    """What ran, in order, as code writes it."""
    runs = playground.page.locator('.tl button.step[data-phase="run"] .say code:first-child')
    return runs.all_inner_texts()


@pytest.fixture
def unvisited(context: BrowserContext, served: Served) -> Playground:
    return Playground(context.new_page(), served.url)


def test_the_page_is_there_within_five_seconds(unvisited: Playground) -> None:
    watch = Stopwatch()
    unvisited.page.goto(unvisited.url)
    expect(unvisited.page.get_by_text("Watch how the model asks")).to_be_visible()
    expect(unvisited.page.get_by_role("button", name=WEATHER)).to_be_visible()
    assert watch.seconds() < FIRST_PAINT_S


def test_five_clicks_walk_through_the_whole_round_trip(playground: Playground) -> None:
    playground.start(WEATHER)
    playground.step("Write the request")
    playground.step("Send it to the model")
    playground.step("Run get_weather for Tokyo and Oslo")
    playground.step("Write the request with the results")
    playground.step("Send the results to the model")
    playground.answered()

    assert playground.phases() == ["define", "ask", "stop", "run", "run", "return", "answer"]
    stop = playground.read_rows()[2].words
    assert 'get_weather(city="Tokyo")' in stop and 'get_weather(city="Oslo")' in stop
    assert calls_of(playground) == ['get_weather(city="Tokyo")', 'get_weather(city="Oslo")']
    answer = playground.last_bubble()
    assert "Tokyo wear a jacket and an umbrella" in answer
    assert "Oslo wear a winter coat and boots" in answer
    assert all(row.standing == "done" for row in playground.read_rows())


def test_nothing_leaves_and_nothing_runs_before_its_click(playground: Playground) -> None:
    playground.start(WEATHER)
    playground.step("Write the request")
    expect(playground.next_button).to_contain_text("Send it to the model")
    expect(playground.rows.last).to_have_attribute("data-standing", "ready")
    playground.step("Send it to the model")
    expect(playground.next_button).to_contain_text("Run get_weather")
    expect(playground.rows).to_have_count(3)
    assert playground.phases() == ["define", "ask", "stop"]


def test_one_click_runs_to_the_end(playground: Playground) -> None:
    playground.start(WEATHER)
    playground.to_the_end()
    playground.answered()
    assert playground.phases() == ["define", "ask", "stop", "run", "run", "return", "answer"]
    assert "Oslo wear a winter coat" in playground.last_bubble()


def test_one_call_answers_the_percentage(playground: Playground) -> None:
    playground.start("What is 17%")
    playground.to_the_end()
    playground.answered()
    assert playground.phases() == A_CALL_AND_ITS_ANSWER
    assert "397.8" in playground.last_bubble()


def test_each_result_of_the_chain_leads_to_the_next_call(playground: Playground) -> None:
    playground.start("Has Ada Lovelace")
    playground.to_the_end()
    playground.answered()
    assert calls_of(playground) == [
        'find_customer(name_or_email="Ada Lovelace")',
        'list_orders(customer_id="C-1001")',
        'shipping_status(order_id="O-5018")',
    ]
    assert "shipped" in playground.last_bubble()


def test_where_no_tool_fits_none_is_called(playground: Playground) -> None:
    playground.start("Write me a haiku")
    playground.to_the_end()
    playground.answered()
    assert playground.phases() == ["define", "ask", "answer"]
    assert "simulated model" in playground.last_bubble()


def test_an_error_is_read_by_the_model_which_recovers(playground: Playground) -> None:
    playground.start("Is the flaky service up")
    playground.to_the_end()
    playground.answered()
    assert calls_of(playground) == ['flaky_service(quarter="Q3")'] * 2
    first, second = [row.words for row in playground.read_rows() if row.phase == "run"]
    assert "temporarily unavailable" in first and "176300" in second
    assert "176,300" in playground.last_bubble()


def test_tools_that_are_not_offered_stand_folded_until_they_are_added(
    playground: Playground,
) -> None:
    playground.open()
    page = playground.page
    folded, clock = page.locator("summary", has_text="9 more tools"), "current_time(timezone)"
    expect(page.get_by_text("get_weather(city)")).to_be_visible()
    expect(page.get_by_text(clock)).not_to_be_visible()
    folded.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(clock)).to_be_visible()

    playground.open_settings()
    offered = playground.choice("Tools offered")
    offered.fill("current_time")
    offered.press("Enter")
    offered.press("Escape")  # the list, which stays open for more
    playground.close_settings()
    expect(page.locator("summary", has_text="8 more tools")).to_be_visible()
    expect(page.get_by_text("9 tools")).to_be_visible()
    playground.ask("What time is it in Tokyo?")
    playground.to_the_end()
    playground.answered()
    assert calls_of(playground) == ['current_time(timezone="Asia/Tokyo")']
