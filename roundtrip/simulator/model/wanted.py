"""A call with all it needs, and how far a tool can be called.

Owns turning several values into several calls. Where values come from is in `values.py`,
`before.py` and `chains.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from roundtrip.simulator.model.evidence import Profile
from roundtrip.simulator.model.parameters import Parameter
from roundtrip.simulator.model.slots import Filled

MOST_CALLS = 8
"""At once, of one tool."""

Options = Mapping[str, list[tuple[Any, str]]]
"""For each argument its values, each with the reason for it; several mean several calls."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call with all it needs."""

    tool: str
    arguments: Mapping[str, Any]
    reasons: Mapping[str, str]
    """Why each argument is what it is."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """How far a tool can be called now."""

    ready: tuple[Wanted, ...] = ()
    first: tuple[Wanted, ...] = ()
    """Calls that have to come before, to learn what is missing."""

    missing: tuple[Parameter, ...] = ()
    """What only the person can say."""

    looked_up: tuple[str, ...] = ()
    """Tools that were asked for what is missing and did not have it."""

    choices: tuple[Any, ...] = ()
    """Values of the missing parameter between which the person has to choose."""


def options_of(filled: Filled) -> list[tuple[Any, str]]:
    if isinstance(filled.value, list) or not filled.alternatives:
        return [(filled.value, filled.reason)]
    return [(value, f"{filled.reason}; one call for each listed") for value in filled.alternatives]


def together(found: Sequence[Resolution]) -> Resolution:
    """Of several sets, each call once."""
    ready = {(one.tool, repr(one.arguments)): one for each in found for one in each.ready}
    first = {(one.tool, repr(one.arguments)): one for each in found for one in each.first}
    missing = next((each.missing for each in found if each.missing), ())
    return Resolution(
        tuple(ready.values())[:MOST_CALLS],
        tuple(first.values()),
        () if ready else missing,
        tuple(name for each in found for name in each.looked_up),
        next((each.choices for each in found if each.choices), ()),
    )


def calls_of(
    profile: Profile,
    options: Options,
    as_list: bool,
    side_by_side: bool,
) -> tuple[Wanted, ...]:
    """One call, or one for each listed value: of two lists each with each, unless they are said
    to go side by side."""
    lists = {name: values for name, values in options.items() if len(values) > 1}
    lengths = {len(values) for values in lists.values()}
    if not lists or (as_list and len(lengths) > 1):
        return (_wanted(profile, {name: values[0] for name, values in options.items()}),)
    if side_by_side and len(lengths) == 1:
        rows = [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]
    else:
        rows = [dict(zip(lists, row, strict=True)) for row in product(*lists.values())]
    single = {name: values[0] for name, values in options.items() if name not in lists}
    return tuple(_wanted(profile, single | row) for row in rows[:MOST_CALLS])


_NOT_GIVEN = (None, "not in the text; the schema wants it said, and takes null")


def _wanted(profile: Profile, options: Mapping[str, tuple[Any, str]]) -> Wanted:
    nulls = {p.name: _NOT_GIVEN for p in profile.parameters if p.null_when_unknown}
    said = {**nulls, **options}
    ordered = [p.name for p in profile.parameters if p.name in said]
    return Wanted(
        profile.tool.name,
        {name: said[name][0] for name in ordered},
        {name: said[name][1] for name in ordered},
    )
