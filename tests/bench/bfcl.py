"""How well the simulated model picks tools, on public cases it was not tuned on.

Owns what is offered with each case, and the table. The cases and their halves are in
`bfcl_cases.py`, what is right in `bfcl_score.py`. The model was tuned on the half `tune` alone;
the table is of the half `report`.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from roundtrip.conversation import Options, ToolCall, ToolDefinition
from roundtrip.simulator.model import respond
from tests.bench.bfcl_cases import Case, Half, cases
from tests.bench.bfcl_score import filled, picked
from tests.bench.figures import Figure, percentile

TODAY = date(2024, 6, 1)
VAGUE = "Handles the request."
AIMS = {"simple, 1 tool": 85.0, "multiple": 75.0, "parallel": 45.0, "irrelevance, 1 tool": 85.0}
"""Percent of the cases in which exactly the right tools are called."""

SLOWEST_MS = 20.0
"""Of a decision with 20 tools, 95 of 100."""

_SURE = 1.96
"""Standard deviations to either side that hold 95 of 100."""

Offer = Callable[[Case], tuple[ToolDefinition, ...]]


@dataclass(frozen=True)
class Row:
    """One line of the table: cases, and the tools that are offered with each."""

    name: str
    of: tuple[Case, ...]
    offer: Offer


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.hits / self.of if self.of else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval in percent, after Wilson: right for shares near 0 or 1 too."""
        if not self.of:
            return 0.0, 100.0
        share, spread = self.hits / self.of, _SURE**2 / self.of
        middle = (share + spread / 2) / (1 + spread)
        half = _SURE * math.sqrt(share * (1 - share) / self.of + spread / (4 * self.of))
        half /= 1 + spread
        return 100 * max(middle - half, 0.0), 100 * min(middle + half, 1.0)


def measure(half: Half = "report") -> list[Figure]:
    """The table of one half, and how long a decision takes with 20 tools."""
    figures: list[Figure] = []
    spent: list[float] = []
    for row in _rows(half):
        picks, fills = 0, 0
        for case in row.of:
            calls, took = _calls(case, row.offer(case))
            picks += picked(calls, case.expected)
            fills += filled(calls, case.expected)
            if row.name == "simple, 20 tools":
                spent.append(took)
        figures.append(_figure(row.name, Share(picks, len(row.of)), Share(fills, len(row.of))))
    return [
        *figures,
        Figure("bfcl, a decision with 20 tools, p50", percentile(spent, 50), "ms"),
        Figure("bfcl, a decision with 20 tools, p95", percentile(spent, 95), "ms", SLOWEST_MS),
    ]


def _figure(name: str, pick: Share, full: Share) -> Figure:
    low, high = pick.interval
    told = f"bfcl {name} (n {pick.of}, 95 % {low:.0f} to {high:.0f}, full {full.percent:.0f} %)"
    return Figure(told, pick.percent, "%", at_least=AIMS.get(name))


def _calls(case: Case, tools: tuple[ToolDefinition, ...]) -> tuple[Sequence[ToolCall], float]:
    """The first reply's calls, and the milliseconds they took."""
    began = time.perf_counter()
    response = respond(case.conversation, tools, Options(model="sim-large"), today=TODAY)
    return response.calls, (time.perf_counter() - began) * 1000


