"""A run lives in the server: no reload, second tab, dropped connection or click loses any of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, WebSocketRoute, expect

from tests.browser.playground import Playground
from tests.browser.serving import Served
from tests.browser.slow_model import slow_model
from tests.stopwatch import Stopwatch

WHOLE = ["define", "ask", "stop", "run", "run", "return", "answer"]
STOP_SHOWN_S = 1.0
"""Design: Stop shows within a second, in mid-stream too."""


@pytest.fixture(scope="module")
def slowly() -> Iterator[str]:
    with slow_model() as address:
        yield address


def walked_to_the_calls(playground: Playground) -> None:
    playground.start("What should I wear")
    playground.step("Write the request")
    playground.step("Send it to the model")
    expect(playground.next_button).to_contain_text("Run get_weather for Tokyo and Oslo")
    expect(playground.rows).to_have_count(3)


def answer_is_arriving(playground: Playground) -> None:
    """The turn runs to its end by itself, and the final answer is on its way."""
    playground.start("What should I wear")
    playground.to_the_end()
    expect(playground.live_row).to_contain_text("Tokyo wear")


def test_a_reload_in_the_middle_finds_the_same_rows_and_the_same_next_step(
    playground: Playground,
) -> None:
    walked_to_the_calls(playground)
    before = playground.read_rows()
    playground.page.reload()
    playground.ready()
    expect(playground.rows).to_have_count(len(before))
    assert playground.read_rows() == before
    playground.step("Run get_weather for Tokyo and Oslo")
    playground.step("Write the request with the results")
    playground.step("Send the results to the model")
    playground.answered()
    assert playground.phases() == WHOLE


def test_a_second_tab_shows_the_same_and_follows(
    playground: Playground, context: BrowserContext, served: Served
) -> None:
    walked_to_the_calls(playground)
    other = Playground(context.new_page(), served.url).open(playground.run)
    expect(other.next_button).to_contain_text("Run get_weather for Tokyo and Oslo")
    expect(other.rows).to_have_count(3)
    assert other.read_rows() == playground.read_rows()
    other.to_the_end()
    other.answered()
    expect(playground.rows).to_have_count(3)
    playground.page.evaluate("window.dispatchEvent(new Event('focus'))")  # looked at again
    playground.answered()
    assert playground.read_rows() == other.read_rows()
    expect(playground.next_button).to_have_count(0)  # the page knows, not the timeline alone


def test_of_two_tabs_that_act_each_thing_happens_once_and_the_late_one_is_told(
    playground: Playground, context: BrowserContext, served: Served
) -> None:
    walked_to_the_calls(playground)
    other = Playground(context.new_page(), served.url).open(playground.run)
    expect(other.next_button).to_contain_text("Run get_weather for Tokyo and Oslo")
    playground.step("Run get_weather for Tokyo and Oslo")
    expect(playground.next_button).to_contain_text("Write the request with the results")
    other.next_button.click()  # what it says has been done meanwhile
    expect(other.page.get_by_text("This run has moved on, perhaps in another tab")).to_be_visible()
    expect(other.next_button).to_contain_text("Write the request with the results")
    expect(other.rows).to_have_count(5)
    assert other.phases() == WHOLE[:5]

    playground.next_button.click()
    other.stop_button.click()
    for tab in (playground, other):
        expect(tab.page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    for tab in (playground, other):
        tab.open(playground.run)
        expect(tab.page.get_by_role("button", name="Go on")).to_be_visible()
    assert playground.read_rows() == other.read_rows()
    assert playground.phases() in ([*WHOLE[:5], "error"], [*WHOLE[:6], "error"])


def test_a_reload_while_the_answer_arrives_loses_nothing_and_doubles_nothing(
    playground: Playground, slowly: str
) -> None:
    playground.use_real_model(slowly, "any-key")
    answer_is_arriving(playground)
    playground.page.reload()
    playground.ready().answered()
    assert playground.phases() == WHOLE
    assert "Oslo wear a winter coat and boots" in playground.last_bubble()


def test_a_dropped_connection_while_the_answer_arrives_loses_nothing_and_doubles_nothing(
    context: BrowserContext, served: Served, slowly: str
) -> None:
    page = context.new_page()
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/_stcore/stream", through)
    playground = Playground(page, served.url).open()
    playground.use_real_model(slowly, "any-key")
    answer_is_arriving(playground)
    sockets[-1].close(code=1011, reason="the network went away")
    playground.answered()
    assert len(sockets) > 1, "the page never lost its connection"
    assert playground.phases() == WHOLE
    assert "Oslo wear a winter coat and boots" in playground.last_bubble()


def test_stop_shows_within_a_second_and_keeps_what_arrived(
    playground: Playground, slowly: str
) -> None:
    playground.use_real_model(slowly, "any-key")
    answer_is_arriving(playground)
    playground.stop_button.click()
    watch = Stopwatch()
    expect(playground.page.locator('.tl button.step[data-phase="error"]')).to_be_visible()
    expect(playground.live_row).to_have_count(0)
    assert watch.seconds() < STOP_SHOWN_S
    expect(playground.page.get_by_role("button", name="Go on")).to_be_visible()
    expect(playground.chat).to_contain_text("In Tokyo wear")
    stopped = playground.page.locator(".tl button.step.ended:not(.bad)")
    expect(stopped.locator(".phase")).to_contain_text("STOPPED")
    playground.page.get_by_role("button", name="Go on").click()
    playground.to_the_end()
    playground.answered()
    assert "Oslo wear a winter coat and boots" in playground.last_bubble()
