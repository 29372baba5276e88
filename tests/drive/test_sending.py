"""What of a request leaves, what of it is kept, and what it is accounted for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from roundtrip.store import Store
from tests.drive.driving import a_room

pytestmark = pytest.mark.anyio


async def test_what_leaves_is_written_from_the_conversation_and_not_from_what_is_kept(
    store: Store,
) -> None:
    """What is kept has keys starred out, and stars are not what was asked."""
    async with a_room(store) as room:
        room.ask("What is the weather?")
        await room.drive().step()
        lying = room.journal.exchange(1)
        assert lying is not None
        starred = lying.request_body.replace(b"weather", b"*******")
        room.store.save_progress(room.owner, room.journal.run, replace(lying, request_body=starred))
        await room.drive().step()

        assert b"What is the weather?" in room.provider.asked[0].raw
