"""Any API and model, a turn at a time, and any server that speaks one of them."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, expect

from roundtrip.presets import Preset, presets
from roundtrip.simulator.simulation import Settings
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.wires.wire import WIRES, wire_named
from tests.browser.playground import QUIET_MS, Playground
from tests.browser.serving import Served
from tests.browser.test_layout_and_access import runs_off_the_side, violations

CHAT = "OpenAI Chat Completions"
AT_ONCE = Settings(seconds_to_first_token=0, tokens_per_second=0)


def test_the_first_card_is_answered_over_every_api(playground: Playground) -> None:
    for wire in WIRES:
        title = wire_named(wire).title
        playground.speak(title)
        playground.start("What should I wear")
        playground.to_the_end()
        playground.answered()

        assert playground.phases() == ["define", "ask", "stop", "run", "run", "return", "answer"]
        assert playground.spoken == [f"sim-large · {title}"]
        assert "Oslo" in playground.last_bubble()
        playground.page.get_by_role("button", name="New conversation").click()
        expect(playground.rows).to_have_count(0)


def test_a_conversation_goes_on_over_another_api(playground: Playground) -> None:
    titles = [wire_named(wire).title for wire in WIRES]
    playground.start("What is 17%")
    playground.to_the_end()
    playground.answered()
    run = playground.run
    for turn, title in enumerate(titles[1:], start=2):
        playground.speak(title)
        playground.ask("And what is the weather in Tokyo?")
        playground.to_the_end()
        playground.answered(turn)
        assert "Tokyo" in playground.last_bubble()

    assert playground.run == run
    assert playground.spoken == [f"sim-large · {title}" for title in titles]
    playground.page.reload()
    playground.ready()
    expect(playground.summary).to_contain_text(f"speaks {titles[-1]}")


def test_what_an_api_cannot_say_is_told_where_it_is_chosen_and_on_the_step(
    playground: Playground,
) -> None:
    settings = playground.open_settings()
    settings.get_by_text("Allow several calls at once").click()
    told = settings.get_by_text("cannot say all of this")
    expect(told).to_have_count(0)
    playground.choose_api("Gemini generateContent")
    expect(told).to_be_visible()
    expect(settings.get_by_text("parallel_tool_calls")).to_be_visible()
    playground.close_settings()
    playground.start("What is 17%")
    playground.to_the_end()
    playground.answered()
    asked = playground.rows.nth(1)
    expect(asked).to_contain_text("1 change")
    asked.click()
    playground.page.get_by_role("tab", name="Changes").click()
    expect(playground.page.locator(".tl .detail").first).to_contain_text("parallel_tool_calls")
    asked.click()

    returned = playground.rows.nth(4)
    expect(returned).to_contain_text("1 changed as before")
    returned.click()
    playground.page.get_by_role("tab", name="Changes").click()
    change = playground.page.locator(".tl .detail dt", has_text="parallel_tool_calls")
    expect(change).to_be_hidden()
    playground.page.get_by_role("tab", name="Changes").press("Tab")
    playground.page.keyboard.press("Enter")
    expect(playground.page.get_by_text("1 as in the request before")).to_be_visible()
    expect(change).to_be_visible()


def test_a_turn_under_way_says_that_it_keeps_its_api(playground: Playground) -> None:
    playground.start("What is 17%")
    playground.step("Write the request")
    told = playground.page.get_by_text("the turn before it goes on over Anthropic Messages")
    expect(told).to_have_count(0)
    playground.speak(CHAT)
    expect(told).to_be_visible()
    playground.to_the_end()
    playground.answered()
    assert playground.spoken == ["sim-large · Anthropic Messages"]


# Servers


def a_server(playground: Playground, address: str = "") -> Locator:
    """Settings: a real model, over Chat Completions, at this address or the provider's own."""
    settings = playground.open_settings()
    settings.get_by_text("A real model", exact=True).click()
    playground.choose_api(CHAT)
    if address:
        playground.type_address(address)
    return settings


def test_a_server_lists_its_models_and_one_of_them_answers(playground: Playground) -> None:
    with SimulatorThread(AT_ONCE) as simulator:
        settings = a_server(playground, f"{simulator}/openai/v1")
        expect(settings.get_by_placeholder("using a placeholder")).to_be_visible()
        settings.get_by_role("button", name="List the models").click()
        expect(settings.get_by_text("from this address, to choose from above")).to_be_visible()
        settings.get_by_role("combobox", name="Model").click()
        playground.page.get_by_role("option", name="sim-small").click()
        expect(playground.summary).to_contain_text("sim-small")
        playground.close_settings()
        playground.start("What is 17%")
        playground.to_the_end()
        playground.answered()
    assert "397.8" in playground.last_bubble()
    assert playground.spoken == [f"sim-small · {CHAT}"]


