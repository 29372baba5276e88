"""A request is edited before it is sent, and the API's own words to it are read on the page."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.browser.playground import Playground
from tests.browser.test_rows import document


def open_editor(playground: Playground) -> None:
    playground.start("What is 17%")
    playground.step("Write the request")
    playground.page.get_by_role("button", name="Edit the request first").click()


def test_what_is_typed_leaves_and_the_refusal_is_a_row(playground: Playground) -> None:
    open_editor(playground)
    box = playground.page.get_by_role("textbox", name="The body, written by hand")
    expect(box).to_have_value(re.compile('"model"'))
    body = json.loads(box.input_value())
    typed = json.dumps({**body, "wonderful_field": "Zürich"}, ensure_ascii=False, indent=4)
    box.fill(typed)
    playground.page.get_by_role("button", name="Use this body").click()
    expect(playground.rows.nth(1)).to_contain_text("You wrote this request by hand")

    playground.step("Send it to the model")
    expect(playground.rows.nth(2)).to_contain_text("wonderful_field")
    assert playground.phases() == ["define", "ask", "error"]
    [exchange] = document(playground)["exchanges"]
    assert exchange["request_body"]["text"] == typed

    playground.ask("What is 17% of 480?")
    playground.to_the_end()
    playground.answered()


def test_text_that_is_no_json_is_said_to_be_none_and_is_sent_all_the_same(
    playground: Playground,
) -> None:
    open_editor(playground)
    box = playground.page.get_by_role("textbox", name="The body, written by hand")
    box.fill('{"model": "sim-large",')
    box.blur()
    expect(playground.page.get_by_text("Not JSON: ")).to_be_visible()
    playground.page.get_by_role("button", name="Use this body").click()
    playground.step("Send it to the model")
    expect(playground.rows.nth(2)).to_contain_text("not valid JSON")


def test_an_editor_that_is_closed_changes_nothing(playground: Playground) -> None:
    open_editor(playground)
    playground.page.get_by_role("textbox", name="The body, written by hand").fill("{}")
    expect(playground.next_button).to_have_count(0)  # it would send what stands elsewhere
    playground.page.get_by_role("button", name="Leave it as it is").click()
    playground.step("Send it to the model")
    expect(playground.rows.nth(2)).to_contain_text("Please run calculate")


def test_what_was_typed_is_there_after_a_look_at_another_page(playground: Playground) -> None:
    open_editor(playground)
    box = playground.page.get_by_role("textbox", name="The body, written by hand")
    box.fill('{"mine": true}')
    box.blur()
    playground.ready()
    playground.page.get_by_role("link", name="Dictionary").click()
    expect(playground.page.get_by_role("heading", name="Dictionary")).to_be_visible()
    playground.page.get_by_role("link", name="Playground").click()
    playground.ready()
    expect(box).to_have_value('{"mine": true}')
