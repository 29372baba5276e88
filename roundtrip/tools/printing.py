"""What a tool prints: let through to the program's own output as text, and only so much of it.

Owns the stand-ins for `sys.stdout` and `sys.stderr`. They know a tool by the context it runs in:
what it writes past them (`os.write`, `sys.__stdout__`, a program or a thread it starts) is not
held back.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from roundtrip.text_timeline import block

PRINT_LIMIT = 16_000
"""Characters of one call, on both streams together."""

_MORE = f"\n… what the tool prints after {PRINT_LIMIT:,} characters is not shown\n"


class _Room:
    """What one call may still print."""

    def __init__(self) -> None:
        self.left = PRINT_LIMIT


_room: ContextVar[_Room | None] = ContextVar("room", default=None)


@contextmanager
def held_back() -> Iterator[None]:
    """What is printed inside, in this context, is a tool's."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, _Stream):
            setattr(sys, name, _Stream(stream))
    before = _room.set(_Room())
    try:
        yield
    finally:
        _room.reset(before)


class _Stream:
    """A text stream as it was, but for tools."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def buffer(self) -> Any:
        return self._stream.buffer if _room.get() is None else _Bytes(self)

    def write(self, text: str) -> int:
        room = _room.get()
        if room is None:
            return int(self._stream.write(text))
        shown, room.left = text[: max(0, room.left)], room.left - len(text)
        # A stream that is closed or has no reader is not the tool's to fail on.
        with suppress(OSError, ValueError):
            if shown:
                self._stream.write(block(shown))
            if room.left < 0 <= room.left + len(text):
                self._stream.write(_MORE)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def close(self) -> None:
        if _room.get() is None:
            self._stream.close()


class _Bytes:
    """The same for bytes, which are shown as text."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def write(self, data: Any) -> int:
        head = bytes(memoryview(data)[: 4 * PRINT_LIMIT])
        self._stream.write(head.decode(errors="replace"))
        return len(data)

    def flush(self) -> None:
        self._stream.flush()
