"""What a tool is on our side: its definition, the code behind it, and the rules it runs under.

Owns the values every source of tools gives. Does not read a source (`python.py`,
`json_source.py`) and runs nothing (`execute.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from roundtrip.conversation import ToolDefinition
from roundtrip.events import ToolPolicy

RESULT_LIMIT = 256 * 1024
"""Bytes. A result returns to the model with every later request, so a large one is paid often."""

TIMEOUT_S = 30.0


@dataclass(frozen=True)
class Tool:
    """A definition and what stands behind it."""

    definition: ToolDefinition
    """What the model is told."""

    run: Callable[..., Any] | None
    """Called as `run(**arguments)`, plain or async; None: a person enters the result."""

    policy: ToolPolicy = "auto"

    timeout_s: float = TIMEOUT_S
    """Seconds until a call is answered as a timeout."""

    result_limit: int = RESULT_LIMIT
    """Bytes of UTF-8 a result may have."""

    optional: bool = False
    """Whether it is offered only once a person adds it."""

    source: str = ""
    """Where it was found, as people are shown it, e.g. `sample_tools/weather.py`."""

    @property
    def name(self) -> str:
        return self.definition.name


@dataclass(frozen=True)
class LoadProblem:
    """Something in a source of tools that could not be used; the rest of it still is."""

    file: str
    line: int | None
    """Counted from 1; None where no line is to blame."""

    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.message}"


@dataclass(frozen=True)
class Loaded:
    """What a source gave: the tools that work, and what stood in the way of the others."""

    tools: tuple[Tool, ...] = ()
    problems: tuple[LoadProblem, ...] = ()


def together(parts: Iterable[Loaded]) -> Loaded:
    """All parts as one; of two tools with one name the first stays."""
    tools: dict[str, Tool] = {}
    problems: list[LoadProblem] = []
    for part in parts:
        problems.extend(part.problems)
        for tool in part.tools:
            first = tools.setdefault(tool.name, tool)
            if first is not tool:
                message = f"a tool called {tool.name} is already in {first.source}"
                problems.append(LoadProblem(tool.source, None, message))
    return Loaded(tuple(tools.values()), tuple(problems))
