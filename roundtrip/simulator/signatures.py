"""The signature a simulated model puts on its reasoning, and how a changed one is found out.

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
