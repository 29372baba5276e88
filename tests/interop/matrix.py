"""What was seen, told after the last test: clients down, wires across, whole and streamed.

Owns the table. A test says which cell it counts for by the fixture `cell`.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.interop.clients import WIRES, installed

_PROPERTY = "cell"

Cell = tuple[str, str, str]
"""Package, wire, and how the replies come: `whole` or `streamed`."""


def counts_for(item: pytest.Item, cell: Cell) -> None:
    """Have a test's outcome counted there."""
    item.user_properties.append((_PROPERTY, "|".join(cell)))


def print_matrix(terminal: pytest.TerminalReporter) -> None:
    """Each cell as conversations that held, of those that were tried."""
    held, tried = Counter[str](), Counter[str]()
    for outcome in ("passed", "failed"):
        for report in terminal.stats.get(outcome, ()):
            if getattr(report, "when", None) != "call":
                continue
            for name, cell in report.user_properties:
                if name == _PROPERTY:
                    tried[cell] += 1
                    held[cell] += outcome == "passed"
    terminal.section("other people's clients: conversations that held, whole + streamed")
    terminal.line(_row("client", WIRES))
    for client in installed():
        cells = []
        for wire in WIRES:
            named = [f"{client.package}|{wire}|{how}" for how in ("whole", "streamed")]
            told = [f"{held[one]}/{tried[one]}" for one in named if tried[one]]
            cells.append(" + ".join(told) or "-")
        terminal.line(_row(f"{client.package} {client.version}", cells))


def _row(head: str, cells: object) -> str:
    assert isinstance(cells, (list, tuple))
    return f"{head:<32}" + "".join(f"{cell:<18}" for cell in cells)
