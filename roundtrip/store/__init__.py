"""Where runs are kept: their heads, their events and their exchanges, each under its owner.

Owns durability: what `append` returned from is on disk, in order, without a gap, and is read
back exactly. Does not own what an event means (`events.py`), who the owner is (`owner.py`) or
when something is written (`runner.py`).

`store.py` has the queries, `database.py` opens and migrates, `tables.py` is the schema,
`exchanges.py` and `bodies.py` keep bytes as differences, `leases.py` says who may write.
"""

from roundtrip.store.errors import (
    Conflict,
    Damaged,
    LeaseHeld,
    LeaseLost,
    NotFound,
    StoreError,
    Unavailable,
)
from roundtrip.store.store import RunHead, Store

__all__ = [
    "Conflict",
    "Damaged",
    "LeaseHeld",
    "LeaseLost",
    "NotFound",
    "RunHead",
    "Store",
    "StoreError",
    "Unavailable",
]
