"""Ids that look like a provider's, and are the same for the same request.

Owns nothing but the recipe. Derived from what was asked, so that a lesson, a screenshot or a
test of the simulator shows the same ids every time.
"""

from __future__ import annotations

import hashlib

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Base 58, as Anthropic's ids: no 0, O, I or l to confuse."""


def identifier(prefix: str, length: int, seed: bytes, position: int = 0) -> str:
    """`prefix` and `length` characters that follow from the seed and the position."""
    digest = hashlib.sha256(f"{prefix}{position}:".encode() + seed).digest()
    number = int.from_bytes(digest)
    letters = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[digit])
    return prefix + "".join(letters)
