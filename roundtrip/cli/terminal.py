"""The terminal: rows printed as they happen, the answer, and what a person is asked about calls.

Owns what is printed when, and colours. How a row reads is `text_timeline.py`'s.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from typing import TextIO

from roundtrip.events import Cost, Setup
from roundtrip.journal import Journal
from roundtrip.lines import whole_call
from roundtrip.loop import edited_arguments
from roundtrip.state import PendingCall
from roundtrip.step import Phase, Step
from roundtrip.text_timeline import HEAD, NARROW, NARROW_HEAD, block, lines, money, one_line

WIDTH = 100
"""Columns where there is no terminal that has a width."""

_COLOURS: dict[Phase, str] = {
    "define": "2",
    "ask": "34",
    "stop": "35",
    "run": "32",
    "return": "34",
    "answer": "35",
    "error": "31",
}
"""One for each lane, as on the page."""


class Terminal:
    """Prints one run's timeline. `moved` may be called from any thread, one at a time."""

    def __init__(self, journal: Journal, out: TextIO, *, silent: bool = False) -> None:
        """`silent`: no rows are printed, e.g. where the output is a document."""
        self._journal = journal
        self._out = out
        self._silent = silent
        self._colour = coloured(out)
        self._rows: dict[int, Step] = {}
        self._seen = 0
        self._printed: set[int] = set()

    def moved(self) -> None:
        """Print the rows that have something final to say: requests when they leave."""
        for step in self._journal.steps(self._seen):
            self._rows[step.seq] = step
        self._seen = self._journal.head
        for step in self._rows.values():
            if step.standing in ("done", "failed") or step.phase in ("ask", "return"):
                self._row(step)

    def rest(self) -> None:
        """Print what is left, as it stands."""
        self.moved()
        for step in self._rows.values():
            self._row(step)

    def answer(self) -> None:
        """The model's answer in full."""
        reply = self._journal.state.answer
        if reply is not None and reply.message.text and not self._silent:
            self._print(f"\n{block(reply.message.text.strip())}")

    def document(self, text: str) -> None:
        self._print(text)

    def totals(self) -> None:
        """What the run used, as a notice."""
        told = self._journal.totals
        if self._silent or not told.model_calls:
            return
        words = (
            f"{told.model_calls} {'reply' if told.model_calls == 1 else 'replies'}",
            f"{told.tools_run} {'tool' if told.tools_run == 1 else 'tools'} run",
            f"tokens: {_count(told.usage.get('input'))} in, {_count(told.usage.get('output'))} out",
            money(Cost(usd=told.cost_usd, notional=told.notional)),
            f"{told.seconds:.1f} s",
        )
        say(" · ".join(words))

    def _row(self, step: Step) -> None:
        if self._silent or step.seq in self._printed:
            return
        self._printed.add(step.seq)
        request = next(
            (
                row
                for row in self._rows.values()
                if row.exchange == step.exchange and row.phase in ("ask", "return")
            ),
            None,
        )
        width = _width()
        head = HEAD if width >= NARROW else NARROW_HEAD
        first, *more = lines(step, width, request)
        if self._colour:
            code = "31" if step.is_error else _COLOURS[step.phase]
            first = f"\x1b[{code}m{first[:head]}\x1b[0m{first[head:]}"
        self._print("\n".join((first, *more)))

    def _print(self, text: str) -> None:
        try:
            print(text, file=self._out, flush=True)
        except BrokenPipeError:
            # The reader has left. The turn goes on: what runs may not stop half-way for that.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._out.fileno())


def say(words: str) -> None:
    """A notice, on the error output."""
    print(one_line(words), file=sys.stderr, flush=True)


def coloured(out: TextIO) -> bool:
    """Whether colours belong there (https://no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and out.isatty()


def somebody_is_there() -> bool:
    """Whether a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


@dataclass(frozen=True)
class Decision:
    """What a person said about a call that asks first."""

    allowed: bool
    reason: str = ""
    """Why not; the model reads it."""

    arguments: str | None = None
    """JSON in place of the model's arguments."""


def decision(pending: PendingCall, setup: Setup) -> Decision | None:
    """Ask whether a call may run, and how. None: no answer came."""
    say(f"The model asks to run {pending.call.name}. This tool runs only if you allow it.")
    for name, value in (pending.call.arguments or {}).items():
        # In full, whatever its length: nobody can allow what they did not see.
        say(f"    {name} = {json.dumps(value, ensure_ascii=False)}")
    while (typed := _typed("Run it? [y/N, e to edit its arguments, or why not] ")) is not None:
        words = typed.lower()
        if words in ("y", "yes"):
            return Decision(True)
        if words not in ("e", "edit"):
            return Decision(False, "" if words in ("", "n", "no") else typed)
        if arguments := _edited(pending, setup):
            return Decision(True, arguments=arguments)
    return None


def _edited(pending: PendingCall, setup: Setup) -> str | None:
    """Other arguments, which the tool takes. None: they stay as they are."""
    say(f"    {json.dumps(pending.call.arguments or {}, ensure_ascii=False)}")
    while typed := _typed("Its arguments as JSON, in one line [nothing: leave them] "):
        try:
            edited_arguments(typed, pending, setup)
        except ValueError as error:
            say(str(error))
        else:
            return typed
    return None


def entered(pending: PendingCall) -> tuple[str, bool] | None:
    """Ask what a call gives back that no code stands behind: (result, whether it is an error).
    None: nobody said."""
    say(f"You are the tool: the model asks for {whole_call(pending.call)}")
    typed = _typed("Its result, JSON or words [nothing: it waits; begin with ! for an error] ")
    if not typed:
        return None
    return (typed[1:].strip(), True) if typed.startswith("!") else (typed, False)


def _typed(prompt: str) -> str | None:
    """A line without its ends; None where the input has ended."""
    print(prompt, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        print(file=sys.stderr)
        return None
    return line.strip()


def _width() -> int:
    return shutil.get_terminal_size((WIDTH, 24)).columns


def _count(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"
