"""Which models answer here by names of their own, beside those of a provider's families."""

from __future__ import annotations

from roundtrip.simulator.faults import without_fault
from roundtrip.simulator.local import LOCAL_MODEL, LOCAL_TITLE, is_installed
from roundtrip.simulator.model import MODELS


def models_here() -> tuple[str, ...]:
    """All there are to choose from: the simulated ones, and the local one where it is installed."""
    return (*MODELS, LOCAL_MODEL) if is_installed() else MODELS


def is_ours(name: str) -> bool:
    """Whether it is no provider's: any `sim-…`, and the local one, installed or not."""
    return name.startswith("sim-") or without_fault(name) == LOCAL_MODEL


def title_of(name: str) -> str:
    """As a person reads it, with what kind of model it is."""
    return LOCAL_TITLE if name == LOCAL_MODEL else f"{name} (simulated)"
