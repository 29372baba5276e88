"""The signatures and seals a simulated model puts on its reasoning, and how a changed one is found.

A signature belongs to a text and is checked against it. A seal stands for reasoning that is not
shown: it is checked against itself.

Owns the recipe; it keeps nobody out (the salt is public), it makes "send it back unchanged"
a rule that can be broken and seen.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

_SALT = b"roundtrip simulator"
_MARK = b"roundtrip-sim-1:"
"""Begins what we signed; any other signature is a real provider's and cannot be judged here."""

_BEGINNING = base64.b64encode(_MARK).decode()[: len(_MARK) // 3 * 4]
_SIZE = hashlib.sha256().digest_size


def signature(text: str) -> str:
    """The signature of a thinking text, in base64 as the real ones."""
    digest = hmac.new(_SALT, text.encode(), hashlib.sha256).digest()
    return base64.b64encode(_MARK + digest).decode()


def is_broken(text: str, given: str) -> bool:
    """Whether we signed it and it no longer belongs to this text."""
    try:
        ours = base64.b64decode(given, validate=True).startswith(_MARK)
    except (binascii.Error, ValueError):
        return False
    return ours and not hmac.compare_digest(given, signature(text))


def seal(seed: bytes, position: int = 0) -> str:
    """What stands for hidden reasoning, in base64 as the real ones: it says nothing."""
    inside = hashlib.sha512(_SALT + b"%d:" % position + seed).digest()
    return base64.b64encode(_MARK + _digest_of(inside) + inside).decode()


def is_broken_seal(given: str) -> bool:
    """Whether we sealed it and it was changed since."""
    plain = given.replace("-", "+").replace("_", "/").rstrip("=")  # one SDK writes it URL-safe
    try:
        sealed = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        # No base64 at all, and begun by us: letters were lost or added.
        return given.startswith(_BEGINNING)
    if not sealed.startswith(_MARK):
        return False
    digest, inside = sealed[len(_MARK) :][:_SIZE], sealed[len(_MARK) :][_SIZE:]
    return not hmac.compare_digest(digest, _digest_of(inside))


def _digest_of(inside: bytes) -> bytes:
    return hmac.new(_SALT, inside, hashlib.sha256).digest()
