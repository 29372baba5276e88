"""The Playground: ask, and walk through the round trip.

Reads the run's state, lays out the components, hands intents to the engine. No arithmetic, no
provider names, no SDK.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from components.chat import chat
from components.controls import control_bar
from components.first_visit import starters, tool_cards
from components.look import as_label, page_style
from components.settings import settings_of
from components.settings_popover import (
    current,
    first_of_all,
    for_a_question,
    put,
    settings_popover,
)
from components.simulated_model import lesson
from components.timeline.timeline import timeline
from roundtrip import intents
from roundtrip.controls import Controls, controls
from roundtrip.costs import definition_tokens
from roundtrip.hand_edit import CannotBeKept
from roundtrip.intents import Intent, Unfit
from roundtrip.owner import owner_from
from roundtrip.runner import Busy
from roundtrip.service import the_service
from roundtrip.store import NotFound, StoreError

SETTLE_S = 0.15
"""A quick step is done before the page is drawn again, so that it is drawn once."""

EARLIER_RUNS = 12
"""Runs that the sidebar lists."""

service = the_service()
runner = service.runner


class RunIntents:
    """What a person may want of one run; each is done before the page is drawn again.

    A button does what it says: it was drawn for the run at `head`, and where the run has moved on
    since, in another tab, nothing is done but to draw it again. Stop always stops. What is said of
    a call is said of the one that this `exchange` asked for, also if it moves on just then.
    """

    def __init__(self, owner: str, run: str, head: int, exchange: int) -> None:
        self._owner, self._run, self._head, self._exchange = owner, run, head, exchange

    def step(self) -> None:
        self._do(runner.step)

    def to_the_end(self) -> None:
        self._do(runner.to_the_end)

    def stop(self) -> None:
        self._do(runner.stop, at_any_head=True)

    def try_now(self) -> None:
        self._do(runner.try_now)

    def again(self) -> None:
        settings = current()
        setup = settings.setup(service.loaded().tools)
        if self._do(lambda owner, run: runner.resume(owner, run, setup)):
            self._do(_onward(), at_any_head=True)

    def give_up(self) -> None:
        self._do(runner.give_up)

    def approve(self, call: int, arguments: str | None = None) -> str | None:
        """Why the arguments cannot be taken, where a person changed them; None: it is done."""
        try:
            done = self._decide(intents.approve(call, arguments, exchange=self._exchange))
        except Unfit as error:
            return str(error)
        if done:
            self._do(_onward(), at_any_head=True)
        return None

    def approve_all(self, calls: tuple[int, ...]) -> None:
        if self._decide(*(intents.approve(call, exchange=self._exchange) for call in calls)):
            self._do(_onward(), at_any_head=True)

    def refuse(self, call: int, reason: str) -> None:
        self.refuse_all({call: reason})

    def refuse_all(self, reasons: dict[int, str]) -> None:
        self._answered(
            *(
                intents.refuse(call, reason, exchange=self._exchange)
                for call, reason in reasons.items()
            )
        )

    def enter_result(self, call: int, text: str, is_error: bool) -> None:
        if not text.strip():
            st.toast("Nothing is written yet. A tool that gives back nothing gives back null.")
            return
        self._answered(intents.enter_result(call, text, is_error=is_error, exchange=self._exchange))

    def _answered(self, *results: Intent) -> None:
        """A person gave calls their results; step by step they are looked at before they go out."""
        if self._decide(*results) and not current().stepwise:
            self._do(runner.to_the_end, at_any_head=True)

    def _decide(self, *decisions: Intent) -> bool:
        def all_of_them(owner: str, run: str) -> None:
            for decision in decisions:
                runner.decide(owner, run, decision)

        return self._do(all_of_them)

    def lying_request(self) -> str:
        """The body of the request that lies ready; empty where none does any more."""
        journal = runner.journal(self._owner, self._run)
        exchange = journal.exchange(journal.state.prepared or 0)
        return exchange.request_body.decode("utf-8", "replace") if exchange else ""

    def edit_request(self, body: str) -> bool:
        try:
            return self._do(lambda owner, run: runner.edit_request(owner, run, body.encode()))
        except CannotBeKept as error:
            st.toast(str(error), icon=":material/error:")
            return False

    def _do(self, intent: Callable[[str, str], None], *, at_any_head: bool = False) -> bool:
        """Whether it was done. Why not is said on the page."""
        try:
            if not at_any_head and runner.journal(self._owner, self._run).head != self._head:
                st.toast("This run has moved on, perhaps in another tab. Look again.")
                _acted()
                return False
            intent(self._owner, self._run)
        except Busy:
            st.toast("It is under way already, perhaps in another tab.")
            return False
        except StoreError as error:
            st.toast(f"That could not be kept: {error}", icon=":material/error:")
            return False
        runner.settle(self._owner, self._run, SETTLE_S)
        _acted()
        return True


def _onward() -> Callable[[str, str], None]:
    """How a run goes on where a person has said yes."""
    return runner.step if current().stepwise else runner.to_the_end


def _acted() -> None:
    """Tell the timeline that something happened."""
    st.session_state["acted"] = st.session_state.get("acted", 0) + 1


def _ask(owner: str, run: str | None, text: str) -> None:
    """Ask in this run, or, without one, in a new run."""
    if not text.strip():
        st.toast("There is nothing in it to ask.")
        return
    settings = for_a_question()
    setup = settings.setup(service.loaded().tools)
    weight = definition_tokens(setup)
    try:
        run = runner.ask(owner, run, text, setup, definition_tokens=weight)
        if not settings.stepwise:
            runner.to_the_end(owner, run)
    except (Busy, NotFound):
        st.toast("This run cannot take a question now. Stop it, or begin a new one.")
        return
    except StoreError as error:
        st.toast(f"Your question could not be kept: {error}", icon=":material/error:")
        return
    st.query_params["run"] = st.session_state["settings_of"] = run
    _acted()


def _sidebar(owner: str, run: str | None) -> None:
    with st.sidebar:
        if st.button("New conversation", icon=":material/add:", width="stretch"):
            st.query_params.clear()
            st.rerun()
        earlier = runner.store.heads(owner, limit=EARLIER_RUNS)
        if earlier:
            st.caption("Earlier")
        for head in earlier:
            if st.button(
                as_label(head.title or "Untitled"),
                key=f"run-{head.id}",
                type="tertiary",
                disabled=head.id == run,
            ):
                st.query_params["run"] = head.id
                st.rerun()


@st.fragment
def _conversation(owner: str, run: str | None) -> None:
    left, right = st.columns([0.36, 0.64], gap="medium")
    journal = runner.journal(owner, run) if run else None
    live = journal is not None and runner.is_live(owner, journal.run)
    standing = controls(journal.state, live=live) if journal else Controls()
    if standing.can_ask and (first := first_of_all(service, current())):
        standing = replace(standing, can_ask=False, ask=first)
    token = str(st.session_state.get("acted", 0))
    with left.container(border=True):
        if journal is None:
            question = starters(
                simulated=current().simulated,
                can_ask=standing.can_ask,
                lesson=lesson(current()),
            )
        else:
            question = None
            chat(journal.run, head=journal.head, token=token, key="chat")
            exchange = journal.state.exchange
            wanted = RunIntents(owner, journal.run, journal.head, exchange)
            control_bar(standing, wanted, scope=f"{journal.run}-{exchange}")
        typed = st.chat_input(standing.ask, key="ask", disabled=not standing.can_ask)
        if question := typed or question:
            _ask(owner, run, question)
            st.rerun()
    with right.container(border=True):
        head = journal.head if journal else 0
        timeline(run=run, head=head, live=live, token=token, key="timeline")
        if journal is None:
            loaded = service.loaded()
            tool_cards(loaded.tools, loaded.problems, current().left_out)


def _run_in_address(owner: str) -> str | None:
    run = st.query_params.get("run")
    if run is None:
        return None
    try:
        setup = runner.journal(owner, run).state.setup
    except NotFound:
        st.warning("There is no such run in this browser. Ask something to begin one.")
        return None
    if setup and st.session_state.get("settings_of") != run:
        st.session_state["settings_of"] = run
        put(settings_of(setup))
    return run


def main() -> None:
    page_style()
    owner = owner_from(st.context.cookies)
    if owner is None:
        st.info("This page needs its one cookie, to keep your runs yours. Allow it, then reload.")
        return
    try:
        run = _run_in_address(owner)
        _sidebar(owner, run)
        settings_popover(service, owner, service.loaded().tools)
        _conversation(owner, run)
    except StoreError as error:
        st.error(f"The runs cannot be read just now: {error}", icon=":material/error:")
        st.button("Try again", icon=":material/replay:")


main()
