"""A server for others says on its page why the environment's key is not used, and uses none."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import BrowserContext, expect

from roundtrip.wires.address import BASE_URL_VARIABLES
from tests.browser.playground import Playground
from tests.browser.serving import serve
from tests.live_runs import EVERYWHERE
from tests.test_no_key_of_the_operator import CANARY, SECRETS, listening

WHY = (
    "This server is open to others: the key in OPENAI_API_KEY is not spent, for "
    "ROUNDTRIP_SHARE_KEYS=1 is not set."
)


def test_the_page_says_why_the_operators_key_is_not_used_and_nothing_leaves(
    context: BrowserContext, tmp_path: Path
) -> None:
    with listening() as (address, seen):
        named = dict.fromkeys(SECRETS, CANARY) | dict.fromkeys(BASE_URL_VARIABLES.values(), address)
        served = serve(tmp_path, {"STREAMLIT_SERVER_ADDRESS": EVERYWHERE, **named})
        try:
            playground = Playground(context.new_page(), served.url).open()
            settings = playground.open_settings()
            settings.get_by_text("A real model", exact=True).click()
            playground.choose_api("OpenAI Chat Completions")
            expect(settings.get_by_text(WHY)).to_be_visible()
            playground.close_settings()
            playground.start("What is 17%")
            playground.to_the_end()
            expect(playground.rows.last).to_contain_text(WHY)
            expect(playground.chat).to_contain_text(WHY)
            assert CANARY not in playground.page.content()
            assert seen == b""
        finally:
            served.stop()
        assert "others can open it" in served.log.read_text()
        assert CANARY not in served.log.read_text()
