"""Whatever a person, a model or a tool writes is shown as text: nothing in it runs or loads."""

from __future__ import annotations

from playwright.sync_api import Request, expect

from tests.browser.playground import Playground

MARKUP = (
    '<img src=x onerror="window.hostile=1"><script>window.hostile=1</script>'
    " ![i](http://127.0.0.1:1/i.png) [l](javascript:alert(1)) $x^2$ :material/home: :red[r] **b**"
)


def test_a_hostile_question_stays_text_in_chat_timeline_and_sidebar(
    playground: Playground,
) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    playground.page.on("request", note)
    playground.ask(MARKUP)
    playground.to_the_end()
    playground.answered()
    assert playground.chat.locator(".bubble.you").inner_text() == MARKUP
    title = playground.page.locator("[class*=st-key-run-] button")
    expect(title).to_have_text(MARKUP[:80].strip())
    for row in playground.rows.all():
        row.click()
    expect(playground.page.locator(".tl .item.open .view").first).to_be_visible()
    _nothing_ran(playground)
    assert not [address for address in asked if address.endswith("i.png")]


def test_a_hostile_result_stays_text(playground: Playground) -> None:
    name = '<img src=x onerror="window.hostile=1"> **b** $x$'
    playground.ask(f"Find the customer '{name}'")
    playground.to_the_end()
    playground.answered()
    assert "run" in playground.phases(), "the hostile name reached no tool"
    assert "<img src=x" in playground.chat.locator(".bubble.code").inner_text()
    assert any("<img src=x" in row.words for row in playground.read_rows() if row.phase == "run")
    _nothing_ran(playground)


def test_a_long_question_is_folded_and_opens_by_keyboard_as_text(playground: Playground) -> None:
    question = "\n".join(f"{n} {MARKUP}" for n in range(600))
    assert len(question) > 100_000
    playground.ask(question)
    bubble = playground.chat.locator(".bubble.you")
    words, more = bubble.locator("p"), bubble.get_by_role("button")
    expect(more).to_have_text("Show all")
    whole, shown = playground.page.viewport_size, bubble.bounding_box()
    assert whole is not None and shown is not None
    assert shown["height"] < 1.5 * whole["height"]
    assert question.startswith(words.inner_text().removesuffix(" …"))

    more.focus()
    playground.page.keyboard.press("Enter")
    expect(more).to_have_attribute("aria-expanded", "true")
    assert words.evaluate("box => box.textContent") == question
    expect(more).to_be_focused()
    playground.page.keyboard.press("Enter")
    expect(more).to_have_text("Show all")
    assert len(words.inner_text()) < 5_000
    _nothing_ran(playground)


def _nothing_ran(playground: Playground) -> None:
    page = playground.page
    assert page.evaluate("() => window.hostile") is None
    drawn = ".chat, .tl, [data-testid=stSidebar]"
    assert (
        page.locator(drawn).locator("img, script, strong, .katex, a[href^=javascript]").count() == 0
    )
