"""A tool that cannot be undone runs only after a person's yes; a no is read by the model."""

from __future__ import annotations

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
