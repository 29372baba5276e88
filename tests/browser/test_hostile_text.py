"""Whatever a person, a model or a tool writes is shown as text: nothing in it runs or loads."""

from __future__ import annotations

import random
from collections.abc import Iterator

from playwright.sync_api import BrowserContext, Dialog, Request, expect

from roundtrip.owner import OWNER_COOKIE, new_token, owner_of
from tests.browser.hostile_run import hostile_run
from tests.browser.playground import QUIET_MS, Playground
from tests.browser.serving import Served
from tests.figures import Figures
from tests.hostile import HOSTILE, LARGE
from tests.stopwatch import Stopwatch

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
    playground.ask(f"Find the customer whose email is '{name}'")
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


UNWANTED = "img, script, iframe, svg, style, link, meta, base, form, input, a[href], strong, .katex"
"""What no text may become below the timeline and the chat. (A component's own style is above.)"""

HOLDS_TEXT = ".tl .say :is(code, bdi, .speaks), .chat :is(code, .result, .error)"
"""Elements in a line with others that hold what somebody else wrote."""

OPENS_WITHIN_S = 15.0
"""A page with a megabyte in a dozen places; it takes one or two."""


def sampled(full: bool, sample: random.Random) -> list[str]:
    always = ["script", "bidi overrides", "a megabyte without a blank", "first half alone"]
    others = [name for name in HOSTILE if name not in (*always, *LARGE)]
    return list(HOSTILE) if full else always + sample.sample(others, 4)


def test_no_text_runs_or_breaks_out_wherever_it_stands(
    context: BrowserContext,
    served: Served,
    full: bool,
    sample: random.Random,
    figures: Figures,
) -> None:
    token = new_token()
    context.add_cookies([{"name": OWNER_COOKIE, "value": token, "url": served.url}])
    store = served.store()
    playground = Playground(context.new_page(), served.url)
    outside = _watched(playground)
    chosen, wrong = sampled(full, sample), list[str]()
    for name in chosen:
        run = hostile_run(store, owner_of(token), HOSTILE[name])
        watch = Stopwatch()
        playground.open(run)
        wrong += [f"{name}: {problem}" for problem in _problems(playground, HOSTILE[name])]
        wrong += [f"{name}: asks {address}" for address in outside]
        outside.clear()
        if (took := watch.seconds()) > OPENS_WITHIN_S:
            wrong.append(f"{name}: takes {took:.1f} s")
    store.close()
    figures.count("hostile texts on the page", len(chosen), {one.split(":")[0] for one in wrong})
    assert not wrong, "\n".join(wrong)


def _watched(playground: Playground) -> list[str]:
    """What the page asks of anybody else, and dialogs that it opens."""
    seen: list[str] = []
    page = playground.page

    def note(request: Request) -> None:
        if not request.url.startswith((playground.url, "data:", "blob:")):
            seen.append(request.url)

    def dismiss(dialog: Dialog) -> None:
        seen.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    page.on("request", note)
    page.on("dialog", dismiss)
    return seen


def _problems(playground: Playground, text: str) -> Iterator[str]:
    page = playground.page
    expect(playground.rows).to_have_count(9, timeout=QUIET_MS)
    expect(playground.chat.locator(".bubble")).not_to_have_count(0)
    for row in playground.rows.all():
        row.click()
    opened = page.locator(".tl .item.open .view")
    expect(opened).to_have_count(9, timeout=QUIET_MS)
    yield from page.locator(".tl .rows, .chat").evaluate_all(LOOK, UNWANTED)
    if page.evaluate("() => window.pwned"):
        yield "it runs"
    if page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
        yield "the page scrolls sideways"
    sideways = page.locator(".tl, .chat").evaluate_all(
        "boxes => boxes.some(box => getComputedStyle(box).overflowX !== 'clip')"
    )
    if sideways:
        yield "the timeline or the chat lets it out"
    steers = page.locator(HOLDS_TEXT).evaluate_all(
        "all => all.some(one => !['isolate', 'plaintext'].includes("
        "getComputedStyle(one).unicodeBidi) && getComputedStyle(one).display === 'inline')"
    )
    if steers:
        yield "it steers the words beside it"
    playground.ready()


LOOK = r"""async (boxes, unwanted) => {
    const unseen = /(?!\r\n|[\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
    const found = new Set();
    const look = (box) => {
        for (const one of box.querySelectorAll(unwanted)) found.add(`it becomes ${one.tagName}`);
        const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const text = texts.currentNode;
            if (!text.parentElement.classList.contains("unseen") && unseen.test(text.data)) {
                found.add(`what nobody sees has no name in ${text.parentElement.className}`);
            }
        }
    };
    const tabs = boxes.flatMap((box) => [...box.querySelectorAll(".tabs")]);
    for (let at = 0; at < Math.max(...tabs.map((one) => one.children.length)); at += 1) {
        for (const one of tabs) one.children[at]?.click();
        boxes.forEach(look);
        await new Promise(requestAnimationFrame);
    }
    return [...found];
}"""
"""Opens every tab of every open row, and looks at what stands there."""
