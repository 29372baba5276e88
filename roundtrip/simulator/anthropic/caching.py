"""A Messages request as the blocks that its prompt is cached by, with the marks it sets.

Owns where a mark may stand (`cache_control` of a tool, a system block, a content block, or of the
request: then its last block), and what the API refuses about marks. What is read from the cache is
`simulator/prompt_cache.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from roundtrip.simulator.prompt_cache import Lasting, Piece

MARK = "cache_control"
MOST_MARKS = 4


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


def mark_rules(body: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the marks of a request whose blocks have their shapes."""
    marked = [
        (where, block)
        for _, where, block in blocks_of(body)
        if isinstance(block, dict) and block.get(MARK) is not None
    ]
    whole = [("", body)] if body.get(MARK) is not None else []
    short = False
    for where, block in (*marked, *whole):
        place = f"{where}.{MARK}" if where else MARK
        mark = block[MARK]
        if not isinstance(mark, dict) or mark.get("type") != "ephemeral":
            yield f"{place}: Input tag should be one of: 'ephemeral'"
        elif mark.get("ttl") not in (None, "5m", "1h"):
            yield f"{place}.ephemeral.ttl: Input should be '5m' or '1h'"
        elif block.get("type") in ("thinking", "redacted_thinking"):
            yield f"{where}.{block['type']}.{MARK}: Extra inputs are not permitted"
        elif short and _lasting(mark) == "1h":
            yield (
                f"{place}.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' "
                "cache_control block. Note that blocks are processed in the following order: "
                "`tools`, `system`, `messages`."
            )
        else:
            short = short or _lasting(mark) == "5m"
    if len(marked) > MOST_MARKS:
        yield (
            f"A maximum of {MOST_MARKS} blocks with cache_control may be provided. Found "
            f"{len(marked)}."
        )


def _blocks(content: Any) -> list[Any]:
    """Words alone are one block of text."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def _piece(holder: str, block: dict[str, Any]) -> Piece:
    said = {name: value for name, value in block.items() if name != MARK}
    mark = block.get(MARK)
    return Piece([holder, said], _lasting(mark) if isinstance(mark, dict) else None)


def _lasting(mark: dict[str, Any]) -> Lasting:
    return "1h" if mark.get("ttl") == "1h" else "5m"
