"""Bodies as zstd frames, alone or as a difference from another body.

Owns the compression and the memory of each run's last body. Knows no database.

Every request of a run repeats the history before it, so the previous body is the best
dictionary there is: 280 requests of 130 MB take under 2 MB.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import zstandard

KEY_EVERY = 32
"""Frames from one key frame to the next: the most that reading one body has to unpack."""

# Below level 3 zstd does not find matches across a large dictionary (measured: 47 MB instead of
# 1.7 MB); above it, it takes twice the time to save two percent.
_LEVEL = 3

# The window has to span dictionary and body, or matches at the dictionary's start are lost.
# 27 bits (128 MB) is what every zstd decoder accepts.
_MIN_WINDOW_LOG, _MAX_WINDOW_LOG = 17, 27

# zstd refuses dictionaries shorter than this.
_MIN_BASE = 8


def pack(body: bytes, base: bytes = b"") -> bytes:
    """One frame that holds `body`, as a difference from `base` where that is not empty."""
    window = (len(body) + len(base)).bit_length()
    parameters = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL,
        window_log=min(max(window, _MIN_WINDOW_LOG), _MAX_WINDOW_LOG),
        write_content_size=True,
    )
    compressor = zstandard.ZstdCompressor(
        dict_data=_dictionary(base), compression_params=parameters
    )
    return compressor.compress(body)


def unpack(frame: bytes, base: bytes = b"") -> bytes:
    """The body of a frame made by `pack` with the same base. Raises `zstandard.ZstdError`."""
    decompressor = zstandard.ZstdDecompressor(
        dict_data=_dictionary(base), max_window_size=1 << _MAX_WINDOW_LOG
    )
    return decompressor.decompress(frame)


def _dictionary(base: bytes) -> zstandard.ZstdCompressionDict | None:
    if len(base) < _MIN_BASE:
        return None
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


REMEMBERED_BYTES = 16 * 2**20
"""Hundreds of runs in a workshop, or a handful of very long ones. Those that nobody goes on with
fill it too: a busy server grows by this much before its memory is flat."""


@dataclass(frozen=True)
class KeptBody:
    """A request's body, and the number and SHA-256 it is known by."""

    number: int
    digest: bytes
    body: bytes


class LastBodies:
    """The last request body of the runs written lately, so that appending reads no chain.

    Only a hint: what is asked for carries its number and digest, and anything else is a miss,
    because another process may have written in between. Thread-safe, bounded by `limit` bytes.
    """

    def __init__(self, limit: int = REMEMBERED_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[str, KeptBody] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, run: str, number: int, digest: bytes) -> bytes | None:
        with self._lock:
            kept = self._kept.get(run)
            if kept is None or (kept.number, kept.digest) != (number, digest):
                return None
            self._kept.move_to_end(run)
            return kept.body

    def keep(self, run: str, kept: KeptBody) -> None:
        with self._lock:
            self._drop(run)
            self._kept[run] = kept
            self._size += len(kept.body)
            while self._size > self._limit:
                self._drop(next(iter(self._kept)))

    def forget(self, run: str) -> None:
        with self._lock:
            self._drop(run)

    def _drop(self, run: str) -> None:
        if (kept := self._kept.pop(run, None)) is not None:
            self._size -= len(kept.body)
