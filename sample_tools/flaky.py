"""A service that is down at first, to show how an error goes back to the model and is retried."""

from __future__ import annotations

from threading import Lock
from typing import Literal

_REPORTS: dict[str, dict[str, str | int]] = {
    "Q1": {"quarter": "Q1", "revenue_usd": 182_400, "orders": 1_204},
    "Q2": {"quarter": "Q2", "revenue_usd": 197_950, "orders": 1_311},
    "Q3": {"quarter": "Q3", "revenue_usd": 176_300, "orders": 1_150},
    "Q4": {"quarter": "Q4", "revenue_usd": 241_870, "orders": 1_630},
}

_calls = dict.fromkeys(_REPORTS, 0)
_counting = Lock()


def flaky_service(quarter: Literal["Q1", "Q2", "Q3", "Q4"]) -> dict[str, str | int]:
    """Fetch the sales report of one quarter from a reporting service that is often down.

    Use it for questions about quarterly sales, revenue in US dollars or the number of orders.
    When it answers "temporarily unavailable", call it again with the same quarter.

    Args:
        quarter: The quarter of this year, e.g. "Q2".
    """
    with _counting:
        _calls[quarter] += 1
        is_down = _calls[quarter] % 2 == 1
    if is_down:
        raise ConnectionError("temporarily unavailable, try again")
    return _REPORTS[quarter]
