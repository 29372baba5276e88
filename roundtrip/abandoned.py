"""Runs that a dead process left: found by their leases, and said to be interrupted.

Owns one sweep. When it is due is `runner.py`; what is offered then is `controls.py`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial

from roundtrip import intents
from roundtrip.journals import Journals, Key, commit
from roundtrip.store import LeaseLost, NotFound, Store

_log = logging.getLogger(__name__)


def take_over(
    store: Store,
    journals: Journals,
    *,
    process: str,
    lease_s: float,
    is_ours: Callable[[Key], bool],
    taken: Callable[[Key], None],
) -> None:
    """Mark every run whose lease ran out, and give the lease back. Blocks.

    `process`: the sweep's own name, for a run launched here just now holds its lease under the
    runner's. `is_ours`: whether it is driven here; then our renewal is late, for the machine slept.
    `taken`: told of each. One run that cannot be read does not keep the others waiting.
    """
    for key in store.abandoned(time.time()):
        if is_ours(key):
            continue
        try:
            if store.lease(*key, process, time.time(), lease_s):
                # Somebody may have wanted it stopped and found nobody to hear it.
                stopped = bool(store.stops_asked([key]))
                ending = partial(intents.conclude, stopped=stopped, error=None)
                commit(journals.open(key), ending, process)
                store.release(*key, process)
                taken(key)
        except (NotFound, LeaseLost):
            continue
        except Exception:
            _log.exception("what became of run %s could not be kept", key[1])
