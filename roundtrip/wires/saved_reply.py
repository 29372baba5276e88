"""A reply as somebody saved it: a body, the list of a stream's pieces, or the text of a stream.

Owns telling these apart and taking them apart. What a piece means is the wire's own; replies as
they cross are read from captured events (`send.py`), never from here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from roundtrip.conversation import Reply
from roundtrip.wires.json_text import dump, load
from roundtrip.wires.sse import SseParser
from roundtrip.wires.wire import Wire, WireError

BEGINNING = 60
"""Characters of an unreadable text that the complaint quotes."""

_EVENT_LINE = re.compile(r"\s*(:|(data|event|id|retry)\s*(:|$))", re.MULTILINE)
"""How a stream of server-sent events begins (WHATWG HTML, section 9.2)."""

_BETWEEN = re.compile(r"[\s,\[\]]*")
"""What stands between the values of a list, or between the lines of JSON Lines."""

_END_MARK = "[DONE]"


def read_saved_reply(wire: Wire, saved: Any) -> Reply:
    """The reply. `saved`: an object (a body), a list (each piece of a stream, in order), or a
    string (the text of a stream, cut anywhere, or of a body). Raises `WireError`."""
    decoder = wire.reply_decoder()
    for data in _pieces(saved):
        decoder.feed(data)
    return decoder.finish()


def _pieces(saved: Any) -> Iterator[str]:
    """What the decoder is fed, piece by piece."""
    match saved:
        case dict():
            yield dump(saved)
        case list():
            yield from map(dump, saved)
        case str():
            yield from _of_text(saved)
        case _:
            raise WireError("protocol", "a reply is an object, a list, or the text of a stream")


def _of_text(text: str) -> Iterator[str]:
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        return
    if start[0] in "{[":
        yield from _json_values(start)
    elif _EVENT_LINE.match(start):
        yield from _event_data(text)
    else:
        beginning = " ".join(start[:BEGINNING].split())
        raise WireError("protocol", f"neither server-sent events nor JSON: {beginning}")


def _event_data(text: str) -> Iterator[str]:
    parser = SseParser()
    # Half a character of a \u escape is no text; what it stands in is still the reply.
    yield from (event.data for event in parser.feed(text.encode(errors="replace")))
    # A stream that was cut ends within an event: the reply is what came whole before it.
    yield from (event.data for event in parser.finish() if _is_whole(event.data))


def _json_values(text: str) -> Iterator[str]:
    """The values of a list, of JSON Lines, or the only one; one cut off at the end is dropped."""
    decoder, at, found = json.JSONDecoder(), 0, 0
    while (at := _skipped(text, at)) < len(text):
        try:
            _, end = decoder.raw_decode(text, at)
        except RecursionError:
            raise WireError("protocol", "the JSON is nested too deeply") from None
        except ValueError as problem:
            if not found:
                raise WireError("protocol", f"not JSON: {problem}") from None
            return
        yield text[at:end]
        at, found = end, found + 1


def _skipped(text: str, at: int) -> int:
    """Where the next value begins."""
    while True:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if not text.startswith(_END_MARK[1:], at):
            return at
        at += len(_END_MARK) - 1


def _is_whole(data: str) -> bool:
    try:
        load(data)
    except ValueError:
        return data == _END_MARK
    return True
