"""Who may write a run just now.

Owns the rules of a lease as conditions on the run's row; the row's lock makes them atomic.
Does not own when a lease is renewed (`runner.py`) or what an abandoned run becomes.

A process that works on a run holds its lease (process, until) and renews it. While it is
unexpired nobody else writes. Once it expired, another process may take it; until one does, the
holder may still write, since the row shows that nobody came between.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, or_

from roundtrip.store.errors import LeaseHeld, LeaseLost
from roundtrip.store.tables import runs

TTL = 15.0
"""Seconds a lease lasts: three renewals, so that one late renewal loses nothing."""


def free_for(process: str, now: float) -> ColumnElement[bool]:
    """The condition under which `process` may take or renew the lease."""
    return or_(
        runs.c.lease_process.is_(None),
        runs.c.lease_process == process,
        runs.c.lease_until <= now,
    )


def check(run: Row[*tuple[Any, ...]], process: str | None, now: float) -> None:
    """Whether a writer may write the run. Raises `LeaseHeld` or `LeaseLost`."""
    if process is not None:
        if run.lease_process != process:
            raise LeaseLost(f"{process} no longer holds the run's lease")
    elif run.lease_process is not None and run.lease_until > now:
        raise LeaseHeld("the run is being written by another process")
