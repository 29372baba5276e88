"""`roundtrip ask`: a whole turn without the page.

Owns driving one run to its answer from a terminal: the same loop, record and wires as the page,
over a store that lasts as long as the command. What is printed is `terminal.py`'s.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from functools import partial
from pathlib import Path

from roundtrip import intents
from roundtrip.cli.arguments import INTERRUPTED
from roundtrip.cli.setup import target_of, turn_setup, uses_our_simulator
from roundtrip.cli.terminal import Terminal, decision, entered, say, somebody_is_there
from roundtrip.cli.tools import existing, load, say_problems
from roundtrip.cli.wishes import wishes_of
from roundtrip.conversation import Reply
from roundtrip.costs import definition_tokens
from roundtrip.drive import Drive
from roundtrip.events import Setup
from roundtrip.export.file import as_text, run_document
from roundtrip.intents import Intent
from roundtrip.journal import Journal
from roundtrip.journals import commit
from roundtrip.lines import call_text
from roundtrip.loop import AwaitApproval, AwaitResult, next_action
from roundtrip.service import SAMPLE_TOOLS, simulated_target
from roundtrip.simulator.scripts import Script
from roundtrip.simulator.simulation import Settings
from roundtrip.simulator.thread import SimulatorThread
from roundtrip.state import PendingCall
from roundtrip.store import Store
from roundtrip.tools.execute import ThreadPool
from roundtrip.tools.tool import Tool
from roundtrip.wires.send import Sender, Target

OWNER = "terminal"

ANSWERED, FAILED, AWAITING = 0, 1, 3


def ask(arguments: Namespace) -> int:
    """Run the turn and print it. Returns the exit status; a usage error raises SystemExit(2)."""
    loaded = load(existing(arguments.tools, arguments) if arguments.tools else (SAMPLE_TOOLS,))
    say_problems(loaded.problems)
    if not loaded.tools:
        arguments.usage_error("there is no tool in it")
    setup = turn_setup(arguments, loaded.tools, os.environ)
    ours = uses_our_simulator(arguments, os.environ)
    wishes, scripts = wishes_of(arguments, simulated=setup.simulated, ours=ours)
    setup = setup.model_copy(update={"headers": wishes.headers})
    if ours and not arguments.simulator:
        say("No real model is named, or no key is set: our simulator answers, no model is at work.")
    out = sys.stdout
    # What a tool prints is not part of the timeline, let alone of the document.
    with redirect_stdout(sys.stderr), _a_journal(arguments.prompt) as (journal, store):
        terminal = Terminal(journal, out, silent=arguments.json)
        journal.listen(terminal.moved)
        with _target(ours, scripts) as target:
            turn = _Turn(arguments, journal, {tool.name: tool for tool in loaded.tools}, target)
            status = turn.run(setup)
        terminal.rest()
        terminal.answer()
        terminal.totals()
        if arguments.json:
            terminal.document(as_text(run_document(journal, store.head(OWNER, journal.run))))
    return status


@contextmanager
def _a_journal(prompt: str) -> Iterator[tuple[Journal, Store]]:
    with tempfile.TemporaryDirectory(prefix="roundtrip-") as folder:
        store = Store.open(f"sqlite:///{Path(folder, 'run.db').as_posix()}")
        try:
            run = store.new_run(OWNER, prompt[:80], time.time())
            yield Journal(store, OWNER, run.id), store
        finally:
            store.close()


@contextmanager
def _target(ours: bool, scripts: Mapping[str, Script]) -> Iterator[Callable[[Setup], Target]]:
    """Where turns go; a simulator of our own lives as long as this, with these scripts."""
    with ExitStack() as life:
        if not ours:
            yield partial(target_of, environ=os.environ)
            return
        simulator = SimulatorThread(Settings(own_scripts=scripts))
        life.enter_context(simulator)
        yield partial(simulated_target, simulator)


def _status(answer: Reply | None) -> int:
    """The exit status of a turn that ended with this; refused or cut off it is no answer."""
    return ANSWERED if answer and answer.stop.signal == "end" else FAILED


class _Turn:
    """One turn, driven until it has ended or waits for what nobody here can give."""

    def __init__(
        self,
        arguments: Namespace,
        journal: Journal,
        tools: Mapping[str, Tool],
        target: Callable[[Setup], Target],
    ) -> None:
        self._arguments = arguments
        self._journal = journal
        self._tools = tools
        self._target = target
        self._given: dict[str, list[str]] = {}
        for name, text in arguments.result:
            self._given.setdefault(name, []).append(text)

    def run(self, setup: Setup) -> int:
        commit(self._journal, intents.ask(self._arguments.prompt, setup, definition_tokens(setup)))
        sender, pool = Sender(), ThreadPool()
        drive = Drive(self._journal, sender, pool, lambda: self._tools, self._target)
        # Nothing but Ctrl-C cancels it.
        drive.stop_message = intents.STOPPED_BY_PERSON
        with asyncio.Runner() as loop:
            try:
                # What is wrong with key or address is met again, and becomes a step.
                with suppress(Exception):
                    loop.run(sender.ready(self._target(setup)))
                return self._to_rest(loop, drive)
            except KeyboardInterrupt:
                commit(self._journal, intents.stop)
                return INTERRUPTED
            finally:
                loop.run(sender.close())
                pool.close()

    def _to_rest(self, loop: asyncio.Runner, drive: Drive) -> int:
        """Questions to a person are asked between the loop's runs: there Ctrl-C ends them."""
        while True:
            loop.run(drive.to_the_end())
            match next_action(self._journal.state):
                case AwaitApproval(calls):
                    said = [self._decision(pending) for pending in calls]
                case AwaitResult(calls):
                    said = [self._result(pending) for pending in calls]
                case _:
                    return _status(self._journal.state.answer)
            for intent in said:
                if intent is not None:
                    commit(self._journal, intent)
            if None in said:
                return AWAITING

    def _decision(self, pending: PendingCall) -> Intent | None:
        name, call = pending.call.name, pending.index
        if name in self._arguments.approve or "all" in self._arguments.approve:
            return intents.approve(call)
        if not somebody_is_there():
            say(f"{name} asks a person first, and nobody is here: refused. See --approve.")
            return intents.nobody_to_ask(call)
        setup = self._journal.state.setup
        said = decision(pending, setup) if setup else None
        if said is None:
            return None
        if said.allowed:
            return intents.approve(call, said.arguments)
        return intents.refuse(call, said.reason)

    def _result(self, pending: PendingCall) -> Intent | None:
        given = self._given.get(pending.call.name, [])
        if not given and somebody_is_there() and (said := entered(pending)):
            text, is_error = said
            return intents.enter_result(pending.index, text, is_error=is_error)
        if not given:
            say(f"Nobody answers {call_text(pending.call)}: give --result {pending.call.name}=JSON")
            return None
        text = given.pop(0) if len(given) > 1 else given[0]
        return intents.enter_result(pending.index, text)
