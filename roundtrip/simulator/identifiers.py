"""Ids that look like a provider's, and are the same for the same request.

Owns nothing but the recipe. Derived from what was asked, so that a lesson, a screenshot or a
test of the simulator shows the same ids every time.
"""

from __future__ import annotations

import hashlib

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""As Anthropic's ids: no 0, O, I or l to confuse."""

HEX = "0123456789abcdef"
BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def identifier(
    prefix: str, length: int, seed: bytes, position: int = 0, *, alphabet: str = BASE58
) -> str:
    """`prefix` and `length` characters that follow from the seed and the position."""
    digest = hashlib.sha256(f"{prefix}{position}:".encode() + seed).digest()
    while len(digest) * 8 < length * 6:
        digest += hashlib.sha256(digest).digest()
    number = int.from_bytes(digest)
    letters = []
    for _ in range(length):
        number, digit = divmod(number, len(alphabet))
        letters.append(alphabet[digit])
    return prefix + "".join(letters)
