"""A tool that cannot be undone runs only after a person's yes; a no is read by the model."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.playground import Playground

ASK_REFUND = "Refund order {} because it arrived broken"
CALL = 'refund_order(order_id="{}"'


def asked_to_refund(playground: Playground, order: str) -> None:
    playground.ask(ASK_REFUND.format(order))
    playground.to_the_end()
    expect(playground.page.get_by_role("button", name="Allow it to run")).to_be_visible()
    expect(playground.rows).to_have_count(3)
    assert playground.phases() == ["define", "ask", "stop"], "it must not have run"


def test_an_allowed_refund_runs(playground: Playground) -> None:
    asked_to_refund(playground, "O-5002")
    playground.page.get_by_role("button", name="Allow it to run").click()
    playground.to_the_end()
    playground.answered()
    ran = next(row for row in playground.read_rows() if row.phase == "run")
    assert CALL.format("O-5002") in ran.words and "129" in ran.words


def test_a_refused_refund_does_not_run_and_the_model_reads_the_reason(
    playground: Playground,
) -> None:
    asked_to_refund(playground, "O-5003")
    playground.page.get_by_label("Reason, if you refuse").fill("the box was never opened")
    playground.page.get_by_role("button", name="Refuse").click()
    playground.to_the_end()
    playground.answered()
    run = next(row for row in playground.read_rows() if row.phase == "run")
    assert "the box was never opened" in run.words
    playground.ask("What is the status of order O-5003?")
    playground.to_the_end()
    playground.answered(2)
    assert "refunded" not in playground.last_bubble()


def test_what_a_person_changed_is_what_runs_and_everybody_is_told(playground: Playground) -> None:
    asked_to_refund(playground, "O-5004")
    page = playground.page
    page.get_by_role("button", name="Change it first").click()
    arguments = page.get_by_role("textbox", name="The arguments, as JSON")
    expect(arguments).to_have_value(re.compile("O-5004"))
    wrong = '{"order_id": 5005, "reason": "never opened"}'
    arguments.fill(wrong)
    page.get_by_role("button", name="Allow it as changed").click()
    expect(page.get_by_role("alert")).to_contain_text("5005 is an integer, expected string")
    expect(arguments).to_have_value(wrong)  # nothing typed is lost
    assert playground.phases() == ["define", "ask", "stop"], "it must not have run"
    arguments.fill(wrong.replace("5005", '"O-5005"'))
    page.get_by_role("button", name="Allow it as changed").click()
    expect(playground.rows).to_have_count(4)
    ran = playground.read_rows()[-1].words
    assert ran.startswith(f"asked for {CALL.format('O-5004')}")
    assert f'you changed it to {CALL.format("O-5005")}, reason="never opened")' in ran
    note = playground.page.locator('.tl button.step[data-phase="stop"] .say')
    expect(note).to_contain_text(CALL.format("O-5004"))  # the model's note stays as it was said
    code = playground.chat.locator(".bubble.code").last
    expect(code).to_contain_text("you changed it to refund_order")
    playground.to_the_end()
    playground.answered()
    expect(playground.chat.locator(".bubble.model").last).to_contain_text("O-5005")


def test_of_two_calls_each_is_decided_by_itself(playground: Playground) -> None:
    page = playground.page
    playground.ask("Refund O-5006 and O-5007, they arrived broken.")
    playground.to_the_end()
    forms = page.get_by_label("Reason, if you refuse")
    expect(forms).to_have_count(2)
    forms.last.fill("it came back whole")
    forms.last.press("Tab")
    page.get_by_role("button", name="Allow it to run").first.click()
    expect(forms).to_have_count(1)
    expect(forms).to_have_value("it came back whole")  # it was not drawn meanwhile
    expect(playground.rows).to_have_count(4)
    page.get_by_role("button", name="Refuse").click()
    expect(playground.rows).to_have_count(5)
    allowed, refused = (row.words for row in playground.read_rows()[3:])
    assert "O-5006" in allowed and "gives back" in allowed
    assert "O-5007" in refused and "it came back whole" in refused
    playground.to_the_end()
    playground.answered()


def test_two_calls_are_decided_by_one_click(playground: Playground) -> None:
    page = playground.page
    playground.ask("Refund O-5008 and O-5009, they arrived broken.")
    playground.to_the_end()
    page.get_by_label("Reason, if you refuse").first.fill("no proof")
    page.get_by_role("button", name="Refuse all 2").click()
    expect(playground.rows).to_have_count(5)
    rows = playground.read_rows()[3:]
    assert all("was refused" in row.words for row in rows)
    assert ["no proof" in row.words for row in rows] == [True, False]
    playground.ask("Refund O-5008 and O-5009, they arrived broken.")
    playground.to_the_end()
    page.get_by_role("button", name="Allow all 2").click()
    playground.to_the_end()
    playground.answered()
    assert sum("gives back" in row.words for row in playground.read_rows()) == 2
