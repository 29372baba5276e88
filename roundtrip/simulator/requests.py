"""Reading a request's body, within bounds.

Owns the bound. What the bytes mean, and how a refusal is worded, is each API's own.
"""

from __future__ import annotations

from starlette.requests import Request


async def body_of(request: Request, most: int) -> bytes | None:
    """The whole body, or None when it has more bytes than `most`.

    A body that is too large is still read to its end, and dropped as it comes: a client that
    is cut off while it sends sees a broken connection instead of the refusal.
    """
    body = bytearray()
    too_large = False
    async for chunk in request.stream():
        too_large = too_large or len(body) + len(chunk) > most
        if too_large:
            body.clear()
        else:
            body += chunk
    return None if too_large else bytes(body)
