"""Server-sent events, to and from bytes.

Owns the framing (WHATWG HTML, section 9.2) and nothing of what the events mean.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass


@dataclass(frozen=True)
class ServerSentEvent:
    data: str
    event: str | None = None

    def encode(self) -> bytes:
        """The event as it travels, with the empty line that ends it."""
        head = f"event: {self.event}\n" if self.event else ""
        lines = "".join(f"data: {line}\n" for line in self.data.split("\n"))
        return f"{head}{lines}\n".encode()


class SseParser:
    """Takes bytes as they come, cut anywhere; gives the events that are complete."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._line = ""
        self._after_cr = False
        self._data: list[str] = []
        self._event: str | None = None
        self._begun = False

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        text = self._decoder.decode(chunk)
        if not self._begun and text:
            self._begun, text = True, text.removeprefix("\ufeff")
        if self._after_cr and text:
            self._after_cr, text = False, text.removeprefix("\n")
        self._after_cr = self._after_cr or text.endswith("\r")
        *lines, self._line = (
            (self._line + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        )
        return [event for line in lines if (event := self._take(line))]

    def finish(self) -> list[ServerSentEvent]:
        """What stood unfinished at the end of the stream: some servers omit the last blank line."""
        last = [event for line in (self._line, "") if (event := self._take(line))]
        self._line = ""
        return last

    def _take(self, line: str) -> ServerSentEvent | None:
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                self._data.append(value)
            elif name == "event":
                self._event = value
            return None
        event = ServerSentEvent("\n".join(self._data), self._event) if self._data else None
        self._data, self._event = [], None
        return event