def test_nothing_goes_to_the_provider_while_the_address_is_none(playground: Playground) -> None:
    settings = a_server(playground)
    playground.type_key("the-providers-key")
    with SimulatorThread(AT_ONCE) as simulator:
        bare = f"{simulator}/openai/v1".removeprefix("http://")
        box = settings.get_by_role("textbox", name="Address")
        box.fill(bare)
        box.press("Enter")
        expect(settings.get_by_text("This address is not used")).to_be_visible()
        expect(settings.get_by_role("textbox", name="Key")).to_have_count(0)
        expect(settings.get_by_role("button", name="List the models")).to_have_count(0)
        expect(playground.summary).to_contain_text("no usable address")
        playground.close_settings()
        takes_no_question(playground, "Correct the address in Settings first")

        settings = playground.open_settings()
        settings.get_by_role("button", name=f"Use http://{bare}").click()
        expect(box).to_have_value(f"http://{bare}")
        expect(settings.get_by_placeholder("using a placeholder")).to_be_visible()
        expect(playground.summary).to_contain_text(f"at {bare.partition('/')[0]}")
        playground.close_settings()
        takes_no_question(playground, "Choose a model in Settings first")


def takes_no_question(playground: Playground, first: str) -> None:
    """Neither typed nor by a card; the field says what is to be done first."""
    expect(playground.question).to_be_disabled()
    expect(playground.question).to_have_attribute("placeholder", first)
    expect(playground.cards.first).to_be_disabled()
    expect(playground.cards.locator(":scope:not(:disabled)")).to_have_count(0)


def takes_questions(playground: Playground) -> None:
    expect(playground.question).to_be_enabled()
    expect(playground.cards.locator(":scope:disabled")).to_have_count(0)


def test_a_key_that_was_typed_and_not_used_does_not_wait_for_another_address(
    playground: Playground,
) -> None:
    settings = a_server(playground, "https://one.example/v1")
    key = settings.get_by_role("textbox", name="Key")
    key.fill("a-key-for-one")
    playground.type_address("https://another.example/v1")
    expect(key).to_have_value("")
    key.fill("a-key-for-another")
    playground.choose_api("OpenAI Responses")
    expect(key).to_have_value("")


def test_a_server_that_gave_no_models_is_not_asked_for_the_providers(
    playground: Playground,
) -> None:
    preset = not_running()
    settings = a_server(playground)
    settings.get_by_role("radio", name=preset.title).click()
    expect(settings.get_by_text(f"Is {preset.title} running?")).to_be_visible(timeout=QUIET_MS)
    expect(settings.get_by_role("combobox", name="Model")).to_have_value("")
    expect(settings.get_by_text("Type the model's name")).to_be_visible()
    expect(playground.summary).to_contain_text("no model chosen")
    playground.close_settings()
    takes_no_question(playground, "Choose a model in Settings first")

    box = playground.open_settings().get_by_role("combobox", name="Model")
    box.fill("my-own-model")
    box.press("Enter")
    expect(playground.summary).to_contain_text("my-own-model")
    playground.close_settings()
    takes_questions(playground)


def test_a_server_that_may_ask_for_a_key_says_what_to_do(playground: Playground) -> None:
    settings = a_server(playground, "https://one.example/v1")
    expect(settings.get_by_text("Paste this server's key. If it asks for none")).to_be_visible()


def not_running() -> Preset:
    """A server on this machine that nobody has started."""
    for preset in presets("openai-chat"):
        port = preset.base_url.removeprefix("http://localhost:").partition("/")[0]
        with socket.socket() as probe:
            if preset.local and probe.connect_ex(("localhost", int(port))) != 0:
                return preset
    pytest.skip("every server of the presets runs on this machine")


def test_a_server_that_is_not_running_is_said_so_and_nothing_chosen_is_lost(
    playground: Playground,
) -> None:
    preset = not_running()
    settings = a_server(playground)
    box = settings.get_by_role("combobox", name="Model")
    box.fill("my-own-model")
    box.press("Enter")
    expect(playground.summary).to_contain_text("my-own-model")
    settings.get_by_role("radio", name=preset.title).click()
    error = settings.get_by_text(f"Is {preset.title} running?")
    expect(error).to_be_visible(timeout=QUIET_MS)
    expect(settings.get_by_role("textbox", name="Address")).to_have_value(preset.base_url)

    box.fill("another-model")
    box.press("Enter")
    expect(playground.summary).to_contain_text("another-model")
    settings.get_by_role("button", name="List the models").click()
    expect(error).to_be_visible(timeout=QUIET_MS)
    expect(playground.summary).to_contain_text("another-model")
    settings.get_by_role("textbox", name="Address").fill("")
    settings.get_by_role("textbox", name="Address").press("Enter")
    expect(playground.summary).to_contain_text("my-own-model")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_settings_can_be_read_with_a_server_that_does_not_answer(
    new_context: Callable[..., BrowserContext], served: Served, scheme: str
) -> None:
    narrow = {"width": 390, "height": 844} if scheme == "dark" else {"width": 1440, "height": 1000}
    page = new_context(color_scheme=scheme, viewport=narrow).new_page()
    playground = Playground(page, served.url).open()
    settings = a_server(playground, "http://127.0.0.1:1/v1")
    settings.get_by_role("button", name="List the models").click()
    expect(settings.get_by_text("cannot be reached")).to_be_visible(timeout=QUIET_MS)

    assert violations(playground) == []
    assert not runs_off_the_side(playground)


def test_a_key_does_not_follow_to_another_address(playground: Playground) -> None:
    settings = a_server(playground, "https://one.example/v1")
    playground.type_key("a-key-for-one")
    for address, shown in (
        ("https://another.example/v1", "paste a key"),
        ("https://one.example/v1", "using the key you typed"),
    ):
        playground.type_address(address)
        expect(settings.get_by_placeholder(shown)).to_be_visible(timeout=QUIET_MS)
