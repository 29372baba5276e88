"""Responses that a later request may go on from by `previous_response_id`.

Owns their items, in memory and within bounds: nothing of it outlives the simulator.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from threading import Lock
from typing import Any

MOST_BYTES = 32 * 1024 * 1024
"""Of JSON, all together. The oldest are forgotten first; a workshop's turn has some kilobytes."""


class Stored:
    """The items of each response with all that went before it; any thread may ask and keep."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._items: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._changing = Lock()

    def keep(self, response_id: str, items: list[Any]) -> None:
        told = json.dumps(items).encode()
        with self._changing:
            self._size += len(told) - len(self._items.pop(response_id, b""))
            self._items[response_id] = told
            while self._size > self._most:
                _, forgotten = self._items.popitem(last=False)
                self._size -= len(forgotten)

    def of(self, response_id: str) -> list[Any] | None:
        told = self._items.get(response_id)
        if told is None:
            return None
        items: list[Any] = json.loads(told)
        return items
