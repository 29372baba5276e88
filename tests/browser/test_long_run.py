"""A run of a thousand steps costs the page what one of ten costs, counted on its websocket."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page, expect

from roundtrip.events import Event
from roundtrip.journal import Journal
from roundtrip.owner import OWNER_COOKIE, owner_of
from roundtrip.store import Store
from tests.browser.playground import Playground
from tests.browser.serving import Served
from tests.figures import Figures

AT_MOST = 1.5
"""Times the cost at ten steps. What grows with a run would be near 100 times."""

SLACK_MS = 40.0
"""A scheduler's hiccup on a busy machine; a rerun takes about as long as this."""

RERUNS = 7

_LISTEN = """
window.frames_seen = [];
const Native = window.WebSocket;
window.WebSocket = class extends Native {
    constructor(...how) {
        super(...how);
        this.addEventListener("message", (event) => window.frames_seen.push(
            {at: performance.now(), bytes: event.data.byteLength ?? event.data.size, ours: false}));
    }
    send(data) {
        window.frames_seen.push({at: performance.now(), bytes: data.byteLength, ours: true});
        super.send(data);
    }
};
"""

_QUIET = """() => {
    const last = window.frames_seen.at(-1);
    return last && !last.ours && performance.now() - last.at > 250;
}"""
"""Every rerun ends with frames to the page; a quarter of a second without one is its end."""


@dataclass(frozen=True)
class Cost:
    """What one rerun costs, in the median."""

    bytes: float
    ms: float
    """From the page's asking to the last frame it got."""


def longer(store: Store, owner: str, short: str, turns: int) -> str:
    """A new run that takes the short run's only turn so many times."""
    run = store.new_run(owner, f"{turns} turns", 0.0).id
    turn = Journal(store, owner, short)
    turn.refresh()
    events = turn.events()
    exchanges = max(getattr(event, "exchange", None) or 0 for event in events)
    copies: list[Event] = []
    for number in range(turns):
        for event in events:
            change = {"seq": number * len(events) + event.seq}
            if getattr(event, "exchange", None):
                change["exchange"] = number * exchanges + event.exchange
            copies.append(event.model_copy(update=change))
    store.append(owner, run, copies, now=0.0)
    return run


def rerun_cost(page: Page, playground: Playground, run: str, rows: int) -> Cost:
    """The median cost of a rerun that changes nothing the run shows."""
    playground.open(run)
    expect(playground.rows).to_have_count(rows)
    toggle = playground.open_settings().get_by_text("Stream the reply")
    costs: list[Cost] = []
    for _ in range(RERUNS):
        page.wait_for_function(_QUIET)
        page.evaluate("() => { window.frames_seen.length = 0; }")
        toggle.click()
        page.wait_for_function(_QUIET)
        frames = page.evaluate("() => window.frames_seen")
        asked = next(frame["at"] for frame in frames if frame["ours"])
        came = [frame for frame in frames if not frame["ours"]]
        costs.append(Cost(sum(frame["bytes"] for frame in came), came[-1]["at"] - asked))
    return Cost(
        statistics.median(cost.bytes for cost in costs),
        statistics.median(cost.ms for cost in costs),
    )


def test_a_rerun_costs_the_same_at_ten_and_at_a_thousand_steps(
    context: BrowserContext, served: Served, figures: Figures
) -> None:
    page = context.new_page()
    page.add_init_script(_LISTEN)
    playground = Playground(page, served.url).open()
    playground.start("What is 17%")
    playground.to_the_end()
    playground.answered()
    rows_a_turn = len(playground.read_rows()) - 1  # the definitions are told once
    assert playground.run is not None
    token = next(one["value"] for one in context.cookies() if one["name"] == OWNER_COOKIE)
    store, owner = served.store(), owner_of(token)
    try:
        short = longer(store, owner, playground.run, 2)
        long = longer(store, owner, playground.run, 200)
    finally:
        store.close()

    few_rows, many_rows = 1 + 2 * rows_a_turn, 1 + 200 * rows_a_turn
    few = rerun_cost(page, playground, short, few_rows)
    many = rerun_cost(page, playground, long, many_rows)
    for rows, cost in ((few_rows, few), (many_rows, many)):
        figures.tell(f"rerun at {rows} rows: {cost.bytes:.0f} bytes in {cost.ms:.0f} ms")
    assert many.bytes <= AT_MOST * few.bytes
    assert many.ms <= AT_MOST * few.ms + SLACK_MS
