"""What the tests count, told after the last of them, whichever process ran it.

Owns the way from a test to the end of the run's output: a figure is a property of its test's
report. What is counted, and what a count must be, stands in the tests.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

_PROPERTY = "figure"


class Figures:
    """The figures of one test, the fixture `figures`."""

    def __init__(self, node: pytest.Item) -> None:
        self._node = node

    def tell(self, *lines: str) -> None:
        """Have these lines printed."""
        self._node.user_properties += [(_PROPERTY, line) for line in lines]

    def count(self, what: str, checked: int, failed: Iterable[str] = ()) -> None:
        """Have it printed that so many of those checked hold, and which do not."""
        wrong = list(failed)
        self.tell(f"{what}: {checked - len(wrong)} of {checked}", *(f"  {one}" for one in wrong))


def print_figures(terminal: pytest.TerminalReporter) -> None:
    """Every figure of the run, by test."""
    done = [*terminal.stats.get("passed", ()), *terminal.stats.get("failed", ())]
    told = {
        report.nodeid: [line for name, line in report.user_properties if name == _PROPERTY]
        for report in done
        if getattr(report, "when", None) == "call"
    }
    if any(told.values()):
        terminal.section("figures")
    for test, lines in sorted(told.items()):
        if lines:
            terminal.line(test)
            terminal.line("\n".join(f"  {line}" for line in lines))
