"""What a measurement is and how it is printed. Owns no measuring."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured number."""

    name: str
    value: float
    unit: str
    """`ms`, `%`, or `x` for a ratio."""

    aim: float | None = None
    """The most it should be; None where there is no aim."""

    at_least: float | None = None
    """The least it should be; None where there is no such aim."""

    def __str__(self) -> str:
        digits = {"x": 3, "%": 1}.get(self.unit, 2)
        said = f"{self.name:<68} {self.value:>9.{digits}f} {self.unit}"
        if self.aim is not None:
            met = "met" if self.value <= self.aim else "MISSED"
            return f"{said:<82}  aim ≤ {self.aim:g}  {met}"
        if self.at_least is not None:
            met = "met" if self.value >= self.at_least else "MISSED"
            return f"{said:<82}  aim ≥ {self.at_least:g}  {met}"
        return said


def percentile(values: Sequence[float], percent: int) -> float:
    """Needs at least one value."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
