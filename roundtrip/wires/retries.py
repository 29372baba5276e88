"""The one policy for trying again by ourselves. Does not wait and does not send."""

from __future__ import annotations

import random

from roundtrip.events import Failure

RETRIES = 2
"""At most, and only before the first streamed piece: a person has seen nothing change."""

LONGEST_WAIT_S = 30.0
"""One SDK sleeps through any Retry-After; a page must not."""

_KINDS = frozenset({"rate_limit", "overloaded", "server", "network"})
"""Also where they are told inside a stream that began well."""

_STATUSES = frozenset({408, 409, 429}) | frozenset(range(500, 600))


def retry_wait(failure: Failure, attempt: int, *, output_seen: bool) -> float | None:
    """Seconds until the next try by ourselves, or None for no such try. `attempt` counts from 1."""
    temporary = failure.status in _STATUSES or failure.kind in _KINDS
    if output_seen or attempt > RETRIES or not temporary:
        return None
    if failure.retry_after_s is not None:
        return min(failure.retry_after_s, LONGEST_WAIT_S)
    # Jitter keeps a workshop's thirty clients from coming back in step.
    return 0.5 * 2.0 ** (attempt - 1) * random.uniform(0.75, 1.25)
