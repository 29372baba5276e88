"""Responses that a later request may go on from by `previous_response_id`.

Owns what is kept of them, in memory and within bounds: nothing of it outlives the simulator.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from threading import Lock
from typing import Any

MOST_BYTES = 32 * 1024 * 1024
"""Of JSON, all together. The oldest are forgotten first; a workshop's turn has some kilobytes."""


class Stored:
    """What is kept of each response, as JSON; any thread may ask and keep."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._changing = Lock()

    def keep(self, response_id: str, value: Any) -> None:
        told = json.dumps(value).encode()
        with self._changing:
            self._size += len(told) - len(self._kept.pop(response_id, b""))
            self._kept[response_id] = told
            while self._size > self._most:
                _, forgotten = self._kept.popitem(last=False)
                self._size -= len(forgotten)

    def of(self, response_id: str) -> Any | None:
        told = self._kept.get(response_id)
        return None if told is None else json.loads(told)

    def forget(self, response_id: str) -> None:
        with self._changing:
            self._size -= len(self._kept.pop(response_id, b""))
