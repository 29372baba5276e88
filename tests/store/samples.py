"""Events and exchanges to write, short enough to read."""

from __future__ import annotations

import hashlib
import random

from roundtrip.events import Event, Interrupted, Resumed
from roundtrip.exchange import Exchange


def an_event(seq: int) -> Event:
    return Interrupted(seq=seq, at=seq + 0.125) if seq % 2 else Resumed(seq=seq, at=seq + 0.125)


def some_events(first: int, last: int) -> list[Event]:
    return [an_event(seq) for seq in range(first, last + 1)]


def an_exchange(number: int = 1, body: bytes = b'{"model": "sim-small"}') -> Exchange:
    """A request that is about to leave."""
    return Exchange(
        number=number,
        attempt=1,
        method="POST",
        url="https://api.example/v1/messages?beta=true",
        request_headers=(("Content-Type", "application/json"), ("x-twice", "1"), ("x-twice", "2")),
        request_body=body,
        request_sha256=hashlib.sha256(body).hexdigest(),
        started_at=1_700_000_000.123456,
    )


def growing_bodies(turns: int, seed: int = 1) -> list[bytes]:
    """Request bodies of one conversation: each is the one before and about 3 kB more."""
    chance = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    lexicon = ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(4000)]
    history: list[str] = []
    bodies = []
    for _ in range(turns):
        for role in ("user", "assistant"):
            words = " ".join(chance.choices(lexicon, k=230))
            history.append(f'{{"role":"{role}","content":"{words}"}}')
        bodies.append(f'{{"messages":[{",".join(history)}],"model":"sim"}}'.encode())
    return bodies
