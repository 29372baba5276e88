"""A failure is a step in plain words with something to do next; the conversation goes on."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.playground import Playground
from tests.browser.serving import Served
from tests.browser.slow_model import slow_model

NOBODY_LISTENS = "http://127.0.0.1:1"


def failed(playground: Playground) -> str:
    """Waits for the failure and what is offered; gives the words of its row."""
    again = playground.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    expect(playground.rows.last).to_have_attribute("data-phase", "error")
    assert "Traceback" not in playground.page.locator("body").inner_text()
    return playground.read_rows()[-1].words


def test_an_address_where_nobody_listens_is_told_in_words_and_the_simulated_model_still_answers(
    playground: Playground, served: Served
) -> None:
    playground.use_real_model(NOBODY_LISTENS, "some-key")
    playground.start("What is 17%")
    playground.to_the_end()
    words = failed(playground)
    assert "connect" in words.lower()
    assert playground.chat.locator(".bubble.note").last.inner_text().strip()

    playground.use_simulated_model()
    playground.ask("What is 17% of 2,340?")
    playground.to_the_end()
    playground.answered()
    assert "397.8" in playground.last_bubble()
    assert "Traceback" not in served.log.read_text()


def test_a_key_that_is_refused_is_told_in_the_provider_s_words_and_another_can_be_tried(
    playground: Playground,
) -> None:
    with slow_model(tokens_per_second=0) as address:
        playground.use_real_model(address, "invalid-key")
        playground.start("What is 17%")
        playground.to_the_end()
        assert "Invalid" in failed(playground)
        playground.open_settings()
        playground.type_key("a-good-key")
        playground.close_settings()
        playground.page.get_by_role("button", name="Try again").click()
        playground.to_the_end()
        playground.answered()
    assert "397.8" in playground.last_bubble()


def test_without_a_key_nothing_is_sent(playground: Playground) -> None:
    playground.use_real_model(NOBODY_LISTENS)
    playground.start("What is 17%")
    playground.to_the_end()
    assert "no key" in failed(playground)
