"""A process that appends to a run and says what was acknowledged: `URL OWNER RUN COUNT`.

It competes: where another writer was faster it reads the head again. COUNT 0: until killed.
"""

from __future__ import annotations

import itertools
import sys

from roundtrip.store import Conflict, Store
from tests.store.samples import an_event, an_exchange, growing_bodies


def main(url: str, owner: str, run: str, count: int) -> None:
    store = Store.open(url)
    bodies = growing_bodies(40)
    print("ready", flush=True)
    for _ in range(count) if count else itertools.count():
        while True:
            head = store.head(owner, run)
            assert head is not None
            seq = head.head + 1
            exchange = an_exchange(seq, bodies[seq % len(bodies)])
            try:
                store.append(owner, run, [an_event(seq)], exchange=exchange, now=float(seq))
            except Conflict:
                continue
            break
        print(seq, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
