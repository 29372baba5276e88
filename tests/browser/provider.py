"""A provider that does as it is told, for a page to ask: each answer once, the last one for ever.

Owns the thread it lives in. What it answers is `tests/drive/driving.py`'s, in the spelling of
whichever API is asked.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.drive.driving import Answer, Provider, serving


@contextmanager
def a_provider(*answers: Answer) -> Iterator[Provider]:
    """The provider, whose `url` is the address of all four APIs, for as long as the block runs."""
    provider, ready, ended = Provider(*answers), threading.Event(), threading.Event()

    async def serve() -> None:
        async with serving(provider):
            ready.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    try:
        yield provider
    finally:
        ended.set()
        thread.join()
