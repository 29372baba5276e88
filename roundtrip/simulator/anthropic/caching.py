"""A Messages request as the blocks that its prompt is cached by, with the marks it sets.

Owns where a mark may stand (`cache_control` of a tool, a system block, a content block, or of the
request: then its last block). What is read from the cache is `simulator/prompt_cache.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.prompt_cache import Lasting, Piece

MARK = "cache_control"


def pieces_of(body: dict[str, Any]) -> tuple[Piece, ...]:
    """The blocks of a request whose rules hold, in the order in which the API caches them."""
    pieces = [_piece(holder, block) for holder, _, block in blocks_of(body)]
    whole = body.get(MARK)
    if isinstance(whole, dict) and pieces and pieces[-1].lasting is None:
        pieces[-1] = Piece(pieces[-1].said, _lasting(whole))
    return tuple(pieces)


def blocks_of(body: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each with whose it is and its place: tools first, then the system prompt, then messages."""
    for at, tool in enumerate(body.get("tools") or ()):
        yield "tools", f"tools.{at}", tool
    for at, block in enumerate(_blocks(body.get("system") or ())):
        yield "system", f"system.{at}", block
    for at, message in enumerate(body["messages"]):
        for number, block in enumerate(_blocks(message["content"])):
            yield message["role"], f"messages.{at}.content.{number}", block


def _blocks(content: Any) -> list[Any]:
    """Words alone are one block of text."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _piece(holder: str, block: dict[str, Any]) -> Piece:
    said = {name: value for name, value in block.items() if name != MARK}
    mark = block.get(MARK)
    return Piece([holder, said], _lasting(mark) if isinstance(mark, dict) else None)


def _lasting(mark: dict[str, Any]) -> Lasting:
    return "1h" if mark.get("ttl") == "1h" else "5m"
