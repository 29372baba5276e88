"""What the store refuses, and why.

StoreError
├── NotFound    no such run, or not this owner's: the two look the same
├── Conflict    the events do not continue the run, or a request would be rewritten
├── LeaseHeld   another process is writing this run
├── LeaseLost   this process no longer may
├── Unavailable the database cannot be reached, is locked by others, or is full
└── Damaged     what is stored is not what was written, or not of this version
"""

from __future__ import annotations


class StoreError(Exception):
    """Something the store will not do."""


class NotFound(StoreError):
    """There is no such run for this owner. Says nothing about whether another owner has it."""


class Conflict(StoreError):
    """The write does not fit what is there: read the run again."""


class LeaseHeld(StoreError):
    """A process holds an unexpired lease on the run, and the writer named none."""


class LeaseLost(StoreError):
    """The writer's lease on the run has gone to another process, was released or never was."""


class Unavailable(StoreError):
    """The database did not do it: locked, full, unreachable. Says so in its own words."""


class Damaged(StoreError):
    """What is stored cannot be read back as it was written."""