def _rows(half: Half) -> list[Row]:
    simple, multiple = cases("simple_python", half), cases("multiple", half)
    irrelevance, live = cases("irrelevance", half), cases("live_multiple", half)
    pool = tuple(tool for one in simple for tool in one.tools)
    others = tuple(tool for one in irrelevance for tool in one.tools)
    return [
        *(Row(f"simple, {n} tool{'s' * (n > 1)}", simple, among(pool, n)) for n in (1, 5, 20, 40)),
        Row("multiple", multiple, own),
        Row("parallel", cases("parallel", half), own),
        Row("parallel and multiple", cases("parallel_multiple", half), own),
        *(
            Row(f"irrelevance, {n} tool{'s' * (n > 1)}", irrelevance, among(others, n))
            for n in (1, 5, 20, 40)
        ),
        *(
            Row(f"live multiple, {told}", tuple(c for c in live if len(c.tools) in sizes), own)
            for told, sizes in (
                ("2 to 4 tools", range(2, 5)),
                ("5 to 9 tools", range(5, 10)),
                ("10 and more tools", range(10, 1000)),
            )
        ),
        Row("simple, 1 tool, vague", simple, lambda one: vaguely(one.tools)),
        Row("simple, 20 tools, vague", simple, lambda one: vaguely(among(pool, 20)(one))),
        Row("multiple, vague", multiple, lambda one: vaguely(one.tools)),
        Row("live multiple, all", live, own),
        Row("live multiple, vague", live, lambda one: vaguely(one.tools)),
        Row("simple, 4 tools like it beside", simple, beside_the_nearest(pool, 4)),
        Row("simple, its twin beside", simple, beside_a_twin),
    ]


def own(case: Case) -> tuple[ToolDefinition, ...]:
    """The tools the case comes with."""
    return case.tools


def among(pool: Sequence[ToolDefinition], count: int) -> Offer:
    """So many tools, the case's own among others of the pool, the same for everybody."""

    def offer(case: Case) -> tuple[ToolDefinition, ...]:
        chance = random.Random(case.id)
        tools = [*case.tools, *chance.sample(_unlike(pool, case.tools), count - len(case.tools))]
        return _shuffled(tools, chance) if count > len(case.tools) else case.tools

    return offer


def beside_the_nearest(pool: Sequence[ToolDefinition], count: int) -> Offer:
    """The case's tool among those of the pool that speak most like it."""

    def offer(case: Case) -> tuple[ToolDefinition, ...]:
        (tool,) = case.tools
        near = sorted(_unlike(pool, case.tools), key=lambda other: -_likeness(tool, other))
        return _shuffled([tool, *near[:count]], random.Random(case.id))

    return offer


def beside_a_twin(case: Case) -> tuple[ToolDefinition, ...]:
    """The case's tool and one that differs from it in nothing but a word of its name."""
    (tool,) = case.tools
    twin = tool.model_copy(update={"name": f"{tool.name}_v2"})
    return _shuffled([tool, twin], random.Random(case.id))


def vaguely(tools: Iterable[ToolDefinition]) -> tuple[ToolDefinition, ...]:
    """The tools with one empty sentence in the place of every description."""
    return tuple(
        tool.model_copy(update={"description": VAGUE, "input_schema": _vague(tool.input_schema)})
        for tool in tools
    )


def _vague(rule: Any, *, names: bool = False) -> Any:
    if isinstance(rule, list):
        return [_vague(one) for one in rule]
    if not isinstance(rule, dict):
        return rule
    return {
        key: VAGUE
        if key == "description" and not names
        else _vague(value, names=key == "properties" and not names)
        for key, value in rule.items()
    }


def _unlike(
    pool: Sequence[ToolDefinition], tools: Sequence[ToolDefinition]
) -> list[ToolDefinition]:
    """The pool without tools of a name that is taken, each name once."""
    taken = {tool.name for tool in tools}
    return list({tool.name: tool for tool in pool if tool.name not in taken}.values())


def _shuffled(tools: list[ToolDefinition], chance: random.Random) -> tuple[ToolDefinition, ...]:
    chance.shuffle(tools)
    return tuple(tools)


def _likeness(one: ToolDefinition, other: ToolDefinition) -> float:
    """The share of words that both use."""
    said, also = _words(one), _words(other)
    return len(said & also) / len(said | also)


def _words(tool: ToolDefinition) -> set[str]:
    return set(f"{tool.name.replace('_', ' ')} {tool.description or ''}".lower().split())
