"""The app's life: what starts with the server ends with it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest


class Parts:
    """In the service's place: says what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def start(self) -> None:
        self.asked.append("start")

    def opening_words(self) -> str:
        return "Roundtrip: open."

    def close(self) -> None:
        self.asked.append("close")


def test_what_was_started_is_ended_though_the_server_breaks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("ROUNDTRIP_DATABASE_URL", f"sqlite:///{tmp_path / 'runs.sqlite3'}")
    import app

    parts = Parts()
    monkeypatch.setattr(app, "the_service", lambda: parts)

    async def breaks() -> None:
        async with app._lifespan(None):
            raise OSError("the port is gone")

    with pytest.raises(OSError, match="port"):
        asyncio.run(breaks())
    assert parts.asked == ["start", "close"]
